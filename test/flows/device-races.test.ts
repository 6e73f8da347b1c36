// A device's codes under attack: guessed, claimed, and redeemed by many at once. Each law is also shown to fail on a store that
// loses races.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createBrowser } from '../helpers/browser.ts';
import { createClock } from '../helpers/clock.ts';
import { type Codes, connect, createDevice, type Device, enterCode, television } from '../helpers/device.ts';
import { meetPerson, type Person } from '../helpers/person.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { attackBroken, inParallel } from '../helpers/race.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';

const rivals = 20;
const deviceFlow = { triesPerAccountHour: 10, strangerTriesPerHour: 5 };
let program: Program;
let device: Device;
const clock = createClock();
const settings = { clients: { registered: [television] } };

beforeAll(async () => {
  program = await startProgram({ ...settings, deviceFlow });
  device = await deviceAt(program);
});
afterAll(async () => {
  clock.restore();
  await program.close();
});

const deviceAt = async ({ issuer }: Program) => createDevice(await createRelyingParty(issuer, television), television);

/** An account and a session: codes are tried in that person's own name. */
async function meetConnected(host: Program, its: Device): Promise<Person> {
  const person = meetPerson(host);
  await enterCode(person.browser, await its.askForCodes());
  await connect(host, person);
  return person;
}

/** Everybody stands before the question and answers it at the same time. @returns how many went on to sign in */
async function claimAtOnce(host: Program, hold: (count: number) => void = () => {}): Promise<number> {
  const codes = await (await deviceAt(host)).askForCodes();
  const browsers = await inParallel(rivals, async () => {
    const browser = createBrowser(host.url);
    await enterCode(browser, codes);
    return browser;
  });
  hold(rivals);
  const answers = await Promise.all(
    browsers.map((browser) => browser.post('/device', { ...browser.findForm('/device').fields, confirm: 'yes' })),
  );
  hold(1);
  return answers.filter(({ location }) => location?.includes('/interaction/')).length;
}

test('of many browsers that confirm a code at once, one goes on to sign in', async () => {
  expect(await claimAtOnce(await startOpen())).toBe(1);
});

test('(teeth) on a store that reads, waits and writes, several do', async () => {
  expect(await attackBroken(({ program: broken, hold }) => claimAtOnce(broken, hold), { settings })).toBeGreaterThan(1);
});

/** Nobody's tries are limited here. */
let open: Program | undefined;
async function startOpen(): Promise<Program> {
  open ??= await startProgram(settings);
  return open;
}
afterAll(() => open?.close());

async function redeemAtOnce(host: Program, hold: (count: number) => void = () => {}): Promise<number> {
  const its = await deviceAt(host);
  const person = meetPerson(host);
  const codes = await its.askForCodes();
  await enterCode(person.browser, codes);
  await connect(host, person);
  hold(rivals);
  const answers = await inParallel(rivals, () => its.poll(codes));
  hold(1);
  return answers.filter(({ status }) => status === 200).length;
}

test('of many polls at once, one gets the tokens', async () => {
  expect(await redeemAtOnce(program)).toBe(1);
});

test('(teeth) on a store that reads, waits and writes, several do', async () => {
  expect(await attackBroken(({ program: broken, hold }) => redeemAtOnce(broken, hold), { settings })).toBeGreaterThan(1);
});

const wrongAtOnce = async ({ browser }: Person, { verification_uri }: Codes, count: number) => {
  await browser.open(verification_uri);
  const { fields } = browser.findForm('/device');
  return inParallel(count, () => browser.post('/device', { ...fields, user_code: 'BBBB-BBBB' }));
};

test('of many wrong codes of one person at once so many are looked up as the limit says, and nobody else’s tries are spent', async () => {
  const [attacker, other] = [await meetConnected(program, device), await meetConnected(program, device)];
  const codes = await device.askForCodes();
  const answers = await wrongAtOnce(attacker, codes, 3 * deviceFlow.triesPerAccountHour);
  expect(answers.filter(({ status }) => status === 422)).toHaveLength(deviceFlow.triesPerAccountHour);
  const refused = await enterCode(attacker.browser, codes);
  expect([refused.status, refused.text]).toEqual([429, expect.stringContaining('You can try again at')]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
  expect((await enterCode(other.browser, codes)).text).toContain('Evergreen TV');
  clock.advance(3601);
  expect((await enterCode(attacker.browser, await device.askForCodes())).text).toContain('Evergreen TV');
});

test('strangers share one budget, whatever they do with their cookies; who is signed in doesn’t notice', async () => {
  const person = await meetConnected(program, device);
  const codes = await device.askForCodes();
  const statuses = await inParallel(15, async () => (await enterCode(createBrowser(program.url), codes, 'BBBB-BBBB')).status);
  expect(statuses.filter((status) => status === 422)).toHaveLength(deviceFlow.strangerTriesPerHour);
  expect((await enterCode(createBrowser(program.url), codes)).status).toBe(429);
  expect((await enterCode(person.browser, codes)).text).toContain('Evergreen TV');
  clock.advance(3601);
});

test('right codes cost nothing', async () => {
  const { browser } = meetPerson(program);
  for (let time = 0; time < 2 * deviceFlow.strangerTriesPerHour; time += 1) {
    expect((await enterCode(browser, await device.askForCodes())).text).toContain('Evergreen TV');
  }
});

test('(teeth) on a store whose budgets are not kept at once, more are looked up', async () => {
  const looked = await attackBroken(
    async ({ program: broken, hold }) => {
      const its = await deviceAt(broken);
      const person = await meetConnected(broken, its);
      const codes = await its.askForCodes();
      hold(30);
      const answers = await wrongAtOnce(person, codes, 30);
      return answers.filter(({ status }) => status === 422).length;
    },
    { settings: { ...settings, deviceFlow } },
  );
  expect(looked).toBeGreaterThan(deviceFlow.triesPerAccountHour);
});

test('a browser may come back to the code that it confirmed; another one may not', async () => {
  const person = meetPerson(program);
  const codes = await device.askForCodes();
  await enterCode(person.browser, codes);
  await person.browser.submit('/device', { confirm: 'yes' });
  expect((await enterCode(createBrowser(program.url), codes)).text).toContain('used already');
  await enterCode(person.browser, codes);
  expect((await connect(program, person)).text).toContain('Your device is connected');
  expect((await device.poll(codes)).status).toBe(200);
});
