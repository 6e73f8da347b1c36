// The issuer's own address, which people open by hand: it says what is here, and leads on in development only.
import { expect, test } from '@jest/globals';
import { createBrowser } from '../helpers/browser.ts';
import { type Overrides, startProgram } from '../helpers/program.ts';
import { judge, sound } from '../helpers/verdict.ts';

/** The page, and where it leads. */
async function open(overrides: Overrides, headers: Record<string, string> = {}) {
  const program = await startProgram({ branding: { name: 'Evergreen' }, ...overrides });
  const answer = await createBrowser(program.url, headers).open('/');
  await program.close();
  return { answer, links: [...answer.text.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href]) => href) };
}

test('says whose service it is and what it is for', async () => {
  const { answer } = await open({});
  expect([answer.status, judge(answer)]).toEqual([200, sound]);
  expect(answer.text).toContain('<title>Welcome – Evergreen</title>');
  expect(answer.text).toMatch(/<h1><bdi>Evergreen<\/bdi><\/h1>\s*<p class="lede">This is where you sign in to apps\./);
});

test('in development it leads to the apps that are registered and to the outbox, on this machine only', async () => {
  expect((await open({ mode: 'development' })).links).toEqual(['http://127.0.0.1:9/', 'http://127.0.0.1:9/', '/dev/outbox']);
  expect((await open({ mode: 'development' }, { 'x-forwarded-for': '192.0.2.1' })).links).toEqual([]);
});

test('in production it names no app and leads nowhere', async () => {
  const delivery = { email: 'smtp', sms: 'none', smtpUrl: 'smtp://127.0.0.1:9' } as const;
  const { answer, links } = await open({ mode: 'production', delivery });
  expect(links).toEqual([]);
  expect(answer.text).not.toMatch(/Northwind|Southwind|development/);
});
