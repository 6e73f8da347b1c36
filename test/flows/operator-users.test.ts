// `latchkey users …` beside a running program: what an operator finds, what the commands do to people within a second, and what
// they answer.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildProgram, startChildProgram } from '../helpers/child-program.ts';
import { runBeside, runHere } from '../helpers/commands.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { clientMetadata } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty, type Tokens } from '../helpers/relying-party.ts';

/** The shortest there is between two messages to one address, in another process with a clock of its own. */
const gapSeconds = 1;
const waitForGap = () => sleep(gapSeconds * 1000);
let program: ChildProgram;
let web: RelyingParty;
let spa: RelyingParty;

beforeAll(async () => {
  program = await startChildProgram({ config: { sending: { gapsSeconds: [gapSeconds] } } });
  web = await createRelyingParty(program.issuer);
  spa = await createRelyingParty(program.issuer, clientMetadata.spa);
}, 60_000);
afterAll(() => program.close());

const users = (...args: string[]) => runHere(['users', ...args], program.surroundings({ LOG_LEVEL: 'silent' }));
/** As operators do: a second process on the store. */
const usersBeside = (...args: string[]) => runBeside(['users', ...args], program.surroundings());

async function json(...args: string[]) {
  const { code, out, err } = await users(...args, '--json');
  if (!out) throw new Error(`latchkey users ${args[0]} printed nothing: ${code} ${err}`);
  return { code, body: JSON.parse(out) as Record<string, unknown> & { user: Record<string, unknown>; users: { id: string }[] } };
}

type Subject = { person: Person; tokens: Tokens; sub: string };

async function meetSubject(party = web): Promise<Subject> {
  const person = meetPerson(program);
  const { tokens } = await signIn(program, party, { person, params: { scope: 'openid email phone offline_access', prompt: 'consent' } });
  return { person, tokens, sub: String(decodeJwt(tokens.id_token).sub) };
}

async function idOf({ person }: Subject): Promise<string> {
  return (await json('find', person.email)).body.users[0]?.id ?? '';
}

/** What still works, asked all at once. */
async function listAlive({ person, tokens }: Subject): Promise<string[]> {
  const [silent, userinfo, introspection, refresh] = await Promise.all([
    web.silently(person.browser),
    web.userinfo(tokens.access_token),
    web.introspect(tokens.access_token),
    web.refresh(tokens.refresh_token ?? ''),
  ]);
  const alive = {
    silent: 'code' in silent,
    userinfo: userinfo.status === 200,
    introspection: introspection.body.active === true,
    refresh: refresh.status === 200,
  };
  return Object.entries(alive).flatMap(([name, is]) => (is ? name : []));
}

test('a person is found by every spelling of their addresses, by account id, and by what an app calls them', async () => {
  const { person, sub } = await meetSubject();
  const [, rest = ''] = /^\+44(.+)$/.exec(person.phone ?? '') ?? [];
  const spellings = [
    [person.email],
    [` ${person.email.toUpperCase()} `],
    [person.phone ?? ''],
    [`0044 (0)${rest.slice(0, 4)}-${rest.slice(4)}`],
    [`0${rest}`],
    [`0${rest}`, '--country', 'gb'],
    ['--sub', sub, '--client', 'web'],
  ];
  const found: Awaited<ReturnType<typeof json>>[] = [];
  for (const who of spellings) found.push(await json('find', ...who));
  const ids = new Set(found.map(({ code, body }) => `${code} ${body.users[0]?.id}`));
  expect(ids.size).toBe(1);
  const [id = ''] = found.map(({ body }) => body.users[0]?.id);
  expect((await json('find', id)).body).toEqual({
    ok: true,
    users: [
      expect.objectContaining({
        id,
        status: 'active',
        addresses: [
          expect.objectContaining({ channel: 'email', address: person.email }),
          expect.objectContaining({ channel: 'phone', address: person.phone }),
        ],
      }),
    ],
  });
  expect((await users('find', '--sub', sub, '--client', 'spa')).code).toBe(1);
}, 60_000);

