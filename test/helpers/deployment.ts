// Several nodes as operators run them: processes over one MongoDB and one Redis, behind a proxy, with a mail server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSecrets } from '../../src/keys/generate.ts';
import { startChildProgram, type ChildProgram } from './child-program.ts';
import { startMailServer } from './mail-server.ts';
import { readMessages } from './messages.ts';
import { startReverseProxy } from './reverse-proxy.ts';
import { startServers } from './servers.ts';

export type Deployment = Awaited<ReturnType<typeof startDeployment>>;

export async function startDeployment({ count = 2, config = {} }: { count?: number; config?: object } = {}) {
  const [servers, mail, proxy] = await Promise.all([startServers(), startMailServer(), startReverseProxy()]);
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-deployment-'));
  const secrets = join(folder, 'secrets.json');
  writeFileSync(secrets, JSON.stringify(generateSecrets()));
  const delivery = { email: 'smtp', smtpUrl: mail.url, from: 'Northwind ID <id@northwind.example>' };
  const env = { ISSUER: proxy.url, SECRETS_FILE: secrets };
  const start = () => startChildProgram({ config: { delivery, ...config }, store: servers.store, env });
  const nodes: ChildProgram[] = await Promise.all(Array.from({ length: count }, start));
  proxy.use(...nodes.map(({ url }) => url));

  return {
    servers,
    proxy,
    nodes,
    /** Where people and relying parties go. */
    host: readMessages(proxy.url, { mail }),
    async close() {
      await proxy.close();
      await Promise.all(nodes.map((node) => node.close()));
      await Promise.all([servers.close(), mail.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
