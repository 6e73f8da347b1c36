// What happened, as a typed port: the domain tells, logs and metrics listen. Events carry no address, code or token.

export type Channel = 'email' | 'phone';
export type Lane = 'known' | 'stranger';
/** Who did something to an account that its person might not have. */
export type Actor = 'operator' | 'person';

export type DomainEvent =
  | { type: 'code_issued'; channel: Channel; lane: Lane }
  | { type: 'code_sent'; channel: Channel; outcome: 'sent' | 'refused' | 'failed' | 'unknown' | 'expired' }
  | { type: 'code_verified'; channel: Channel; lane: Lane }
  | { type: 'code_refused'; channel: Channel; lane: Lane; why: 'wrong' | 'gone' | 'spent' }
  | { type: 'send_refused'; channel: Channel; lane: Lane; why: 'gap' | 'budget' | 'deployment' }
  | { type: 'account_created'; account: string }
  | { type: 'address_added'; account: string; channel: Channel }
  | { type: 'address_removed'; account: string; channel: Channel; by: Actor }
  | { type: 'address_conflict'; channel: Channel }
  | { type: 'signed_in'; account: string; client: string; amr: readonly string[] }
  | { type: 'consent_given'; account: string; client: string; claims: readonly string[] }
  | { type: 'consent_refused'; account: string; client: string }
  | { type: 'account_disabled' | 'account_enabled' | 'account_deleted' | 'account_signed_out'; account: string; by: Actor }
  | { type: 'logout_told'; client: string }
  | { type: 'logout_failed'; client: string; why: 'address_refused' | 'unreachable' | 'timeout' | 'refused' }
  | { type: 'logout_given_up'; client: string }
  | { type: 'request_refused'; endpoint: string; client?: string; outcome: string; reason: string; requestId: string }
  | { type: 'grant_revoked'; why: 'code_reused' | 'refresh_reused' };

export interface Events {
  emit(event: DomainEvent): void;
}

/** Tells several listeners, each in its turn. */
export const tellAll = (listeners: readonly Events[]): Events => ({
  emit: (event) => listeners.forEach((listener) => listener.emit(event)),
});
