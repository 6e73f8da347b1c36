// Claims a send slot and hands the message to the background: at most one message per slot, whatever happens after.
import { AppError } from '../../errors.ts';
import type { Keys } from '../../keys/keys.ts';
import type { Courier, Outcome } from '../../delivery/port.ts';
import type { Expiring, Records } from '../../storage/port.ts';
import type { Events, Lane } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import { sendLedgers, sendPartition, type SendLimits } from '../limits/ledgers.ts';
import { createTextBudget } from '../limits/texts.ts';
import type { Challenge } from './challenge.ts';
import { deriveCode } from './code.ts';

export type SendOutcome = Outcome | 'sending';
/** How the message should read. */
export type Wording = { locale: string; clientName?: string };

type Deps = { expiring: Expiring; records: Records; keys: Keys; courier: Courier; events: Events; limits: SendLimits; now: () => number };

export type Slot = { identifier: Identifier; lane: Lane; payer?: string };

export function createSending({ expiring, records, keys, courier, events, limits, now }: Deps) {
  const claimText = createTextBudget({ expiring, records, limits, now });
  const outcomeLife = (challenge: Challenge) => Math.max(1, Math.ceil((challenge.expiresAt - now()) / 1000));

  /**
   * `payer`: key of the mailbox whose proof lets this sign-in have numbers texted; absent where it texts those alone that can sign in.
   * @throws {AppError} send_too_soon, sends_spent (both with `retryAt`)
   */
  async function claimSlot({ identifier, lane, payer }: Slot): Promise<void> {
    const { channel } = identifier;
    const refuse = (why: 'gap' | 'budget' | 'deployment', retryAt: number): never => {
      events.emit({ type: 'send_refused', channel, lane, why });
      throw new AppError(why === 'gap' ? 'send_too_soon' : 'sends_spent', { retryAt, channel });
    };
    const [gap, sends] = sendLedgers(limits, channel);
    const partition = sendPartition(identifier, lane);
    const spent = await expiring.spend(partition, [gap, sends]);
    if (!spent.ok) return refuse(spent.ledger === gap.name ? 'gap' : 'budget', spent.retryAt);
    const text = payer === undefined || lane === 'known' ? undefined : await claimText(payer);
    if (!text || text.ok) return;
    await expiring.refund(partition, [gap.name, sends.name]);
    refuse(text.spent === 'all' ? 'deployment' : 'budget', text.retryAt);
  }

  /** When the next send to the address may be tried, judged by the gap after the `sends`-th one; a hint for the page only. */
  const nextSendAt = (sentAt: number, sends: number) =>
    sentAt + 1000 * (limits.gapsSeconds[Math.min(sends, limits.gapsSeconds.length) - 1] ?? 0);

  const keepOutcome = (challenge: Challenge, outcome: SendOutcome) => expiring.put('send', challenge.id, outcome, outcomeLife(challenge));

  function send(challenge: Challenge, wording: Wording): void {
    const code = deriveCode(keys, challenge);
    // A decoy does all the same work up to here, so that its page takes as long.
    if (challenge.decoy || !code) return;
    courier.send({
      channel: challenge.channel === 'email' ? 'email' : 'sms',
      to: challenge.identifier.address,
      locale: wording.locale,
      content: { kind: 'code', code, clientName: wording.clientName, expiresInSeconds: Math.floor((challenge.expiresAt - now()) / 1000) },
      expiresAt: challenge.expiresAt,
      async onOutcome(outcome) {
        events.emit({ type: 'code_sent', channel: challenge.channel, outcome });
        await keepOutcome(challenge, outcome);
      },
    });
  }

  /** The same code once more: how the message before ended says nothing of this one. */
  async function sendAgain(challenge: Challenge, wording: Wording): Promise<void> {
    await keepOutcome(challenge, 'sending');
    send(challenge, wording);
  }

  /** How the last message of a live challenge ended, as far as is known. */
  async function findOutcome(challenge: string): Promise<SendOutcome> {
    return (await expiring.get<SendOutcome>('send', challenge))?.value ?? 'sending';
  }

  return { claimSlot, nextSendAt, send, sendAgain, findOutcome };
}
