// The lightest browser that can sign in: cookies by path, redirects, one request at a time.
import type { Answer, Connection } from './connection.ts';

export type Page = Answer & { path: string };

export type Browser = {
  get(url: string): Promise<Page>;
  post(url: string, fields: Record<string, string>): Promise<Page>;
};

/**
 * Follows redirects within the `origin`; the answer of the last request, or the one that leads elsewhere, is the page.
 * @param cookies what it begins with, as they were set
 */
export function openBrowser(connection: Connection, origin: string, cookies: readonly string[] = []): Browser {
  const jar = new Map<string, { pair: string; path: string }>();

  function keep(cookie: string): void {
    const [pair = ''] = cookie.split(';', 1);
    const path = /path=([^;]+)/i.exec(cookie)?.[1] ?? '/';
    const id = `${pair.slice(0, pair.indexOf('='))} ${path}`;
    if (/expires=Thu, 01 Jan 1970/i.test(cookie)) jar.delete(id);
    else jar.set(id, { pair, path });
  }

  for (const cookie of cookies) keep(cookie);

  async function send(url: string, body?: string): Promise<Page> {
    const { pathname, search } = new URL(url, origin);
    const headers: Record<string, string> = { Accept: 'text/html' };
    let cookie = '';
    for (const { pair, path } of jar.values()) if (pathname.startsWith(path)) cookie += cookie ? `; ${pair}` : pair;
    if (cookie) headers.Cookie = cookie;
    if (body !== undefined) headers.Origin = origin;
    const path = `${pathname}${search}`;
    const answer = await connection.send({ method: body === undefined ? 'GET' : 'POST', path, headers, body });
    for (const set of answer.cookies) keep(set);
    return { ...answer, path };
  }

  async function follow(first: Page): Promise<Page> {
    let page = first;
    while (page.location !== undefined && new URL(page.location, origin).origin === origin) page = await send(page.location);
    return page;
  }

  return {
    get: async (url) => follow(await send(url)),
    post: async (url, fields) => follow(await send(url, new URLSearchParams(fields).toString())),
  };
}
