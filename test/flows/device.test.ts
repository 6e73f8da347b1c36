// A device without a browser (RFC 8628): its person types a short code elsewhere, sees which app asks for what, and signs in there.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { orders, resources } from '../helpers/api.ts';
import { createClock } from '../helpers/clock.ts';
import { type Codes, connect, createDevice, type Device, enterCode, television } from '../helpers/device.ts';
import { meetPerson, proveEmail, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, decodeJwt, type RelyingParty } from '../helpers/relying-party.ts';

let program: Program;
let party: RelyingParty;
let device: Device;
const clock = createClock();

beforeAll(async () => {
  program = await startProgram({ resources }, { clients: [television] });
  party = await createRelyingParty(program.issuer, television);
  device = createDevice(party, television);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

/** The next question comes after the interval. */
function pollLater(codes: Codes) {
  clock.advance(codes.interval);
  return device.poll(codes);
}

test('the codes say where to go, how long they live, and how often to ask; the address is short', async () => {
  const codes = await device.askForCodes();
  expect(codes).toMatchObject({ expires_in: 600, interval: 5, verification_uri: `${program.issuer}/device` });
  expect(codes.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  expect(codes.verification_uri_complete).toBe(`${codes.verification_uri}?user_code=${codes.user_code}`);
});

test('somebody new types the code, sees the app and the warning, signs in, agrees, and the device gets the tokens', async () => {
  const person = meetPerson(program);
  const codes = await device.askForCodes();
  expect((await device.poll(codes)).body.error).toBe('authorization_pending');
  const question = await enterCode(person.browser, codes);
  expect(question.status).toBe(200);
  for (const text of ['Evergreen TV', codes.user_code, 'Email address', 'somebody sent you']) expect(question.text).toContain(text);
  expect((await person.browser.submit('/device', { confirm: 'yes' })).url).toMatch(/\/email$/);
  expect((await proveEmail(program, person)).url).toMatch(/\/consent$/);
  expect((await pollLater(codes)).body.error).toBe('authorization_pending');
  const done = await person.browser.submit('/consent', { decision: 'allow' });
  expect([done.status, done.text]).toEqual([200, expect.stringContaining('Your device is connected')]);
  const { status, body } = await pollLater(codes);
  expect(status).toBe(200);
  expect(decodeJwt(body.id_token)).toMatchObject({ aud: 'television', acr: 'urn:latchkey:acr:email', amr: ['otp', 'email'] });
  expect((await party.userinfo(body.access_token)).body).toMatchObject({ email: person.email, email_verified: true });
  expect((await pollLater(codes)).body.error).toBe('invalid_grant');
});

test('a person with a session and a consent is asked whether the device is theirs, and nothing more; the page says as whom', async () => {
  const person = meetPerson(program);
  await enterCode(person.browser, await device.askForCodes());
  await connect(program, person);
  const codes = await device.askForCodes();
  expect((await enterCode(person.browser, codes)).text).toContain(person.email);
  expect((await person.browser.submit('/device', { confirm: 'yes' })).text).toContain('Your device is connected');
  expect((await pollLater(codes)).status).toBe(200);
});

test('the link with the code fills it in, does nothing by itself, and needs no script', async () => {
  const { browser } = meetPerson(program);
  const codes = await device.askForCodes();
  const page = await browser.open(codes.verification_uri_complete);
  expect(page.text).toContain('Check that your device shows this very code');
  expect(page.text).not.toContain('document.forms');
  expect(browser.findForm('/device').fields.user_code).toBe(codes.user_code);
  expect((await device.poll(codes)).body.error).toBe('authorization_pending');
  expect((await browser.submit('/device')).text).toContain('Evergreen TV');
});

test('a device that asks for more than to know its person says so: what it would do at an API is read before it is let in', async () => {
  const { browser } = meetPerson(program);
  const codes = await device.askForCodes({ scope: 'openid email orders:read orders:write', resource: orders });
  const { text } = await enterCode(browser, codes);
  for (const words of ['Email address', 'See your orders', 'Change your orders', 'Northwind orders']) expect(text).toContain(words);
});

test('who may have sent the code is asked before the button, and the sign-in leads back to no app', async () => {
  const person = meetPerson(program);
  const codes = await device.askForCodes();
  const { text } = await person.browser.open(codes.verification_uri);
  expect(text.indexOf('Did somebody send you a code')).toBeLessThan(text.indexOf('<button'));
  await enterCode(person.browser, codes);
  const page = await person.browser.submit('/device', { confirm: 'yes' });
  expect(page.url).toMatch(/\/email$/);
  expect(page.forms.find(({ action }) => action.endsWith('/cancel'))?.html).toMatch(/<span>Cancel<\/span>/);
});

test('nor does the link act by itself where it ends in a slash', async () => {
  const { browser } = meetPerson(program);
  const { user_code: code } = await device.askForCodes();
  await browser.open(`/device/?user_code=${code}`);
  expect(browser.findForm('/device').fields.user_code).toBe(code);
  expect((await browser.open(`/device/?user_code=${code}`)).text).toContain('Check that your device shows this very code');
});

test.each([
  ['small letters', (code: string) => code.toLowerCase()],
  ['spaces for dashes', (code: string) => ` ${code.replace('-', ' – ')} `],
  ['without the dash', (code: string) => code.replace('-', '')],
  ['full-width letters', (code: string) => code.replaceAll(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))],
  [
    'look-alikes',
    (code: string) => code.replaceAll('S', '5').replaceAll('B', '8').replaceAll('Z', '2').replaceAll('L', '1').replaceAll('V', 'U'),
  ],
])('a code is the same code in %s', async (_, spell) => {
  const { browser } = meetPerson(program);
  const codes = await device.askForCodes();
  const question = await enterCode(browser, codes, spell(codes.user_code));
  expect(question.text).toContain('Evergreen TV');
  expect(question.text).toContain(codes.user_code);
});

test('what can’t come to anything is refused before anybody types a code', async () => {
  for (const scope of ['', 'email', 'offline_access'])
    await expect(device.askForCodes({ scope })).rejects.toThrow('"error":"invalid_scope"');
  await expect(device.askForCodes({ client_id: 'spa' })).rejects.toThrow('"error":"unauthorized_client"'); // RFC 6749, 5.2
});

test('"No, stop" tells the device that it was refused, and the person that nothing was connected', async () => {
  const { browser } = meetPerson(program);
  const codes = await device.askForCodes();
  await enterCode(browser, codes);
  const page = await browser.submit('/device', { abort: 'yes' });
  expect([page.status, page.text]).toEqual([200, expect.stringContaining('Nothing was connected')]);
  expect((await device.poll(codes)).body.error).toBe('access_denied');
  expect((await enterCode(browser, codes)).text).toContain('used already');
});

test.each(['/cancel', '/consent'])('going back at %s is a refusal, too', async (way) => {
  const person = meetPerson(program);
  const codes = await device.askForCodes();
  await enterCode(person.browser, codes);
  await person.browser.submit('/device', { confirm: 'yes' });
  if (way === '/consent') await proveEmail(program, person);
  const page = await person.browser.submit(way, way === '/consent' ? { decision: 'deny' } : {});
  expect(page.text).toContain('Nothing was connected');
  expect((await device.poll(codes)).body.error).toBe('access_denied');
});

test('a code that is wrong, missing, or too old is said to be so, and the form can be sent again', async () => {
  const { browser } = meetPerson(program);
  const codes = await device.askForCodes();
  expect((await browser.open(codes.verification_uri)).status).toBe(200);
  const wrong = await browser.submit('/device', { user_code: 'BBBB-BBBB' });
  expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('There is no such code')]);
  expect(browser.findForm('/device').fields.user_code).toBe('BBBB-BBBB');
  expect((await browser.submit('/device', { user_code: '' })).text).toContain('Enter the code that your device shows');
  clock.advance(601);
  const late = await browser.submit('/device', { user_code: codes.user_code });
  expect([late.status, late.text]).toEqual([422, expect.stringContaining('expired')]);
  expect((await device.poll(codes)).body.error).toBe('expired_token');
  const fresh = await device.askForCodes();
  expect((await browser.submit('/device', { user_code: fresh.user_code })).text).toContain('Evergreen TV');
});

