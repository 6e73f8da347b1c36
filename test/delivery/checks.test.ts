// Whether messages could leave: a real mail server and an endpoint that stands for Twilio are asked, and nothing is sent.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { schema } from '../../src/config/schema/index.ts';
import { checkMail, checkTexts } from '../../src/delivery/checks.ts';
import type { DeliverySettings } from '../../src/delivery/open.ts';
import { checkSender, domainOf } from '../../src/delivery/sender-dns.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';
import { startNameServer } from '../helpers/name-server.ts';
import { startTwilioApi, type TwilioApi, type TwilioAnswer } from '../helpers/twilio-api.ts';

let mail: MailServer;
let twilio: TwilioApi;

beforeAll(async () => {
  mail = await startMailServer({ password: 'right-password' });
  twilio = await startTwilioApi();
});
afterAll(async () => {
  await mail.close();
  await twilio.close();
});

const settings = (given: Partial<DeliverySettings>): DeliverySettings => ({
  ...schema.parse({}).delivery,
  email: 'smtp',
  sms: 'twilio',
  timeoutSeconds: 5,
  ...given,
});

describe('mail', () => {
  const at = (user: string, password: string) => mail.url.replace('//', `//${user}:${password}@`);

  const servers: [string, () => string, [string, RegExp]][] = [
    ['credentials that the server takes', () => at('latchkey', 'right-password'), ['ok', /takes the credentials/]],
    ['no credentials, where none are asked for', () => mail.url, ['ok', /answers\.$/]],
    ['a wrong password', () => at('latchkey', 'wrong-password'), ['fail', /refuses the user or the password \(reply 535\)/]],
    ['a port that nobody listens at', () => 'smtp://127.0.0.1:1', ['fail', /can't be used: E[A-Z]+/]],
    ['a server without TLS where it must be', () => mail.url.replace('smtp:', 'smtps:'), ['fail', /TLS|can't be used/]],
    ['a name that is nobody’s', () => 'smtp://mail.invalid', ['fail', /name is not found|can't be used/]],
  ];

  test.each(servers)('%s', async (_, url, [status, words]) => {
    const checked = await checkMail(settings({ smtpUrl: url() }));
    expect(checked).toMatchObject({ status, says: expect.stringMatching(words) });
    expect(JSON.stringify(checked)).not.toMatch(/-password/);
    expect([mail.transactions, mail.received]).toEqual([0, []]);
  });

  test('the outbox is said to be one', async () => {
    expect(await checkMail(settings({ email: 'outbox' }))).toMatchObject({ status: 'warn', says: expect.stringContaining('outbox') });
  });
});

describe('texts', () => {
  const account = (status: string, type = 'Full'): TwilioAnswer => ({ status: 200, body: { status, type, auth_token: 'told-by-twilio' } });
  const answers: [string, TwilioAnswer, [string, RegExp]][] = [
    ['an active account', account('active'), ['ok', /takes the credentials/]],
    ['a trial', account('active', 'Trial'), ['warn', /is a trial/]],
    ['a suspended account', account('suspended'), ['fail', /suspended or closed/]],
    ['wrong credentials', { status: 401, body: { code: 20003 } }, ['fail', /refuses the credentials \(401\)/]],
    ['another account’s id', { status: 404, body: { code: 20404 } }, ['fail', /refuses the credentials \(404\)/]],
    ['an outage', { status: 503 }, ['fail', /answers 503/]],
    [
      'something else that answers',
      { status: 200, headers: { 'content-type': 'text/html' }, body: 'hello' },
      ['fail', /suspended or closed|no account/],
    ],
    ['silence', 'silence', ['fail', /can’t be reached/]],
  ];

  test.each(answers)('%s', async (_, answer, [status, words]) => {
    twilio.script(answer);
    const { accountSid, authToken, url } = twilio;
    const checked = await checkTexts(settings({ twilioAccountSid: accountSid, twilioAuthToken: authToken, twilioApiUrl: `${url}/` }));
    expect(checked).toMatchObject({ status, says: expect.stringMatching(words) });
    expect(JSON.stringify(checked)).not.toMatch(/told-by-twilio|twilio-token-of-a-test/);
    expect(twilio.requests.at(-1)).toMatchObject({
      method: 'GET',
      path: `/2010-04-01/Accounts/${accountSid}.json`,
      user: accountSid,
      password: authToken,
    });
    expect(twilio.texts).toEqual([]);
  });

  test.each(['none', 'outbox'] as const)('%s is said', async (sms) => {
    expect(await checkTexts(settings({ sms }))).toMatchObject({ status: 'warn' });
  });
});

describe('the sender’s domain', () => {
  const spf = 'v=spf1 include:mail.example.net -all';
  const zone = {
    'good.dev': { mx: ['mx.good.dev'], txt: ['something=else', spf] },
    '_dmarc.good.dev': { txt: ['v=DMARC1; p=reject; rua=mailto:postmaster@good.dev'] },
    'mail.good.dev': { a: ['192.0.2.1'], txt: ['v=spf1 +all'] },
    'bare.dev': {},
    'null.dev': { mx: [''], txt: [spf, spf] },
    '_dmarc.null.dev': { txt: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] },
    'long.dev': { mx: ['mx.long.dev'], txt: [`v=spf1 ${'ip4:192.0.2.1 '.repeat(30)}-all`] },
  };

  test.each([
    ['Latchkey <no-reply@good.dev>', { mx: 'ok', spf: 'ok', dmarc: 'ok' }],
    ['no-reply@GOOD.dev', { mx: 'ok', spf: 'ok', dmarc: 'ok' }],
    ['no-reply@mail.good.dev', { mx: 'warn', spf: 'warn', dmarc: 'ok' }],
    ['no-reply@bare.dev', { mx: 'fail', spf: 'warn', dmarc: 'warn' }],
    ['no-reply@nowhere.dev', { mx: 'fail', spf: 'warn', dmarc: 'warn' }],
    ['no-reply@null.dev', { mx: 'warn', spf: 'fail', dmarc: 'fail' }],
    ['no-reply@long.dev', { mx: 'ok', spf: 'ok', dmarc: 'warn' }],
    ['Latchkey <no-reply@localhost>', { mx: 'warn', spf: 'warn', dmarc: 'warn' }],
  ])('of %s', async (from, expected) => {
    const server = await startNameServer(zone);
    const found = await checkSender(from, server.names);
    await server.close();
    expect(Object.fromEntries(Object.entries(found).map(([name, { status }]) => [name, status]))).toEqual(expected);
  });

  test('is no failure where no name server answers', async () => {
    const { names, close } = await startNameServer({});
    await close();
    const found = Object.values(await checkSender('no-reply@good.dev', names));
    expect(found).toEqual(
      found.map(() => expect.objectContaining({ status: 'warn', says: expect.stringContaining('could not be asked') })),
    );
  });

  test('is what stands after the last @', () => {
    expect(domainOf('"a@b" <c@d.example>')).toBe('d.example');
  });
});
