import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { direction, formatClock, formatDate, formatMinute, locales, translator } from '../../src/locales/index.ts';

type Words = { [key: string]: string | Words };

const read = (file: string) => readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');

/** Every key with its text; the plural forms of one key are one entry, since languages differ in how many they have. */
function entriesOf(locale: string): Map<string, string[]> {
  const entries = new Map<string, string[]>();
  const walk = (words: Words, path: string) => {
    for (const [name, value] of Object.entries(words)) {
      const key = path ? `${path}.${name}` : name;
      if (typeof value !== 'string') {
        walk(value, key);
        continue;
      }
      const base = key.replace(/_(zero|one|two|few|many|other)$/, '');
      entries.set(base, [...(entries.get(base) ?? []), value]);
    }
  };
  walk(JSON.parse(read(`locales/${locale}.json`)) as Words, '');
  return entries;
}

/** `count` may be left out: a language may say "one minute" in words. */
function placeholdersOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? ''))].filter((name) => name !== 'count').toSorted();
}

const english = entriesOf('en');
const others = locales.filter((locale) => locale !== 'en');

describe.each(others)('%s', (locale) => {
  const words = entriesOf(locale);

  test('has the keys that English has, and no others', () => {
    expect([...words.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  test('takes the values that English takes', () => {
    for (const [key, texts] of english) {
      const wanted = placeholdersOf(texts.join(' '));
      for (const text of words.get(key) ?? []) expect([key, placeholdersOf(text)]).toEqual([key, wanted]);
    }
  });

  test('has every plural form of its own grammar', () => {
    const raw = JSON.stringify(JSON.parse(read(`locales/${locale}.json`)));
    for (const form of new Intl.PluralRules(locale).resolvedOptions().pluralCategories) expect(raw).toContain(`life_${form}`);
  });
});

describe.each(locales)('the words of %s', (locale) => {
  const t = translator(locale);
  const codes = [...read('errors.ts').matchAll(/^ {2}(\w+): \d{3},$/gm)].map((match) => match[1] ?? '');

  test('no text is empty, and none has markup in it', () => {
    for (const [key, texts] of entriesOf(locale)) {
      for (const text of texts) expect([key, text.trim() !== '' && !/[<>]/.test(text)]).toEqual([key, true]);
    }
  });

  test('every error code has words, and they leave no value unsaid', () => {
    expect(codes.length).toBeGreaterThan(20);
    for (const code of codes) {
      const said = t(`errors.${code}`, { time: '10:42:05', digits: 6, country: 'ES', channel: 'phone', triesLeft: 2 });
      expect(said).not.toBe(`errors.${code}`);
      expect(said).not.toContain('{{');
    }
  });

  test('a wrong code, a short one, none, and the one of the other message are told apart', () => {
    const said = ['code_missing', 'code_length', 'code_wrong', 'code_of_other_channel_email', 'code_of_other_channel_phone'].map((code) =>
      t(`errors.${code}`, { digits: 6 }),
    );
    expect(new Set(said).size).toBe(said.length);
  });

  test('a dead end has a heading, an explanation and a way on', () => {
    const ends = Object.keys((JSON.parse(read(`locales/${locale}.json`)) as { dead_ends: Words }).dead_ends);
    for (const end of ends) {
      for (const part of ['heading', 'explanation', 'action']) expect(t(`dead_ends.${end}.${part}`)).not.toBe(`dead_ends.${end}.${part}`);
    }
  });
});

test('values are put in as they are: escaping is the view’s, and nothing in a value is looked up again', () => {
  const client = '<b>{{brand}} $t(errors.code_wrong)</b>';
  expect(translator('en')('pages.sign-in/email.title', { client, brand: 'Latchkey' })).toBe(`Sign in to ${client}`);
});

test('a key that is not there comes back as it is, whatever it is called', () => {
  for (const key of ['pages.sign-in/consent.items.https://api.example/read', 'pages.sign-in/consent.items.constructor', '__proto__', '']) {
    expect(translator('en')(key)).toBe(key);
  }
});

test('plurals follow the count, and a language that is not there is English', () => {
  expect(translator('en')('pages.sign-in/code.life', { count: 1 })).toContain('1 more minute and');
  expect(translator('en')('pages.sign-in/code.life', { count: 9 })).toContain('9 more minutes and');
  expect(translator('ar')('pages.sign-in/code.life', { count: 2 })).toContain('دقيقتين');
  expect(translator('tlh')('layout.continue')).toBe('Continue');
});

test('Arabic runs from right to left', () => {
  expect(direction('ar')).toBe('rtl');
  expect(direction('en')).toBe('ltr');
});

test('a clock says seconds and its zone, a date its month in words; digits are the ones on the keypad', () => {
  const ms = Date.UTC(2025, 10, 21, 10, 42, 5);
  expect(formatClock('en', ms, 'UTC')).toBe('10:42:05 UTC');
  expect(formatMinute('en', ms, 'UTC')).toBe('10:42 UTC');
  expect(formatClock('en', ms, 'Asia/Kolkata')).toContain('16:12:05');
  expect(formatClock('ar', ms, 'UTC')).toContain('10:42:05');
  expect(formatDate('en', ms)).toBe('November 21, 2025');
  expect(formatDate('en-GB', ms)).toBe('21 November 2025');
  expect(formatDate('ar', ms)).toContain('2025');
});
