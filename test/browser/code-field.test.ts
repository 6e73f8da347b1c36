// What scripts add to the code page: clean pasting, a text's code filled in and sent once, and a wait that is counted down.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { contextOf, describeInChromium, launchChromium } from '../helpers/chromium.ts';
import { type ExampleApp, startWithExampleApp } from '../helpers/example-app.ts';
import { createVisitor, type Visitor } from '../helpers/visitor.ts';

describeInChromium('the code page’s scripts', () => {
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

  type Room = { context: BrowserContext; page: Page; visitor: Visitor };

  /** A new browser on the code page of the email step; `prepare` comes before the first page. */
  async function openCodePage(prepare: (room: Room) => Promise<void> = async () => {}, scripts = true): Promise<Room> {
    const context = await browser.newContext({ ...contextOf({ scripts }), permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    const room = { context, page, visitor: createVisitor(app.program, page) };
    await prepare(room);
    await page.goto(app.url);
    await room.visitor.press('Sign in with Latchkey', /\/email$/);
    await room.visitor.typeEmail();
    return room;
  }

  async function goToPhoneCode({ visitor }: Room): Promise<void> {
    await visitor.typeCode(await app.program.codeFor(visitor.email), /\/phone$/);
    await visitor.typePhone();
  }

  async function paste(page: Page, text: string): Promise<string> {
    await page.fill('#code', '');
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await page.locator('#code').press('Control+V');
    return page.inputValue('#code');
  }

  test('a pasted code loses what is between its digits and is written in ASCII; anything else is pasted as it is', async () => {
    const { context, page } = await openCodePage();
    for (const text of ['123-456', ' 123 456\n', '123–456', '١٢٣٤٥٦', '۱۲۳۴۵۶', '１２３４５６', '\u2066123456\u2069']) {
      expect(await paste(page, text)).toBe('123456');
    }
    expect(await paste(page, 'hello')).toBe('hello');
    expect(page.url()).toMatch(/\/code$/);
    await context.close();
  });

  test('the cells stay in sight behind a code that the browser has filled in', async () => {
    const { context, page } = await openCodePage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('DOM.enable');
    await devtools.send('CSS.enable');
    const { root } = await devtools.send('DOM.getDocument');
    const { nodeId } = await devtools.send('DOM.querySelector', { nodeId: root.nodeId, selector: '#code' });
    await devtools.send('CSS.forcePseudoState', { nodeId, forcedPseudoClasses: ['autofill'] });
    expect(await page.evaluate("getComputedStyle(document.querySelector('#code:autofill')).backgroundClip")).toBe('text');
    await context.close();
  });

  test('of a pasted message the code goes in, if there is but one', async () => {
    const { context, page, visitor } = await openCodePage();
    const code = await app.program.codeFor(visitor.email);
    const [message] = await app.program.outbox(visitor.email);
    for (const text of [message?.text ?? '', message?.subject ?? '']) expect([text, await paste(page, text)]).toEqual([text, code]);
    expect(await paste(page, 'Not 123456, but 654321')).not.toMatch(/^\d+$/);
    await context.close();
  });

  test('without scripts the server takes a code as people write it', async () => {
    const { context, page, visitor } = await openCodePage(undefined, false);
    const code = await app.program.codeFor(visitor.email);
    const arabic = [...code].map((digit) => String.fromCharCode(0x660 + Number(digit))).join('');
    await visitor.typeCode(`${arabic.slice(0, 3)} ${arabic.slice(3)}`, /\/phone$/);
    expect(page.url()).toMatch(/\/phone$/);
    await context.close();
  });

  /** Stands for the browser's WebOTP: `answer` is the text's code, as often as the page asks; what was asked is kept. */
  async function standForWebOtp({ context }: Room, answer: () => Promise<string>): Promise<{ asked: unknown[]; ended: number }> {
    const seen = { asked: [] as unknown[], ended: 0 };
    await context.exposeFunction('textArrives', async (options: unknown) => {
      seen.asked.push(options);
      return answer();
    });
    await context.exposeFunction('waitingEnds', () => void (seen.ended += 1));
    await context.addInitScript(`
      window.OTPCredential = class {};
      navigator.credentials.get = ({ otp, signal }) => {
        signal.addEventListener('abort', () => window.waitingEnds());
        return window.textArrives({ otp }).then((code) => ({ code }));
      };`);
    return seen;
  }

  test('a text’s code is filled in and sent by itself, on the phone’s page only', async () => {
    let seen = { asked: [] as unknown[] };
    const room = await openCodePage(async (each) => {
      seen = await standForWebOtp(each, () => app.program.codeFor(each.visitor.phone));
    });
    expect(seen.asked).toEqual([]);
    await goToPhoneCode(room);
    await room.page.waitForURL(/\/consent$/);
    expect(seen.asked).toEqual([{ otp: { transport: ['sms'] } }]);
    await room.context.close();
  });

  test('a text’s code that was wrong is filled in again but not sent again, and the person can go on by hand', async () => {
    let seen = { asked: [] as unknown[] };
    const room = await openCodePage(async (each) => {
      seen = await standForWebOtp(each, async () => '000000');
    });
    const { page, visitor, context } = room;
    const sent: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(new URL(request.url()).pathname.split('/').at(-1) ?? ''));
    await goToPhoneCode(room);
    await page.waitForSelector('[role=alert]');
    while ((await page.inputValue('#code')) !== '000000') await page.waitForTimeout(20);
    await page.waitForTimeout(300);
    expect(sent).toEqual(['code', 'phone', 'code']);
    expect(seen.asked).toHaveLength(2);
    await visitor.typeCode(await app.program.codeFor(visitor.phone), /\/consent$/);
    await context.close();
  });

  test('the person’s own sending ends the waiting for a text', async () => {
    let seen = { asked: [] as unknown[], ended: 0 };
    const room = await openCodePage(async (each) => {
      seen = await standForWebOtp(each, () => new Promise(() => {}));
    });
    await goToPhoneCode(room);
    await room.visitor.typeCode(await app.program.codeFor(room.visitor.phone), /\/consent$/);
    expect(seen).toMatchObject({ asked: [{}], ended: 1 });
    await room.context.close();
  });

  test('the wait for another code is counted down, and its end is said', async () => {
    const { context, page } = await openCodePage(({ page: each }) => each.clock.install());
    const hint = page.locator('[data-countdown]');
    await page.clock.runFor(5_000);
    expect(await hint.textContent()).toMatch(/^You can ask for another code in 0:2\d\.$/);
    await page.clock.runFor(15_000);
    expect(await hint.textContent()).toMatch(/^You can ask for another code in 0:(0\d|1[01])\.$/);
    await page.clock.runFor(15_000);
    expect(await hint.textContent()).toBe('You can ask for another code now.');
    await context.close();
  });

  test('after asking too early the time is the person’s own, as it is in the hint', async () => {
    const zone = 'Asia/Kolkata';
    const context = await browser.newContext({ ...contextOf({}), timezoneId: zone });
    const page = await context.newPage();
    const visitor = createVisitor(app.program, page);
    await page.goto(app.url);
    await visitor.press('Sign in with Latchkey', /\/email$/);
    await visitor.typeEmail();
    await visitor.press('Send the code again', /\/resend$/);
    const time = page.locator('[role=status] time');
    const opensAt = new Date((await time.getAttribute('datetime')) ?? '');
    expect(await time.textContent()).toBe(opensAt.toLocaleTimeString('en-GB', { timeZone: zone }));
    await context.close();
  });

  test('without scripts the page says at what time another code can be asked for', async () => {
    const { context, page } = await openCodePage(undefined, false);
    expect(await page.locator('[data-countdown]').textContent()).toMatch(/^You can ask for another code at \d\d:\d\d:\d\d( UTC)?\.$/);
    await context.close();
  });
});