test('disabled: refresh, userinfo, introspection, silent sign-in and sessions end within a second; enabled: consent, and nothing old', async () => {
  const subject = await meetSubject();
  expect(await listAlive(subject)).toEqual(['silent', 'userinfo', 'introspection', 'refresh']);
  const { code, out, err } = await usersBeside('disable', subject.person.email);
  const ended = performance.now();
  expect(await listAlive(subject)).toEqual([]);
  expect(performance.now() - ended).toBeLessThan(1000);
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^Disabled [\w-]{22}: nobody signs in.* Ended: 1 session, 1 sign-in to apps with all tokens\.\n$/),
  ]);
  expect(JSON.parse(err)).toMatchObject({ msg: 'account_disabled', account: await idOf(subject), by: 'operator' });
  expect((await json('show', subject.person.email)).body.user).toMatchObject({ status: 'disabled', sessions: 0, grants: 0 });

  expect(await users('enable', subject.person.phone ?? '')).toMatchObject({ code: 0, out: expect.stringMatching(/^Enabled /) });
  expect(await listAlive(subject)).toEqual([]);
  await waitForGap();
  const again = meetPerson(program, { email: subject.person.email });
  const { tokens } = await signIn(program, web, { person: again });
  expect(decodeJwt(tokens.id_token).sub).toBe(subject.sub);
  expect(again.browser.answers().filter(({ url }) => url.endsWith('/consent'))).toEqual([]);
}, 60_000);

test('end-sessions signs out of every browser and app', async () => {
  const subject = await meetSubject();
  expect((await json('end-sessions', subject.person.email)).body).toEqual({
    ok: true,
    id: await idOf(subject),
    ended: { sessions: 1, grants: 1 },
  });
  expect(await listAlive(subject)).toEqual([]);
}, 60_000);

test('show tells apps, numbers of sessions and sign-ins, and no secret', async () => {
  const { person, tokens } = await meetSubject();
  await signIn(program, spa, { person });
  const { out } = await users('show', person.email);
  expect(out).toMatch(new RegExp(`email {2,}${person.email}, since 20.*Z, last proven 20`));
  expect(out).toMatch(/sessions {2,}1\n/);
  expect(out).toMatch(/sign-ins to apps {2,}2\n/);
  expect(out).toMatch(/(?:apps| {4,}) +spa: email, last changed/);
  const { body } = await json('show', person.email);
  expect(body.user.apps).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ client: 'web', shares: expect.arrayContaining(['email', 'phone', 'offline_access']), declined: {} }),
      expect.objectContaining({ client: 'spa', shares: ['email'] }),
    ]),
  );
  for (const secret of [tokens.access_token, tokens.refresh_token ?? '']) expect(out + JSON.stringify(body)).not.toContain(secret);
}, 60_000);

test('delete asks for --yes where there is nobody to ask; then the person is gone, and may come back as somebody new', async () => {
  const subject = await meetSubject();
  const refused = await users('delete', subject.person.email);
  expect([refused.code, refused.out, refused.err]).toEqual([2, '', expect.stringContaining('--yes')]);
  expect(await listAlive(subject)).toHaveLength(4);

  expect(await usersBeside('delete', subject.person.email, '--yes')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Deleted .*addresses are free/),
  });
  expect(await listAlive(subject)).toEqual([]);
  expect(await users('find', subject.person.email)).toMatchObject({ code: 1, out: '', err: 'Nobody here is known by that.\n' });
  await waitForGap();
  const again = meetPerson(program, { email: subject.person.email });
  const { tokens } = await signIn(program, web, { person: again });
  expect(decodeJwt(tokens.id_token).sub).not.toBe(subject.sub);
}, 60_000);

test('what the operator did is in no log with an address', async () => {
  const { person } = await meetSubject();
  const { err } = await usersBeside('end-sessions', person.email);
  expect(err).toContain('account_signed_out');
  expect(err + program.readLog()).not.toContain(person.email);
}, 60_000);

test('an address that was taken away is a line of the log, too, without the address', async () => {
  const subject = await meetSubject();
  const { email, phone = '' } = subject.person;
  const { code, err } = await usersBeside('remove-address', email, phone, '--yes');
  expect([code, JSON.parse(err)]).toMatchObject([
    0,
    { msg: 'address_removed', account: await idOf(subject), channel: 'phone', by: 'operator' },
  ]);
  expect(err).not.toContain(phone.slice(-6));
});
