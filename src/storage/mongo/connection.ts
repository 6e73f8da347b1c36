// The connection: how many, and how long anything may take.
import mongoose, { type Connection, type ConnectOptions } from 'mongoose';
import { createDeadlines, type Deadlines } from './deadlines.ts';
import { openCollection, type RecordCollection } from './schema.ts';

/** Times in milliseconds. */
export type MongoSettings = {
  url: string;
  minPoolSize: number;
  maxPoolSize: number;
  /** After this an operation has failed, whatever it waited for. */
  answerTimeoutMs: number;
  /** How long the server may work at a command. */
  maxTimeMs: number;
  serverSelectionTimeoutMs: number;
  connectTimeoutMs: number;
  socketTimeoutMs: number;
};

/** A primary that hangs is given up after this and `connectTimeoutMs`; the driver's 10 s would be most of a person's patience. */
const heartbeatFrequencyMS = 2000;

export type Connected = { connection: Connection; collection: RecordCollection; deadlines: Deadlines };

export async function connect(settings: MongoSettings): Promise<Connected> {
  const connection = mongoose.createConnection(settings.url, toOptions(settings));
  try {
    await connection.asPromise();
    const deadlines = createDeadlines(settings.answerTimeoutMs);
    deadlines.learn(await greet(connection));
    connection.getClient().on('serverHeartbeatSucceeded', ({ reply }) => {
      if (reply.isWritablePrimary && reply.localTime instanceof Date) deadlines.learn(reply.localTime);
    });
    return { connection, collection: await openCollection(connection, settings.maxTimeMs), deadlines };
  } catch (error) {
    await connection.close(true);
    throw error;
  }
}

function toOptions(settings: MongoSettings): ConnectOptions {
  return {
    // See writing.ts: a repeated command is recognised by the server.
    retryWrites: true,
    retryReads: true,
    bufferCommands: false,
    minPoolSize: settings.minPoolSize,
    maxPoolSize: settings.maxPoolSize,
    waitQueueTimeoutMS: settings.answerTimeoutMs,
    serverSelectionTimeoutMS: settings.serverSelectionTimeoutMs,
    connectTimeoutMS: settings.connectTimeoutMs,
    socketTimeoutMS: settings.socketTimeoutMs,
    heartbeatFrequencyMS,
    appName: 'latchkey',
  };
}

/** Answers the server's time. */
async function greet(connection: Connection): Promise<Date> {
  const { setName, msg, localTime } = await connection.getClient().db('admin').command({ hello: 1 });
  if (setName || msg === 'isdbgrid') return localTime as Date;
  throw new Error(
    'it must run as a replica set (one member will do) or be sharded: a server that stands alone recognises no repeated write',
  );
}
