// Ways that people really take: back, two tabs, the keyboard alone, from a message to the field that it is about.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createClock } from '../helpers/clock.ts';
import { contextOf, describeInChromium, launchChromium, watchForFaults } from '../helpers/chromium.ts';
import { type ExampleApp, startWithExampleApp } from '../helpers/example-app.ts';
import { createVisitor } from '../helpers/visitor.ts';

describeInChromium('getting around in a real browser', () => {
  let app: ExampleApp;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const clock = createClock();

  beforeAll(async () => {
    browser = await launchChromium();
    app = await startWithExampleApp();
  });
  afterAll(async () => {
    clock.restore();
    await browser?.close();
    await app?.close();
  });

  /** A new browser whose only tab is on the first page of a sign-in. */
  async function begin(scripts = true) {
    context = await browser.newContext(contextOf({ scripts }));
    page = await context.newPage();
    const visitor = createVisitor(app.program, page);
    await page.goto(app.url);
    await visitor.press('Sign in with Latchkey', /\/email$/);
    return visitor;
  }

  const heading = () => page.textContent('h1');

  test.each([true, false])('the back button leads to a page that works, after every step: scripts %s', async (scripts) => {
    const { program } = app;
    const visitor = await begin(scripts);
    const faults = watchForFaults(page);

    await visitor.typeEmail();
    await page.goBack();
    expect(await heading()).toBe('Sign in to Example app');
    expect(await page.inputValue('#email')).toBe(visitor.email);
    await visitor.typeEmail();
    await visitor.typeCode(await program.codeFor(visitor.email), /\/phone$/);
    await page.goBack();
    expect(await heading()).toBe('Add your mobile number');
    await visitor.typePhone();
    await page.goBack();
    expect(await page.inputValue('#phone')).toBe(visitor.phone);
    await page.goForward();
    await visitor.typeCode(await program.codeFor(visitor.phone), /\/consent$/);
    await page.goBack();
    expect(await heading()).toBe('Share your details with Example app?');
    await visitor.press('Allow', /127\.0\.0\.1/);
    expect(await heading()).toBe('You’re signed in');

    await page.goBack();
    expect(await heading()).toBe('This sign-in has ended');
    await page.getByRole('link', { name: 'Start again' }).click();
    await page.waitForURL(/127\.0\.0\.1/);
    expect(await heading()).toBe('You’re signed in');
    expect(faults).toEqual([expect.stringMatching(/status of 400/)]);
    await context.close();
  });

  test('two tabs of one sign-in: what was done in one, the other goes on from', async () => {
    const visitor = await begin();
    await visitor.typeEmail();
    const other = await context.newPage();
    await other.goto(page.url());
    const code = await app.program.codeFor(visitor.email);
    await visitor.typeCode(code, /\/phone$/);
    await createVisitor(app.program, other).typeCode(code, /\/phone$/);
    await visitor.press('Not now', /\/consent$/);
    await createVisitor(app.program, other).press('Not now', /\/consent$/);
    expect(await other.textContent('h1')).toBe('Share your details with Example app?');
    await context.close();
  });

  test('two sign-ins of one person side by side in one browser both arrive', async () => {
    const visitor = await begin();
    const other = await context.newPage();
    await other.goto(app.url);
    const second = createVisitor(app.program, other, visitor);
    await second.press('Sign in with Latchkey', /\/email$/);
    await visitor.prove();
    await visitor.press('Allow', /127\.0\.0\.1/);
    clock.advance(31); // the pause between two messages to one address
    await second.typeEmail();
    await second.typeCode(await app.program.codeFor(second.email, 2), /\/consent$/); // the number is known by now
    await second.press('Allow', /127\.0\.0\.1/);
    expect([await heading(), await other.textContent('h1')]).toEqual(['You’re signed in', 'You’re signed in']);
    await context.close();
  });

  test.each([true, false])('a mistake is said first and leads to its field, and what was typed stays: scripts %s', async (scripts) => {
    const { press } = await begin(scripts);
    await page.fill('#email', 'nobody at example');
    await page.check('#shared');
    await press('Email me a code', /\/email$/);
    const summary = page.locator('.summary', { has: page.getByRole('alert') });
    await summary.waitFor();
    expect(await page.title()).toMatch(/^Error: /);
    expect(await summary.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    await summary.getByRole('link').click();
    const field = page.locator('#email:focus');
    expect(await field.inputValue()).toBe('nobody at example');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await page.textContent(`#${await field.getAttribute('aria-describedby')}`)).toContain('That isn’t a whole email address');
    expect(await page.isChecked('#shared')).toBe(true);
    await context.close();
  });

  test.each([true, false])('a slip in an address is asked about first, and each answer is one button: scripts %s', async (scripts) => {
    for (const [answer, at] of [
      ['Yes, use', 'gmail.com'],
      ['No, use', 'gmial.com'],
    ] as const) {
      const { email, press } = await begin(scripts);
      const name = email.split('@')[0] ?? '';
      await page.fill('#email', `${name}@gmial.com`);
      await page.check('#shared');
      await press('Email me a code', /\/email$/);
      const question = page.locator('.summary', { has: page.getByRole('alert') });
      await question.waitFor();
      expect(await question.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
      expect(await page.title()).toBe('Check your email address – Latchkey');
      expect(await question.getByRole('alert').textContent()).toMatch(/Did you mean .*@gmail\.com\?\s+We haven’t sent a code yet\./);
      await question.getByRole('button', { name: `${answer} ${name}@${at}` }).click();
      await page.waitForURL(/\/code$/);
      expect(await page.textContent('.lede')).toContain(`${name}@${at}`);
      await app.program.codeFor(`${name}@${at}`);
      await page.goto(page.url().replace(/code$/, 'email'));
      expect(await page.isChecked('#shared')).toBe(true);
      await context.close();
    }
  });

  test('the first step needs nothing but a keyboard, in the order of the page', async () => {
    const { email } = await begin();
    const { keyboard } = page;
    const focused = () => page.locator(':focus').evaluate((element) => element.id || element.textContent?.trim());
    await page.locator('#email:focus').waitFor();
    await keyboard.type(email);
    const order: unknown[] = [];
    for (let stop = 0; stop < 3; stop += 1) {
      await keyboard.press('Tab');
      order.push(await focused());
      const { outlineStyle, outlineWidth } = await page.locator(':focus').evaluate((element) => {
        const style = element.ownerDocument.defaultView.getComputedStyle(element);
        return { outlineStyle: style.outlineStyle, outlineWidth: style.outlineWidth };
      });
      expect([outlineStyle, outlineWidth]).toEqual(['solid', '2px']);
      if (order.at(-1) === 'shared') await keyboard.press('Space');
    }
    expect(order).toEqual(['shared', 'Email me a code', 'Cancel and go back to Example app']);
    expect(await page.isChecked('#shared')).toBe(true);
    await keyboard.press('Shift+Tab');
    await keyboard.press('Enter');
    await page.waitForURL(/\/code$/);
    await page.locator('#code:focus').waitFor();
    await keyboard.type(await app.program.codeFor(email));
    await keyboard.press('Enter');
    await page.waitForURL(/\/phone$/);
    await context.close();
  });

  test('a second click while the first is on its way sends nothing, and the button shows that it is', async () => {
    const visitor = await begin();
    let sent = 0;
    let tell: () => void = () => {};
    const isShown = new Promise<void>((resolve) => (tell = resolve));
    // Nothing else can be asked of a page that waits for the next one.
    await context.exposeFunction('underWay', () => tell());
    await page.evaluate(`document.addEventListener('submit', ({ submitter }) => {
      const look = () => (getComputedStyle(submitter).opacity < 1 ? underWay() : setTimeout(look, 20));
      look();
    })`);
    await context.route(/\/email$/, async (route) => {
      if (route.request().method() === 'POST') sent += 1;
      await isShown;
      await route.continue();
    });
    await page.fill('#email', visitor.email);
    await page.getByRole('button', { name: 'Email me a code' }).dblclick();
    await page.waitForURL(/\/code$/);
    expect(sent).toBe(1);
    await context.close();
  });
});
