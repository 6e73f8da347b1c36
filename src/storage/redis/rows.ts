// Rows: a read is one GET, a write one script.
import type { Index, Indexes, Kind, Mark, Row } from '../port.ts';
import type { Home } from './home.ts';
import { decodeIndexes, decodeRow, encodeIndexes, encodeTime, encodeValue, grace } from './row-text.ts';

const marks = ['absent', 'again', 'first'] as const satisfies readonly Mark[];

/** What is written; encoded at the call, so that changing the object later changes nothing. */
export type Written = { value: unknown; ttl: number; indexes?: Indexes };

export type Rows = ReturnType<typeof openRows>;

export function openRows({ client, calls, names, now }: Home) {
  function encode({ value, ttl, indexes }: Written) {
    const time = now();
    return {
      time,
      expiry: encodeTime(time + ttl * 1000),
      life: Math.ceil(Math.max(0, ttl) * 1000) + grace,
      value: encodeValue(value),
      indexes: encodeIndexes(indexes),
    };
  }

  return {
    async get<V>(kind: Kind, key: string): Promise<Row<V> | undefined> {
      const text = await calls.call(() => client.get(names.row(kind, key)));
      const row = text === null ? undefined : decodeRow<V>(text);
      return row && row.expiresAt! > now() ? row : undefined;
    },

    async put(kind: Kind, key: string, written: Written): Promise<void> {
      const { time, expiry, life, value, indexes } = encode(written);
      await calls.call((deadline) => client.putRow(names.row(kind, key), deadline, time, expiry, life, `${indexes}\n${value}`));
    },

    async add(kind: Kind, key: string, written: Written): Promise<boolean> {
      const { time, expiry, life, value, indexes } = encode(written);
      const added = await calls.call((deadline) =>
        client.addRow(names.row(kind, key), deadline, time, expiry, life, `${indexes}\n${value}`),
      );
      return added === 1;
    },

    /** Answers the indexes that the row keeps; undefined: it is absent or of another version, and nothing was written. */
    async replace(kind: Kind, key: string, { version, ...written }: Written & { version: number }): Promise<Indexes | undefined> {
      const { time, expiry, life, value } = encode(written);
      const kept = await calls.call((deadline) => client.replaceRow(names.row(kind, key), deadline, time, expiry, life, value, version));
      return kept === null ? undefined : decodeIndexes(kept as string);
    },

    async mark(kind: Kind, key: string): Promise<Mark> {
      const time = now();
      return marks[Number(await calls.call((deadline) => client.markRow(names.row(kind, key), deadline, time, encodeTime(time))))]!;
    },

    async remove(kind: Kind, key: string): Promise<boolean> {
      return (await calls.call((deadline) => client.removeRow(names.row(kind, key), deadline, now()))) === 1;
    },

    /** Removes the row if it still has this index value. */
    async removeIndexed(kind: Kind, key: string, { index, value }: { index: Index; value: string }): Promise<boolean> {
      return (await calls.call((deadline) => client.removeIndexedRow(names.row(kind, key), deadline, now(), index, value))) === 1;
    },
  };
}
