// The store: it is there, of this version, takes and gives back a row in either home, and has room.
import { randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isOpenToOthers } from '../../config/generated-secrets.ts';
import type { Storage } from '../../storage/port.ts';
import type { Finding } from './finding.ts';

const gigabyte = 1e9;
const scheme = 'sqlite:';

/** A row that nobody else sees, gone by itself where this process ends too early. */
async function tryOut({ records, expiring }: Storage, now: number): Promise<void> {
  const [kind, key] = ['probe', randomUUID()];
  const [kept, lent] = [await records.insert(kind, key, key, { expiresAt: now + 60_000 }), await expiring.add(kind, key, key, 60)];
  const [first, second] = [await records.get(kind, key), await expiring.get(kind, key)];
  await Promise.all([records.remove(kind, key), expiring.remove(kind, key)]);
  if (!kept || !lent || first?.value !== key || second?.value !== key) throw new Error('what was written does not come back');
}

/** @returns the words of what is wrong; the store's own are for operators */
const wordsOf = (error: unknown): string => {
  const { cause, message } = error as Error;
  return (cause as Error | undefined)?.message ?? message;
};

export async function checkStore(storage: Storage, now: number): Promise<Finding> {
  const check = 'store';
  try {
    await storage.check();
    await tryOut(storage, now);
    const risk = await storage.findRisk?.();
    if (risk !== undefined) return { check, status: 'warn', says: `${risk}.`, todo: 'Set it as docs/storage-redis.md says.' };
    return { check, status: 'ok', says: 'It answers, is of this version, and gives back what is written; clocks agree.' };
  } catch (error) {
    return {
      check,
      status: 'fail',
      says: `It can't be used: ${wordsOf(error)}.`,
      todo: 'See the store’s own log, its disk, and who may write to it.',
    };
  }
}

/** Of the embedded store: room on its disk, and that nobody else reads it. */
export async function checkDisk(databaseUrl: string): Promise<Finding[]> {
  if (!databaseUrl.startsWith(scheme)) return [];
  const file = databaseUrl.slice(scheme.length);
  const { bavail, bsize, blocks } = await statfs(dirname(file));
  const [free, share] = [bavail * bsize, bavail / blocks];
  const room = `${(free / gigabyte).toFixed(1)} GB (${Math.round(share * 100)} %) are free where the store is.`;
  const scarce = free < 0.1 * gigabyte ? 'fail' : free < gigabyte || share < 0.05 ? 'warn' : 'ok';
  const open = isOpenToOthers(file);
  return [
    { check: 'disk', status: scarce, says: room, ...(scarce !== 'ok' && { todo: 'Make room: a full disk stops every sign-in.' }) },
    ...(open
      ? [{ check: 'files', status: 'warn' as const, says: 'Other users of this machine can read the store.', todo: `chmod 600 ${file}*` }]
      : []),
  ];
}
