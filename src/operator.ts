// Wires what the operator's commands work on: the server's own store and keys, without its pages. Commands run beside the
// servers, so that whatever they do holds for every node at once.
import type { Settings } from './config/schema/index.ts';
import { createKeys } from './keys/keys.ts';
import { createSigningKeyRing } from './keys/signing/ring.ts';
import { openStorage } from './storage/open.ts';

export type Operator = Awaited<ReturnType<typeof openOperator>>;

export async function openOperator(settings: Settings) {
  const now = () => Date.now();
  const { mongo, redis, database } = settings;
  const storage = await openStorage({ databaseUrl: database.url, sweepSeconds: database.sweepSeconds, mongo, redis }, now);
  const keys = createKeys(settings.secrets);
  const signingKeys = createSigningKeyRing({ records: storage.records, keys, now, settings });
  return { storage, keys, signingKeys, now, close: () => storage.close() };
}
