// What was refused to a client, and why, for the operator who is asked: answers say as little as the specifications let them.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Events } from '../domain/events.ts';

const endpoints = [
  'authorization',
  'grant',
  'userinfo',
  'introspection',
  'revocation',
  'pushed_authorization_request',
  'device_authorization',
  'end_session',
  'end_session_confirm',
  'registration_create',
  'registration_read',
  'registration_update',
  'registration_delete',
];

/** Answers that belong to how things are done: nothing went wrong. */
const expected = new Set([
  'authorization_pending',
  'slow_down',
  'use_dpop_nonce',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
  'access_denied',
]);

type Refusal = Error & { error?: string; error_description?: string; error_detail?: string };

/** Reasons may repeat what was sent. Only words stay, and none that may be an address, a code or a token, or a piece of one. */
export function keepWords(reason: string): string {
  const isWord = (word: string) => /^[a-z][a-z_#/-]{0,31}$/i.test(word) || /^(?!.*\d{4})[a-z][\w#-]{0,11}$/i.test(word);
  return reason
    .split(/\s+/)
    .slice(0, 40)
    .map((word) => (isWord(word.replace(/^\(|[).,:;]+$/g, '')) ? word : '…'))
    .join(' ');
}

/** Only a client that is registered is named: what else came as its id may be anything. */
export function tellRefusals(provider: Provider, events: Events): void {
  for (const endpoint of endpoints) {
    provider.on(`${endpoint}.error` as 'grant.error', (ctx: KoaContextWithOIDC, refusal: Refusal) => {
      const { error, error_description: description = '', error_detail: detail } = refusal;
      // Failures of ours have lines of their own.
      if (error === undefined || expected.has(error)) return;
      // What can't be parsed is quoted.
      const isQuoted = refusal.cause instanceof SyntaxError;
      const reason = keepWords(detail && !isQuoted ? `${description} (${detail})` : description);
      const requestId = String(ctx.state.requestId ?? ctx.res.getHeader('x-request-id') ?? '');
      events.emit({ type: 'request_refused', endpoint, client: ctx.oidc.client?.clientId, outcome: error, reason, requestId });
    });
  }
}
