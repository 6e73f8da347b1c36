// The pages for people who see differently: enlarged, in the colours of their system, from right to left.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { contextOf, describeInChromium, findAxeViolations, launchChromium, watchForFaults } from '../helpers/chromium.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';
import { findBrokenLaws, findBrokenWords } from './page-laws.ts';

describeInChromium('the pages for other eyes', () => {
  let program: Program;
  let browser: Browser;
  let count = 0;

  beforeAll(async () => {
    browser = await launchChromium();
    program = await startProgram();
  });
  afterAll(async () => {
    await browser?.close();
    await program?.close();
  });

  /** Through every page to consent, whatever the language; `look` is told of each. */
  async function walk(options: BrowserContextOptions, locale: string, look: (page: Page, name: string) => Promise<void>): Promise<void> {
    const context = await browser.newContext({ ...contextOf({}), ...options });
    const page = await context.newPage();
    const faults = watchForFaults(page);
    const party = await createRelyingParty(program.issuer);
    count += 1;
    const [email, phone] = [`eyes${count}@example.com`, `+447400${300_000 + count}`];
    const send = async (field: string, text: string, next: RegExp) => {
      await page.fill(field, text);
      await page.locator('.primary').click();
      await page.waitForURL(next);
    };
    const name = () => new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await page.goto(party.request({ scope: 'openid email phone offline_access', prompt: 'consent', ui_locales: locale }).url);
    await look(page, name());
    await send('#email', email, /\/code$/);
    await page.locator('summary').click();
    await look(page, name());
    await page.fill('#code', '000');
    await page.locator('.primary').click();
    await page.waitForSelector('[role=alert]');
    await look(page, `${name()} refused`);
    await send('#code', await program.codeFor(email), /\/phone$/);
    await look(page, name());
    await send('#phone', phone, /\/code$/);
    await look(page, `phone’s ${name()}`);
    await send('#code', await program.codeFor(phone), /\/consent$/);
    await look(page, name());
    await context.close();
    expect(faults).toEqual([]);
  }

  test('at 200 % on a small laptop nothing is cut off or overflows', async () => {
    const broken: string[] = [];
    const enlarged = { viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 };
    await walk(enlarged, 'en', async (page, name) => {
      broken.push(...(await findBrokenLaws(page)).map((law) => `${name}: ${law}`));
    });
    expect(broken).toEqual([]);
  });

  test('with letters twice as large on a phone nothing overflows, and names and labels stay whole words', async () => {
    const broken: string[] = [];
    await walk({ viewport: { width: 360, height: 640 } }, 'en', async (page, name) => {
      await page.evaluate("document.documentElement.style.fontSize = '200%'");
      const words = await findBrokenWords(page, 'h1, .party bdi, label, .item-label, .badge, .button');
      broken.push(...[...(await findBrokenLaws(page)), ...words].map((law) => `${name}: ${law}`));
    });
    expect(broken).toEqual([]);
  });

  test('in Arabic the pages run from right to left and fit 320 px, addresses and codes from left to right, and axe finds nothing', async () => {
    const broken: string[] = [];
    const pages: (string | null)[] = [];
    const exact: string[] = [];
    await walk({ viewport: { width: 320, height: 640 } }, 'ar', async (page, name) => {
      pages.push(await page.getAttribute('html', 'dir'), await page.getAttribute('html', 'lang'));
      const directions = await page
        .locator('.exact, #email, #phone, #code')
        .evaluateAll((elements) => elements.map((element) => element.ownerDocument.defaultView.getComputedStyle(element).direction));
      exact.push(...directions);
      broken.push(...[...(await findBrokenLaws(page)), ...(await findAxeViolations(page))].map((law) => `${name}: ${law}`));
    });
    expect(broken).toEqual([]);
    expect([...new Set(pages)]).toEqual(['rtl', 'ar']);
    expect(exact.length).toBeGreaterThan(8);
    expect([...new Set(exact)]).toEqual(['ltr']);
  });

  test('in forced colours every control keeps an edge that differs from what is behind it, the main button a broader one, and the code stays readable', async () => {
    const edgeless: string[] = [];
    const unreadable: string[] = [];
    await walk({ forcedColors: 'active' }, 'en', async (page, name) => {
      const styles = await page.locator('.button, .input, .code-cells i, .card').evaluateAll((elements) =>
        elements.map((element) => {
          const { defaultView, body } = element.ownerDocument;
          const { color, borderTopWidth, borderTopColor } = defaultView.getComputedStyle(element);
          const leastEdge = element.matches('.primary') ? 3 : 1;
          const behind = defaultView.getComputedStyle(body).backgroundColor;
          const hasEdge = Number.parseFloat(borderTopWidth) >= leastEdge && borderTopColor !== behind;
          // The code's own edges are its cells.
          return { html: element.outerHTML.slice(0, 80), hasEdge: hasEdge || element.id === 'code', isReadable: color !== behind };
        }),
      );
      edgeless.push(...styles.filter(({ hasEdge }) => !hasEdge).map(({ html }) => `${name}: ${html}`));
      unreadable.push(...styles.filter(({ isReadable }) => !isReadable).map(({ html }) => `${name}: ${html}`));
    });
    expect(edgeless).toEqual([]);
    expect(unreadable).toEqual([]);
  });
});
