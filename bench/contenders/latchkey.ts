// Latchkey as operators run it: the program itself, in production mode, every limit on, codes by email over SMTP.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schema } from '../../src/config/schema/index.ts';
import { openConnection } from '../load/connection.ts';
import type { MailSink } from '../load/mail-sink.ts';
import { api, clients, readEndpoints } from '../site.ts';
import { walkLatchkey } from '../walks/latchkey.ts';
import { addUp, awaitDiscovery, type Contender } from './contender.ts';
import { findPort, startNode } from './process.ts';
import { recordProfile } from './recording.ts';
import { serverCore } from '../cores.ts';

const launcher = join(import.meta.dirname, '../../bin/latchkey.js');
const profiler = join(import.meta.dirname, '../servers/profiler.ts');

/** APIs are a setting of versions that know them. */
const knowsApis = 'resources' in schema.shape;
const apis = {
  resources: { servers: [{ identifier: api.resource, name: 'Orders', scopes: [{ name: api.scope, label: 'See your orders' }] }] },
};

export type Deployment = { name: string; mail: MailSink };

export function latchkey({ name, mail }: Deployment): Contender {
  return {
    name,
    async start() {
      const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
      const write = (file: string, content: unknown) => writeFileSync(join(folder, file), JSON.stringify(content));
      mkdirSync(join(folder, 'data'));
      write('clients.json', knowsApis ? Object.values(clients) : [clients.web]);
      write('config.json', knowsApis ? apis : {});
      const port = await findPort();
      const node = `127.0.0.1:${port}`;
      const origin = `http://${node}`;

      async function startOnce(mode: { NODE_ENV?: string; SECRETS_FILE?: string }) {
        const env = {
          ...mode,
          NODE_COMPILE_CACHE: join(folder, 'compiled'),
          HOST: '127.0.0.1',
          PORT: String(port),
          ISSUER: origin,
          DATABASE_URL: 'sqlite:./data/latchkey.db',
          SMTP_URL: mail.url,
          CLIENTS_FILE: join(folder, 'clients.json'),
          CONFIG_FILE: join(folder, 'config.json'),
        };
        const server = startNode(['--import', profiler, launcher, 'serve'], { core: serverCore(0), cwd: folder, env });
        return { server, ...(await awaitDiscovery(node)) };
      }

      // As `npm start` on a machine with nothing set: makes its keys and its database.
      const first = await startOnce({});
      await first.server.stop();
      const { server, discovery, ms } = await startOnce({ NODE_ENV: 'production', SECRETS_FILE: join(folder, 'data/secrets.json') });
      return {
        site: { origin, endpoints: readEndpoints(discovery), connect: () => openConnection([node]), walk: walkLatchkey(mail) },
        startMs: { first: first.ms, later: ms },
        server: addUp([server]),
        stores: {},
        profile: (file, work) => recordProfile(server, file, work),
        async stop() {
          await server.stop();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}
