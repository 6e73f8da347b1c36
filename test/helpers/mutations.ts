// Makes requests that go wrong in every way at once, from a seed: the same seed makes the same requests.

export type Random = {
  /** A whole number below `limit`. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  chance(percent: number): boolean;
};

/** Mulberry32: small, and good enough to stumble through a program. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, pick: (list) => list[below(list.length)] as never, chance: (percent) => below(100) < percent };
}

/** Values that have broken somebody's program before. Percent-encoded, as they go into a query or a form. */
const nasty = [
  '',
  '%00',
  '%0d%0aSet-Cookie:%20a=b',
  '%ff%fe',
  '%',
  '%zz',
  '%c0%af..%2f..%2fetc%2fpasswd',
  '..%2f..%2f',
  '%F0%9F%94%91'.repeat(50),
  '%E2%80%AE%D9%A1%D9%A2',
  'a'.repeat(5000),
  '9'.repeat(400),
  '-1',
  '1e309',
  'NaN',
  '0x10',
  '__proto__',
  'constructor',
  'toString',
  '%5Bobject%20Object%5D',
  'null',
  'undefined',
  'true',
  '{}',
  '[]',
  '%7B%22userinfo%22:null%7D',
  '%7B%22userinfo%22:%7B%22email%22:%7B%22essential%22:1,%22max_age%22:-1%7D%7D%7D',
  '%7B%22id_token%22:%7B%22acr%22:%7B%22values%22:%5Bnull%5D%7D,%22__proto__%22:%7B%7D%7D%7D',
  '%7B%22userinfo%22:%7B%22email_verified%22:%7B%22max_age%22:1e999%7D%7D%7D',
  "'%20OR%201=1;--",
  '%3Cscript%3Ealert(1)%3C/script%3E',
  '%24%7B7*7%7D%3C%25=%207*7%20%25%3E',
  'none%20login',
  'select_account%20consent%20login',
  'openid%20email%20phone%20offline_access%20phone_pseudonym',
  'urn:latchkey:acr:phone%20x',
  'xx-%00-YY%20ar%20en-u-nu-arab',
  'http://127.0.0.1:9/callback',
  'javascript:alert(1)',
  'eyJhbGciOiJub25lIn0.e30.',
  'a@b',
  'jane.doe%40example.com',
  '%2B447400123456',
  '000000',
];

const types = [
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-16',
  'application/json',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'text/plain',
  'application/octet-stream',
  ';;;',
];

const header: Record<string, readonly string[]> = {
  accept: ['text/html', 'application/json', '*/*', 'text/html;q=x', 'image/png', ','],
  'accept-language': ['ar', '*', 'xx-Latn-\u00e9', 'en;q=2,,,', '-', 'a'.repeat(3000)],
  'accept-encoding': ['br', 'gzip;q=0', '*;q=0', 'x'],
  'content-encoding': ['gzip', 'deflate', 'br', 'x'],
  authorization: [
    'Basic',
    'Basic %%%',
    'Basic d2ViOg==',
    'Basic OnNlY3JldA==',
    'Bearer',
    'Bearer a b',
    'Bearer \u00ff',
    'DPoP x',
    'Digest x',
  ],
  dpop: ['x', 'eyJhbGciOiJub25lIn0.e30.', 'a.b.c', ','],
  cookie: [
    'session=x',
    'session=',
    'interaction=a; interaction=b',
    '=;=;',
    'device=%00',
    'session=x; session.sig=y',
    'device=' + 'a'.repeat(3000),
  ],
  host: ['elsewhere.example'],
  'x-forwarded-for': ['::::', '1.2.3.4, x', 'unknown'],
  'x-forwarded-host': ['evil.example'],
  'if-none-match': ['*', '"x"'],
  range: ['bytes=0-', 'bytes=9999999-1'],
  'sec-fetch-site': ['cross-site', 'same-origin', 'x'],
  referer: ['http://%%%', 'x'],
};

export const parameters = [
  'client_id redirect_uri response_type scope state nonce code_challenge code_challenge_method claims prompt max_age login_hint',
  'ui_locales acr_values id_token_hint response_mode request request_uri resource display registration dpop_jkt',
  'grant_type code code_verifier refresh_token client_secret client_assertion client_assertion_type token token_type_hint',
  'post_logout_redirect_uri logout xsrf email identifier phone country shared code choice decision share known suggested csrf to',
].flatMap((line) => line.split(' '));

/** Some fields: mostly as `base` has them, some broken, doubled, or made into arrays and objects. */
export function mutateFields(random: Random, base: Record<string, string>): string {
  const pairs = Object.entries(base).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  for (let count = random.below(4); count > 0; count -= 1) {
    const name = random.pick(random.chance(60) && pairs.length > 0 ? Object.keys(base) : parameters);
    const at = pairs.findIndex((pair) => pair.startsWith(`${name}=`));
    const pair = `${name}${random.pick(['', '', '', '[]', '[x]', '[__proto__]', '%00'])}=${random.pick(nasty)}`;
    if (at !== -1 && random.chance(70)) pairs[at] = pair;
    else pairs.push(pair);
  }
  if (pairs.length > 0 && random.chance(15)) pairs.splice(random.below(pairs.length), 1);
  return pairs.join('&');
}

export function mutateSegment(random: Random, segment: string): string {
  return random.chance(96) ? segment : random.pick(nasty).replaceAll('/', '%2f').slice(0, 2000);
}

export function mutateHeaders(random: Random, base: Record<string, string>): Record<string, string> {
  const headers: Record<string, string> = { ...base };
  for (let count = random.chance(40) ? 2 : 0; count > 0; count -= 1) {
    const name = random.pick(Object.keys(header));
    headers[name] = random.pick(header[name] ?? ['']);
  }
  return headers;
}

export const pickType = (random: Random) => random.pick(types);
