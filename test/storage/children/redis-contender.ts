// One of two processes on one Redis: waits for its start, then races the other for spends, marks, adds and replaces; prints what it won.
import { setTimeout as pause } from 'node:timers/promises';
import { openRedis } from '../../../src/storage/redis/open.ts';

const [url, start] = process.argv.slice(2) as [string, string];
const redis = await openRedis({ url, commandTimeoutMs: 20_000 }, Date.now);
const { expiring } = redis;

await pause(Math.max(0, Number(start) - Date.now()));
const outcomes = await Promise.all(
  Array.from({ length: 250 }, async (_, i) => {
    // Spread over some event-loop turns, so that the commands of both processes mingle.
    await pause((i % 25) * 2);
    return {
      spent: (await expiring.spend('address', [{ name: 'tries', rules: [{ limit: 5, seconds: 600 }] }])).ok,
      marked: (await expiring.mark('thing', 'shared')) === 'first',
      markedEach: (await expiring.mark('thing', `each${i}`)) === 'first',
      added: await expiring.add('thing', 'added', i, 600),
      addedEach: await expiring.add('thing', `added${i}`, i, 600),
      replaced: await expiring.replace('thing', 'shared', i, 1, 600),
    };
  }),
);
await redis.close();

const won: Record<string, number> = {};
for (const outcome of outcomes) for (const [name, yes] of Object.entries(outcome)) won[name] = (won[name] ?? 0) + Number(yes);
process.stdout.write(`${JSON.stringify(won)}\n`);
