// `npm run bench`: whole sign-ins against Latchkey (real pages, durable store, all limits on) and, interleaved in the same
// run, against the bare protocol library with its in-memory adapter and development pages. One core serves, the other loads.
import { parseArgs } from 'node:util';
import { type Measured, measure } from './measure.ts';
import { bareFlow } from './flows/bare.ts';
import { latchkeyFlow } from './flows/latchkey.ts';
import { printTable } from './table.ts';
import { startServer } from './server.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '16' },
  },
});

const [seconds, rounds, connections] = [Number(values.seconds), Number(values.rounds), Number(values.connections)];
const contenders = [
  { name: 'bare oidc-provider', entry: 'bench/servers/bare.ts', flow: bareFlow },
  { name: 'latchkey, embedded store', entry: 'bench/servers/latchkey.ts', flow: latchkeyFlow },
];

const results = new Map<string, Measured[]>();
for (const contender of contenders) results.set(contender.name, []);

// Interleaved: this machine's speed drifts, so only figures of one round are compared.
for (let round = 0; round < rounds; round += 1) {
  for (const { name, entry, flow } of contenders) {
    const server = await startServer(entry);
    try {
      await measure({ server, flow, seconds: 2, connections }); // warm-up
      results.get(name)?.push(await measure({ server, flow, seconds, connections }));
    } finally {
      await server.stop();
    }
  }
}
printTable(contenders.map(({ name }) => ({ name, rounds: results.get(name) ?? [] })));
