// Where a deployment under measurement keeps its data.
import type { Meter } from '../contenders/process.ts';

/** What tells the program of one store: variables, and settings that have none. */
export type Place = { env: { DATABASE_URL: string; REDIS_URL?: string }; settings: { redis?: { prefix: string } } };

export type Store = {
  title: string;
  /** A new, empty one; `folder` is the deployment's. */
  choose(folder: string): Place;
  /** The processes beside Latchkey's, by name. */
  meters: Record<string, Meter>;
};

export const embedded: Store = {
  title: 'embedded store',
  choose: (folder) => ({ env: { DATABASE_URL: `sqlite:${folder}/data/latchkey.db` }, settings: {} }),
  meters: {},
};
