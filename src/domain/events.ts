// What happened, as a typed port: the domain tells, logs and metrics listen. Events carry no address, code or token.

export type Channel = 'email' | 'phone';
export type Lane = 'known' | 'stranger';

export type DomainEvent =
  | { type: 'code_issued'; channel: Channel; lane: Lane }
  | { type: 'code_sent'; channel: Channel; outcome: 'sent' | 'refused' | 'failed' | 'unknown' | 'expired' }
  | { type: 'code_verified'; channel: Channel; lane: Lane }
  | { type: 'code_refused'; channel: Channel; lane: Lane; why: 'wrong' | 'gone' | 'spent' }
  | { type: 'send_refused'; channel: Channel; lane: Lane; why: 'gap' | 'budget' }
  | { type: 'account_created'; account: string }
  | { type: 'address_added'; account: string; channel: Channel }
  | { type: 'address_conflict'; channel: Channel }
  | { type: 'signed_in'; account: string; client: string; amr: readonly string[] }
  | { type: 'consent_given'; account: string; client: string; claims: readonly string[] }
  | { type: 'consent_refused'; account: string; client: string }
  | { type: 'grant_revoked'; why: 'code_reused' | 'refresh_reused' };

export interface Events {
  emit(event: DomainEvent): void;
}
