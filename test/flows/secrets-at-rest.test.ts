// A hundred sign-ins, some with wrong codes and bad input, logged at debug level: neither the store nor the log can be read.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ChildProgram, startChildProgram } from '../helpers/child-program.ts';
import { codeIn } from '../helpers/code-in.ts';
import { meetPerson, type Person, signIn } from '../helpers/person.ts';
import { clientMetadata, type SentMessage } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty, type Tokens } from '../helpers/relying-party.ts';
import { createScanner, type Finding } from '../helpers/scanner.ts';
import { nameStore, openTestStorage } from '../helpers/store.ts';
import { type Piece, type StoreDump, watchStore } from '../helpers/store-dump.ts';

const people = 100;
const scanner = createScanner();
const emails: string[] = [];
const codes: string[] = [];
let program: ChildProgram;
let party: RelyingParty;
let log = '';
let dump: StoreDump;

const scanAll = (pieces: Piece[]): Finding[] => pieces.flatMap(({ place, bytes }) => scanner.scan(place, bytes));

function watchAddresses({ email, phone = '' }: Person): void {
  emails.push(email);
  const national = phone.slice(3);
  // The local part is in every form of the address, and the national number in every form of the number.
  for (const text of [email, email.toLowerCase()]) scanner.addText('email', text.slice(0, text.indexOf('@')));
  for (const text of [national, `${national.slice(0, 4)} ${national.slice(4)}`]) scanner.addText('phone', text);
}

function watchBrowser({ browser }: Person): void {
  for (const { url, headers, forms } of browser.answers()) {
    const uid = /\/interaction\/([\w-]+)/.exec(url)?.[1];
    if (uid) scanner.addText('interaction uid', uid);
    for (const { fields } of forms) if (fields.csrf) scanner.addText('form token', String(fields.csrf));
    for (const cookie of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      for (const part of value.split('.').filter(({ length }) => length > 15)) scanner.addText(`cookie ${name}`, part);
    }
  }
}

function watchTokens({ access_token: access, refresh_token: refresh = '', id_token: id }: Tokens): void {
  scanner.addText('access token', access);
  scanner.addText('refresh token', refresh);
  for (const part of id.split('.').slice(1)) scanner.addText('id token', part);
}

/** What people and programs get wrong, with secrets in all the wrong places. */
async function sendNonsense({ browser, email }: Person, code: string): Promise<void> {
  const base = browser.page.url.replace(/\/\w+$/, '');
  const { fields } = browser.findForm('/email');
  await browser.request(`${base}/code?code=${code}&email=${encodeURIComponent(email)}`);
  await browser.request(`${base}/code/${code}`);
  await browser.request(`${base.toUpperCase().replace('HTTP://LOCALHOST', 'http://localhost')}/email`);
  await browser.request(`/people/${email}`, { headers: { referer: `http://elsewhere.example/?email=${email}`, 'x-forwarded-for': email } });
  await browser.request(base.replace('/interaction/', '//interaction/'));
  await browser.post(`${base}/email`, { ...fields, email: `${email}${'x'.repeat(300)}` });
  await browser.post(`${base}/email`, { ...fields, csrf: email, email });
  await browser.post(`${base}/email`, { email: email.repeat(2000) });
  await browser.request(`${base}/email`, {
    method: 'POST',
    body: JSON.stringify({ email, code }),
    headers: { 'content-type': 'application/json' },
  });
  await browser.request('/oidc/userinfo', { headers: { authorization: `Bearer ${email}` } });
}

