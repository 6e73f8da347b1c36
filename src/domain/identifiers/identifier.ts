// An address that a person proves: what it is called, what it is found by, and what its budgets hang on.

export type Channel = 'email' | 'phone';

export type Identifier = {
  channel: Channel;
  /** Where messages go and what the claim shows: the email as typed, or E.164. */
  address: string;
  /** Keyed hash of the identity key: two spellings of one address share it. */
  key: string;
  /** Keyed hash that send budgets hang on: plus-tags of one mailbox share it. */
  mailbox: string;
};
