// What a history is about: one process on the embedded store, or two over a MongoDB and a Redis that may be killed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSecrets } from '../../src/keys/generate.ts';
import { startChildProgram } from '../helpers/child-program.ts';
import { startServers } from '../helpers/servers.ts';
import { promptTimeouts } from '../helpers/timeouts.ts';
import { hurried } from './history.ts';
import type { Random } from './random.ts';
import { nodeTroubles, serverTroubles, type Troubled } from './troubles.ts';
import type { Nodes } from './wire.ts';

export type Deployment = Nodes & Troubled & { close(): Promise<void> };

export async function deployEmbedded(random: Random): Promise<Deployment> {
  const program = await startChildProgram({ config: hurried });
  return {
    issuer: program.issuer,
    urls: [program.url],
    troubles: nodeTroubles([program], random),
    rounds: 6,
    close: program.close,
  };
}

/** Whatever Redis has acknowledged is on its disk: see the checker's header. */
const durable = { args: ['--appendonly', 'yes', '--appendfsync', 'always'] };

/** Nobody goes through a door of its own: the driver asks the nodes directly, in the issuer's name. */
const issuer = 'http://localhost:3999';

export async function deployServers(random: Random): Promise<Deployment> {
  const servers = await startServers({ redis: durable });
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-history-'));
  const secrets = join(folder, 'secrets.json');
  writeFileSync(secrets, JSON.stringify(generateSecrets()));
  const env = { ISSUER: issuer, SECRETS_FILE: secrets };
  const start = () => startChildProgram({ config: { ...hurried, ...promptTimeouts }, store: servers.store, env });
  const nodes = await Promise.all([start(), start()]);
  return {
    issuer,
    urls: nodes.map(({ url }) => url),
    troubles: [...nodeTroubles(nodes, random), ...serverTroubles(servers, random)],
    rounds: 2,
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
      await servers.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
