// Codes by a real mail server: what arrives there signs a person in, and a server that is down or silent holds up no page.
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { createClock } from '../helpers/clock.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';
import { readOutcomes, waitForOutcome } from '../helpers/outcomes.ts';
import { allow, meetPerson } from '../helpers/person.ts';
import { startProgram } from '../helpers/program.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';

const clock = createClock();
const closing: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of closing.splice(0).toReversed()) await each.close();
});
afterAll(() => clock.restore());

const readCode = (text: string): string => /\b\d{6}\b/.exec(text)?.[0] ?? '';

async function start({ timeoutSeconds = 10, mail }: { timeoutSeconds?: number; mail?: MailServer } = {}) {
  const server = mail ?? (await startMailServer());
  if (!mail) closing.push(server);
  const delivery = { email: 'smtp' as const, smtpUrl: server.url, from: 'Northwind ID <id@northwind.example>', timeoutSeconds };
  // A stop waits for sends under way: not for one that a test leaves hanging.
  const program = await startProgram({ delivery, server: { shutdownSeconds: 1 } });
  closing.push(program);
  return { program, mail: server, party: await createRelyingParty(program.issuer) };
}

test('the code in the received mail signs the person in', async () => {
  const { program, mail, party } = await start();
  const person = meetPerson(program);
  const { verifier } = await party.begin(person.browser);
  expect((await person.browser.submit('/email', { email: person.email })).url).toMatch(/\/code$/);

  const received = await mail.next(person.email);
  const code = readCode(received.text);
  expect(received).toMatchObject({ from: 'id@northwind.example', to: person.email, subject: expect.stringContaining(code) });
  expect(received.headers['auto-submitted']).toBe('auto-generated');
  expect([readCode(received.text), received.html.includes(code)]).toEqual([code, true]);
  expect(received.text + received.html).not.toMatch(/https?:\/\//);

  expect((await person.browser.submit('/code', { code })).url).toMatch(/\/consent$/);
  const { code: grant = '' } = party.readCallback(await allow(person));
  const { body: tokens } = await party.redeem(grant, verifier);
  expect((await party.userinfo(tokens.access_token)).body).toMatchObject({ email: person.email, email_verified: true });
  expect(mail.received).toHaveLength(1);
});

test('a mail server that never answers holds up no page: it comes while the send is still under way', async () => {
  const { program, mail, party } = await start({ timeoutSeconds: 60 });
  const person = meetPerson(program);
  mail.script('silence');
  await party.begin(person.browser);
  const before = performance.now();
  const page = await person.browser.submit('/email', { email: person.email });
  expect(page.url).toMatch(/\/code$/);
  expect(page.status).toBe(200);
  // Had the page waited for the server, it would have come after a minute, and the outcome would be known.
  expect(performance.now() - before).toBeLessThan(30_000);
  expect(await readOutcomes(program.url, 'email')).toEqual({});
});

const saysSent = /We’ve (sent|emailed|texted)/;

test('while the server is down the page is the same; when it is back, a resend after the pause brings the code', async () => {
  const down = await startMailServer();
  const { program, party } = await start({ mail: down });
  const person = meetPerson(program);
  await down.close();
  await party.begin(person.browser);
  expect((await person.browser.submit('/email', { email: person.email })).url).toMatch(/\/code$/);
  await waitForOutcome(program.url, 'email', 'failed');
  // Before a proof no page tells what became of a message: it would tell strangers about an address. Nor does it say what isn't so.
  const { text: same } = await person.browser.open(person.browser.page.url);
  expect(same).toContain('We’re sending a 6-digit code');
  expect(same).not.toMatch(saysSent);

  const mail = await startMailServer({ port: Number(new URL(down.url).port) });
  closing.unshift(mail);
  const early = await person.browser.submit('/resend');
  expect({ status: early.status, wait: Number(early.headers.get('retry-after')) > 0 }).toEqual({ status: 429, wait: true });
  expect(early.text).toContain('You can ask for another one at');
  clock.advance(31);
  const later = await person.browser.submit('/resend');
  expect({ status: later.status, text: later.text }).toEqual({ status: 200, text: expect.not.stringMatching(saysSent) });
  const { text } = await mail.next(person.email);
  expect((await person.browser.submit('/code', { code: readCode(text) })).url).toMatch(/\/consent$/);
  expect(mail.received).toHaveLength(1);
});

test('a mail whose receipt was never confirmed is not sent again by itself; a resend brings the same code', async () => {
  const { program, mail, party } = await start({ timeoutSeconds: 3 });
  const person = meetPerson(program);
  mail.script('silence_after_data');
  await party.begin(person.browser);
  await person.browser.submit('/email', { email: person.email });
  const first = await mail.next(person.email);
  await waitForOutcome(program.url, 'email', 'unknown');
  expect(mail.transactions).toBe(1);

  clock.advance(31);
  await person.browser.submit('/resend');
  expect(readCode((await mail.next(person.email)).text)).toBe(readCode(first.text));
  expect((await person.browser.submit('/code', { code: readCode(first.text) })).url).toMatch(/\/consent$/);
});
