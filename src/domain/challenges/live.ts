// Which challenges of an address are live: a new one of the same browser replaces its older one, strangers make room for
// one another only, and the known lane's are never pushed out (scenario S4).
import { AppError } from '../../errors.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Expiring, Row } from '../../storage/port.ts';
import type { Lane } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import type { Challenge } from './challenge.ts';

/** `browser`: a keyed hash, for the list is not sealed and the browser's id is its cookie. */
type Entry = { id: string; browser: string; purpose: string; lane: Lane; expiresAt: number };

const attempts = 20;

type Deps = { expiring: Expiring; keys: Keys; now: () => number; strangers: number };

export function createLiveChallenges({ expiring, keys, now, strangers }: Deps) {
  /** @returns the entries that stay, and the ids of those that have to go */
  function makeRoom(entries: Entry[], next: Entry): { stay: Entry[]; go: string[] } {
    const replaced = (entry: Entry) => entry.browser === next.browser && entry.purpose === next.purpose;
    const kept = entries.filter((entry) => entry.expiresAt > now() && !replaced(entry));
    const others = kept.filter(({ lane }) => lane === 'stranger');
    const pushedOut = next.lane === 'stranger' ? others.slice(0, Math.max(0, others.length + 1 - strangers)) : [];
    const stay = kept.filter((entry) => !pushedOut.includes(entry));
    return { stay: [...stay, next], go: entries.filter((entry) => !stay.includes(entry)).map(({ id }) => id) };
  }

  /** The list of an address, for who is about to enter a challenge there. */
  const look = ({ key }: Identifier) => expiring.get<Entry[]>('live', key);

  /**
   * Enters a challenge, which has to be there, in its address's list and removes those that made room.
   * @param seen the list as it was a moment ago
   * @throws {AppError} unavailable: no message must leave for it
   */
  async function enter({ id, identifier, holder, purpose, lane, expiresAt }: Challenge, seen: Row<Entry[]> | undefined): Promise<void> {
    const next: Entry = { id, browser: keys.lookup('browser', holder.browser), purpose, lane, expiresAt };
    const ttl = Math.ceil((expiresAt - now()) / 1000);
    let row = seen;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (attempt > 1) row = await look(identifier);
      const { stay, go } = makeRoom(row?.value ?? [], next);
      const written = row
        ? await expiring.replace('live', identifier.key, stay, row.version, ttl)
        : await expiring.add('live', identifier.key, stay, ttl);
      if (written) {
        await Promise.all(go.map((gone) => expiring.remove('challenge', gone)));
        return;
      }
    }
    // Everybody else got in between, twenty times: the address is under a storm, and this challenge stays out.
    await expiring.remove('challenge', id);
    throw new AppError('unavailable');
  }

  return { look, enter };
}
