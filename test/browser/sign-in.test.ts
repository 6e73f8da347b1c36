// A whole sign-in at the example relying party in real Chromium: with and without scripts, on a phone and a desktop, light and dark.
// With SCREENSHOTS=<folder> every page's picture is kept there.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { contextOf, describeInChromium, findAxeViolations, launchChromium, watchForFaults } from '../helpers/chromium.ts';
import { type ExampleApp, startWithExampleApp } from '../helpers/example-app.ts';
import { createVisitor } from '../helpers/visitor.ts';
import { findBrokenLaws } from './page-laws.ts';

const looks = [1280, 320].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));

describeInChromium('a sign-in in a real browser', () => {
  let app: ExampleApp;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
    app = await startWithExampleApp();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  /** From the app to the app and out again; `onPage` is told of every page on the way and what has the focus there. */
  async function signInAndOut(page: Page, onPage: (name: string, focus?: string) => Promise<void>): Promise<void> {
    const { program } = app;
    const visitor = createVisitor(program, page);
    const home = new RegExp(`^${app.url}/(\\?.*)?$`);
    await page.goto(app.url);
    await onPage('app');
    await visitor.press('Sign in with Latchkey', /\/email$/);
    await onPage('email', '#email');
    await visitor.typeEmail();
    await onPage('email-code', '#code');
    await page.fill('#code', '12');
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.waitForSelector('[role=alert]');
    await onPage('email-code-short', '.summary');
    await visitor.typeCode(await program.codeFor(visitor.email), /\/phone$/);
    await onPage('phone');
    await visitor.typePhone();
    await onPage('phone-code', '#code');
    await visitor.typeCode(await program.codeFor(visitor.phone), /\/consent$/);
    await onPage('consent', 'body');
    expect(await page.textContent('main')).toContain(visitor.email);
    await visitor.press('Allow', home);
    await onPage('claims');
    expect(await page.textContent('[data-claim=email]')).toContain(visitor.email);
    expect(await page.textContent('[data-claim=phone_number]')).toContain(visitor.phone);
    await visitor.press('Refresh', home);
    await page.getByText('These claims and tokens are new').waitFor();
    expect(await page.textContent('[data-claim=email]')).toContain(visitor.email);
    await visitor.press('Sign out', /\/oidc\//);
    await onPage('sign-out');
    await visitor.press('Sign out', home);
    await page.getByText('You’re signed out of this app').waitFor();
    await onPage('signed-out');
  }

  async function takePicture(page: Page, name: string): Promise<void> {
    const folder = process.env.SCREENSHOTS;
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }

  test.each([true, false].flatMap((scripts) => looks.map((look) => ({ ...look, scripts }))))(
    'the person gets through and out, every page is whole, and axe finds nothing: $width px, $scheme, scripts $scripts',
    async (look) => {
      const context = await browser.newContext(contextOf(look));
      const page = await context.newPage();
      const faults = watchForFaults(page);
      const broken: string[] = [];
      await signInAndOut(page, async (name, focus) => {
        const found = [...(await findBrokenLaws(page, focus)), ...(look.scripts ? await findAxeViolations(page) : [])];
        broken.push(...found.map((law) => `${name}: ${law}`));
        await takePicture(page, `${name}-${look.width}-${look.scheme}${look.scripts ? '' : '-no-scripts'}`);
      });
      expect(broken).toEqual([]);
      expect(faults).toEqual([]);
      await context.close();
    },
  );

  test('a page that is broken on purpose is found out', async () => {
    const page = await browser.newPage(contextOf({ width: 320 }));
    const faults = watchForFaults(page);
    await page.goto(`${app.program.url}/nowhere`);
    const unbroken = [...(await findBrokenLaws(page, 'body')), ...(await findAxeViolations(page))];
    await page.locator('body').evaluate((body) => {
      body.ownerDocument.title = '';
      body.insertAdjacentHTML('beforeend', '<h1>Two</h1><a href="/" style="float:left">x</a><pre>long</pre><input>');
    });
    const broken = [...(await findBrokenLaws(page, '#email')), ...(await findAxeViolations(page))].join('\n');
    expect(unbroken).toEqual([]);
    for (const law of ['has 2 h1', 'no title', 'small target', 'focus is on', 'label: input']) expect(broken).toContain(law);
    expect(faults.join()).toMatch(/404.*Content Security Policy/s);
    await page.close();
  });
});
