// `latchkey clients`: an operator adds, looks at and removes applications while the server runs. Each call is a program of its own
// beside the server, over the same store.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/run.ts';
import { createClock } from '../helpers/clock.ts';
import { meetPerson, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt } from '../helpers/relying-party.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-clients-'));
const pathTo = (name: string) => join(folder, name);
const callback = 'https://shop.example/callback';
const clock = createClock();
let program: Program;

beforeAll(async () => {
  const url = `sqlite:${pathTo('latchkey.db')}`;
  program = await startProgram({ database: { url, sweepSeconds: 60 } });
  writeFileSync(pathTo('secrets.json'), JSON.stringify(program.settings.secrets));
  writeFileSync(pathTo('clients.json'), JSON.stringify(Object.values(clientMetadata)));
});
afterAll(async () => {
  clock.restore();
  await program.close();
  rmSync(folder, { recursive: true, force: true });
});

type Asking = { answers?: string[]; env?: Record<string, string> };

const call = (args: string[], asking?: Asking) => callAny(['clients', ...args], asking);

async function callAny(args: string[], { answers, env = {} }: Asking = {}) {
  const lines = { out: '', err: '' };
  const asked: string[] = [];
  const code = await run({
    args,
    env: {
      NODE_ENV: 'test',
      DATABASE_URL: `sqlite:${pathTo('latchkey.db')}`,
      SECRETS_FILE: pathTo('secrets.json'),
      CLIENTS_FILE: pathTo('clients.json'),
      ISSUER: program.issuer,
      ...env,
    },
    cwd: folder,
    print: (line) => void (lines.out += `${line}\n`),
    warn: (line) => void (lines.err += `${line}\n`),
    ask: answers && ((question) => (asked.push(question), Promise.resolve(answers.shift() ?? ''))),
    stop: new AbortController().signal,
  });
  return { code, ...lines, asked };
}

