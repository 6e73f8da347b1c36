// Somebody who meets outages: sends a page that failed once more, waits for pauses, asks for another code, and gets through.
import { codeIn } from './code-in.ts';
import type { Answer } from './browser.ts';
import type { Host, Person } from './person.ts';

type Situation = {
  program: Host;
  person: Person;
  /** Called when a page was a 503, or a 502 as proxies say of a node that died: the outage ends before it is sent again. */
  onOutage(): void | Promise<void>;
  /** Seconds go by. */
  wait(seconds: number): void | Promise<void>;
  /** How often the person looks for a message that has not come yet. */
  looks?: number;
};

const fieldOf: Record<string, (person: Person) => Record<string, string>> = {
  email: ({ email }) => ({ email }),
  phone: ({ phone = '' }) => ({ phone }),
  consent: () => ({ decision: 'allow' }),
};

/** From an authorization request to the callback; every answer on the way goes to `seen`. */
export async function getThrough({ program, person, onOutage, wait, looks = 5 }: Situation, url: string, seen: Answer[]): Promise<Answer> {
  const { browser } = person;
  const used = new Set<string>();

  async function send(action: () => Promise<Answer>): Promise<Answer> {
    const answer = await action();
    seen.push(answer);
    if (answer.status !== 503 && answer.status !== 502) return answer;
    await onOutage();
    return send(action);
  }

  async function follow(action: () => Promise<Answer>): Promise<Answer> {
    const answer = await send(action);
    const next = answer.location === undefined ? undefined : new URL(answer.location, answer.url);
    return next?.origin === program.issuer ? follow(() => browser.request(next.href)) : answer;
  }

  function submit(page: Answer, name: string, fields: Record<string, string>): Promise<Answer> {
    const form = page.forms.find(({ action }) => action.endsWith(`/${name}`));
    if (!form) throw new Error(`no form ${name} on ${page.url} (${page.status})`);
    return follow(() => browser.post(new URL(form.action, page.url).href, { ...form.fields, ...fields }));
  }

  /** A message leaves after the page; one that a pause holds back never comes. */
  async function findCode(): Promise<string | undefined> {
    const messages = (await Promise.all([person.email, person.phone ?? ''].map(program.outbox))).flat();
    const codes = messages.map(({ text }) => codeIn(text) ?? '');
    return codes.find((code) => !used.has(code));
  }

  async function answerCode(page: Answer): Promise<Answer> {
    let code = await findCode();
    for (let look = 0; code === undefined && look < looks; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 4));
      code = await findCode();
    }
    if (code === undefined) {
      await wait(61);
      used.clear(); // the same code may come again
      return submit(page, 'resend', {});
    }
    used.add(code);
    return submit(page, 'code', { code });
  }

  let page = await follow(() => browser.request(url));
  for (let step = 0; page.location === undefined; step += 1) {
    const at = new URL(page.url).pathname.split('/').at(-1) ?? '';
    if (step > 20) throw new Error(`no end of it: ${page.url} (${page.status})`);
    const fill = fieldOf[at];
    if (page.text.includes('This sign-in has ended')) page = await follow(() => browser.request(url));
    else page = await (fill ? submit(page, at, fill(person)) : answerCode(page));
  }
  return page;
}
