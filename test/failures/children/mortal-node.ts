// A node that dies by SIGKILL right after a write that its parent names by its number, before anybody hears of it. It says on standard
// output, one line each and at once, which marks it won and which writes it made.
import { writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../../src/app.ts';
import { openStorage } from '../../../src/storage/open.ts';
import type { Storage } from '../../../src/storage/port.ts';
import { makeSettings } from '../../helpers/program.ts';
import { forgetMarks } from './forgetful-marks.ts';

/** `broken`: on a store that forgets its marks. */
type Orders = { issuer: string; overrides: Parameters<typeof makeSettings>[1]; broken: boolean };

const { issuer, overrides, broken } = JSON.parse(process.argv[2] ?? '') as Orders;
const reads = ['get', 'list', 'sweep'];
let writes = 0;
let last = Infinity;
process.on('message', (number: number) => {
  writes = 0;
  last = number;
  process.send?.('noted');
});
process.once('disconnect', () => process.exit());

const say = (...words: unknown[]) => writeSync(1, `${words.join(' ')}\n`);

function mortal<H extends object>(name: string, home: H): H {
  const operations = Object.entries(home) as [string, (...args: unknown[]) => Promise<unknown>][];
  const watched = operations.map(([operation, operate]) => [
    operation,
    async (...args: unknown[]) => {
      const answer = await operate(...args);
      if (reads.includes(operation)) return answer;
      const [kind, key] = args;
      writes += 1;
      if (answer === 'first') say('won', kind, key);
      say('wrote', name, operation, String(kind).split(':')[0]);
      if (writes === last) process.kill(process.pid, 'SIGKILL');
      return answer;
    },
  ]);
  return Object.fromEntries(watched) as H;
}

const settings = makeSettings(issuer, overrides);
const { database, mongo, redis } = settings;
const opened = await openStorage({ databaseUrl: database.url, sweepSeconds: database.sweepSeconds, mongo, redis }, Date.now);
const sound: Storage = broken ? forgetMarks(opened) : opened;
const storage = { ...sound, records: mortal('records', sound.records), expiring: mortal('expiring', sound.expiring) };
const app = await createApp(settings, { storage });
const server = createServer(app.callback());
server.listen(0, 'localhost', () => process.send?.((server.address() as AddressInfo).port));
