// Reads of one row that are asked for in the same turn of the event loop go to the server as one command: what a command
// costs the driver, and the way there, is most of what a read costs.
import { byId } from './documents.ts';
import type { RecordCollection, RecordDocument } from './schema.ts';

type Found = Promise<RecordDocument | undefined>;
type Asked = Map<string, PromiseWithResolvers<RecordDocument | undefined>>;

/** Each read begins after it was asked for, so that it sees whatever was acknowledged before. */
export function gatherReads(collection: RecordCollection, maxTimeMS: number): (id: string) => Found {
  let asked: Asked | undefined;

  async function fetchOne([id]: string[]): Promise<RecordDocument[]> {
    const document = await collection.findOne({ _id: id }, { maxTimeMS });
    return document ? [document] : [];
  }

  /** One batch: the cursor is used up with the answer. */
  const fetchAll = (ids: string[]) =>
    collection.find({ _id: { $in: ids } }, { hint: byId, batchSize: ids.length + 1, maxTimeMS }).toArray();

  async function ask(batch: Asked): Promise<void> {
    const ids = [...batch.keys()];
    try {
      // Nothing but one id is the server's shortest way.
      const documents = await (ids.length === 1 ? fetchOne(ids) : fetchAll(ids));
      for (const document of documents) batch.get(document._id)?.resolve(document);
      for (const { resolve } of batch.values()) resolve(undefined);
    } catch (error) {
      for (const { reject } of batch.values()) reject(error);
    }
  }

  return (id) => {
    if (!asked) {
      const batch: Asked = (asked = new Map());
      setImmediate(() => {
        asked = undefined;
        void ask(batch);
      });
    }
    const waiting = asked.get(id) ?? Promise.withResolvers<RecordDocument | undefined>();
    asked.set(id, waiting);
    return waiting.promise;
  };
}