/** Answers of a command that must succeed. */
async function get(...args: string[]): Promise<Record<string, never>> {
  const { code, out, err } = await call([...args, '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

const addShop = (id: string, ...more: string[]) => get('add', id, '--name', 'Shop', '--redirect-uri', callback, ...more);

const partyOf = async (id: string, secret: string) =>
  createRelyingParty(program.issuer, { client_id: id, client_secret: secret, redirect_uris: [callback] });

describe('a client that is added', () => {
  test('works at once at a server that runs, with the secret that was printed once', async () => {
    const { code, out } = await call(['add', 'shop', '--name', 'Shop', '--redirect-uri', callback]);
    expect(code).toBe(0);
    const secret = /client_secret\s+(\S+)/.exec(out)?.[1] ?? '';
    expect(secret).toMatch(/^lkcs_[\w-]{43}$/);
    expect(out).toContain(program.issuer);
    const { tokens } = await signIn(program, await partyOf('shop', secret), { person: meetPerson(program) });
    expect(tokens.id_token).toBeTruthy();
    const { out: shown } = await call(['show', 'shop']);
    expect(shown).toMatch(/client_name +Shop\n/);
    expect(shown).not.toContain(secret);
    expect((await call(['show', 'shop', '--json'])).out).not.toMatch(/sha256|:"[0-9a-f]{64}"/);
  });

  test('is what its flags say', async () => {
    const flags = ['--type', 'native', '--first-party', '--public-subjects', '--sector', 'suite', '--scope', 'openid email'];
    const links = ['--policy-uri', 'https://a.example/p', '--tos-uri', 'https://a.example/t', '--client-uri', 'https://a.example/'];
    const answer = await get('add', 'flags', '--name', 'A', '--redirect-uri', 'com.example.a:/cb', ...flags, ...links);
    expect(answer).not.toHaveProperty('client_secret');
    expect(answer.client).toEqual({
      client_id: 'flags',
      client_name: 'A',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['com.example.a:/cb'],
      consent: 'implicit',
      subject_type: 'public',
      sector: 'suite',
      scope: 'openid email',
      policy_uri: 'https://a.example/p',
      tos_uri: 'https://a.example/t',
      client_uri: 'https://a.example/',
    });
  });

  test('may come as a file of metadata, over which flags are laid', async () => {
    writeFileSync(pathTo('one.json'), JSON.stringify({ client_id: 'one', client_name: 'One', redirect_uris: [callback] }));
    const { client } = await get('add', '--metadata', 'one.json', '--name', 'Other');
    expect(client).toMatchObject({ client_id: 'one', client_name: 'Other', redirect_uris: [callback] });
  });

  test('is asked for in a terminal, but for what was said already', async () => {
    const answers = ['Blumen & Bäume', 'radio', 'spa', 'https://a.example/cb https://b.example/cb', '', 'y'];
    const { code, asked, err } = await call(['add', '--json'], { answers });
    expect({ code, asked: asked.length }).toEqual({ code: 0, asked: 6 });
    expect(err).toMatch(/one of web, spa/);
    const { client } = await get('show', 'blumen-baume');
    expect(client).toMatchObject({
      metadata: {
        client_name: 'Blumen & Bäume',
        redirect_uris: ['https://a.example/cb', 'https://b.example/cb'],
        consent: 'implicit',
        token_endpoint_auth_method: 'none',
      },
    });
  });

  test('is asked for again where an answer can’t be right, with the answer and what is wrong with it', async () => {
    const answers = ['x'.repeat(81), 'Again', 'web', '', 'https://a.example/#x com.example:/', 'https://a.example/cb', 'b', '', ''];
    const { code, asked, err } = await call(['add'], { answers });
    expect({ code, asked: asked.length }).toEqual({ code: 0, asked: 9 });
    expect(err).toMatch(/x{81}: /);
    expect(err).toContain('It must name at least one URL.\n');
    expect(err).toContain('https://a.example/#x: must not have a fragment\n');
    expect(err).toContain('b: must be a URL\n');
  });

  test('is not asked for where it is none of a type', async () => {
    const less = await call(['add', 'less', '--name', 'Less', '--type', 'service'], { answers: [] });
    expect(less).toMatchObject({ code: 0, asked: [] });
  });
});

describe('what is wrong with a client', () => {
  test('is said all at once, and nothing is kept', async () => {
    const { code, out, err } = await call(['add', 'a b', '--redirect-uri', 'https://*.example/', '--policy-uri', 'x', '--json']);
    expect(code).toBe(1);
    const { ok, problems } = JSON.parse(out) as { ok: boolean; problems: string[] };
    expect({ ok, members: problems.map((words) => words.split(':')[0]) }).toEqual({
      ok: false,
      members: ['client_id', 'redirect_uris[1]', 'policy_uri'],
    });
    expect(err.trim().split('\n')).toEqual(problems);
    expect((await call(['list'])).out).not.toContain('a b');
  });

  test.each([
    [['--scope', 'openid moon sun'], 'scope: there is no moon and no sun here\n'],
    [['--metadata', 'cut.json'], `${pathTo('cut.json')} is not valid JSON (it ends too early)\n`],
    [['--metadata', 'bad.json'], `${pathTo('bad.json')} is not valid JSON (line 3 column 3)\n`],
    [['--metadata', 'list.json'], `${pathTo('list.json')} must hold one JSON object of client metadata\n`],
    [['--auth-method', 'client_secret_jwt'], 'token_endpoint_auth_method must be'],
    [['--type', 'toaster'], '--type toaster is none of web, spa, native, device, service'],
    [['--metadata', 'nowhere.json'], "nowhere.json can't be read (ENOENT)"],
  ])('%j', async (more, words) => {
    writeFileSync(pathTo('cut.json'), '{ "client_name":\n');
    writeFileSync(pathTo('bad.json'), '{\n  "client_name": "Shop"\n  "scope": "openid" }');
    writeFileSync(pathTo('list.json'), '[]');
    const { code, err } = await call(['add', 'wrong', '--redirect-uri', callback, ...more]);
    expect([code, err]).toEqual([1, expect.stringContaining(words)]);
  });

  test('is said with the flag that mends it, where there is nobody to ask', async () => {
    expect(await call(['add', 'bare', '--client-uri', 'x'])).toMatchObject({
      code: 1,
      err: 'client_uri: must be an http or https URL (--client-uri)\nredirect_uris: must name at least one URL (--redirect-uri)\n',
    });
  });

  test('an id that is taken is refused, in the store and in CLIENTS_FILE', async () => {
    await addShop('twice');
    expect(await call(['add', 'twice', '--redirect-uri', callback])).toMatchObject({
      code: 1,
      err: 'there is a client twice already\n',
    });
    expect(await call(['add', 'web', '--redirect-uri', callback])).toMatchObject({
      code: 1,
      err: 'web stands in CLIENTS_FILE: change it there\n',
    });
  });

  const verbs = 'add, update, list, show, remove, rotate-secret, invite';
  test.each([
    [[], `Say what to do: ${verbs}.`, 'add'],
    [['grow'], `"grow" is none of ${verbs}.`, 'add'],
    [['updat'], `"updat" is none of ${verbs}; did you mean update?`, 'add'],
    [['show'], '<id> is missing.', 'show'],
    [['show', 'a', 'b'], '"b" is one argument too many.', 'show'],
    [['add', '--nam', 'A'], 'There is no option --nam; did you mean --name?', 'add'],
    [['add', '--name'], '--name needs a value.', 'add'],
    [['add', '--name', '--json'], '--name needs a value.', 'add'],
    [['add', '--json=yes'], '--json takes no value.', 'add'],
    [['invite', '--uses', '0'], '--uses 0: say a whole number from 1 to 99999.', 'invite'],
    [['update'], '<id> is missing.', 'update'],
    [['update', 'a', 'b'], '"b" is one argument too many.', 'update'],
    [['update', 'a', '--type', 'spa'], 'There is no option --type.', 'update'],
    [['rotate-secret', 'a', '--keep-old', '0'], '--keep-old 0: say a whole number of hours from 1 to 744.', 'rotate-secret'],
    [['rotate-secret', 'a', '--keep-old', 'abc'], '--keep-old abc: say a whole number of hours from 1 to 744.', 'rotate-secret'],
    [['rotate-secret', 'a', '--keep-old', '745'], '--keep-old 745: say a whole number of hours from 1 to 744.', 'rotate-secret'],
  ])('%j is a wrong call', async (args, words, verb) => {
    const { code, out, err } = await call(args);
    expect([code, out]).toEqual([2, '']);
    expect(err.startsWith(`${words}\n\nUsage: latchkey clients ${verb} `)).toBe(true);
  });
});

test('the list names those of the file and those of the store, and says which wins', async () => {
  await addShop('listed');
  const { out } = await call(['list']);
  expect(out).toMatch(/^CLIENT +NAME +KIND +FROM +SINCE\n/);
  expect(out).toMatch(/\nweb +Northwind +confidential +CLIENTS_FILE\n/);
  expect(out).toMatch(/\nspa +Southwind +public +CLIENTS_FILE\n/);
  expect(out).toMatch(/\nlisted +Shop +confidential +store +\d{4}-\d\d-\d\d\n/);
  writeFileSync(pathTo('more.json'), JSON.stringify([{ ...clientMetadata.web, client_id: 'listed' }]));
  const later = await call(['list'], { env: { CLIENTS_FILE: pathTo('more.json') } });
  expect(later.out).toMatch(/\nlisted +Shop +confidential +store \(CLIENTS_FILE wins\)/);
});

test('a rotated secret works at once, and the old one within a second no more', async () => {
  const { client_secret: old } = await addShop('rotated');
  const before = await partyOf('rotated', old!);
  const { tokens } = await signIn(program, before, {
    person: meetPerson(program),
    params: { scope: 'openid offline_access', prompt: 'consent' },
  });
  const { client_secret: fresh } = await get('rotate-secret', 'rotated');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect((await before.refresh(tokens.refresh_token ?? '')).body.error).toBe('invalid_client');
  expect((await (await partyOf('rotated', fresh!)).refresh(tokens.refresh_token ?? '')).status).toBe(200);
  expect(await call(['rotate-secret', 'spa'])).toMatchObject({ code: 1, err: 'spa stands in CLIENTS_FILE: change it there\n' });
});

describe('an old secret that is kept for a while', () => {
  const tryIt = async (id: string, secret: string, { issuer } = program) => {
    const party = await createRelyingParty(issuer, { client_id: id, client_secret: secret, redirect_uris: [callback] });
    return (await party.token({ grant_type: 'refresh_token', refresh_token: 'none' })).body.error;
  };

  test('works beside the new one until then, and the one before it does not', async () => {
    const { client_secret: first } = await addShop('lasting');
    const { client_secret: second } = await get('rotate-secret', 'lasting', '--keep-old', '1');
    const { client_secret: third } = await get('rotate-secret', 'lasting', '--keep-old', '24');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const answers = await Promise.all([first, second, third].map((secret) => tryIt('lasting', secret!)));
    expect(answers).toEqual(['invalid_client', 'invalid_grant', 'invalid_grant']);
    const { client } = (await get('show', 'lasting')) as Record<string, unknown>;
    const hours = ((client as { former_secret_until: number }).former_secret_until - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    expect((await call(['show', 'lasting'])).out).toMatch(/old secret +works until \d{4}-/);
    expect((await call(['show', 'lasting', '--json'])).out).not.toMatch(/[0-9a-f]{64}/);
    clock.advance(24.1 * 3600);
    expect(await tryIt('lasting', second!)).toBe('invalid_client');
    expect(await tryIt('lasting', third!)).toBe('invalid_grant');
    clock.restore();
  });

  test('ends with the next one, unless that keeps it', async () => {
    const { client_secret: first } = await addShop('ending');
    await get('rotate-secret', 'ending', '--keep-old', '24');
    await get('rotate-secret', 'ending');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await tryIt('ending', first!)).toBe('invalid_client');
    expect((await call(['show', 'ending'])).out).not.toContain('old secret');
  });

  test('ends when the operator leaves it out, and at its time where it stands in CLIENTS_FILE', async () => {
    const { client_secret: old } = await addShop('ended');
    await get('rotate-secret', 'ended', '--keep-old', '24');
    await get('update', 'ended', '--unset', 'former_client_secret');
    const sha256 = createHash('sha256').update(old!).digest('hex');
    const endingIn = (id: string, seconds: number) => {
      const until = Math.floor(Date.now() / 1000) + seconds;
      return { ...clientMetadata.web, client_id: id, former_client_secret: { sha256, until } };
    };
    const other = await startProgram({ clients: { registered: [endingIn('lasting', 3600), endingIn('over', -1)] } });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const answers = await Promise.all([tryIt('ended', old!), tryIt('lasting', old!, other), tryIt('over', old!, other)]);
    await other.close();
    expect(answers).toEqual(['invalid_client', 'invalid_grant', 'invalid_client']);
  });
});

describe('a client that is changed', () => {
  const changed = 'https://shop.example/elsewhere';

  test('is otherwise within a second in what was named, and in nothing else', async () => {
    const { client_secret: secret } = await addShop('moving', '--policy-uri', 'https://shop.example/p', '--first-party');
    const party = await partyOf('moving', secret!);
    const person = meetPerson(program);
    const { tokens: before } = await signIn(program, party, { person });
    const { client } = await get('update', 'moving', '--redirect-uri', changed, '--redirect-uri', callback, '--unset', 'policy_uri');
    expect(client).toEqual({
      client_id: 'moving',
      client_name: 'Shop',
      redirect_uris: [changed, callback],
      consent: 'implicit',
    });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const moved = await createRelyingParty(program.issuer, { client_id: 'moving', client_secret: secret!, redirect_uris: [changed] });
    const { tokens: after } = await signIn(program, moved, { person: meetPerson(program) });
    expect(after.id_token).toBeTruthy();
    expect((await party.userinfo(before.access_token)).status).toBe(200);
  });

  test('gets a secret where it comes to need one, keeps it, and loses it where it needs none', async () => {
    await addShop('public', '--type', 'spa');
    const { client_secret: secret } = await get('update', 'public', '--auth-method', 'client_secret_basic');
    expect(secret).toMatch(/^lkcs_/);
    expect(await get('update', 'public', '--name', 'Same')).not.toHaveProperty('client_secret');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { tokens } = await signIn(program, await partyOf('public', secret!), { person: meetPerson(program) });
    expect(tokens.id_token).toBeTruthy();
    await get('update', 'public', '--auth-method', 'none');
    expect((await get('show', 'public')).client).toMatchObject({ has_secret: false });
  });

  test('keeps what its people are called there, unless the operator is sure', async () => {
    await addShop('named');
    const words = 'everybody would get another sub or phone_pseudonym at named: --yes does it\n';
    for (const flags of [['--sector', 'suite'], ['--public-subjects']]) {
      expect(await call(['update', 'named', ...flags])).toMatchObject({ code: 2, err: words });
    }
    expect((await get('update', 'named', '--sector', 'suite', '--yes')).client).toMatchObject({ sector: 'suite' });
    expect(await call(['update', 'named', '--unset', 'sector'])).toMatchObject({ code: 2, err: words });
    await get('update', 'named', '--public-subjects', '--yes');
    expect(await call(['update', 'named', '--sector', 'other'])).toMatchObject({ code: 2, err: words });
  });

  test('shows its new picture, and the old one is gone', async () => {
    const picture = (color: number) => {
      const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
      writeFileSync(pathTo(`${color}.png`), Buffer.concat([png, Buffer.from([color])]));
      return `${color}.png`;
    };
    const { client: first } = await addShop('pictured', '--logo', picture(1));
    const { client: second } = await get('update', 'pictured', '--logo', picture(2));
    const status = async ({ logo }: { logo: string }) => (await fetch(`${program.url}/logos/${logo}`)).status;
    expect([await status(first!), await status(second!)]).toEqual([404, 200]);
  });

  test.each([
    [['nobody', '--name', 'A'], 'there is no client nobody\n'],
    [['web', '--name', 'A'], 'web stands in CLIENTS_FILE: change it there\n'],
    [['whole'], 'say what is to be otherwise\n'],
    [['whole', '--unset', 'colour'], '--unset colour: is not client metadata\n'],
    [['whole', '--metadata', 'null.json'], 'token_endpoint_auth_method: expected string, received null\n'],
    [['whole', '--metadata', 'number.json'], 'grant_types: expected array, received number\n'],
    [['whole', '--metadata', 'logo.json'], 'logo: hand in the picture with --logo\n'],
    [['whole', '--logo', 'null.json'], 'logo: must be a PNG, JPEG or WebP picture (an SVG can carry scripts: export it as PNG)\n'],
    [['whole', '--unset', 'redirect_uris'], 'redirect_uris: must name at least one URL\n'],
    [['whole', '--redirect-uri', 'https://*.example/'], 'redirect_uris[1]: must be one exact URL: nothing stands for others\n'],
    [['whole', '--scope', 'openid moon'], 'scope: there is no moon here\n'],
  ])('is as it was after %j', async (args, words) => {
    writeFileSync(pathTo('null.json'), JSON.stringify({ token_endpoint_auth_method: null }));
    writeFileSync(pathTo('number.json'), JSON.stringify({ grant_types: 5 }));
    writeFileSync(pathTo('logo.json'), JSON.stringify({ logo: 'another-client.png' }));
    if (!(await call(['list'])).out.includes('whole')) await addShop('whole');
    const { client } = await get('show', 'whole');
    expect(await call(['update', ...args])).toMatchObject({ code: 1, err: expect.stringContaining(words) });
    expect((await get('show', 'whole')).client).toEqual(client);
  });
});

describe('a client that is removed', () => {
  test('ends with all its tokens within a second, and whoever gets its id inherits no consent', async () => {
    const { client_secret: secret } = await addShop('gone');
    const party = await partyOf('gone', secret!);
    const person = meetPerson(program);
    const params = { scope: 'openid email offline_access', prompt: 'consent' };
    const { tokens } = await signIn(program, party, { person, params });
    expect((await party.userinfo(tokens.access_token)).status).toBe(200);

    expect(await call(['remove', 'gone', '--yes'])).toMatchObject({ code: 0, out: expect.stringMatching(/^The client gone was removed/) });
    expect((await party.userinfo(tokens.access_token)).status).toBe(401);
    expect((await party.refresh(tokens.refresh_token ?? '')).body.error).toBe('invalid_client');
    expect((await party.begin(person.browser)).answer).toMatchObject({ status: 400, text: expect.stringContaining('invalid_client') });

    const { client_secret: again } = await addShop('gone');
    const next = await partyOf('gone', again!);
    expect((await next.userinfo(tokens.access_token)).status).toBe(401);
    expect((await next.refresh(tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');
    expect(await next.silently(person.browser)).toMatchObject({ error: 'consent_required' });
  });

  test('is one that somebody was sure of', async () => {
    await addShop('kept');
    expect(await call(['remove', 'kept'])).toMatchObject({ code: 2, err: expect.stringMatching(/give it with --yes/) });
    expect(await call(['remove', 'kept', '--json'], { answers: ['remove'] })).toMatchObject({ code: 2 });
    expect(await call(['remove', 'kept'], { answers: ['keep'] })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Nothing was done\.\n$/),
    });
    expect((await call(['show', 'kept'])).code).toBe(0);
    expect((await call(['remove', 'kept'], { answers: ['remove'] })).code).toBe(0);
    expect(await call(['show', 'kept'])).toMatchObject({ code: 1, err: 'there is no client kept\n' });
    expect(await call(['remove', 'web', '--yes'])).toMatchObject({ code: 1, err: expect.stringMatching(/CLIENTS_FILE/) });
  });
});

test('an invitation that nobody can use yet is printed with a warning', async () => {
  const off = await call(['invite', '--json']);
  expect([off.code, JSON.parse(off.out)]).toEqual([0, expect.objectContaining({ ok: true, initial_access_token: expect.any(String) })]);
  expect(off.err).toMatch(/^Nobody can register with it yet: registration\.enabled is off\. .*"enabled": true/);
  writeFileSync(pathTo('open.json'), JSON.stringify({ registration: { enabled: true } }));
  expect(await call(['invite'], { env: { CONFIG_FILE: pathTo('open.json') } })).toMatchObject({ code: 0, err: '' });
});

test('people are found by what an app of the store calls them', async () => {
  const { client_secret: secret } = await addShop('caller', '--sector', 'family');
  const { tokens } = await signIn(program, await partyOf('caller', secret!), { person: meetPerson(program) });
  const { code, out } = await callAny(['users', 'find', '--sub', String(decodeJwt(tokens.id_token).sub), '--client', 'caller', '--json']);
  expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, ok: true });
});

test('a store that does not answer is named in words, without its password', async () => {
  const url = 'mongodb://user:hunter2@127.0.0.1:9/x?serverSelectionTimeoutMS=200';
  const { code, err } = await call(['list'], { env: { DATABASE_URL: url, REDIS_URL: 'redis://127.0.0.1:9' } });
  expect([code, err]).toEqual([1, expect.stringMatching(/^MongoDB can't be used: .*\n$/)]);
  expect(err).not.toContain('hunter2');
});
