// The architecture holds: who imports whom, who knows which package, how files are called. The checker has teeth.
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findImports } from './architecture/imports.ts';
import { checkFile } from './architecture/rules.ts';

const root = join(import.meta.dirname, '../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

test('every file of src keeps the rules', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => checkFile(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

describe('imports are found', () => {
  test.each([
    ["import { a } from './a.ts';", './a.ts', {}],
    ["import type { a } from './a.ts';", './a.ts', { typesOnly: true }],
    ["import {\n  a,\n  type b,\n} from './a.ts';", './a.ts', {}],
    ["import './a.ts';", './a.ts', {}],
    ["import a, * as b from 'a';", 'a', {}],
    ["export * from './a.ts';", './a.ts', {}],
    ["export type { a } from './a.ts';", './a.ts', { typesOnly: true }],
    ["const a = (await import('./a.ts')).a;", './a.ts', { dynamic: true }],
    ["import type from './a.ts';", './a.ts', {}],
  ])('%j', (source, specifier, traits) => {
    expect(findImports(source)).toEqual([{ specifier, typesOnly: false, dynamic: false, ...traits }]);
  });

  test('each of several, and none in comments', () => {
    const source = "import a from 'a';\n// import b from 'b';\n/* import c from 'c'; */\nimport type { d } from 'd';\n";
    expect(findImports(source).map(({ specifier }) => specifier)).toEqual(['a', 'd']);
  });
});

describe('what breaks a rule is named', () => {
  test.each([
    ['pages/router.ts', "import { openStorage } from '../storage/open.ts';", 'pages/router.ts may not import storage/open.ts'],
    ['pages/router.ts', "import type { Records } from '../storage/port.ts';", 'pages/router.ts may not import storage/port.ts'],
    ['pages/sign-in/code.ts', "import { x } from '../../delivery/open.ts';", 'pages/sign-in/code.ts may not import delivery/open.ts'],
    ['domain/proofs.ts', "import { x } from '../storage/port.ts';", 'domain/proofs.ts may not import storage/port.ts'],
    ['domain/proofs.ts', "import type { x } from '../storage/open.ts';", 'domain/proofs.ts may not import storage/open.ts'],
    ['domain/proofs.ts', "const x = await import('../pages/pages.ts');", 'domain/proofs.ts may not import pages/pages.ts'],
    ['protocol/claims.ts', "import { x } from '../pages/pages.ts';", 'protocol/claims.ts may not import pages/pages.ts'],
    ['observability/log.ts', "import { x } from '../domain/events.ts';", 'observability/log.ts may not import domain/events.ts'],
    ['cli/serve.ts', "import { x } from '../storage/open.ts';", 'cli/serve.ts may not import storage/open.ts'],
    ['cli/serve.ts', "import { x } from '../../examples/a.ts';", 'cli/serve.ts may not import ../examples/a.ts'],
    ['config/load.ts', "export * from '../domain/proofs.ts';", 'config/load.ts may not import domain/proofs.ts'],
    ['keys/keys.ts', "import { x } from '../app.ts';", 'keys/keys.ts may not import app.ts'],
    ['storage/redis/open.ts', "import { x } from '../sqlite/rows.ts';", 'storage/redis/open.ts may not import storage/sqlite/rows.ts'],
    ['storage/port.ts', "import type { x } from './open.ts';", 'storage/port.ts may not import storage/open.ts'],
    ['delivery/port.ts', "import { x } from 'zod';", 'delivery/port.ts may not import zod'],
    ['errors.ts', "import { x } from './domain/proofs.ts';", 'errors.ts may not import domain/proofs.ts'],
    ['domain/proofs.ts', "import Koa from 'koa';", 'domain/proofs.ts may not know koa'],
    ['domain/proofs.ts', "import Router from '@koa/router';", 'domain/proofs.ts may not know @koa/router'],
    ['pages/router.ts', "import type { Redis } from 'ioredis';", 'pages/router.ts may not know ioredis'],
    ['domain/proofs.ts', "import { DatabaseSync } from 'node:sqlite';", 'domain/proofs.ts may not know node:sqlite'],
    ['cli/serve.ts', "const twilio = await import('twilio');", 'cli/serve.ts may not know twilio'],
    ['domain/proofs.ts', "import x from 'oidc-provider/lib/models/x.js';", 'domain/proofs.ts may not know oidc-provider'],
    ['pages/router.ts', 'const port = process.env.PORT;', 'pages/router.ts may not read the environment'],
    ['pages/router.ts', "import { env } from 'node:process';", 'pages/router.ts may not read the environment'],
    ['domain/utils/x.ts', '', 'domain/utils/x.ts: "utils" names no subject'],
    ['domain/helpers.ts', '', 'domain/helpers.ts: "helpers" names no subject'],
    ['domain/signIn.ts', '', 'domain/signIn.ts is not in kebab-case'],
    ['domain/proofs.ts', '\n'.repeat(201), 'domain/proofs.ts has more than 200 lines'],
    ['backend/x.ts', '', 'backend is no room of the architecture'],
  ])('%s: %j', (file, source, problem) => {
    expect(checkFile(file, source)).toEqual([problem]);
  });
});

describe('what keeps the rules is left alone', () => {
  test.each([
    ['pages/router.ts', "import { x } from '../domain/proofs.ts';\nimport Router from '@koa/router';"],
    ['pages/router.ts', "import { AppError } from '../errors.ts';"],
    ['domain/accounts/accounts.ts', "import type { Records } from '../../storage/port.ts';\nimport { x } from '../proofs.ts';"],
    ['observability/log.ts', "import type { Events } from '../domain/events.ts';"],
    ['storage/sqlite/open.ts', "import type { Storage } from '../port.ts';\nimport { x } from './rows.ts';"],
    ['storage/open.ts', "const { x } = await import('./sqlite/open.ts');"],
    ['cli/example-app.ts', "await import('../../examples/relying-party/server.ts');"],
    ['config/load.ts', "import { x } from '../keys/generate.ts';\nprocess.env.PORT;"],
    ['app.ts', "import Koa from 'koa';\nimport { x } from './storage/open.ts';"],
    ['domain/proofs.ts', '\n'.repeat(200)],
  ])('%s: %j', (file, source) => {
    expect(checkFile(file, source)).toEqual([]);
  });
});
