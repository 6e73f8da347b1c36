// Tables and details, as people read them.
import { expect, test } from '@jest/globals';
import { formatDetails, formatTable } from '../../src/cli/table.ts';

test('columns are as wide as their widest cell, and no line ends in spaces', () => {
  const table = formatTable(
    ['client', 'name'],
    [
      ['shop', 'Söme Shop'],
      ['dashboard', ''],
    ],
  );
  expect(table).toBe('CLIENT     NAME\nshop       Söme Shop\ndashboard');
});

test('a table without rows still says what it would hold', () => {
  expect(formatTable(['client', 'name'], [])).toBe('CLIENT  NAME');
});

test('details take a line each, lists one for each entry, and what is absent none', () => {
  expect(formatDetails({ id: 'shop', uris: ['https://a.example', 'https://b.example'], sector: undefined, none: [] })).toBe(
    'id    shop\nuris  https://a.example\n      https://b.example',
  );
});

test('what a stranger has named can’t steer the terminal', () => {
  const uri = 'https://a.example/\u001b]0;evil\u0007\u202e';
  for (const text of [formatDetails({ policy_uri: uri, redirect_uris: [uri] }), formatTable(['client'], [[uri]])])
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
