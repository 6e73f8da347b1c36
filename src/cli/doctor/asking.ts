// Requests to the issuer as the world sees it: over the proxy, and never following a redirect unseen.

const timeoutMs = 5000;

export type Page = { url: string; status: number; headers: Headers; text: string; at: number };

/** Nothing answered; in words. */
export class Unanswered extends Error {}

const certificateCodes = /^(CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;

function explain(error: unknown, { host, hostname }: URL): string {
  if ((error as Error).name === 'TimeoutError') return `${host} does not answer within ${timeoutMs / 1000} s.`;
  const { code = 'unexpected' } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The name ${hostname} is not found.`;
  if (code === 'ECONNREFUSED') return `Nothing listens at ${host}.`;
  if (certificateCodes.test(code)) return `The certificate of ${host} is not trusted (${code}).`;
  return `${host} can't be reached (${code}).`;
}

/** @throws {Unanswered} */
export async function ask(
  url: string,
  { headers = {}, form }: { headers?: Record<string, string>; form?: Record<string, string> } = {},
): Promise<Page> {
  try {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers,
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { url, status: answer.status, headers: answer.headers, text: await answer.text(), at: Date.now() };
  } catch (error) {
    throw new Unanswered(explain(error, new URL(url)), { cause: error });
  }
}