test('a sign-in that outlasts the code ends in words, and the device hears that the code has expired', async () => {
  const person = meetPerson(program);
  const codes = await device.askForCodes();
  await enterCode(person.browser, codes);
  await person.browser.submit('/device', { confirm: 'yes' });
  clock.advance(590);
  await proveEmail(program, person);
  clock.advance(20);
  const page = await person.browser.submit('/consent', { decision: 'allow' });
  expect([page.status, page.text]).toEqual([422, expect.stringContaining('expired')]);
  expect((await pollLater(codes)).body.error).toBe('expired_token');
});

test('a form of somebody else’s page changes nothing', async () => {
  const { browser } = meetPerson(program);
  const codes = await device.askForCodes();
  await browser.open(codes.verification_uri);
  const page = await browser.submit('/device', { user_code: codes.user_code, confirm: 'yes', xsrf: 'guessed' });
  expect([page.status, page.text]).toEqual([400, expect.stringContaining('This page is out of date')]);
  expect(page.text).toContain('href="/device"');
  expect((await enterCode(browser, codes)).text).toContain('Evergreen TV');
});

test('a device that asks too often hears slow_down, and after the interval it is answered', async () => {
  const codes = await device.askForCodes();
  const answers = [await device.poll(codes), await device.poll(codes), await pollLater(codes)];
  expect(answers.map(({ body }) => body.error)).toEqual(['authorization_pending', 'slow_down', 'authorization_pending']);
});

test('offline_access keeps a device signed in after the person has signed out', async () => {
  const person = meetPerson(program);
  const codes = await device.askForCodes({ scope: 'openid offline_access' });
  expect((await enterCode(person.browser, codes)).text).toContain('Stay connected');
  await connect(program, person);
  const { body } = await pollLater(codes);
  await person.browser.open(`${String(party.metadata.end_session_endpoint)}?client_id=television`);
  await person.browser.submit('/sign-out/confirm', { logout: 'yes' });
  expect((await party.refresh(body.refresh_token ?? '')).status).toBe(200);
});

test('devices get a public sub, apps a pairwise one; the person is one', async () => {
  const person = meetPerson(program);
  const subs: unknown[] = [];
  for (let time = 0; time < 2; time += 1) {
    const codes = await device.askForCodes();
    await enterCode(person.browser, codes);
    await connect(program, person);
    subs.push(decodeJwt((await pollLater(codes)).body.id_token).sub);
  }
  const web = await createRelyingParty(program.issuer, clientMetadata.web);
  const { tokens } = await signIn(program, web, { person });
  expect(subs[1]).toBe(subs[0]);
  expect(decodeJwt(tokens.id_token).sub).not.toBe(subs[0]);
});

test('acr_values and claims of a device are honoured as an app’s are', async () => {
  const person = meetPerson(program);
  const claims = JSON.stringify({ id_token: { phone_number: { essential: true } } });
  const codes = await device.askForCodes({ scope: 'openid', acr_values: 'urn:latchkey:acr:email-phone', claims });
  await enterCode(person.browser, codes);
  await connect(program, person);
  const { body } = await pollLater(codes);
  expect(decodeJwt(body.id_token)).toMatchObject({ acr: 'urn:latchkey:acr:email-phone', phone_number: person.phone });
});
