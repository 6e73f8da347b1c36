// The stored state of one sign-in under way. It is never a session: that begins when the last step is done.
import type { Keys } from '../../keys/keys.ts';
import type { Expiring } from '../../storage/port.ts';
import { AppError } from '../../errors.ts';
import type { Lane } from '../events.ts';
import type { Channel, Identifier } from '../identifiers/identifier.ts';
import type { Proof } from '../proofs.ts';
import { sealedExpiring, type Stored } from '../sealed-rows.ts';
import type { Needs } from './needs.ts';

export type Pending = {
  identifier: Identifier;
  /** What the person typed, shown back to them and never rewritten. */
  typed: string;
  lane: Lane;
  /** Typed where either address could be: the page must not tell whether the number is known. */
  unsure: boolean;
  decoy: boolean;
  /** The live challenge, if a message was allowed to leave. */
  challenge?: string;
  /** The end of the challenge's life, and whether wrong codes ended it before: once it is gone nothing else tells. */
  expiresAt?: number;
  spent?: true;
  sends: number;
  /** When a new message may be asked for; a hint for the page. */
  nextSendAt?: number;
  /** What the last resend did, for the page to announce. */
  notice?: 'code_resent' | 'code_renewed';
};

export type SignIn = {
  interaction: string;
  client: string;
  needs: Needs;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** Whose session or address it is; undefined for a new address. */
  account?: string;
  /** The account's generation when it was proven whose it is: a sign-in that began before everything was ended has ended, too. */
  generation?: number;
  proofs: Proof[];
  /** Addresses proven in this very sign-in, newest value each. */
  proven: { email?: Identifier; phone?: Identifier };
  pending?: Pending;
  /** The last one of each channel that a message has left for: typed again, its code still works; a newer one kills it. */
  sent?: Partial<Record<Channel, Pending>>;
  /** The last challenge that was answered rightly, to recognise its code on the next page. */
  answered?: string;
  withoutPhone?: 'no_mobile' | 'not_now';
  /** The right code, but somebody else's number. */
  numberUsed?: Identifier;
  sharedComputer: boolean;
};

export type SignIns = ReturnType<typeof createSignInStore>;

const attempts = 10;
/** The version of a row that isn't there; the first one is 1. */
const unstored = 0;

export function createSignInStore({ expiring, keys, now }: { expiring: Expiring; keys: Keys; now: () => number }) {
  const rows = sealedExpiring<SignIn>(expiring, keys, 'sign-in');
  const keyOf = (interaction: string) => keys.lookup('sign-in', interaction);
  const ttl = ({ expiresAt }: SignIn) => Math.max(1, Math.ceil((expiresAt - now()) / 1000));

  /** The row that a value was read from: a request that moves what it has just found need not read it anew. */
  const origins = new WeakMap<SignIn, Stored<SignIn>>();

  async function read(interaction: string): Promise<Stored<SignIn> | undefined> {
    const stored = await rows.get(keyOf(interaction));
    if (stored) origins.set(stored.value, stored);
    return stored;
  }

  async function find(interaction: string): Promise<SignIn | undefined> {
    return (await read(interaction))?.value;
  }

  /** Two tabs may begin at once; both get the one that was stored. */
  async function begin(signIn: SignIn): Promise<SignIn> {
    if (await rows.add(keyOf(signIn.interaction), signIn, ttl(signIn))) return signIn;
    return (await find(signIn.interaction)) ?? signIn;
  }

  /** Stored by its first move: a page that is only looked at leaves nothing behind. */
  function draft(signIn: SignIn): SignIn {
    origins.set(signIn, { value: signIn, version: unstored });
    return signIn;
  }

  function write(interaction: string, stored: Stored<SignIn>): Promise<boolean> {
    const key = keyOf(interaction);
    if (stored.version === unstored) return rows.add(key, stored.value, ttl(stored.value));
    return rows.replace(key, stored, ttl(stored.value));
  }

  /**
   * One move of the step machine, by version: `change` is asked again if another request moved first.
   * @throws {AppError} interaction_gone
   */
  async function move(signIn: SignIn, change: (signIn: SignIn) => SignIn): Promise<SignIn> {
    let stored = origins.get(signIn);
    for (let attempt = 0, fresh = false; attempt < attempts; attempt += 1, fresh = true) {
      if (!stored && fresh) throw new AppError('interaction_gone');
      const value = stored && change(stored.value);
      // That there is nothing to change is only believed of what is there now.
      if (value && value === stored?.value && fresh) return value;
      if (stored && value && value !== stored.value && (await write(signIn.interaction, { ...stored, value }))) {
        origins.set(value, { value, version: stored.version + 1 });
        return value;
      }
      stored = await read(signIn.interaction);
    }
    throw new AppError('unavailable');
  }

  return { find, begin, draft, move, remove: (interaction: string) => rows.remove(keyOf(interaction)) };
}
