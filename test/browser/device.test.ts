// The pages of a device's code in Chromium: they fit, they can be used by everybody, and they need no script.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { contextOf, describeInChromium, findAxeViolations, launchChromium, type Look, watchForFaults } from '../helpers/chromium.ts';
import { type Codes, createDevice, type Device, television } from '../helpers/device.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';
import { findBrokenLaws } from './page-laws.ts';

describeInChromium('the pages of a device', () => {
  let program: Program;
  let browser: Browser;
  let device: Device;

  beforeAll(async () => {
    browser = await launchChromium();
    program = await startProgram({}, { clients: [television] });
    device = createDevice(await createRelyingParty(program.issuer, television), television);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.close();
  });

  /** A wrong code, the link, the question, and its two answers; `look` is told of each page. */
  async function walk(page: Page, look: (name: string) => Promise<void>): Promise<Codes> {
    const press = async (selector: string, next: string) => {
      await page.locator(selector).click();
      await page.waitForSelector(next);
    };
    const stopped = await device.askForCodes({ scope: 'openid email phone' });
    await page.goto(stopped.verification_uri);
    await look('enter');
    await page.fill('#user_code', 'bbbb bbbb');
    await press('.primary', '[role=alert]');
    await look('refused');
    await page.goto(stopped.verification_uri_complete);
    await look('linked');
    await press('.primary', '[name=confirm]');
    await look('confirm');
    await press('[name=abort]', 'a[href="/device"]');
    await look('stopped');
    const codes = await device.askForCodes({ scope: 'openid' });
    await page.goto(codes.verification_uri_complete);
    await press('.primary', '[name=confirm]');
    await press('[name=confirm]', '#email');
    const email = `device${Math.random()}@example.com`;
    await page.fill('#email', email);
    await press('.primary', '#code');
    await page.fill('#code', await program.codeFor(email));
    await press('.primary', '[value=allow]');
    await page.locator('[value=allow]').click();
    await page.waitForURL(/\/device\//);
    await look('connected');
    return codes;
  }

  const looks: (Look & { locale: string })[] = [
    { width: 320, scheme: 'light', locale: 'en-GB' },
    { width: 390, scheme: 'dark', locale: 'ar' },
    { width: 1280, scheme: 'dark', scripts: false, locale: 'en-GB' },
  ];
  test.each(looks)('%j: every page keeps the laws of pages, and the device is connected', async ({ locale, ...look }) => {
    const context = await browser.newContext({ ...contextOf(look), locale });
    const page = await context.newPage();
    const faults = watchForFaults(page);
    const broken: string[] = [];
    const codes = await walk(page, async (name) => {
      const found = [...(await findBrokenLaws(page)), ...(look.scripts === false ? [] : await findAxeViolations(page))];
      broken.push(...found.map((law) => `${name}: ${law}`));
      expect(await page.getAttribute('html', 'lang')).toBe(locale.slice(0, 2));
    });
    await context.close();
    expect(broken).toEqual([]);
    expect(faults).toEqual([]);
    expect((await device.poll(codes)).status).toBe(200);
  });
});
