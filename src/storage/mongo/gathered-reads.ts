// Reads of one row that are asked for at once are one command.
import { byId } from './documents.ts';
import { gather } from './gathering.ts';
import type { RecordCollection, RecordDocument } from './schema.ts';

type Asked = { id: string } & PromiseWithResolvers<RecordDocument | undefined>;

/** Each read begins after it was asked for, so that it sees whatever was acknowledged before. */
export function gatherReads(collection: RecordCollection, maxTimeMS: number): (id: string) => Promise<RecordDocument | undefined> {
  async function fetchOne([id]: string[]): Promise<RecordDocument[]> {
    const document = await collection.findOne({ _id: id }, { maxTimeMS });
    return document ? [document] : [];
  }

  /** One batch: the cursor is used up with the answer. */
  const fetchAll = (ids: string[]) =>
    collection.find({ _id: { $in: ids } }, { hint: byId, batchSize: ids.length + 1, maxTimeMS }).toArray();

  const ask = gather<Asked>(async (batch) => {
    const ids = [...new Set(batch.map(({ id }) => id))];
    try {
      // Nothing but one id is the server's shortest way.
      const documents = await (ids.length === 1 ? fetchOne(ids) : fetchAll(ids));
      const found = new Map(documents.map((document) => [document._id, document]));
      for (const { id, resolve } of batch) resolve(found.get(id));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  });

  return (id) => {
    const asked = { id, ...Promise.withResolvers<RecordDocument | undefined>() };
    ask(asked);
    return asked.promise;
  };
}
