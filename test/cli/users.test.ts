// `latchkey users`: how it is called, what it asks before it deletes, and with which exit codes it ends. What the commands do to
// people: test/flows/operator-users.test.ts.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeFolder } from '../config/folder.ts';
import { runHere } from '../helpers/commands.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';

const folder = makeFolder();
let program: Program;
let person: Person;

beforeAll(async () => {
  program = await startProgram({ database: { url: `sqlite:${folder.path}/latchkey.db` } });
  person = meetPerson(program);
  await signIn(program, await createRelyingParty(program.issuer), { person });
});
afterAll(() => program.close());

function users(args: string[], { answers, store = 'latchkey.db' }: { answers?: string[]; store?: string } = {}) {
  const secrets = folder.write('own.json', JSON.stringify(program.settings.secrets));
  const env = { NODE_ENV: 'test', DATABASE_URL: `sqlite:${store}`, SECRETS_FILE: secrets, LOG_LEVEL: 'silent' };
  return runHere(['users', ...args], { cwd: folder.path, env, answers });
}

describe('a wrong call says how it is meant', () => {
  const verbs = 'find, show, disable, enable, end-sessions, remove-address, delete';
  const find = 'find|show|disable|enable|end-sessions';
  test.each([
    [[], `Say what to do: ${verbs}.`, find],
    [['find'], '<who> is missing.', find],
    [['find', 'a@example.com', 'b@example.com'], '"b@example.com" is one argument too many.', find],
    [['find', 'a@example.com', '--yes'], 'There is no option --yes.', find],
    [['find', '--sub', 'x'], '--sub and --client go together.', find],
    [['find', 'a@example.com', '--client', 'web'], '--sub and --client go together.', find],
    [['find', 'a@example.com', '--sub', 'x', '--client', 'web'], 'Say <who>, or --sub and --client: not both.', find],
    [['toString', 'a@example.com'], `"toString" is none of ${verbs}.`, find],
    [['remove', 'a@example.com'], `"remove" is none of ${verbs}.`, find],
    [['remove-address', 'a@example.com'], '<who> is missing.', 'remove-address'],
    [['remove-address', '--sub', 'x', '--client', 'web'], '<address> is missing.', 'remove-address'],
    [['delete', 'a@example.com', 'b@example.com'], '"b@example.com" is one argument too many.', 'delete'],
  ])('%j', async (args, words, verb) => {
    const { code, out, err } = await users(args);
    expect([code, out]).toEqual([2, '']);
    expect(err.startsWith(`${words}\n\nUsage: latchkey users ${verb} <who>`)).toBe(true);
  });

  test.each(['nobody', 'a@', '12', '+44 20 7946 0000', "a'b c@example.com"])('%s is no address, number or id', async (who) => {
    expect(await users(['find', who])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^That is neither an email address/) });
  });
});

test.each(['find', 'show', 'disable', 'enable', 'end-sessions', 'delete'])('%s of nobody ends with 1, in JSON too', async (verb) => {
  for (const who of ['nobody@example.com', '+447400199999', 'A'.repeat(22)]) {
    expect(await users([verb, who])).toMatchObject({ code: 1, out: '', err: 'Nobody here is known by that.\n' });
  }
  const { code, out } = await users([verb, 'nobody@example.com', '--json']);
  expect([code, JSON.parse(out)]).toEqual([1, { ok: false, error: 'Nobody here is known by that.' }]);
});

test('a deletion shows whom it is about, and goes on only after the word', async () => {
  const someone = meetPerson(program);
  await signIn(program, await createRelyingParty(program.issuer), { person: someone });
  for (const answer of ['', 'yes', 'y', 'no']) {
    const { code, out, err } = await users(['delete', someone.email], { answers: [answer] });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(new RegExp(`${someone.email}[\\s\\S]*can't be undone[\\s\\S]*Type "delete" to go on: Nothing was done\\.\n$`));
  }
  expect((await users(['find', someone.email])).code).toBe(0);
  expect(await users(['delete', someone.email], { answers: [' delete '] })).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Deleted /),
  });
  expect((await users(['find', someone.email])).code).toBe(1);
});

test('an address goes on the word, but never one that is not theirs, nor the last', async () => {
  const someone = meetPerson(program);
  await signIn(program, await createRelyingParty(program.issuer), { person: someone, params: { scope: 'openid email phone' } });
  const remove = (address: string, ...more: string[]) => users(['remove-address', someone.email, address, ...more], { answers: ['y'] });
  expect(await remove(someone.phone ?? '')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/Type "remove" to go on: Nothing was done/),
  });
  expect(await remove(person.email, '--yes')).toMatchObject({ code: 1, err: expect.stringMatching(/has no such address/) });
  const { code, out } = await remove(someone.phone ?? '', '--yes', '--json');
  expect([code, JSON.parse(out)]).toMatchObject([0, { ok: true, user: { addresses: [{ address: someone.email }] } }]);
  expect(await remove(someone.email, '--yes')).toMatchObject({ code: 1, err: expect.stringMatching(/only address/) });
});

test('programs are never asked', async () => {
  const { code, out } = await users(['delete', person.email, '--json'], { answers: ['delete'] });
  expect([code, JSON.parse(out)]).toEqual([2, { ok: false, error: expect.stringContaining('--yes') }]);
  expect((await users(['find', person.email])).code).toBe(0);
});

test('the table holds a line for the person, with the addresses whole', async () => {
  const { out } = await users(['find', person.email]);
  expect(out).toMatch(new RegExp(`^ACCOUNT {17}STATUS  CREATED {12}EMAIL +PHONE\n[\\w-]{22}  active  20.{14}Z  ${person.email}\n$`));
});

test('where there is no store the command says so, and makes none', async () => {
  expect(await users(['find', person.email], { store: 'elsewhere.db' })).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^There is no file .*elsewhere\.db/),
  });
  expect(existsSync(`${folder.path}/elsewhere.db`)).toBe(false);
});

test.each([
  ['an account’s id', [`-${'a'.repeat(21)}`]],
  ['an id with two dashes', [`--${'A1'.repeat(10)}`]],
  ['a subject', ['--sub', `-${'b_'.repeat(21)}`, '--client', 'web']],
])('%s that begins with a dash is no option', async (_, who) => {
  expect(await users(['find', ...who])).toMatchObject({ code: 1, err: 'Nobody here is known by that.\n' });
});
