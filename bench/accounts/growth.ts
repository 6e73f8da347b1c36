// `--accounts`: stores that differ in nothing but how many people have an account, side by side.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender } from '../contenders/contender.ts';
import { latchkey } from '../contenders/latchkey.ts';
import type { MailSink } from '../load/mail-sink.ts';
import type { Servers } from '../stores/servers.ts';
import { embedded, type Place, type Store } from '../stores/store.ts';
import { fill } from './fill.ts';
import { type Multiply, multiply } from './multiply.ts';
import { createResidents } from './residents.ts';
import { makeTemplate, type Template } from './template.ts';

export type Population = { contenders: Contender[]; remove(): void };

type Home = { store: Store; place(): Place };

export type Settling = { sizes: readonly number[]; mail: MailSink; servers?: Servers; tell(line: string): void };

/** One contender for each size: on the embedded store, or on `servers`. */
export async function populate({ sizes, mail, servers, tell }: Settling): Promise<Population> {
  const template = await makeTemplate(mail);
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const multiplied = multiply(template);
  const contenders: Contender[] = [];
  for (const size of sizes) {
    const home = servers ? onServers(servers, size) : inFile(join(folder, String(size)));
    await settle({ home, multiplied, size, tell });
    contenders.push(asContender({ home, template, size, mail }));
  }
  const remove = () => {
    template.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  return { contenders, remove };
}

/** What expires begins anew with each start: yesterday's codes and budgets are gone. */
function inFile(folder: string): Home {
  const place = embedded.choose(folder);
  return {
    store: embedded,
    place() {
      const data = join(folder, 'data');
      for (const file of existsSync(data) ? readdirSync(data) : []) if (file.includes('.expiring.')) rmSync(join(data, file));
      return place;
    },
  };
}

function onServers(store: Servers, size: number): Home {
  const { env } = store.choose('');
  const database = `bench-${size}`;
  return {
    store,
    place: () => ({ env: { ...env, DATABASE_URL: store.urlOf(database) }, settings: { redis: { prefix: `${randomUUID()}:` } } }),
  };
}

async function settle({ home, multiplied, size, tell }: { home: Home; multiplied: Multiply; size: number; tell(line: string): void }) {
  const begun = performance.now();
  const { DATABASE_URL: url } = home.place().env;
  await fill(url, { multiplied, people: size, tell: (done) => done % 100_000 === 0 && tell(`${done} of ${size} accounts`) });
  const file = url.startsWith('sqlite:') ? `, ${Math.round(statSync(url.slice('sqlite:'.length)).size / 1e6)} MB` : '';
  tell(`${size} accounts in ${Math.round((performance.now() - begun) / 1000)} s${file}`);
}

function asContender({ home, template, size, mail }: { home: Home; template: Template; size: number; mail: MailSink }): Contender {
  return latchkey({
    name: `${size.toLocaleString('en')} accounts`,
    mail,
    store: home.store,
    processes: 1,
    kept: { place: home.place, secretsFile: template.secretsFile, meetResidents: () => createResidents(template, size) },
  });
}
