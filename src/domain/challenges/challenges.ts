// Issues challenges, sends their codes (the same one again on a resend) and redeems them.
import { randomBytes } from 'node:crypto';
import type { Courier } from '../../delivery/port.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Expiring, Records } from '../../storage/port.ts';
import type { Events } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import type { SendLimits, TryLimits } from '../limits/ledgers.ts';
import { sealedExpiring } from '../sealed-rows.ts';
import type { Challenge, Holder, Purpose } from './challenge.ts';
import { chooseCounter, deriveCode } from './code.ts';
import { createFailures } from './failures.ts';
import { createCodeLength } from './length.ts';
import { createLiveChallenges } from './live.ts';
import { createRedeeming } from './redeeming.ts';
import { createSending, type Slot, type Wording } from './sending.ts';

export type CodeLimits = TryLimits & {
  renewBelowSeconds: number;
  doubleSubmitSeconds: number;
  knownLaneFailures: number;
  strangerFailures: number;
  strangerFailureDays: number;
  strangerChallengesPerAddress: number;
};

type Deps = {
  expiring: Expiring;
  records: Records;
  keys: Keys;
  courier: Courier;
  events: Events;
  codes: CodeLimits;
  sending: SendLimits;
  now: () => number;
};

/** What a challenge is asked for. `decoy`: look the same, send nothing, accept nothing. `other`: the sign-in's other challenge. */
export type Asked = Slot & {
  purpose: Purpose;
  holder: Holder;
  decoy: boolean;
  other?: string;
  wording: Wording;
};

export type Challenges = ReturnType<typeof createChallenges>;

export function createChallenges(deps: Deps) {
  const { expiring, records, keys, events, codes, now } = deps;
  const challenges = sealedExpiring<Challenge>(expiring, keys, 'challenge');
  const live = createLiveChallenges({ expiring, keys, now, strangers: codes.strangerChallengesPerAddress });
  const sending = createSending({ ...deps, limits: deps.sending });
  const failures = createFailures(records);
  const { redeem, isKnownLaneOpen } = createRedeeming({ ...deps, failures, limits: codes });
  const chooseDigits = createCodeLength({ expiring, failures, limits: codes });

  /** A code for the address is about to be asked for: what it is judged by is read with what is read now. */
  const foresee = ({ key }: Identifier): void => failures.foresee(key);

  async function find(id: string): Promise<Challenge | undefined> {
    const row = await challenges.get(id);
    return row && row.markedAt === undefined ? row.value : undefined;
  }

  /**
   * A new challenge with its first message.
   * @throws {AppError} send_too_soon, sends_spent: no challenge was made, and the earlier one lives on
   */
  async function issue(asked: Asked): Promise<Challenge> {
    const { purpose, identifier, lane, holder, decoy } = asked;
    const digits = await chooseDigits(identifier, lane);
    await sending.claimSlot(asked);
    const other = asked.other && (await challenges.get(asked.other))?.value;
    const fresh = {
      id: randomBytes(16).toString('base64url'),
      purpose,
      channel: identifier.channel,
      identifier,
      lane,
      holder,
      pepper: keys.currentPepper,
      digits,
      issuedAt: now(),
      expiresAt: now() + codes.lifeSeconds * 1000,
      decoy,
    };
    const challenge = { ...fresh, counter: chooseCounter(keys, fresh, other ? deriveCode(keys, other) : undefined) };
    const [seen] = await Promise.all([live.look(identifier), challenges.add(challenge.id, challenge, codes.lifeSeconds)]);
    await live.enter(challenge, seen);
    events.emit({ type: 'code_issued', channel: challenge.channel, lane });
    sending.send(challenge, asked.wording);
    return challenge;
  }

  /** A new code of the same browser, purpose and channel has taken its place. */
  const kill = (id: string) => challenges.remove(id);

  const renews = (challenge: Challenge) => challenge.expiresAt - now() < codes.renewBelowSeconds * 1000;

  /** Strangers have spent the tries of its address since it was made: a code that is made now is longer. */
  const isOutgrown = async ({ identifier, lane, digits }: Challenge) => digits < (await chooseDigits(identifier, lane));

  /** A live challenge whose code is as good as a new one's. */
  async function findUsable(id: string): Promise<Challenge | undefined> {
    const challenge = await find(id);
    return challenge && !(await isOutgrown(challenge)) ? challenge : undefined;
  }

  /**
   * The same code again, or a new challenge where the old one has too little life left for a late message, or too short a code.
   * @throws {AppError} send_too_soon, sends_spent
   */
  async function resend(id: string | undefined, asked: Asked): Promise<{ challenge: Challenge; renewed: boolean }> {
    const current = id === undefined ? undefined : await findUsable(id);
    if (!current || renews(current)) return { challenge: await issue(asked), renewed: true };
    await sending.claimSlot({ ...asked, identifier: current.identifier, lane: current.lane });
    await sending.sendAgain(current, asked.wording);
    return { challenge: current, renewed: false };
  }

  return {
    foresee,
    issue,
    resend,
    redeem,
    kill,
    isKnownLaneOpen,
    find,
    findUsable,
    renews,
    nextSendAt: sending.nextSendAt,
    findOutcome: sending.findOutcome,
  };
}
