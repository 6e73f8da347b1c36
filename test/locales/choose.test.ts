import { expect, test } from '@jest/globals';
import { choose, chooseVariant } from '../../src/locales/choose.ts';
import { chooseLocale, locales } from '../../src/locales/index.ts';

const available = ['en', 'es', 'zh-Hant', 'ar'];
const pick = (wishes: { uiLocales?: string; acceptLanguage?: string; fallback?: string }) =>
  choose(available, { fallback: 'en', ...wishes });

test('a tag is shortened until it is one of ours', () => {
  expect(pick({ uiLocales: 'es-MX' })).toBe('es');
  expect(pick({ uiLocales: 'ES-419-x-rural' })).toBe('es');
  expect(pick({ uiLocales: 'zh-Hant-TW' })).toBe('zh-Hant');
  expect(pick({ uiLocales: 'ar-u-nu-latn' })).toBe('ar');
});

test('what is more exact than the wish is not chosen for it', () => {
  expect(pick({ uiLocales: 'zh' })).toBe('en');
});

test('the client’s wish beats the browser’s, and its first beats its second', () => {
  expect(pick({ uiLocales: 'ar es', acceptLanguage: 'en' })).toBe('ar');
  expect(pick({ uiLocales: 'tlh es', acceptLanguage: 'ar' })).toBe('es');
});

test('a wish that can’t be met leaves the choice to the browser', () => {
  expect(pick({ uiLocales: 'tlh', acceptLanguage: 'es' })).toBe('es');
});

test('the browser’s weights decide, not their order; 0 means never', () => {
  expect(pick({ acceptLanguage: 'es;q=0.4, ar;q=0.9, en;q=0.5' })).toBe('ar');
  expect(pick({ acceptLanguage: 'fr-CH, fr;q=0.9, es;q=0.8, *;q=0.5' })).toBe('es');
  expect(pick({ acceptLanguage: 'ar;q=0, es;q=0.1' })).toBe('es');
  expect(pick({ acceptLanguage: 'es, ar' })).toBe('es');
});

test('dates are written as in the region that is wished for with the language that was chosen', () => {
  const variant = (locale: string, wishes: { uiLocales?: string; acceptLanguage?: string; fallback?: string }) =>
    chooseVariant(available, locale, { fallback: 'en', ...wishes });
  expect(variant('en', { acceptLanguage: 'en-GB,en;q=0.9' })).toBe('en-GB');
  expect(variant('en', { acceptLanguage: 'en, en-gb;q=0.9' })).toBe('en-GB');
  expect(variant('en', { uiLocales: 'en', acceptLanguage: 'es-MX, en-AU' })).toBe('en-AU');
  expect(variant('es', { acceptLanguage: 'es-419' })).toBe('es-419');
  expect(variant('zh-Hant', { acceptLanguage: 'zh-Hant-TW' })).toBe('zh-Hant-TW');
  expect(variant('en', { fallback: 'en-IE' })).toBe('en-IE');
  for (const acceptLanguage of ['en', 'es-MX', 'en-GB;q=0', 'en-u-ca-buddhist', 'en-x-gb', '']) {
    expect(variant('en', { acceptLanguage })).toBe('en');
  }
});

test('nothing, garbage and what is far too long end at the fallback', () => {
  const garbage = [
    '',
    ' ',
    ',,,;q=',
    '*',
    'es;q=nine',
    'é',
    '../../etc/passwd',
    '__proto__',
    'e'.repeat(100_000),
    'x-'.repeat(50_000),
    '\0\n',
  ];
  for (const each of garbage) {
    expect(pick({ uiLocales: each })).toBe('en');
    expect(pick({ acceptLanguage: each })).toBe('en');
  }
  expect(pick({})).toBe('en');
  expect(choose(available, { uiLocales: 7 as unknown as string, acceptLanguage: null as unknown as string, fallback: 'es-AR' })).toBe('es');
});

test('a fallback that is not there is the first language there is', () => {
  expect(chooseLocale({ fallback: 'tlh' })).toBe('en');
});

/** The quickest of several rounds: whatever else the machine does makes some slower, and none quicker. */
function costOf(acceptLanguage: string): number {
  const rounds = Array.from({ length: 20 }, () => {
    const started = performance.now();
    for (let i = 0; i < 50; i++) pick({ acceptLanguage });
    return performance.now() - started;
  });
  return Math.min(...rounds);
}

test('a header 2,000 times as long costs no more than one that browsers send', () => {
  const usual = 'q-;q=0.1,'.repeat(100);
  costOf(usual); // until it is compiled
  expect(costOf(usual.repeat(2000))).toBeLessThan(20 * costOf(usual));
});

test('every language of the program can be asked for', () => {
  for (const locale of locales) expect(chooseLocale({ uiLocales: locale, fallback: 'en' })).toBe(locale);
});
