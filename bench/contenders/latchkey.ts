// Latchkey as operators run it: the program itself, in production mode, every limit on, codes by email over SMTP; one process or several.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schema } from '../../src/config/schema/index.ts';
import { serverCore } from '../cores.ts';
import { openConnection } from '../load/connection.ts';
import type { MailSink } from '../load/mail-sink.ts';
import { api, clients, readEndpoints, type Residents } from '../site.ts';
import type { Place, Store } from '../stores/store.ts';
import { walkLatchkey } from '../walks/latchkey.ts';
import { addUp, awaitDiscovery, type Contender } from './contender.ts';
import { findFreePort } from '../../test/helpers/free-port.ts';
import { type MeasuredProcess, startNode } from './process.ts';
import { recordProfile } from './recording.ts';

const launcher = join(import.meta.dirname, '../../bin/latchkey.js');
const compile = join(import.meta.dirname, '../../bin/compile.js');
const profiler = join(import.meta.dirname, '../servers/profiler.ts');

/** APIs are a setting of versions that know them. */
const knowsApis = 'resources' in schema.shape;
const orders = { identifier: api.resource, name: 'Orders', scopes: [{ name: api.scope, label: 'See your orders' }] };
const settings = knowsApis ? { resources: { servers: [orders] } } : {};

export type Deployment = {
  name: string;
  mail: MailSink;
  store: Store;
  processes: number;
  /** A store that outlives the deployment, with the secrets that its rows are sealed with. */
  kept?: { place(folder: string): Place; secretsFile: string; meetResidents?(): Residents };
};

type Mode = { NODE_ENV?: string; SECRETS_FILE?: string };

export function latchkey({ name, mail, store, processes, kept }: Deployment): Contender {
  async function start() {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
    const write = (file: string, content: unknown) => writeFileSync(join(folder, file), JSON.stringify(content));
    const cache = join(folder, 'compiled');
    mkdirSync(join(folder, 'data'));
    const place = kept ? kept.place(folder) : store.choose(folder);
    write('clients.json', knowsApis ? Object.values(clients) : [clients.web]);
    write('config.json', { ...settings, ...place.settings });
    const ports: number[] = [];
    while (ports.length < processes) ports.push(await findFreePort());
    const nodes = ports.map((port) => `127.0.0.1:${port}`);
    const origin = `http://${nodes[0]}`;

    async function startNth(nth: number, mode: Mode) {
      const env = {
        ...mode,
        ...place.env,
        NODE_COMPILE_CACHE: cache,
        HOST: '127.0.0.1',
        PORT: String(ports[nth]),
        ISSUER: origin,
        SMTP_URL: mail.url,
        CLIENTS_FILE: join(folder, 'clients.json'),
        CONFIG_FILE: join(folder, 'config.json'),
      };
      const server = startNode(['--import', profiler, launcher, 'serve'], { core: serverCore(nth), cwd: folder, env });
      return { server, ...(await awaitDiscovery(nodes[nth]!)) };
    }

    const startMs = { first: NaN, later: NaN };
    if (!kept) {
      // As `npm ci` and `npm start` on a machine with nothing set: makes its keys and its database.
      execFileSync(process.execPath, [compile], { env: { NODE_COMPILE_CACHE: cache } });
      const first = await startNth(0, {});
      await first.server.stop();
      startMs.first = first.ms;
    }
    const mode = { NODE_ENV: 'production', SECRETS_FILE: kept?.secretsFile ?? join(folder, 'data/secrets.json') };
    const { server: first, discovery, ms } = await startNth(0, mode);
    startMs.later = ms;
    const servers: MeasuredProcess[] = [first];
    for (let nth = 1; nth < processes; nth += 1) servers.push((await startNth(nth, mode)).server);

    return {
      site: {
        origin,
        endpoints: readEndpoints(discovery),
        connect: () => openConnection(nodes),
        walk: walkLatchkey(mail),
        residents: kept?.meetResidents?.(),
      },
      startMs,
      server: addUp(servers),
      stores: store.meters,
      profile: (file: string, work: () => Promise<void>) => recordProfile(first, file, work),
      async stop() {
        await Promise.all(servers.map((server) => server.stop()));
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }

  return { name, start };
}
