// Hands texts to Twilio's REST API: one HTTP request per attempt, and an honest word on whether it may have left.
import { setTimeout as sleep } from 'node:timers/promises';
import twilio from 'twilio';
import type { Driver, DriverAnswer } from './port.ts';

export type TwilioOptions = {
  accountSid: string;
  authToken: string;
  /** The number that texts come from, or the messaging service that picks one. */
  from?: string;
  messagingServiceSid?: string;
  /** Another base for the REST calls; its path is kept in front of theirs. */
  apiUrl?: string;
  timeoutMs: number;
};

type HttpFailure = { status?: number; code?: string | number; retryAfterSeconds?: number };

/** Failures before a connection stood: nothing was said to Twilio. */
const unreached = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const rebase = (uri: string, apiUrl: string): string => {
  const { pathname, search } = new URL(uri);
  return apiUrl.replace(/\/+$/, '') + pathname + search;
};

/** RFC 9110, 10.2.3: seconds, or the date from which to try again. */
const secondsOf = (retryAfter: unknown): number | undefined => {
  if (typeof retryAfter !== 'string') return undefined;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : Math.ceil((Date.parse(retryAfter) - Date.now()) / 1_000);
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
};

const createHttp = (apiUrl: string | undefined, timeoutMs: number) => {
  // No keep-alive: an idle connection that Twilio closes under a request can't be told from a text that left.
  const http = new twilio.RequestClient({ timeout: timeoutMs, keepAlive: false, autoRetry: false });
  const request = http.request.bind(http);
  http.request = async (options) => {
    const response = await request({ ...options, uri: apiUrl ? rebase(options.uri, apiUrl) : options.uri, allowRedirects: false });
    const { statusCode: status, headers } = response as unknown as { statusCode: number; headers?: Record<string, unknown> };
    // The client's own error would have lost the header.
    if (status === 429 || status === 503)
      throw Object.assign(new Error('busy'), { status, retryAfterSeconds: secondsOf(headers?.['retry-after']) });
    return response;
  };
  return http;
};

const answerTo = ({ status, code, retryAfterSeconds }: HttpFailure): DriverAnswer => {
  // The code is what Twilio (or whatever answers for it) wrote: only a plain one is fit for a log.
  const reason = ['twilio', status ?? 'http', /^(\d{1,5}|[A-Z_]{1,32})$/.test(String(code ?? '')) && code].filter(Boolean).join(' ');
  if (status === 429 || status === 503) return { status: 'busy', reason, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  if (status !== undefined && status >= 400 && status < 500) return { status: 'refused', reason };
  if (typeof code === 'string' && unreached.has(code)) return { status: 'not_sent', reason };
  return { status: 'unknown', reason };
};

export const createTwilio = ({ accountSid, authToken, from, messagingServiceSid, apiUrl, timeoutMs }: TwilioOptions): Driver => {
  const client = twilio(accountSid, authToken, { httpClient: createHttp(apiUrl, timeoutMs) });

  return {
    name: 'twilio',
    channel: 'sms',
    async deliver({ to, text, expiresInSeconds }) {
      const tooLate = new AbortController();
      const request = client.messages.create({
        to,
        body: text,
        ...(messagingServiceSid ? { messagingServiceSid } : { from }),
        // Twilio drops what still waits in its own queue then.
        ...(expiresInSeconds && { validityPeriod: expiresInSeconds }),
      });
      const answer = request.then(
        (): DriverAnswer => ({ status: 'sent' }),
        (error: unknown) => answerTo((error ?? {}) as HttpFailure),
      );
      // The HTTP client's limit is on silence; an answer that trickles must end as well.
      const deadline = sleep<DriverAnswer>(timeoutMs, { status: 'unknown', reason: 'twilio timeout' }, { signal: tooLate.signal });
      deadline.catch(() => {});
      return Promise.race([answer, deadline]).finally(() => tooLate.abort());
    },
  };
};