async function live(at: number): Promise<void> {
  const name = `Kestrel.${randomBytes(6).toString('hex').toUpperCase()}`;
  const phone = `+447400${String(300_000 + at)}`;
  const person = meetPerson(program, { email: `${name}@Example.com`, phone });
  const { browser, email } = person;
  watchAddresses(person);
  if (at % 4 === 0) {
    await party.begin(browser, { login_hint: email });
    await browser.submit('/email', { email });
    const code = await program.codeFor(email);
    const wrong = code === '000000' ? '000001' : '000000';
    await browser.submit('/code', { code: wrong });
    await browser.submit('/different');
    if (at % 8 === 0) await sendNonsense(person, code);
    await browser.submit('/cancel');
    // The pause between two messages to one address is for people; here another one takes the place.
    person.email = `Second.${email}`;
    watchAddresses(person);
  }
  const params = { scope: 'openid email phone offline_access', prompt: 'consent', login_hint: person.email };
  const { tokens, code, verifier } = await signIn(program, party, { person, params });
  scanner.addText('authorization code', code);
  scanner.addText('code verifier', verifier);
  watchTokens(tokens);
  if (at % 3 === 0) watchTokens((await party.refresh(tokens.refresh_token ?? '')).body);
  if (at % 5 === 0) await party.userinfo(tokens.access_token);
  if (at % 7 === 0) await party.redeem(code, verifier);
  watchBrowser(person);
}

beforeAll(async () => {
  program = await startChildProgram({ logLevel: 'debug' });
  const watch = await watchStore(program.store);
  party = await createRelyingParty(program.issuer);
  scanner.addText('client secret', clientMetadata.web.client_secret);
  let next = 0;
  const lane = async () => {
    while (next < people) await live(next++);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  const sent = (await (await fetch(`${program.url}/dev/outbox.json`)).json()) as SentMessage[];
  for (const { text } of sent) codes.push(codeIn(text) ?? '');
  for (const code of codes) scanner.addCode(code);
  // Killed, so that the write-ahead logs stay as they are.
  await program.kill();
  log = program.readLog();
  dump = await watch.read();
  await watch.stop();
}, 120_000);
afterAll(() => program.close());

test('there is something to find, and something to find it in', () => {
  expect(codes.length).toBeGreaterThanOrEqual(2 * people);
  expect(scanner.count()).toBeGreaterThan(20 * people);
  expect(log.split('\n').filter((line) => line.includes('"request"')).length).toBeGreaterThan(10 * people);
  // Both homes: the logs that SQLite writes ahead, or what MongoDB and Redis were told.
  expect(dump.history.filter(({ bytes }) => bytes.length > 1000 * people).length).toBeGreaterThanOrEqual(2);
  const kinds = dump.columns.filter(({ place }) => place.endsWith('.kind')).flatMap(({ bytes }) => bytes.toString().split('\n'));
  const rows = (kind: string) => kinds.filter((each) => each === kind).length;
  expect([rows('account'), rows('address'), rows('consent'), rows('Session') >= people]).toEqual([people, 2 * people, people, true]);
});

test('the store holds no code, address, token, cookie, uid or secret that can be read: not in a byte, not in a column', () => {
  expect(scanAll([...dump.history, ...dump.columns])).toEqual([]);
});

test('the log holds none either, at debug level', () => {
  const found = scanner.scan('log', Buffer.from(log));
  expect(found.map(({ what, at }) => `${what}: ${log.slice(log.lastIndexOf('\n', at) + 1, log.indexOf('\n', at))}`)).toEqual([]);
});

test('the same search finds what is planted: an address in a row and in base64, a code in a row and in a log line', async () => {
  const [email = ''] = emails;
  const [code = ''] = codes;
  const store = nameStore(join(program.folder, 'planted.db'));
  const watch = await watchStore(store);
  const storage = await openTestStorage(store);
  await storage.records.insert('account', 'a', { email: email.toLowerCase() });
  await storage.records.insert('account', 'b', Buffer.from(`{"to":"${email}"}`).toString('base64url'));
  await storage.expiring.put('challenge', 'c', { code }, 600);
  await storage.close();
  const planted = (pieces: Piece[]) => {
    return new Set(scanAll(pieces).map(({ what, form }) => `${what} ${form}`));
  };
  const all = new Set(['email plain', 'email base64', 'code plain']);
  const { history, columns } = await watch.read();
  await watch.stop();
  expect(planted(history)).toEqual(all);
  expect(planted(columns)).toEqual(all);
  expect(scanner.scan('log', Buffer.from(`{"msg":"wrong code ${code}"}\n`))).toMatchObject([{ what: 'code' }]);
  expect(scanner.scan('log', Buffer.from(`{"path":"/x/${encodeURIComponent(email)}","id":"a${code}b"}`))).toMatchObject([
    { what: 'email' },
  ]);
});
