// One of two processes on one file: waits for its start, then races the other for marks, spends, inserts and bumps; prints what it won.
import { openStorage } from '../../../src/storage/open.ts';

const [path, me, start] = process.argv.slice(2) as [string, string, string];
// Both open the file at once, too: the first start of two processes is a race of its own.
const storage = await openStorage({ databaseUrl: `sqlite:${path}`, sweepSeconds: 60 }, Date.now);
const { records, expiring } = storage;

await new Promise((resolve) => setTimeout(resolve, Math.max(0, Number(start) - Date.now())));
const outcomes = await Promise.all(
  Array.from({ length: 100 }, async (_, i) => {
    // Spread over many event-loop turns, so that the processes take the lock in turn.
    await new Promise((resolve) => setTimeout(resolve, (i % 25) * 8));
    await records.put('thing', 'put', { me, i });
    return {
      marked: (await records.mark('thing', 'durable')) === 'first',
      markedExpiring: (await expiring.mark('thing', 'short')) === 'first',
      markedEach: (await records.mark('thing', `each${i}`)) === 'first',
      spent: (await expiring.spend('address', [{ name: 'tries', rules: [{ limit: 5, seconds: 600 }] }])).ok,
      inserted: await records.insert('thing', 'inserted', me),
      added: await expiring.add('thing', 'added', me, 600),
      bumped: (await records.bump('count', 'all', 1)) > 0,
    };
  }),
);
await storage.close();

const won: Record<string, number> = {};
for (const outcome of outcomes) for (const [name, yes] of Object.entries(outcome)) won[name] = (won[name] ?? 0) + Number(yes);
console.log(JSON.stringify(won));
