// What a store holds per account, and what each page and endpoint asks of it: the tables of docs/storage.md.
// `npm exec -- node bench/storage.ts [--accounts 300]`; needs a mongod, as the tests do.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { copyRecords } from '../src/storage/copy.ts';
import { mongo } from '../src/config/schema/storage.ts';
import { openStorage } from '../src/storage/open.ts';
import { openMovable, backUp } from '../src/storage/upkeep.ts';
import { countStorage } from '../test/helpers/counted-storage.ts';
import { startMongod } from '../test/helpers/mongod-process.ts';
import { meetPerson, signIn } from '../test/helpers/person.ts';
import { startProgram } from '../test/helpers/program.ts';
import { createRelyingParty } from '../test/helpers/relying-party.ts';
import { tabulate, walkThrough } from '../test/helpers/store-walk.ts';

const { values } = parseArgs({ options: { accounts: { type: 'string', default: '300' } } });
const accounts = Number(values.accounts);
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
const file = join(folder, 'latchkey.db');
const databaseUrl = `sqlite:${file}`;
const print = (line: string) => void process.stdout.write(`${line}\n`);

const embedded = await openStorage({ databaseUrl, sweepSeconds: 60 }, Date.now);
const { storage, take } = countStorage(embedded);
const program = await startProgram({ delivery: { outboxSize: 5000 } }, { storage });
const party = await createRelyingParty(program.issuer);

for (const row of tabulate(await walkThrough(program, take))) print(row);

/** One account: email and phone proven, one consent, one session, one grant with a refresh token. */
const params = { scope: 'openid email phone offline_access', prompt: 'consent' };
for (let begun = 1; begun < accounts; begun += 8) {
  await Promise.all(
    Array.from({ length: Math.min(8, accounts - begun) }, () => signIn(program, party, { person: meetPerson(program), params })),
  );
}
await program.close();
await embedded.close();

await backUp(databaseUrl, join(folder, 'whole.db'));
for (const name of ['whole.db', 'latchkey.expiring.db']) {
  const database = new DatabaseSync(join(folder, name), { readOnly: true });
  const kinds = database.prepare('SELECT kind, count(*) AS rows, avg(length(value)) AS bytes FROM entries GROUP BY kind').all();
  print(`${name}: kind, rows per account, bytes of the value`);
  for (const { kind, rows, bytes } of kinds) {
    print(`| \`${String(kind)}\` | ${(Number(rows) / accounts).toFixed(2)} | ${Math.round(Number(bytes))} |`);
  }
  database.close();
}
print(`SQLite, compact: ${Math.round(statSync(join(folder, 'whole.db')).size / accounts)} bytes an account`);

const mongod = await startMongod();
const to = await openMovable({ databaseUrl: mongod.urlOf('bench'), mongo: mongo.parse({}) }, Date.now, false);
const from = await openMovable({ databaseUrl, mongo: mongo.parse({}) }, Date.now, true);
await copyRecords({ from, to, now: Date.now });
const stats = await mongod.client.db('bench').command({ collStats: 'records' });
print(`MongoDB: ${Math.round(stats.size / accounts)} bytes of documents an account, ${stats.count} rows of ${accounts} accounts`);
await Promise.all([from.close(), to.close()]);
await mongod.client.db('admin').command({ fsync: 1 });
const stored = await mongod.client.db('bench').command({ collStats: 'records' });
print(
  `MongoDB on disk: ${Math.round(stored.storageSize / accounts)} of rows and ${Math.round(stored.totalIndexSize / accounts)} of indexes an account`,
);
await mongod.close();
rmSync(folder, { recursive: true });
