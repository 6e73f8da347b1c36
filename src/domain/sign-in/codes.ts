// A code is typed: what a right one proves, whose account that is, and what happens when the number is somebody else's.
import { AppError } from '../../errors.ts';
import { type Account, findAddress, generationOf } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Challenges } from '../challenges/challenges.ts';
import { createTurns } from '../challenges/turns.ts';
import type { Events } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import type { Notices } from '../notices.ts';
import { addProof } from '../proofs.ts';
import { type Browser, holderOf } from './addresses.ts';
import type { SignIn, SignIns } from './sign-in.ts';

type Deps = {
  accounts: Accounts;
  challenges: Challenges;
  signIns: SignIns;
  events: Events;
  now: () => number;
  notices: Notices;
};

export function createCodeSteps({ accounts, challenges, signIns, events, now, notices }: Deps) {
  const take = createTurns();

  /** Signing in with an address: its account, or none yet. What another account proved in this browser doesn't carry over. */
  function signInWith(signIn: SignIn, identifier: Identifier, owner: Account | undefined): SignIn {
    const same = owner !== undefined && owner.id === signIn.account;
    return {
      ...signIn,
      account: owner?.id,
      generation: owner && generationOf(owner),
      proofs: addProof(same ? signIn.proofs : [], identifier, now()),
      proven: { ...(same ? signIn.proven : {}), [identifier.channel]: identifier },
    };
  }

  /** A number beside a proven email: added to the person's own account unless it is another's. */
  function addPhone(signIn: SignIn, identifier: Identifier, owner: Account | undefined): SignIn {
    if (owner && owner.id !== signIn.account) return { ...signIn, numberUsed: identifier };
    return {
      ...signIn,
      proofs: addProof(signIn.proofs, identifier, now()),
      proven: { ...signIn.proven, phone: identifier },
      withoutPhone: undefined,
    };
  }

  /** Somebody else became the owner meanwhile, under another spelling: that mailbox was not proven. */
  function isOthersSpelling({ channel, key, address }: Identifier, owner: Account | undefined): boolean {
    const known = owner && findAddress(owner, channel, key);
    return known !== undefined && known.address !== address;
  }

  /** @param identifier what the code was sent to; whatever else is pending by now was not proven by it */
  async function advance(signIn: SignIn, challenge: string, identifier: Identifier): Promise<SignIn> {
    const owner = await accounts.findByAddress(identifier);
    let mine = false;
    const moved = await signIns.move(signIn, (current) => {
      // The second of two clicks finds the first one's work done.
      const { pending } = current;
      mine = pending?.challenge === challenge && pending.identifier.key === identifier.key;
      if (!pending || !mine) return current;
      const rest = { ...current, pending: undefined, answered: challenge };
      if (isOthersSpelling(identifier, owner)) return rest;
      return identifier.channel === 'phone' && !pending.unsure ? addPhone(rest, identifier, owner) : signInWith(rest, identifier, owner);
    });
    if (mine && moved.numberUsed && owner) {
      events.emit({ type: 'address_conflict', channel: 'phone' });
      await notices.tellNumberUsed(owner, moved.numberUsed);
    }
    return moved;
  }

  /** The challenge is gone by now: only the sign-in can still tell why. */
  async function rememberSpent(signIn: SignIn, challenge: string): Promise<void> {
    await signIns.move(signIn, (current) => {
      const { pending } = current;
      return pending?.challenge === challenge ? { ...current, pending: { ...pending, spent: true } } : current;
    });
  }

  /**
   * Tries a code against the address in the server's record (never one from the form).
   * @throws {AppError} what redeeming throws; code_unsent where no message has left yet
   */
  async function submit(signIn: SignIn, typed: string, browser: Browser): Promise<SignIn> {
    const { pending } = signIn;
    // Nothing pending any more: the other click, or the other tab, was right; the dispatcher knows where to go on.
    if (!pending && signIn.answered) return signIn;
    const challenge = pending?.challenge;
    if (!challenge) throw new AppError('code_unsent');
    if (pending.spent) throw new AppError('code_spent');
    return take(challenge, async () => {
      const attempt = { challenge, holder: holderOf(signIn, browser), typed, other: signIn.answered };
      try {
        const { identifier, givenBack } = await challenges.redeem(attempt);
        const [advanced] = await Promise.all([advance(signIn, challenge, identifier), givenBack]);
        return advanced;
      } catch (error) {
        if (error instanceof AppError && error.code === 'code_spent') await rememberSpent(signIn, challenge);
        throw error;
      }
    });
  }

  return { submit };
}
