// The end of a sign-in: what was proven is written to the account, in an order in which a crash costs a new code at most.
import { AppError } from '../../errors.ts';
import { type Account, findAddress, generationOf } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Consents } from '../consents/consents.ts';
import type { Events } from '../events.ts';
import type { Identifier } from '../identifiers/identifier.ts';
import type { Notices } from '../notices.ts';
import type { Proof } from '../proofs.ts';
import type { SignIn, SignIns } from './sign-in.ts';

export type Settled = { account: Account; proofs: Proof[]; sharedComputer: boolean };

type Deps = { accounts: Accounts; consents: Consents; signIns: SignIns; events: Events; notices: Notices };

export function createSettling({ accounts, consents, signIns, events, notices }: Deps) {
  /**
   * `held`: the proof that the account was just made with.
   * @throws {AppError} interaction_gone also where everything of the account was ended since it was proven whose it is
   */
  async function findOrCreate({ account, generation, proven }: SignIn): Promise<{ account: Account; held?: Identifier }> {
    const known = account === undefined ? undefined : await accounts.get(account);
    if (known && !known.disabled && generationOf(known) !== generation) throw new AppError('interaction_gone');
    if (known) return { account: known };
    const first = proven.email ?? proven.phone;
    if (!first) throw new AppError('interaction_gone');
    const { account: established, created } = await accounts.establish(first);
    // Somebody proved another spelling first, perhaps another mailbox: this one was never theirs.
    if (findAddress(established, first.channel, first.key)?.address !== first.address) throw new AppError('interaction_gone');
    return { account: established, held: created ? first : undefined };
  }

  /** @returns whether the address is on the account now. Of a number that came to an account from before its owner is told. */
  async function putOn(account: Account, address: Identifier | undefined, held: Identifier | undefined): Promise<boolean> {
    if (!address || address === held) return true;
    const outcome = await accounts.prove(account.id, address);
    if (outcome === 'added' && address.channel === 'phone' && !held) await notices.tellNumberAdded(account, address);
    return outcome === 'added' || outcome === 'proven';
  }

  async function tellOwner(number: Identifier): Promise<void> {
    events.emit({ type: 'address_conflict', channel: 'phone' });
    const owner = await accounts.findByAddress(number);
    if (owner) await notices.tellNumberUsed(owner, number);
  }

  /**
   * @returns undefined if the number has got another owner meanwhile: the sign-in goes on at "This phone number is already used"
   * @throws {AppError} account_disabled, interaction_gone
   */
  return async function settle(signIn: SignIn): Promise<Settled | undefined> {
    const { account, held } = await findOrCreate(signIn);
    if (account.disabled) throw new AppError('account_disabled');
    const { email, phone } = signIn.proven;
    if (!(await putOn(account, email, held))) throw new AppError('interaction_gone');
    if (phone && !(await putOn(account, phone, held))) {
      await tellOwner(phone);
      await signIns.move(signIn, (current) => ({
        ...current,
        account: account.id,
        generation: generationOf(account),
        numberUsed: phone,
        proven: { ...current.proven, phone: undefined },
        proofs: current.proofs.filter(({ key }) => key !== phone.key),
      }));
      return undefined;
    }
    if (signIn.withoutPhone) await consents.decline({ account: account.id, client: signIn.client }, { phone: signIn.withoutPhone });
    return { account, proofs: signIn.proofs, sharedComputer: signIn.sharedComputer };
  };
}
