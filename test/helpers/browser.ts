// A browser without a screen: keeps cookies as browsers do (path, expiry, no ports), follows redirects within the
// provider, and fills in the forms of the page that it is on.
import { parseForms, type Form } from './forms.ts';

type Cookie = { name: string; value: string; path: string; expires?: number };

export type Answer = {
  status: number;
  url: string;
  headers: Headers;
  text: string;
  /** Where a redirect out of the provider goes: the relying party's callback. */
  location?: string;
  forms: Form[];
};

export type Browser = ReturnType<typeof createBrowser>;

const maxRedirects = 20;

export function createBrowser(origin: string, defaults: Record<string, string> = {}) {
  let jar: Cookie[] = [];
  let page: Answer | undefined;
  const answers: Answer[] = [];
  // Where the pages believe to be, if the browser talks to a node of another address.
  const issuer = defaults.origin ?? origin;

  function cookieHeader(url: string): string {
    const { pathname } = new URL(url);
    const matches = (path: string) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
    jar = jar.filter(({ expires }) => expires === undefined || expires > Date.now());
    return jar
      .filter(({ path }) => matches(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  function keep(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split(';').map((part) => part.trim());
    const [name = '', ...value] = pair.split('=');
    const attribute = (wanted: string) => attributes.find((each) => each.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
    const expires = attribute('expires');
    const cookie = { name, value: value.join('='), path: attribute('path') ?? '/', expires: expires ? Date.parse(expires) : undefined };
    jar = jar.filter((each) => each.name !== name || each.path !== cookie.path);
    if (cookie.expires === undefined || cookie.expires > Date.now()) jar.push(cookie);
  }

  /** One request with this browser's cookies; redirects are not followed. */
  async function request(url: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}): Promise<Answer> {
    const absolute = new URL(url, page?.url ?? origin).href;
    const cookie = cookieHeader(absolute);
    const response = await fetch(absolute, {
      ...init,
      redirect: 'manual',
      headers: { accept: 'text/html', ...defaults, ...(cookie ? { cookie } : {}), ...init.headers },
    });
    for (const setCookie of response.headers.getSetCookie()) keep(setCookie);
    const text = await response.text();
    const location = response.headers.get('location') ?? undefined;
    const answer = { status: response.status, url: absolute, headers: response.headers, text, location, forms: parseForms(text) };
    answers.push(answer);
    return answer;
  }

  async function follow(answer: Answer): Promise<Answer> {
    let current = answer;
    for (let hop = 0; current.location !== undefined; hop += 1) {
      const next = new URL(current.location, current.url);
      if (![origin, issuer].includes(next.origin)) break;
      if (hop === maxRedirects) throw new Error(`more than ${maxRedirects} redirects, last to ${next.pathname}`);
      current = await request(next.href.replace(next.origin, origin));
    }
    page = current;
    return current;
  }

  const open = async (url: string) => follow(await request(url));

  function post(url: string, fields: Record<string, string | string[]>, headers: Record<string, string> = {}) {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) for (const each of [value].flat()) body.append(name, each);
    return request(url, { method: 'POST', body, headers: { origin: issuer, ...headers } });
  }

  /** The form of the current page that posts to an address ending in `action`. */
  function findForm(action: string): Form {
    const form = page?.forms.find((each) => new URL(each.action, page?.url).pathname.endsWith(action));
    if (!form) throw new Error(`no form ${action} on ${page?.url} (${page?.status}): ${page?.forms.map((each) => each.action).join(', ')}`);
    return form;
  }

  /** Fills in a form of the current page and sends it: its hidden and prefilled fields go along. */
  async function submit(action: string, fields: Record<string, string | string[]> = {}): Promise<Answer> {
    const form = findForm(action);
    return follow(await post(new URL(form.action, page?.url).href, { ...form.fields, ...fields }));
  }

  return {
    request,
    follow,
    open,
    post,
    submit,
    findForm,
    /** The page that the browser is on. */
    get page(): Answer {
      if (!page) throw new Error('the browser has not opened a page');
      return page;
    },
    cookies: () => jar,
    /** Everything that this browser was ever answered. */
    answers: () => answers,
    /** Drops what a browser drops when it is closed: cookies without an expiry. */
    closeWindow() {
      jar = jar.filter(({ expires }) => expires !== undefined);
    },
  };
}
