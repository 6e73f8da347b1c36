// What `latchkey clients add` and `update` may be told: each flag is one answer, and becomes standard metadata.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ClientRefused, memberNames } from '../../config/clients.ts';
import { isObject, parseJson } from '../../config/files.ts';
import type { Problem } from '../../config/problems.ts';
import type { ClientMetadata } from '../../config/schema/index.ts';

const one = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;
const yes = { type: 'boolean' } as const;

export const addOptions = {
  name: one,
  type: one,
  'redirect-uri': many,
  'post-logout-redirect-uri': many,
  scope: one,
  'auth-method': one,
  'first-party': yes,
  'public-subjects': yes,
  sector: one,
  'client-uri': one,
  'policy-uri': one,
  'tos-uri': one,
  logo: one,
  metadata: one,
  json: yes,
} as const;

const { type: _, ...otherOptions } = addOptions;

/** What type of application it is says more than one metadatum: it is changed one by one. */
export const updateOptions = { ...otherOptions, unset: many, yes } as const;

export type AddFlags = {
  name?: string;
  type?: string;
  'redirect-uri'?: string[];
  'post-logout-redirect-uri'?: string[];
  scope?: string;
  'auth-method'?: string;
  'first-party'?: boolean;
  'public-subjects'?: boolean;
  sector?: string;
  'client-uri'?: string;
  'policy-uri'?: string;
  'tos-uri'?: string;
  logo?: string;
  metadata?: string;
  json?: boolean;
};

export type UpdateFlags = Omit<AddFlags, 'type'> & { unset?: string[]; yes?: boolean };

/** Kinds of applications, and what each is in the protocol's words. */
export const clientTypes: Readonly<Record<string, { words: string; metadata: Readonly<Record<string, unknown>> }>> = {
  web: { words: 'a web application with a server, which can keep a secret', metadata: { application_type: 'web' } },
  spa: {
    words: 'a single-page application, all of it in the browser',
    metadata: { application_type: 'web', token_endpoint_auth_method: 'none' },
  },
  native: {
    words: 'an app on a phone or a computer',
    metadata: { application_type: 'native', token_endpoint_auth_method: 'none' },
  },
  device: {
    words: 'a television or a command line: people sign in on another device',
    metadata: {
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      subject_type: 'public',
    },
  },
  service: { words: 'a program without a person', metadata: { grant_types: ['client_credentials'] } },
};

/** What each flag that is a metadatum is called in the protocol's words. */
const members: Readonly<Record<string, string>> = {
  name: 'client_name',
  'redirect-uri': 'redirect_uris',
  'post-logout-redirect-uri': 'post_logout_redirect_uris',
  scope: 'scope',
  'auth-method': 'token_endpoint_auth_method',
  sector: 'sector',
  'client-uri': 'client_uri',
  'policy-uri': 'policy_uri',
  'tos-uri': 'tos_uri',
};

/** A problem begins with the metadatum that it is about. */
export function nameFlag(problem: string): string {
  const [flag] = Object.entries(members).find(([, member]) => member === /^\w+/.exec(problem)?.[0]) ?? [];
  return flag === undefined ? problem : `${problem} (--${flag})`;
}

/** Names of people's making become ids that fit into URLs. */
function makeId(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug || `client-${Date.now().toString(36)}`;
}

/** @throws {ClientRefused} */
export function readAdded(file: string, cwd: string): Buffer {
  const path = resolve(cwd, file);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ClientRefused([`${path} can't be read (${(error as NodeJS.ErrnoException).code})`]);
  }
}

function readMetadata(file: string, cwd: string): Record<string, unknown> {
  const problems: Problem[] = [];
  const content = parseJson(readAdded(file, cwd).toString('utf8'), { setting: 'metadata' }, problems);
  if (isObject(content)) return content;
  throw new ClientRefused([`${resolve(cwd, file)} ${problems[0]?.words ?? 'must hold one JSON object of client metadata'}`]);
}

/** Flags are laid over the file of metadata, and both over what the type says. @throws {ClientRefused} */
function readAnswers(flags: AddFlags, cwd: string): Record<string, unknown> {
  const fromFile: Record<string, unknown> = flags.metadata === undefined ? {} : readMetadata(flags.metadata, cwd);
  if (fromFile['logo'] !== undefined) throw new ClientRefused(['logo: hand in the picture with --logo']);
  const type = flags.type === undefined ? undefined : clientTypes[flags.type];
  if (flags.type !== undefined && !type)
    throw new ClientRefused([`--type ${flags.type} is none of ${Object.keys(clientTypes).join(', ')}`]);
  const given = {
    ...Object.fromEntries(Object.entries(members).map(([flag, member]) => [member, flags[flag as keyof AddFlags]])),
    consent: flags['first-party'] ? 'implicit' : undefined,
    subject_type: flags['public-subjects'] ? 'public' : undefined,
  };
  const answered = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...type?.metadata, ...fromFile, ...answered };
}

/** All of a new client. @throws {ClientRefused} */
export function toMetadata(id: string | undefined, flags: AddFlags, cwd: string): ClientMetadata {
  const metadata = { ...readAnswers(flags, cwd), ...(id === undefined ? {} : { client_id: id }) } as Record<string, unknown>;
  const { client_id: named = makeId(typeof metadata['client_name'] === 'string' ? metadata['client_name'] : '') } = metadata;
  return { ...metadata, client_id: named as string };
}

/** What is to be otherwise with a client that is there; undefined: left out from now on. @throws {ClientRefused} */
export function toChanges(id: string, flags: UpdateFlags, cwd: string): Partial<ClientMetadata> {
  const { unset = [] } = flags;
  const unknown = unset.filter((name) => !memberNames.includes(name));
  if (unknown.length > 0) throw new ClientRefused(unknown.map((name) => `--unset ${name}: is not client metadata`));
  const { client_id: named = id, ...answers } = readAnswers(flags, cwd);
  if (named !== id) throw new ClientRefused([`client_id: ${id} can't be renamed`]);
  const left = Object.fromEntries(unset.map((name) => [name, undefined]));
  if (Object.keys({ ...answers, ...left }).length === 0 && flags.logo === undefined)
    throw new ClientRefused(['say what is to be otherwise']);
  return { ...left, ...answers };
}
