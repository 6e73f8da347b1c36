// A person at Latchkey's pages: gives an email, types the code that arrives, and allows the app to see the address. Whoever has been
// here before is not asked for the last.
import type { MailSink } from '../load/mail-sink.ts';
import type { Site } from '../site.ts';

const hiddenField = /<input type="hidden" name="(\w+)" value="([^"]*)"/g;

export function walkLatchkey(mail: MailSink): Site['walk'] {
  async function answers(form: string, person: string): Promise<Record<string, string>> {
    if (form === 'email') return { email: person };
    if (form === 'code') return { code: await mail.readCode(person) };
    return { decision: 'allow', share: 'email' };
  }

  return async (browser, first, person) => {
    let page = first;
    for (let forms = 0; forms < 4 && page.status === 200; forms += 1) {
      const [, action = '', name = ''] = /action="(\/interaction\/[\w-]+\/(email|code|consent))"/.exec(page.text) ?? [];
      const form = page.text.slice(page.text.indexOf(`action="${action}"`));
      const hidden = Object.fromEntries(
        [...form.slice(0, form.indexOf('</form>')).matchAll(hiddenField)].map(([, key, value]) => [key, value]),
      );
      page = await browser.post(action, { ...hidden, ...(await answers(name, person)) });
    }
    return page;
  };
}
