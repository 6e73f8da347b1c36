import { describe, expect, test } from '@jest/globals';
import { fitsOneSegment, isGsm } from '../../src/delivery/gsm.ts';
import { createMessages } from '../../src/delivery/messages.ts';
import type { Channel, CodeContent } from '../../src/delivery/port.ts';
import { direction, translator } from '../../src/locales/index.ts';

type Given = Partial<CodeContent> & { locale?: string; operator?: string; issuer?: string };

const say = (
  channel: Channel,
  { locale = 'en', operator = 'Latchkey', issuer = 'https://id.example.com:8443/idp', ...content }: Given = {},
) =>
  createMessages({ branding: { name: operator }, issuer, translator, direction }).render({
    channel,
    to: channel === 'email' ? 'jane@example.com' : '+447123456789',
    locale,
    content: { kind: 'code', code: '012345', clientName: 'Example Shop', expiresInSeconds: 600, ...content },
    expiresAt: Infinity,
    onOutcome() {},
  });

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', '#39': "'", '#34': '"', quot: '"' };
const visible = (html: string): string =>
  html
    .replace(/<head>.*<\/head>/su, ' ')
    .replace(/<div[^>]*display:none[^>]*>.*?<\/div>/su, ' ')
    .replace(/<[^>]+>/gu, ' ')
    .replace(/&(#?\w+);/gu, (_, name: string) => entities[name] ?? `&${name};`);
const words = (text: string): string[] => text.trim().split(/\s+/u);

const locales = ['en', 'ar'];

describe.each(locales)('a notice in %s', (locale) => {
  const kinds = ['number_used', 'number_added'] as const;
  test.each(kinds)('(%s) says the same in its text and HTML parts, and shows no more of the number than its end', async (kind) => {
    const { subject, text, html } = await createMessages({
      branding: { name: 'Latchkey' },
      issuer: 'https://id.example.com',
      translator,
      direction,
    }).render({
      channel: 'email',
      to: 'jane@example.com',
      locale,
      content: { kind, phoneEnd: '••• 789' },
      expiresAt: Infinity,
      onOutcome() {},
    });
    expect(words(visible(html!))).toEqual(words(text));
    expect(text).toContain('••• 789');
    expect(subject).toContain('••• 789');
  });
});

describe.each(locales)('an email in %s', (locale) => {
  test('says the same in its text and HTML parts', async () => {
    for (const clientName of ['Example Shop', 'Joe\'s <b>"Fish" & Chips</b>', undefined]) {
      const { text, html } = await say('email', { locale, clientName });
      expect(words(visible(html!))).toEqual(words(text));
    }
  });

  test('has the code first, in the subject too', async () => {
    const { subject, text, html } = await say('email', { locale });
    expect(subject).toMatch(/^012345 .*Latchkey/);
    expect(text).toMatch(/^012345\n/);
    expect(words(visible(html!))[0]).toBe('012345');
  });

  test('names the app and how long the code lives, and leaves no placeholder and no missing translation', async () => {
    const { subject, text, html } = await say('email', { locale });
    expect(text).toContain('Example Shop');
    expect(text).toMatch(/\b10\b/);
    expect(subject! + text + html!).not.toMatch(/\{\{|messages\.code|undefined/);
  });

  test('says its language and direction, and loads nothing from anywhere', async () => {
    const { html } = await say('email', { locale });
    expect(html).toMatch(new RegExp(`<html lang="${locale}" dir="${direction(locale)}">`));
    expect(html).not.toMatch(/https?:|\/\/|src=|url\(|<img|<a\b|<script|<link/i);
  });
});

test('an English email says what a person needs to know', async () => {
  const { text } = await say('email');
  expect(text).toContain('It works for 10 minutes');
  expect(text).toContain("We'll never ask you for this code");
  expect(text).toContain("If this wasn't you, ignore this email");
});

test('minutes are not lost to the seconds since the code was issued, nor made up', async () => {
  expect((await say('email', { expiresInSeconds: 598.2 })).text).toContain('10 minutes');
  expect((await say('email', { expiresInSeconds: 239 })).text).toContain('4 minutes');
  expect((await say('email', { expiresInSeconds: 200 })).text).toContain('3 minutes');
  expect((await say('email', { expiresInSeconds: 61 })).text).toContain('1 minute,');
});

test('ten digits are shown in groups, in their order whatever the direction', async () => {
  expect((await say('email', { code: '0123456789' })).text).toMatch(/^012 345 6789\n/);
  expect((await say('email', { code: '0123456789', locale: 'ar' })).text).toMatch(/^012\u00a0345\u00a06789\n/);
});

test('what a client calls itself is never markup, a line break or a link', async () => {
  const clientName = '<img src=x onerror=1>\r\nBcc: all https://evil.example/x';
  const { subject, text, html } = await say('email', { clientName, operator: 'Evil\r\nBcc: x@evil.example' });
  expect(subject).not.toMatch(/[\r\n@]/);
  expect(html).not.toContain('<img');
  expect(text + html).not.toMatch(/evil\.example|https?:/);
});

describe.each(locales)('a text in %s', (locale) => {
  const clientNames = [
    undefined,
    'Example Shop',
    'x'.repeat(200),
    'متجر المثال',
    'Kraków',
    '東京',
    '{}[]~^€'.repeat(6),
    '👍'.repeat(30),
    'a\n@evil.example #999999',
  ];
  const operators = ['Latchkey', 'The Very Long Name of Some Organisation plc', 'هيئة', 'Š'.repeat(40)];

  test('fits one segment, has the code first and the origin-bound line last, whatever the names', async () => {
    for (const code of ['012345', '0123456789'])
      for (const clientName of clientNames)
        for (const operator of operators) {
          const { text } = await say('sms', { locale, code, clientName, operator });
          expect(fitsOneSegment(text)).toBe(true);
          expect(text.split('\n').at(-1)).toBe(`@id.example.com #${code}`);
          expect(text.replace(/[\s\u00a0]/gu, '').startsWith(code)).toBe(true);
          expect(text.match(/@/g)).toHaveLength(1);
          expect(text).not.toMatch(/https?:|www\.|evil\.|\{\{|messages\.code|undefined/);
        }
  });
});

test('an English text names the app and how long the code lives', async () => {
  const { text } = await say('sms');
  expect(text).toBe(
    "012345 is your Latchkey code for Example Shop. It works for 10 minutes. We'll never ask you for it.\n@id.example.com #012345",
  );
});

test('an Arabic text is Arabic and names the app', async () => {
  const { text } = await say('sms', { locale: 'ar', issuer: 'https://a.test' });
  expect(isGsm(text)).toBe(false);
  expect(text).toContain('Example Shop');
});

test("a text that is too long loses the client's name first, the sentences after it, the language at last", async () => {
  const operator = 'The Very Long Name of Some Organisation';
  expect((await say('sms', { operator, clientName: 'x'.repeat(40) })).text).toContain(`your ${operator} code. It works for 10 minutes`);
  const host = 'a-host-with-a-rather-long-name.of-some-department.example.org';
  expect((await say('sms', { operator, issuer: `https://${host}` })).text).toContain(`your ${operator} code. Never share it.`);
  const inArabic = await say('sms', { locale: 'ar', issuer: `https://${host}` });
  expect(inArabic.text).toMatch(/^012345 is your Latchkey code/);
  expect(isGsm(inArabic.text)).toBe(true);
});

test('a name bends to the alphabet of the text rather than halving it', async () => {
  const { text } = await say('sms', { clientName: 'Kraków' });
  expect(text).toContain('for Krakow.');
  expect(isGsm(text)).toBe(true);
});

test('a text leaves even where no form fits, with the origin-bound line', async () => {
  const host = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example`;
  const { text } = await say('sms', { issuer: `https://${host}` });
  expect(text.startsWith('012345')).toBe(true);
  expect(text.endsWith(`\n@${host} #012345`)).toBe(true);
});
