// Durable truth on MongoDB: a replica set or a sharded cluster.
import { AppError, StoreUnusable } from '../../errors.ts';
import type { Movable, Records } from '../port.ts';
import { answerWithin, openCalls } from './calls.ts';
import { connect, type MongoSettings } from './connection.ts';
import { checkHealth } from './health.ts';
import { openMoving } from './moving.ts';
import { openRecords } from './records.ts';

export type MongoHome = { records: Records; moving: Omit<Movable, 'close'>; check(): Promise<void>; close(): Promise<void> };

export async function openMongo(settings: MongoSettings, now: () => number): Promise<MongoHome> {
  const { connection, collection, deadlines } = await explain(() => connect(settings));
  const calls = openCalls(settings.answerTimeoutMs);
  return {
    records: openRecords({ collection, calls, now, maxTimeMS: settings.maxTimeMs, deadlines }),
    moving: openMoving({ collection, calls, now, maxTimeMS: settings.maxTimeMs }),
    check: () => explain(() => calls.run(() => checkHealth(connection, now))),
    async close() {
      await calls.close();
      // Saying goodbye to a server that hangs would wait for it.
      await answerWithin(settings.answerTimeoutMs, connection.close()).catch(() => connection.close(true));
    },
  };
}

/** For the operator; the URL may hold a password, and no message of the driver repeats it. */
async function explain<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const { message } = (error instanceof AppError ? error.cause : error) as Error;
    throw new StoreUnusable(`MongoDB can't be used: ${message}`, { cause: error });
  }
}
