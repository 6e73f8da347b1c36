// Opening: which driver, which files, who may read them, and that they are swept.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { openStorage } from '../../src/storage/open.ts';
import { makeFolder } from './folder.ts';

const pathTo = makeFolder();
const open = (path: string, sweepSeconds = 60) => openStorage({ databaseUrl: `sqlite:${path}`, sweepSeconds }, Date.now);
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('opening a storage', () => {
  it('makes a folder and files that nobody else can read', async () => {
    const storage = await open(pathTo('new/deep/latchkey.db'));
    await storage.records.put('thing', 'key', 1);
    await storage.expiring.put('thing', 'key', 1, 60);
    expect(modeOf(pathTo('new'))).toBe(0o700);
    expect(modeOf(pathTo('new/deep'))).toBe(0o700);
    const files = readdirSync(pathTo('new/deep')).toSorted();
    expect(files).toEqual(['latchkey', 'latchkey.expiring'].flatMap((name) => [`${name}.db`, `${name}.db-shm`, `${name}.db-wal`]));
    for (const file of files) expect([file, modeOf(pathTo(`new/deep/${file}`))]).toEqual([file, 0o600]);
    await storage.close();
  });

  it('finds what was written before it was closed', async () => {
    const before = await open(pathTo('again.db'));
    await before.records.put('thing', 'key', 'durable');
    await before.expiring.put('thing', 'key', 'expiring', 60);
    await before.close();
    const after = await open(pathTo('again.db'));
    expect((await after.records.get('thing', 'key'))?.value).toBe('durable');
    expect((await after.expiring.get('thing', 'key'))?.value).toBe('expiring');
    await after.close();
  });

  it.each(['newer.db', 'newer.expiring.db'])('refuses a file of a newer version (%s), and leaves it as it was', async (name) => {
    await (await open(pathTo('newer.db'))).close();
    const file = new DatabaseSync(pathTo(name));
    const version = Number(file.prepare('PRAGMA user_version').get()?.user_version);
    file.exec('PRAGMA user_version = 999');
    await expect(open(pathTo('newer.db'))).rejects.toThrow(/written by a newer version of Latchkey \(schema 999; this version knows \d+\)/);
    expect(file.prepare('PRAGMA user_version').get()?.user_version).toBe(999);
    file.exec(`PRAGMA user_version = ${version}`);
    file.close();
  });

  it('refuses a file that is no database, and says which, and what takes its place', async () => {
    const text = 'not a database, but long enough to have a header of some kind '.repeat(9);
    writeFileSync(pathTo('text.db'), text);
    await expect(open(pathTo('text.db'))).rejects.toThrow(`${pathTo('text.db')} can't be read: file is not a database. Put a backup in`);
    await (await open(pathTo('half.db'))).close();
    writeFileSync(pathTo('half.expiring.db'), text);
    await expect(open(pathTo('half.db'))).rejects.toThrow(
      `${pathTo('half.expiring.db')} can't be read: file is not a database. Move it away`,
    );
  });

  it('says which file is damaged, when that is found with the first row', async () => {
    const whole = await open(pathTo('torn.db'));
    await Promise.all(Array.from({ length: 100 }, (_, i) => whole.records.put('thing', `key ${i}`, 'x'.repeat(1000))));
    await whole.close();
    const bytes = readFileSync(pathTo('torn.db'));
    // All but the first page, which says what the tables are.
    writeFileSync(pathTo('torn.db'), bytes.fill(0xaa, 4096));
    await expect(open(pathTo('torn.db'))).rejects.toThrow(
      `${pathTo('torn.db')} can't be read: database disk image is malformed. Put a backup in`,
    );
  });

  it('refuses a place where no file or folder can be', async () => {
    mkdirSync(pathTo('folder.db'));
    await expect(open(pathTo('folder.db'))).rejects.toThrow(
      `${pathTo('folder.db')} can't be made or opened: there is a folder of that name`,
    );
    writeFileSync(pathTo('file'), '');
    await expect(open(pathTo('file/latchkey.db'))).rejects.toThrow(/file\/latchkey\.db can't be made or opened.*ENOTDIR/);
    // Where Node's own way to make folders never ends.
    await expect(open('/proc/nope/deep/latchkey.db')).rejects.toThrow(/^The database \/proc\/nope\/deep\/latchkey\.db can't be made/);
  });

  it.each(['mongodb://user:hunter2@db/latchkey', 'mongodb+srv://user:hunter2@db/latchkey'])(
    'wants Redis beside MongoDB (%s)',
    async (databaseUrl) => {
      await expect(openStorage({ databaseUrl, sweepSeconds: 60 }, Date.now)).rejects.toThrow('MongoDB needs a Redis beside it');
    },
  );

  it('never repeats a URL that it does not know: it may hold a password', async () => {
    const opening = openStorage({ databaseUrl: 'postgres://user:hunter2@db/latchkey', sweepSeconds: 60 }, Date.now);
    await expect(opening).rejects.toThrow('must start with sqlite: or mongodb://');
    await expect(opening).rejects.not.toThrow('hunter2');
  });

  it('sweeps both homes by itself, however much has expired', async () => {
    const storage = await open(pathTo('swept.db'), 0.05);
    const past = Date.now() - 1;
    await Promise.all(
      Array.from({ length: 500 }, async (_, i) => {
        await storage.records.put('thing', `${i}`, i, { expiresAt: past });
        await storage.expiring.put('thing', `${i}`, i, -1);
        await storage.expiring.spend(`${i}`, [{ name: 'tries', rules: [{ limit: 1, seconds: 0.01 }] }]);
      }),
    );
    await storage.records.put('thing', 'kept', 1);
    const [records, expiring] = [pathTo('swept.db'), pathTo('swept.expiring.db')].map((path) => new DatabaseSync(path));
    const count = () => [
      records!.prepare('SELECT count(*) AS n FROM entries').get()?.n,
      expiring!.prepare('SELECT count(*) AS n FROM entries').get()?.n,
      expiring!.prepare('SELECT count(*) AS n FROM ledgers').get()?.n,
    ];
    for (let wait = 0; wait < 400 && count().join() !== '1,0,0'; wait += 1) await pause(50);
    expect(count()).toEqual([1, 0, 0]);
    await storage.close();
    records!.close();
    expiring!.close();
  }, 60_000);
});
