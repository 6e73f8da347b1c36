// The yardstick: oidc-provider with its in-memory adapter and development pages.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConnection } from '../load/connection.ts';
import { readEndpoints } from '../site.ts';
import { walkBare } from '../walks/bare.ts';
import { awaitDiscovery, type Contender } from './contender.ts';
import { findFreePort } from '../../test/helpers/free-port.ts';
import { startNode } from './process.ts';
import { recordProfile } from './recording.ts';
import { serverCore } from '../cores.ts';

const entry = join(import.meta.dirname, '../servers/bare.ts');
const profiler = join(import.meta.dirname, '../servers/profiler.ts');

export const bare: Contender = {
  name: 'bare oidc-provider',
  async start() {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
    const port = await findFreePort();
    const node = `127.0.0.1:${port}`;

    async function startOnce() {
      const env = {
        NODE_ENV: 'production',
        NODE_COMPILE_CACHE: join(folder, 'compiled'),
        PORT: String(port),
        KEYS_FILE: join(folder, 'keys.json'),
      };
      const server = startNode(['--import', profiler, entry], { core: serverCore(0), cwd: folder, env });
      return { server, ...(await awaitDiscovery(node)) };
    }

    const first = await startOnce();
    await first.server.stop();
    const { server, discovery, ms } = await startOnce();
    return {
      site: { origin: `http://${node}`, endpoints: readEndpoints(discovery), connect: () => openConnection([node]), walk: walkBare },
      startMs: { first: first.ms, later: ms },
      server,
      stores: {},
      profile: (file, work) => recordProfile(server, file, work),
      async stop() {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};
