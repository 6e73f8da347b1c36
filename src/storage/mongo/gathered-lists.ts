// Lists by a value that is a row's own, asked for at once, are one command per kind and index: this is how a session is found.
import type { Kind } from '../port.ts';
import { idsAfter } from './documents.ts';
import { gather } from './gathering.ts';
import type { OwnIndex, RecordCollection, RecordDocument } from './schema.ts';

export type Place = { kind: Kind; index: OwnIndex; value: string };

type Asked = Place & PromiseWithResolvers<RecordDocument[]>;

/** All rows of the value in the order of their keys, expired ones, too. */
export function gatherLists(collection: RecordCollection, maxTimeMS: number): (place: Place) => Promise<RecordDocument[]> {
  async function fetch(kind: Kind, index: OwnIndex, asked: Asked[]): Promise<void> {
    const values = [...new Set(asked.map(({ value }) => value))];
    try {
      const filter = { [index]: { $in: values }, _id: idsAfter(kind, '') };
      // The index's own order: nothing is left to sort, but for a cluster's answers to be merged by.
      const documents = await collection.find(filter, { hint: index, sort: { [index]: 1, _id: 1 }, maxTimeMS }).toArray();
      const found = Map.groupBy(documents, (document) => document[index]);
      for (const { value, resolve } of asked) resolve(found.get(value) ?? []);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  const ask = gather<Asked>(async (batch) => {
    const places = Map.groupBy(batch, ({ kind, index }) => `${index}:${kind}`);
    await Promise.all([...places.values()].map((asked) => fetch(asked[0]!.kind, asked[0]!.index, asked)));
  });

  return (place) => {
    const asked = { ...place, ...Promise.withResolvers<RecordDocument[]>() };
    ask(asked);
    return asked.promise;
  };
}
