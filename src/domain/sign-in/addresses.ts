// An address is typed: who may get a code there, in which lane, and what the page may tell about it (nothing).
import { AppError } from '../../errors.ts';
import type { Account } from '../accounts/account.ts';
import { findAddress } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Holder } from '../challenges/challenge.ts';
import type { Asked, Challenges } from '../challenges/challenges.ts';
import type { Wording } from '../challenges/sending.ts';
import type { Device, Devices } from '../devices.ts';
import type { Lane } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import { findProof } from '../proofs.ts';
import type { Pending, SignIn, SignIns } from './sign-in.ts';

/** Who asks: the browser's device cookie, and the words that its messages should have. */
export type Browser = { device: Device; wording: Wording };

type Deps = { accounts: Accounts; challenges: Challenges; devices: Devices; signIns: SignIns; now: () => number; phoneStaleDays: number };

export const holderOf = (signIn: SignIn, { device }: Browser): Holder => ({ interaction: signIn.interaction, browser: device.id });

/** Plus-tags of a mailbox are one payer. */
function payerOf({ proofs }: SignIn): string | undefined {
  const proof = findProof(proofs, 'email');
  return proof?.mailbox ?? proof?.key;
}

function askedFor(signIn: SignIn, pending: Pending, browser: Browser): Asked {
  const { identifier, lane, decoy, unsure } = pending;
  return {
    purpose: 'sign-in',
    identifier,
    lane,
    decoy,
    payer: identifier.channel === 'phone' && !unsure ? payerOf(signIn) : undefined,
    holder: holderOf(signIn, browser),
    other: signIn.answered,
    wording: browser.wording,
  };
}

export function createAddressSteps({ accounts, challenges, devices, signIns, now, phoneStaleDays }: Deps) {
  /** A number opens its account alone only while it was proven lately: it may have a new owner (scenario S9). */
  const mayPhoneSignIn = (owner: Account | undefined, identifier: Identifier) =>
    owner !== undefined && (findAddress(owner, 'phone', identifier.key)?.provenAt ?? 0) >= now() - phoneStaleDays * 86_400_000;

  /** Mail goes to the form that was proven first: another spelling may be another mailbox. */
  function asFirstProven(identifier: Identifier, owner: Account | undefined): Identifier {
    const known = owner && findAddress(owner, identifier.channel, identifier.key);
    return known ? { ...identifier, address: known.address } : identifier;
  }

  async function laneOf(identifier: Identifier, owner: Account | undefined, device: Device): Promise<Lane> {
    const known = devices.knows(device, owner?.id ?? 'nobody');
    return known && (await challenges.isKnownLaneOpen(identifier)) ? 'known' : 'stranger';
  }

  /**
   * Takes an address and sends its code. A pause that holds the message back is no error: the code page says when.
   * @param entry where it was typed; a number on the first page is texted only if it can sign in here
   */
  async function submit(
    signIn: SignIn,
    typed: { identifier: Identifier; text: string; sharedComputer?: boolean },
    browser: Browser,
  ): Promise<SignIn> {
    challenges.foresee(typed.identifier);
    const owner = await accounts.findUnseen(typed.identifier);
    const identifier = asFirstProven(typed.identifier, owner);
    // A text needs an account that has this number, or a browser that has just proven an email.
    const onFirstPage = identifier.channel === 'phone' && !findProof(signIn.proofs, 'email', signIn.needs.freshSince);
    const pending: Pending = {
      identifier,
      typed: typed.text,
      lane: await laneOf(identifier, owner, browser.device),
      unsure: onFirstPage,
      decoy: onFirstPage && !mayPhoneSignIn(owner, identifier),
      sends: 0,
    };
    const sent = await trySend(signIn, pending, browser);
    return signIns.move(signIn, (current) => {
      const next = hasOvertaken(current.pending, sent, signIn.pending) ? current.pending : sent;
      const sharedComputer = typed.sharedComputer ?? current.sharedComputer;
      if (next === current.pending && sharedComputer === current.sharedComputer) return current;
      return { ...current, pending: next, ...rememberSent(current, next), numberUsed: undefined, sharedComputer };
    });
  }

  /**
   * Of two clicks only one sends; the other must not take its challenge away, whichever of them ends first.
   * @param before what was pending when the request came
   */
  function hasOvertaken(current: Pending | undefined, sent: Pending, before: Pending | undefined): current is Pending {
    if (current?.identifier.key !== sent.identifier.key) return false;
    if (sent.challenge !== undefined && sent.challenge !== before?.challenge) return false;
    if (current.challenge !== before?.challenge) return true;
    return current.challenge === sent.challenge && current.nextSendAt === sent.nextSendAt && current.typed === sent.typed;
  }

  async function trySend(signIn: SignIn, pending: Pending, browser: Browser): Promise<Pending> {
    // The same address again (a reload, the back button, a slip mended): its live code stays, and so does the pause.
    const earlier = signIn.sent?.[pending.identifier.channel];
    const same = earlier?.identifier.key === pending.identifier.key && earlier.unsure === pending.unsure;
    if (same && earlier.challenge && (await challenges.findUsable(earlier.challenge))) return { ...earlier, typed: pending.typed };
    try {
      const challenge = await challenges.issue(askedFor(signIn, pending, browser));
      if (earlier?.challenge) await challenges.kill(earlier.challenge);
      return { ...pending, challenge: challenge.id, expiresAt: challenge.expiresAt, sends: 1, nextSendAt: challenges.nextSendAt(now(), 1) };
    } catch (error) {
      if (!(error instanceof AppError) || error.details.retryAt === undefined) throw error;
      return { ...pending, nextSendAt: error.details.retryAt };
    }
  }

  const rememberSent = ({ sent }: SignIn, pending: Pending | undefined) =>
    pending?.challenge === undefined ? {} : { sent: { ...sent, [pending.identifier.channel]: pending } };

  /**
   * The same code once more, or a new one.
   * @throws {AppError} send_too_soon, sends_spent (with `retryAt`); interaction_gone if there is nothing to send
   */
  async function resend(signIn: SignIn, browser: Browser): Promise<SignIn> {
    const { pending } = signIn;
    if (!pending) throw new AppError('interaction_gone');
    const owner = await accounts.findUnseen(pending.identifier);
    const lane = await laneOf(pending.identifier, owner, browser.device);
    // A lane that has ended takes its challenge along.
    const live = lane === pending.lane ? pending.challenge : undefined;
    const { challenge, renewed } = await challenges.resend(live, askedFor(signIn, { ...pending, lane }, browser));
    const sends = pending.sends + 1;
    const { id, expiresAt } = challenge;
    const moved = { challenge: id, expiresAt, spent: undefined, lane, sends, nextSendAt: challenges.nextSendAt(now(), sends) };
    const notice: Pending['notice'] = pending.challenge === undefined ? undefined : renewed ? 'code_renewed' : 'code_resent';
    return signIns.move(signIn, (current) => {
      // Another address was typed meanwhile: this challenge must never pass for that one's.
      const unchanged = current.pending?.identifier.key === pending.identifier.key && current.pending.challenge === pending.challenge;
      if (!unchanged || !current.pending) return current;
      const next = { ...current.pending, ...moved, notice };
      return { ...current, pending: next, ...rememberSent(current, next) };
    });
  }

  /** Back to the step before: another address. */
  function forget(signIn: SignIn): Promise<SignIn> {
    return signIns.move(signIn, (current) => ({ ...current, pending: undefined, numberUsed: undefined }));
  }

  return { submit, resend, forget };
}
