import { expect, test } from '@jest/globals';
import { fitsOneSegment, foldToGsm, isGsm } from '../../src/delivery/gsm.ts';

test('160 septets fit one segment, 161 do not', () => {
  expect(fitsOneSegment('é'.repeat(160))).toBe(true);
  expect(fitsOneSegment('é'.repeat(161))).toBe(false);
});

test('a character of the extension table takes two septets', () => {
  expect(fitsOneSegment('€'.repeat(80))).toBe(true);
  expect(fitsOneSegment(`${'€'.repeat(80)}a`)).toBe(false);
});

test('one letter outside the alphabet leaves 70 UTF-16 units', () => {
  expect(fitsOneSegment('ع'.repeat(70))).toBe(true);
  expect(fitsOneSegment('ع'.repeat(71))).toBe(false);
  expect(fitsOneSegment('👍'.repeat(35))).toBe(true);
  expect(fitsOneSegment('👍'.repeat(36))).toBe(false);
});

test('a name bends to the alphabet where its letters have a likeness in it', () => {
  expect(foldToGsm('Kraków Łódź')).toBe('Krakow Lodz');
  expect(foldToGsm('Joe’s “Shop” – №1…')).toBe('Joe\'s "Shop" - No1...');
  expect(foldToGsm('Zürich é')).toBe('Zürich é');
  expect(foldToGsm('Shop 👍')).toBe('Shop');
});

test('a name whose letters have none is not there at all, rather than mutilated', () => {
  for (const name of ['متجر', '東京 Shop', '👍', '']) expect(foldToGsm(name)).toBeUndefined();
});

test('what was bent is in the alphabet', () => {
  expect(isGsm(foldToGsm('ĀāĆćŠšŽž œ ß ÿ')!)).toBe(true);
});
