// Writes to both homes until it is killed, and says each key only when its write was acknowledged.
import { writeSync } from 'node:fs';
import { openStorage } from '../../../src/storage/open.ts';

const [path, round] = process.argv.slice(2) as [string, string];
const storage = await openStorage({ databaseUrl: `sqlite:${path}`, sweepSeconds: 60 }, Date.now);
const { records, expiring } = storage;
const say = (home: string, key: string) => writeSync(1, `${home} ${key}\n`);

async function write(lane: number) {
  for (let i = 0; ; i += 1) {
    const key = `${round}-${lane}-${i}`;
    await records.put('thing', key, { key });
    say('records', key);
    await expiring.put('thing', key, { key }, 3600);
    say('expiring', key);
    await records.mark('thing', key);
    say('marked', key);
    await expiring.spend('address', [{ name: `${round}-${lane}`, rules: [{ limit: 1_000_000, seconds: 3600 }] }]);
    say('spent', `${round}-${lane}`);
  }
}

await Promise.all([0, 1, 2, 3].map(write));
