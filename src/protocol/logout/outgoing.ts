// Requests to addresses that apps have named. A name is resolved once, its addresses are vetted, and the connection is made to
// a vetted one: what the name says a moment later changes nothing. Redirects are not followed, and no body is read.
import { lookup as lookUp } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { createAddressCheck } from './special-addresses.ts';

type Address = { address: string; family: number };

export type Answer = { status: number } | { failed: 'address_refused' | 'unreachable' | 'timeout' };

type Options = {
  /** Special addresses that may be connected to, as IPs and CIDR ranges. */
  allowed: readonly string[];
  timeoutSeconds: number;
  resolve?: (name: string) => Promise<Address[]>;
};

export type PostForm = (url: string, fields: Record<string, string>) => Promise<Answer>;

const resolveName = (name: string) => lookUp(name, { all: true, order: 'verbatim' });

export function createPostForm({ allowed, timeoutSeconds, resolve = resolveName }: Options): PostForm {
  const kindOf = createAddressCheck(allowed);

  async function findVetted({ hostname, protocol }: URL): Promise<Address[]> {
    const host = hostname.replace(/^\[|\]$/g, '');
    const found = isIP(host) ? [{ address: host, family: isIPv6(host) ? 6 : 4 }] : await resolve(host);
    // Over plain http a logout token could be read and kept back on its way.
    return found.filter(({ address }) => kindOf(address) === 'listed' || (kindOf(address) === 'public' && protocol === 'https:'));
  }

  function post(url: URL, body: string, { addresses, signal }: { addresses: Address[]; signal: AbortSignal }): Promise<number> {
    const lookup: LookupFunction = (_, { all }, done) => {
      const [{ address, family } = { address: '', family: 4 }] = addresses;
      if (all) done(null, addresses);
      else done(null, address, family);
    };
    return new Promise((resolved, rejected) => {
      const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
        url,
        {
          method: 'POST',
          agent: false,
          signal,
          lookup,
          headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) },
        },
        (response) => {
          resolved(response.statusCode ?? 0);
          response.destroy();
        },
      );
      request.on('error', rejected);
      request.end(body);
    });
  }

  async function attempt(url: URL, body: string, signal: AbortSignal): Promise<Answer> {
    const addresses = await findVetted(url);
    if (addresses.length === 0) return { failed: 'address_refused' };
    return { status: await post(url, body, { addresses, signal }) };
  }

  /** Never rejects. */
  return async function postForm(url, fields) {
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    const late = new Promise<Answer>((resolved) => {
      signal.addEventListener('abort', () => resolved({ failed: 'timeout' }), { once: true });
    });
    const work = attempt(new URL(url), new URLSearchParams(fields).toString(), signal);
    return Promise.race([work.catch((): Answer => ({ failed: signal.aborted ? 'timeout' : 'unreachable' })), late]);
  };
}
