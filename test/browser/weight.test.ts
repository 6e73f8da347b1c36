// What the first page costs somebody who has never been here: bytes over the wire with their headers, and requests.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { contextOf, describeInChromium, launchChromium } from '../helpers/chromium.ts';
import { type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty } from '../helpers/relying-party.ts';

type Transfer = { url: string; type: string; bytes: number };

const sum = (transfers: Transfer[]) => transfers.reduce((total, { bytes }) => total + bytes, 0);

describeInChromium('the first page’s weight', () => {
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
    program = await startProgram();
  });
  afterAll(async () => {
    await browser?.close();
    await program?.close();
  });

  /** Everything that a browser with an empty cache fetches for this address; the redirects on the way count as bytes. */
  async function openCold(url: string): Promise<{ transfers: Transfer[]; redirects: Transfer[]; page: string }> {
    const context = await browser.newContext(contextOf({}));
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    const byId = new Map<string, Transfer>();
    const redirects: Transfer[] = [];
    network.on('Network.requestWillBeSent', ({ requestId, request, type = '', redirectResponse }) => {
      if (redirectResponse) redirects.push({ url: redirectResponse.url, type: 'Redirect', bytes: redirectResponse.encodedDataLength });
      byId.set(requestId, { url: request.url, type, bytes: 0 });
    });
    network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const transfer = byId.get(requestId);
      if (transfer) transfer.bytes = encodedDataLength;
    });
    await network.send('Network.enable');
    await page.goto(url, { waitUntil: 'networkidle' });
    const answer = { transfers: [...byId.values()], redirects, page: page.url() };
    await context.close();
    return answer;
  }

  test.each([
    ['email', 'openid email', 'en'],
    ['identifier', 'openid phone', 'en'],
    ['identifier', 'openid phone', 'ar'],
  ])(
    'the page /%s (%s, %s), cold, is at most 25 KB in 4 requests, 4 KB of it script, and nobody else is asked',
    async (name, scope, language) => {
      const party = await createRelyingParty(program.issuer);
      const { transfers, redirects, page } = await openCold(party.request({ scope, ui_locales: language }).url);
      expect(page).toMatch(new RegExp(`/${name}$`));
      expect(transfers.map(({ type }) => type)).toEqual(expect.arrayContaining(['Document', 'Stylesheet', 'Script']));
      expect(transfers.every(({ bytes }) => bytes > 0)).toBe(true);
      expect(sum(transfers) + sum(redirects)).toBeLessThanOrEqual(25 * 1024);
      expect(sum(transfers.filter(({ type }) => type === 'Script'))).toBeLessThanOrEqual(4 * 1024);
      expect(transfers.length).toBeLessThanOrEqual(4);
      expect([...new Set([...transfers, ...redirects].map(({ url }) => new URL(url).origin))]).toEqual([program.issuer]);
    },
  );
});
