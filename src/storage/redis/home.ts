// What every part of the driver works with.
import type { Calls } from './calls.ts';
import type { Client } from './client.ts';
import type { KeyNames } from './keys.ts';

/** `now`: the clock that rows and spends go by, milliseconds since the epoch. */
export type Home = { client: Client; calls: Calls; names: KeyNames; now: () => number };
