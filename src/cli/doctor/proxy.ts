// A sign-in's first steps through the proxy, as a browser takes them: cookies, redirects and headers come and go untouched, and
// nothing is kept for the next person. No message is sent: the form goes out empty.
import { createHash, randomBytes } from 'node:crypto';
import type { ClientMetadata } from '../../config/schema/index.ts';
import { ask, type Page, Unanswered } from './asking.ts';
import type { Finding } from './finding.ts';

type Problem = Pick<Finding, 'status' | 'says' | 'todo'>;

const fail = (says: string, todo: string): Problem => ({ status: 'fail', says, todo });

function requestUrl(issuer: string, { client_id: id, redirect_uris: uris }: ClientMetadata): string {
  const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url');
  const query = {
    client_id: id,
    redirect_uri: String((uris as string[])[0]),
    response_type: 'code',
    scope: 'openid email',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  return `${issuer}/oidc/authorize?${new URLSearchParams({ ...query, state: 'doctor' }).toString()}`;
}

/** One that a browser may begin a sign-in for without more ado. */
export function chooseClient(clients: readonly ClientMetadata[]): ClientMetadata | undefined {
  return clients.find((client) => {
    const uris = client['redirect_uris'];
    return (
      Array.isArray(uris) && uris.length > 0 && !client['require_pushed_authorization_requests'] && !client['require_signed_request_object']
    );
  });
}

type Cookie = { name: string; pair: string; attributes: string[] };

function readCookies(headers: Headers): Cookie[] {
  return headers.getSetCookie().map((text) => {
    const [pair = '', ...attributes] = text.split(/;\s*/);
    return { name: pair.slice(0, pair.indexOf('=')), pair, attributes: attributes.map((each) => each.toLowerCase()) };
  });
}

/** @param path where the browser has to send it back */
function judgeCookie(cookies: readonly Cookie[], name: string, { secure, path }: { secure: boolean; path: string }): Problem | undefined {
  const full = secure ? `${path === '/' ? '__Host-' : '__Secure-'}${name}` : name;
  const cookie = cookies.find((each) => each.name === full);
  if (!cookie) return fail(`The cookie ${full} does not arrive.`, 'Let the proxy pass Set-Cookie on as it is.');
  const has = (attribute: string) => cookie.attributes.includes(attribute);
  const domain = cookie.attributes.find((each) => each.startsWith('domain='));
  if (secure && !has('secure'))
    return fail(`The cookie ${full} arrives without Secure: browsers drop it.`, 'Let the proxy change no cookies.');
  if (!has('httponly') || !has('samesite=lax'))
    return fail(`The cookie ${full} arrives without HttpOnly or SameSite=Lax.`, 'Let the proxy change no cookies.');
  if (domain !== undefined || !has(`path=${path.toLowerCase()}`))
    return fail(
      `The cookie ${full} arrives with another path or a domain.`,
      'Take away what rewrites cookies (proxy_cookie_path, proxy_cookie_domain, …).',
    );
  return undefined;
}

function judgeHeaders({ headers }: Page, secure: boolean): Problem | undefined {
  if (secure && !headers.has('strict-transport-security'))
    return fail('Strict-Transport-Security does not arrive.', 'Let the proxy pass it on.');
  if (!/no-store/.test(headers.get('cache-control') ?? '') || headers.has('age'))
    return fail('Pages of a sign-in come from a cache, or may be kept in one.', 'Turn off caching for this origin; pass Cache-Control on.');
  if (!headers.has('content-security-policy')) return fail('Content-Security-Policy does not arrive.', 'Let the proxy pass it on.');
  return undefined;
}

function judgeRedirect(issuer: string, { headers, status, url }: Page): Problem | undefined {
  const location = headers.get('location');
  if (status !== 303 || !location)
    return fail(
      `The sign-in answers ${status} where it should lead on.`,
      'See that the proxy passes /oidc/ and /interaction/ on, unchanged.',
    );
  const { origin } = new URL(location, url);
  return origin === issuer
    ? undefined
    : fail(
        `Redirects lead to ${origin}, and not to ${issuer}.`,
        'Let the proxy rewrite no Location; it must serve the very origin of ISSUER.',
      );
}

/** The first problem, or none. */
async function walk(issuer: string, client: ClientMetadata): Promise<Problem | undefined> {
  const secure = issuer.startsWith('https:');
  const url = requestUrl(issuer, client);
  const [first, second] = [await ask(url), await ask(url)];
  const location = new URL(first.headers.get('location') ?? '', url);
  // Our own page, or the way back to the client with an error: the proxy has nothing to do with it.
  const refused = first.status === 400 && first.headers.has('x-request-id') ? '400' : location.searchParams.get('error');
  if (refused)
    return { status: 'warn', says: `The client ${client.client_id} can't begin a sign-in (${refused}).`, todo: 'See its metadata.' };
  const started = readCookies(first.headers);
  // The first page's address, below the one that all pages of a sign-in share.
  const path = location.pathname.slice(0, location.pathname.lastIndexOf('/'));
  const lost = judgeRedirect(issuer, first) ?? judgeHeaders(first, secure) ?? judgeCookie(started, 'interaction', { secure, path });
  if (lost) return lost;
  if (first.headers.get('location') === second.headers.get('location'))
    return fail('Two people would get the same sign-in: answers come from a cache.', 'Turn off caching for this origin.');

  const cookie = started.map(({ pair }) => pair).join('; ');
  const page = await ask(location.href, { headers: { cookie } });
  if (page.status >= 400)
    return fail(`The next page (${page.status}) doesn't know the browser: cookies don't come back.`, 'Let the proxy pass Cookie on.');
  const given = readCookies(page.headers);
  const changed = judgeCookie(given, 'device', { secure, path: '/' });
  if (changed) return changed;
  return postForm(issuer, page, [cookie, ...given.map(({ pair }) => pair)].join('; '));
}

/** The form as the browser got it, with nothing typed: whoever comes from elsewhere hears 403, and we that something is missing. */
async function postForm(issuer: string, page: Page, cookie: string): Promise<Problem | undefined> {
  const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1];
  if (page.status !== 200 || csrf === undefined)
    return fail(`The first page answers ${page.status}, and without its form.`, 'Let the proxy change no bodies.');
  const answer = await ask(page.url, { headers: { cookie, origin: issuer }, form: { csrf } });
  if (answer.status === 403)
    return fail('Forms are refused: their Origin does not arrive.', 'Let the proxy pass Origin and Sec-Fetch-Site on.');
  return answer.status === 422
    ? undefined
    : fail(`A form is answered with ${answer.status}.`, 'Let the proxy pass POST on, with its body.');
}

export async function checkProxy(issuer: string, client: ClientMetadata | undefined): Promise<Finding> {
  const check = 'proxy';
  if (!client) return { check, status: 'warn', says: 'There is no client to begin a sign-in with.', todo: 'Register one.' };
  try {
    const problem = await walk(issuer, client);
    return problem
      ? { check, ...problem }
      : { check, status: 'ok', says: 'Cookies, redirects, headers and forms come and go untouched, and nothing is cached.' };
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return { check, ...fail(error.message, 'See the issuer, above.') };
  }
}
