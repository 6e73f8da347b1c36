// What every answer to bad input must be: one of the statuses that tell, with a request id, words, and nothing of our insides.
import type { Answer } from './browser.ts';

const told = [200, 302, 303, 400, 401, 403, 404, 405, 413, 415, 422, 429];
const insides = /\bat \S+ \(|node_modules|\.[jt]s:\d|SQLITE|\bSELECT\b|\bUPDATE\b|AppError|TypeError/;

export const sound = { status: 'one that tells', id: true, words: true, reference: true, insides: false };

export function judge({ status, headers, text }: Pick<Answer, 'status' | 'headers' | 'text'>): Record<keyof typeof sound, unknown> {
  const id = headers.get('x-request-id') ?? '';
  const type = headers.get('content-type') ?? '';
  const isError = status >= 400;
  // A page that was filled in wrongly is the page itself; every other error shows its reference, or is for a program.
  const isPage = type.startsWith('text/html');
  const isDeadEnd = isPage && isError && !text.includes('<form');
  return {
    status: told.includes(status) ? 'one that tells' : status,
    id: /^[\w-]{36}$/.test(id),
    words: !isError || (isPage ? /<h1[^>]*>[^<]+/.test(text) : typeof readError(text) === 'string'),
    reference: !isDeadEnd || text.includes(id),
    insides: insides.test(text),
  };
}

/** The error of a protocol's answer. */
export function readError(text: string): unknown {
  try {
    return (JSON.parse(text) as { error?: unknown }).error;
  } catch {
    return undefined;
  }
}
