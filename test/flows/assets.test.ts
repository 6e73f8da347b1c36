// What pages are made of besides themselves: small on the way, kept for ever, and the same for everybody.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Program, startProgram } from '../helpers/program.ts';

const style = readFileSync(join(import.meta.dirname, '../../public/latchkey.css'), 'utf8');

let program: Program;
let url: string;

beforeAll(async () => {
  program = await startProgram();
  const page = await (await fetch(`${program.url}/nowhere`, { headers: { accept: 'text/html' } })).text();
  url = new URL(/href="([^"]+\.css)"/.exec(page)?.[1] ?? '', program.url).href;
});
afterAll(() => program.close());

test.each([
  ['br', 'br'],
  ['gzip', 'gzip'],
  ['gzip, deflate, br', 'br'],
  ['br;q=0, gzip', 'gzip'],
  ['identity', null],
  ['deflate', null],
])('a browser that reads %j gets it in %s, whole', async (accepted, encoding) => {
  // The first ones come all at once, before it was ever compressed.
  const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(url, { headers: { 'accept-encoding': accepted } })));
  for (const { status, headers } of answers) {
    expect([status, headers.get('content-encoding'), headers.get('vary')]).toEqual([200, encoding, 'Accept-Encoding']);
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([
      'text/css; charset=utf-8',
      expect.stringMatching('immutable'),
    ]);
    expect(Number(headers.get('content-length'))).toBeLessThanOrEqual(encoding ? style.length / 2 : style.length);
  }
  for (const answer of answers) expect(await answer.text()).toBe(style);
});
