// The rules of the house: which folder may import which, who knows which package, and how files are called.
import { basename, dirname, join, normalize } from 'node:path/posix';
import { findImports } from './imports.ts';
import type { Import } from './imports.ts';

/** A folder or file of src that may be imported; `types`: for types only; `dynamic`: only while the program runs. */
type Arrow = string | { types: string } | { dynamic: string };

const everything = ['config', 'keys', 'locales', 'domain', 'storage', 'delivery', 'protocol', 'pages', 'observability'];

/** The room of a file: its first folder, or its own name in src itself. Everyone may import their own room and `errors.ts`. */
const arrows: Record<string, Arrow[]> = {
  'main.ts': ['cli'],
  'app.ts': everything,
  'operator.ts': everything,
  'errors.ts': [],
  cli: [
    'app.ts',
    'operator.ts',
    'config',
    'keys/signing',
    'storage/copy.ts',
    'storage/upkeep.ts',
    'delivery/checks.ts',
    'delivery/sender-dns.ts',
    { types: 'storage/port.ts' },
    { dynamic: '../examples' },
  ],
  config: ['keys', 'protocol/clients/metadata.ts', 'storage/sqlite/private-folder.ts'],
  keys: [{ types: 'storage/port.ts' }],
  locales: [],
  domain: ['keys', { types: 'storage/port.ts' }, { types: 'delivery/port.ts' }],
  storage: [],
  delivery: ['locales'],
  protocol: ['domain', 'keys', 'storage/port.ts'],
  pages: ['domain', 'protocol', 'locales', 'keys'],
  observability: [{ types: 'domain/events.ts' }, { types: 'storage/port.ts' }],
};

/** Packages that only some rooms may know; all others are free. */
const packages: { name: RegExp; rooms: string[] }[] = [
  { name: /^(koa|koa-.+|@koa\/.+|oidc-provider)$/, rooms: ['pages', 'protocol', 'app.ts'] },
  { name: /^(mongoose|mongodb|ioredis|node:sqlite)$/, rooms: ['storage'] },
  { name: /^(twilio|nodemailer)$/, rooms: ['delivery'] },
];

const roomOf = (file: string): string => file.split('/')[0] ?? '';
const isWithin = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`);

/** @param file its path in src, like `pages/router.ts` */
export function checkFile(file: string, source: string): string[] {
  const imports = findImports(source);
  return [
    ...imports.flatMap((one) => checkImport(file, one)),
    ...checkEnvironment(file, source),
    ...checkNames(file),
    ...(source.split('\n').length > 201 ? [`${file} has more than 200 lines`] : []),
  ];
}

function checkImport(file: string, one: Import): string[] {
  const { specifier } = one;
  if (!specifier.startsWith('.')) return checkPackage(file, specifier);
  const target = normalize(join(dirname(file), specifier));
  const broken = [`${file} may not import ${target}`];
  if (basename(file) === 'port.ts' || file === 'errors.ts') return broken;
  if (target === 'errors.ts') return [];
  if (roomOf(file) === roomOf(target)) return keepsToItsDriver(file, target) ? [] : broken;
  const allowed = (arrows[roomOf(file)] ?? []).some((arrow) => {
    if (typeof arrow === 'string') return isWithin(target, arrow);
    return 'types' in arrow ? one.typesOnly && target === arrow.types : one.dynamic && isWithin(target, arrow.dynamic);
  });
  return allowed ? [] : broken;
}

/** A storage driver (a folder of its own) knows the port and itself, never another driver. */
function keepsToItsDriver(file: string, target: string): boolean {
  const [room, driver, ...rest] = file.split('/');
  if (room !== 'storage' || rest.length === 0) return true;
  return target === 'storage/port.ts' || isWithin(target, `storage/${driver}`);
}

function checkPackage(file: string, specifier: string): string[] {
  if (basename(file) === 'port.ts' || file === 'errors.ts') return [`${file} may not import ${specifier}`];
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? '');
  const rule = packages.find((candidate) => candidate.name.test(name));
  return !rule || rule.rooms.includes(roomOf(file)) ? [] : [`${file} may not know ${name}`];
}

function checkEnvironment(file: string, source: string): string[] {
  if (file === 'main.ts' || roomOf(file) === 'config') return [];
  return /\bprocess\s*\.\s*env\b|\bprocess\[['"]env|['"](node:)?process['"]/.test(source) ? [`${file} may not read the environment`] : [];
}

function checkNames(file: string): string[] {
  const parts = file.replace(/\.(ts|json)$/, '').split('/');
  const drawer = parts.find((part) => /^(utils?|common|helpers?|services?|misc|lib)$/.test(part));
  return [
    ...(drawer ? [`${file}: "${drawer}" names no subject`] : []),
    ...(parts.every((part) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(part)) ? [] : [`${file} is not in kebab-case`]),
    ...(roomOf(file) in arrows ? [] : [`${roomOf(file)} is no room of the architecture`]),
  ];
}
