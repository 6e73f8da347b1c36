// What the domain asks of delivery, and what a vendor's driver must offer. Imports nothing.

export type Channel = 'email' | 'sms';

export type CodeContent = {
  kind: 'code';
  code: string;
  /** The relying party's name as registered; messages show it sanitised. */
  clientName?: string;
  /** How long the code still lives, seconds. */
  expiresInSeconds: number;
};

/** Something happened that the owner of an address should know; always an email. */
export type NoticeContent = {
  kind: 'number_used' | 'number_added';
  /** The end of the number, as its owner would recognise it: "••• 789". */
  phoneEnd: string;
};

/** What a message is about. */
export type MessageContent = CodeContent | NoticeContent;

/** How a send ended. 'unknown': it may have left (a time-out); it is never retried. */
export type Outcome = 'sent' | 'refused' | 'failed' | 'unknown' | 'expired';

export type Send = {
  channel: Channel;
  /** An email address or an E.164 number. */
  to: string;
  /** BCP 47, one of the shipped languages. */
  locale: string;
  content: MessageContent;
  /** Milliseconds since the epoch after which the message must not leave any more. */
  expiresAt: number;
  /** Called once, when the outcome is known. */
  onOutcome(outcome: Outcome): Promise<void> | void;
};

/** Hands a message to the background. Returns at once, never throws, sends at most once. */
export interface Courier {
  send(send: Send): void;
  /** Waits for sends under way, at most `ms` milliseconds. */
  drain(ms: number): Promise<void>;
}

/** A message ready to leave. */
export type Message = {
  channel: Channel;
  to: string;
  subject?: string;
  text: string;
  html?: string;
  /** Seconds for which a vendor that queues messages may hold this one; then it must drop it. */
  expiresInSeconds?: number;
};

/**
 * A vendor's answer. 'not_sent': it surely did not leave (connection refused, DNS), another try is safe;
 * 'busy': 429 or 503, another try is safe after `retryAfterSeconds`; 'refused': the vendor will not send this;
 * 'unknown': it may have left.
 */
export type DriverAnswer =
  | { status: 'sent' }
  | { status: 'refused' | 'not_sent' | 'unknown'; reason: string }
  | { status: 'busy'; reason: string; retryAfterSeconds?: number };

/** One vendor for one channel. `deliver` never rejects, and answers within `timeoutMs`. `reason` holds no address. */
export interface Driver {
  name: string;
  channel: Channel;
  deliver(message: Message): Promise<DriverAnswer>;
  /** Lets go of idle connections; a later `deliver` opens new ones. */
  close?(): void;
}
