// The embedded storage: both homes on one machine, each in a file of its own.
import { format, parse } from 'node:path';
import type { Storage } from '../port.ts';
import { openBatches } from './batches.ts';
import { openExpiring } from './expiring.ts';
import { openFile } from './file.ts';
import { openLogSync } from './log-sync.ts';
import { expiringMigrations, recordsMigrations } from './migrations.ts';
import { openRecords } from './records.ts';

/**
 * `path` is a file's, or `:memory:` (tests: gone when closed). Two files, because only durable truth waits for the disk:
 * what expires is written through to the kernel, which survives the process's death, but may miss the last moments before a power cut.
 */
export function openSqlite(path: string, now: () => number): Storage {
  const records = openFile({ path, migrations: recordsMigrations });
  const recordsBatches = openBatches(records, path === ':memory:' ? undefined : openLogSync(path));
  const expiring = openFile({ path: expiringPath(path), migrations: expiringMigrations });
  const expiringBatches = openBatches(expiring);
  return {
    records: openRecords({ database: records, batches: recordsBatches, now }),
    expiring: openExpiring({ database: expiring, batches: expiringBatches, now }),
    async check() {
      await Promise.all([recordsBatches.check(), expiringBatches.check()]);
    },
    async close() {
      await Promise.all([recordsBatches.close(), expiringBatches.close()]);
    },
  };
}

/** `data/latchkey.db` → `data/latchkey.expiring.db`. */
function expiringPath(path: string): string {
  if (path === ':memory:') return path;
  const { dir, name, ext } = parse(path);
  return format({ dir, name: `${name}.expiring`, ext });
}
