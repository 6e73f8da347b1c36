// Whether the store can be used: there is a primary, and it lives in the same time as this node.
import type { Connection } from 'mongoose';

/** Expiry is decided by each node's clock: a row must not live here and be over there. */
const toleranceMs = 5000;

/** Rejects with a sentence for the operator. `now` is the clock that decides about expiry here. */
export async function checkHealth(connection: Connection, now: () => number): Promise<void> {
  const asked = now();
  const { localTime, isWritablePrimary } = await connection.getClient().db('admin').command({ hello: 1 });
  if (!isWritablePrimary) throw new Error('it has no primary');
  // The server read its clock somewhere between the question and the answer: only what is surely too much counts.
  const server = (localTime as Date).getTime();
  const offset = Math.max(asked - server, server - now());
  if (offset <= toleranceMs) return;
  const direction = asked > server ? 'ahead of' : 'behind';
  throw new Error(`this node's clock is ${(offset / 1000).toFixed(1)} s ${direction} its clock, more than ${toleranceMs / 1000} s`);
}
