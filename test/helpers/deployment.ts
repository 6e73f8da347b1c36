// Several nodes as operators run them: processes over one MongoDB and one Redis, behind a proxy, with a mail server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSecrets } from '../../src/keys/generate.ts';
import { startChildProgram, type ChildProgram } from './child-program.ts';
import { startMailServer, type MailServer } from './mail-server.ts';
import type { Host } from './person.ts';
import { startReverseProxy } from './reverse-proxy.ts';
import { startServers } from './servers.ts';

export type Deployment = Awaited<ReturnType<typeof startDeployment>>;

const patienceMs = 25_000;

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
    host: readMail(proxy.url, mail),
    async close() {
      await proxy.close();
      await Promise.all(nodes.map((node) => node.close()));
      await Promise.all([servers.close(), mail.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What people do with a program's outbox, with their mail: whichever node has sent it. */
function readMail(url: string, mail: MailServer): Host {
  const arrived = (address: string) => mail.received.filter(({ to }) => to === address);
  return {
    url,
    issuer: url,
    outbox: async (to) => arrived(to).map(({ subject, text, html }) => ({ id: '', channel: 'email', to, subject, text, html, sentAt: '' })),
    async codeFor(to, count = 1) {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        const codes = arrived(to).flatMap(({ text }) => /\b\d{6}\b/.exec(text)?.[0] ?? []);
        if (codes.length >= count) return codes.at(-1) ?? '';
        if (performance.now() > deadline) throw new Error(`no mail for ${to} within ${patienceMs / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}
