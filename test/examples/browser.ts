// A browser for these tests: keeps cookies by host name (as browsers do, ports don't count), follows redirects, submits forms.

export type Page = { url: URL; status: number; text: string };

export function openBrowser() {
  /** By "<host> <path> <name>". */
  const cookies = new Map<string, string>();
  let stopAt: ((url: URL) => boolean) | undefined;

  async function send(url: URL, form?: { body: URLSearchParams; origin: string }): Promise<Page> {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form?.body,
      headers: { cookie: cookiesFor(url), ...(form && { origin: form.origin }) },
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) keep(url, line);
    const text = await response.text();
    const location = response.headers.get('location');
    if (location === null) return { url, status: response.status, text };
    const next = new URL(location, url);
    return stopAt?.(next) ? { url: next, status: response.status, text } : send(next);
  }

  function cookiesFor({ hostname, pathname }: URL): string {
    const matching = [...cookies].filter(([key]) => {
      const [host, path] = key.split(' ') as [string, string, string];
      return host === hostname && pathname.startsWith(path);
    });
    return matching.map(([key, value]) => `${key.split(' ')[2]}=${value}`).join('; ');
  }

  function keep({ hostname, pathname }: URL, line: string) {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? pathname;
    const gone = attributes.some((attribute) => /^(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute));
    if (gone) cookies.delete(`${hostname} ${path} ${name}`);
    else cookies.set(`${hostname} ${path} ${name}`, value);
  }

  return {
    cookies,
    open: (url: string | URL) => send(new URL(url)),

    /** Posts the form of `page` that goes to `action` (the first form without it), with its hidden fields, as a browser does. */
    submit(page: Page, fields: Record<string, string>, action?: string): Promise<Page> {
      const forms = [...page.text.matchAll(/<form[^>]*?action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
      const form = forms.find((found) => !action || found[1] === action);
      if (!form) throw new Error(`no form ${action ?? ''} on ${page.url.href}: ${page.text}`);
      const body = new URLSearchParams();
      for (const [input] of form[2]!.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
        body.set(/name="([^"]*)"/.exec(input)![1]!, /value="([^"]*)"/.exec(input)?.[1] ?? '');
      }
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      return send(new URL(form[1]!, page.url), { body, origin: page.url.origin });
    },

    /** Runs `step` but does not follow a redirect to where `stop` says so: what a person in the middle of the way may change. */
    async upTo(stop: (url: URL) => boolean, step: () => Promise<Page>): Promise<Page> {
      stopAt = stop;
      return step().finally(() => (stopAt = undefined));
    },
  };
}
