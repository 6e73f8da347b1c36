// A proof: which address, how, when. Proofs belong to a session; what an account once proved says nothing about who is here.
import type { Channel, Identifier } from './identifiers/identifier.ts';

export type Proof = {
  channel: Channel;
  /** The address's key. */
  key: string;
  /** Of an email address: whose budgets it shares. Absent in proofs from before there was one. */
  mailbox?: string;
  /** Milliseconds since the epoch. */
  at: number;
};

/** The newest proof of a channel at or after `since`. */
export function findProof(proofs: readonly Proof[], channel: Channel, since = 0): Proof | undefined {
  return proofs.filter((proof) => proof.channel === channel && proof.at >= since).toSorted((a, b) => b.at - a.at)[0];
}

/** Adds a proof; an older one of the same address makes room. */
export function addProof(proofs: readonly Proof[], { channel, key, mailbox }: Identifier, at: number): Proof[] {
  return [...proofs.filter((proof) => proof.key !== key), { channel, key, at, ...(channel === 'email' && { mailbox }) }];
}
