// Where things stand on a page: what only a browser's own measures can tell.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { contextOf, describeInChromium, launchChromium } from '../helpers/chromium.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { createVisitor } from '../helpers/visitor.ts';
import { findBrokenWords } from './page-laws.ts';

const longName = 'Northumbrian Water Services Ltd';

describeInChromium('the layout', () => {
  let program: Program;
  let party: RelyingParty;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    program = await startProgram({ branding: { name: longName } });
    party = await createRelyingParty(program.issuer);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.close();
  });

  /** A new browser on the first page of a sign-in. */
  async function begin(look: { width?: number; height?: number }, params: Record<string, string> = {}) {
    page = await (await browser.newContext(contextOf(look))).newPage();
    await page.goto(party.request(params).url);
    return createVisitor(program, page);
  }

  const boxOf = async (selector: string) => {
    const box = await page.locator(selector).first().boundingBox();
    if (!box) throw new Error(`${selector} is not to be seen`);
    return { ...box, end: box.x + box.width, bottom: box.y + box.height };
  };

  test('a card that is taller than the window has as much room below it as above', async () => {
    await begin({ height: 300 });
    const card = await boxOf('.card');
    const { scrolled, height } = await page.evaluate<{ scrolled: number; height: number }>(
      '({ scrolled: scrollY, height: document.documentElement.scrollHeight })',
    );
    // The document's height is told in whole pixels, and a line of some fonts is none.
    expect([card.y + scrolled, height - card.bottom - scrolled].map(Math.round)).toEqual([32, 32]);
    await page.context().close();
  });

  test('a long name wraps beside its mark, and the app stays in its line', async () => {
    await begin({ width: 1280 });
    const [own, rule, app, head] = [await boxOf('.party'), await boxOf('.way-to'), await boxOf('.party-app'), await boxOf('.masthead')];
    expect(own.height).toBeLessThanOrEqual(64);
    expect(app.height).toBe(32); // its own short name is whole
    expect([rule.x >= own.end, app.x >= rule.end, app.end <= head.end]).toEqual([true, true, true]);
    const middleOf = ({ y, height }: typeof own) => y + height / 2;
    expect(middleOf(app)).toBeCloseTo(middleOf(own), 0);
    await page.context().close();
  });

  test('where two names have no room side by side, the app gets a line of its own, and no word is broken', async () => {
    await begin({ width: 320 });
    const [own, app, head] = [await boxOf('.party'), await boxOf('.party-app'), await boxOf('.masthead')];
    expect([app.y >= own.bottom, app.end <= head.end]).toEqual([true, true]);
    expect(await findBrokenWords(page, '.party bdi')).toEqual([]);
    await page.context().close();
  });

  test('that an app needs the number keeps its distance from the button', async () => {
    const claims = JSON.stringify({ userinfo: { phone_number: { essential: true } } });
    const visitor = await begin({}, { scope: 'openid email', claims });
    await visitor.typeEmail();
    await visitor.typeCode(await program.codeFor(visitor.email), /\/phone$/);
    const required = await boxOf(`text=${clientMetadata.web.client_name} can’t be used without`);
    expect(required.y - (await boxOf('.primary')).bottom).toBeGreaterThanOrEqual(12);
    await page.context().close();
  });

  test('every label of the consent page looks the same', async () => {
    const visitor = await begin({}, { scope: 'openid email phone offline_access', prompt: 'consent' });
    await visitor.prove();
    const looks = await page.locator('.item-head :is(label, .item-label)').evaluateAll((labels) =>
      labels.map((label) => {
        const { fontSize, fontWeight, color } = label.ownerDocument.defaultView.getComputedStyle(label);
        return [fontSize, fontWeight, color].join();
      }),
    );
    expect(looks).toHaveLength(3);
    expect(new Set(looks).size).toBe(1);
    await page.context().close();
  });
});
