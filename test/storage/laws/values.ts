// Laws of what can be stored: any JSON, any text, and keys as strange as people are.
import { describe, expect, it } from '@jest/globals';
import { homeNames, shareHome, type Bench } from './bench.ts';

const strange = {
  quotes: `'; DROP TABLE entries; -- "\`$\{x}\``,
  NUL: 'a\0b',
  unicode: 'ÅΩ漢字🗝️\u202E\u0301',
  controls: '\u0001\n\r\t\u007f\u2028',
  wildcards: '%_*?[a]{b}:.$',
  long: 'k'.repeat(5_000),
};

export function stateValueLaws(bench: Bench): void {
  describe.each(homeNames)('values and keys of %s', (home) => {
    it.each(Object.entries(strange))('may hold %s', async (_, text) => {
      const rows = shareHome(bench, home);
      const value = { [text.replace(/[.$\0]/g, '')]: text, list: [text] };
      await rows.put(text, value, { indexes: { account: text } });
      await rows.put(`${text}!`, 'other');
      expect(await rows.get(text)).toMatchObject({ value, indexes: { account: text } });
      expect(await rows.keysOf('account', text)).toEqual([text]);
      expect(await rows.mark(text)).toBe('first');
      expect(await rows.remove(text)).toBe(true);
      expect((await rows.get(`${text}!`))?.value).toBe('other');
    });

    it('differ in case, in accents and in what follows a NUL', async () => {
      const rows = shareHome(bench, home);
      const keys = ['a', 'A', 'é', 'e\u0301', 'n\0a', 'n\0b', 'n'];
      for (const key of keys) expect(await rows.insert(key, key)).toBe(true);
      for (const key of keys) expect((await rows.get(key))?.value).toBe(key);
    });

    it.each([0, -1.5, '', 'text', true, false, null, [], {}, [[]], 9007199254740991])('may be %j', async (value) => {
      const rows = shareHome(bench, home);
      await rows.put('key', value);
      expect((await rows.get('key'))?.value).toEqual(value);
    });

    it('may be a megabyte', async () => {
      const rows = shareHome(bench, home);
      const value = { text: 'ü'.repeat(500_000) };
      await rows.put('key', value);
      expect(await rows.get('key')).toMatchObject({ value });
    });

    it('are taken at the call: changing the object later changes nothing', async () => {
      const rows = shareHome(bench, home);
      const value = { state: 'before' };
      const written = rows.put('key', value);
      value.state = 'after';
      await written;
      expect((await rows.get('key'))?.value).toEqual({ state: 'before' });
    });
  });
}
