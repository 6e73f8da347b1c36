// What an operator does with a store beside the program: opens it to move it, and backs it up.
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreUnusable } from '../errors.ts';
import type { MongoSettings } from './mongo/connection.ts';
import type { Movable } from './port.ts';

export type UpkeepSettings = { databaseUrl: string; mongo: Omit<MongoSettings, 'url'> };

/** Said in words that hold no password. */
export class UpkeepError extends StoreUnusable {}

/** A batch of rows may take longer than a person would wait. */
const patienceMs = 600_000;

const memory = 'sqlite::memory:';

/** A store that rows are read from, which must be there; or one that they are written to. @throws {UpkeepError} */
export async function openMovable(settings: UpkeepSettings, now: () => number, mustExist: boolean): Promise<Movable> {
  const file = fileOf(settings.databaseUrl);
  if (file === undefined) return openMongo(settings, now);
  if (mustExist) checkFile(file);
  const { openMovable: open } = await import('./sqlite/moving.ts');
  try {
    return open(file, now);
  } catch (error) {
    throw isBusy(error) ? new UpkeepError(`${file} is open in another process. Stop the server first.`, { cause: error }) : error;
  }
}

/** Copies the durable file of the embedded store while a server may be writing to it; answers how many rows. @throws {UpkeepError} */
export async function backUp(databaseUrl: string, target: string): Promise<number> {
  const file = fileOf(databaseUrl);
  if (file === undefined) throw new UpkeepError('Only the embedded store is backed up this way; for MongoDB there is mongodump.');
  checkFile(file);
  if (existsSync(target)) throw new UpkeepError(`${target} is there already; a backup overwrites nothing.`);
  // A folder that was mistyped would be made, and the backup be looked for elsewhere.
  if (!statSync(dirname(target), { throwIfNoEntry: false })?.isDirectory())
    throw new UpkeepError(`There is no folder ${dirname(target)}. Make it first.`);
  const { copyFile } = await import('./sqlite/backup.ts');
  return copyFile(file, target);
}

/** Commands about people: in the wrong folder they would make a new store, and find nobody in it. @throws {UpkeepError} */
export function checkStoreIsThere(databaseUrl: string): void {
  const file = fileOf(databaseUrl);
  if (file !== undefined) checkFile(file);
}

/** @returns undefined for a database on MongoDB */
function fileOf(databaseUrl: string): string | undefined {
  if (databaseUrl === memory) throw new UpkeepError('A database in memory is its own process’s alone.');
  if (databaseUrl.startsWith('sqlite:')) return databaseUrl.slice('sqlite:'.length);
  if (/^mongodb(\+srv)?:/.test(databaseUrl)) return undefined;
  throw new UpkeepError('A database URL must start with sqlite: or mongodb://');
}

function checkFile(file: string): void {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new UpkeepError(`There is no file ${file}.`);
}

async function openMongo({ databaseUrl, mongo }: UpkeepSettings, now: () => number): Promise<Movable> {
  const { openMongo: open } = await import('./mongo/open.ts');
  const patient = { ...mongo, url: databaseUrl, answerTimeoutMs: patienceMs, maxTimeMs: patienceMs, socketTimeoutMs: patienceMs };
  const home = await open(patient, now).catch((error: Error) => {
    throw new UpkeepError(error.message, { cause: error });
  });
  return { ...home.moving, close: home.close };
}

const isBusy = (error: unknown): boolean => (error as { errcode?: unknown }).errcode === 5;
