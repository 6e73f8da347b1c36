// The embedded storage: both homes on one machine, each in a file of its own.
import { format, parse } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Storage } from '../port.ts';
import { openBatches } from './batches.ts';
import { openExpiring } from './expiring.ts';
import { openFile } from './file.ts';
import { openLogSync, type LogSync } from './log-sync.ts';
import { expiringMigrations, recordsMigrations } from './migrations.ts';
import { createRecentRows } from './recent-rows.ts';
import { openRecords, type Home } from './records.ts';

/**
 * `path` is a file's, or `:memory:` (tests: gone when closed). Two files, because only durable truth waits for the disk:
 * what expires is written through to the kernel, which survives the process's death, but may miss the last moments before a power cut.
 */
export function openSqlite(path: string, now: () => number): Storage {
  const file = openFile({ path, migrations: recordsMigrations });
  const durable = openHome(file, now, path === ':memory:' ? undefined : openLogSync(path));
  const passing = openHome(openFile({ path: expiringPath(path), migrations: expiringMigrations }), now);
  const homes = [durable, passing];
  return {
    records: openRecords(durable),
    expiring: openExpiring(passing),
    async check() {
      await Promise.all(homes.map(({ batches }) => batches.check()));
    },
    async close() {
      await Promise.all(homes.map(({ batches }) => batches.close()));
    },
  };
}

function openHome(database: DatabaseSync, now: () => number, log?: LogSync): Home {
  const recent = createRecentRows();
  return { database, now, recent, batches: openBatches(database, { log, forget: recent.forgetAll }) };
}

/** `data/latchkey.db` → `data/latchkey.expiring.db`. */
function expiringPath(path: string): string {
  if (path === ':memory:') return path;
  const { dir, name, ext } = parse(path);
  return format({ dir, name: `${name}.expiring`, ext });
}
