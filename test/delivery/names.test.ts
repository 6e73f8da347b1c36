import { expect, test } from '@jest/globals';
import { isolateName, sanitiseName } from '../../src/delivery/names.ts';

test('a plain name stays as it is', () => {
  for (const name of ["Joe's Café & Söhne", 'متجر المثال', 'AT&T', 'St. Mary', 'C#', 'Radio 105']) expect(sanitiseName(name)).toBe(name);
});

test('a name is one line without control characters, invisible characters and bidi overrides', () => {
  expect(sanitiseName('Shop\r\n\r\n@evil.example #999999')).not.toMatch(/[\r\n@]/);
  expect(sanitiseName('A\u0000B\u001b[31m\u2028C\u2029D')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  expect(sanitiseName('\u202eevil\u202c \u2066x\u2069\u200b\ufeff')).toBe('evil x');
});

test('nothing in a name can become a link, an address or a number to call', () => {
  const names = [
    'https://evil.example/login',
    'HTTP://EVIL.EXAMPLE',
    'go to evil.example/x?y=1',
    'www.evil.example',
    'evil．example',
    'evil。example',
    'mail me@evil.example',
    'tel:+15550100',
    'javascript:alert(1)',
    'evil..example',
    'evil.\u200bexample',
  ];
  for (const name of names) expect(sanitiseName(name)).not.toMatch(/\S[.。:@]\S|:\/\/|www/iu);
});

test('no run of digits in a name can pass for the code', () => {
  for (const name of ['Your code is 999999', '999 999', '99-99-99', '９９９９９９', '٩٩٩٩٩٩', '+1 (555) 0100']) {
    expect(sanitiseName(name).match(/\p{Nd}/gu) ?? []).toHaveLength(0);
  }
});

test('a name has at most 40 units and no letter is cut in two', () => {
  expect(sanitiseName('x'.repeat(100))).toHaveLength(40);
  expect(sanitiseName(`${'x'.repeat(39)}👩‍👩‍👧`)).toBe('x'.repeat(39));
  expect(sanitiseName('👍'.repeat(50))).toBe('👍'.repeat(20));
});

test('a name that holds nothing to show is empty', () => {
  for (const name of ['', '  ', '\u202e\u200b', '...', 'https://']) expect(sanitiseName(name)).toBe('');
});

test('a name in another direction than its sentence is isolated', () => {
  expect(isolateName('Shop', 'ltr')).toBe('Shop');
  expect(isolateName('Shop', 'rtl')).toBe('\u2068Shop\u2069');
  expect(isolateName('متجر', 'ltr')).toBe('\u2068متجر\u2069');
});
