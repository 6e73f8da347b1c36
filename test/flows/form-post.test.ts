// The answer as a form (OAuth 2.0 Form Post Response Mode): one of our pages, sent by a script, or by the person.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { contextOf, describeInChromium, launchChromium } from '../helpers/chromium.ts';
import { goThrough, meetPerson, signIn } from '../helpers/person.ts';
import { clientMetadata, type Program, startProgram } from '../helpers/program.ts';
import { createRelyingParty, type RelyingParty } from '../helpers/relying-party.ts';
import { receiveForms } from '../helpers/form-receiver.ts';

let program: Program;
let party: RelyingParty;
let app: Awaited<ReturnType<typeof receiveForms>>;

beforeAll(async () => {
  app = await receiveForms();
  const web = { ...clientMetadata.web, redirect_uris: [app.url] };
  program = await startProgram({ clients: { registered: [web] } });
  party = await createRelyingParty(program.issuer, web);
});
afterAll(async () => {
  await program.close();
  await app.close();
});

/** Somebody who has been here before: the next request is answered at once. */
async function meetRegular() {
  const person = meetPerson(program);
  await signIn(program, party, { person });
  return person;
}

test('the answer is a form to the app, with nothing of it in an address, and without scripts a button sends it', async () => {
  const { browser } = await meetRegular();
  const { url, query, verifier } = party.request({ response_mode: 'form_post' });
  const page = await browser.open(url);
  expect([page.status, page.location]).toEqual([200, undefined]);
  const [form] = page.forms;
  expect(form).toMatchObject({ action: app.url, method: 'post' });
  expect(form?.fields).toEqual({ code: expect.any(String), state: query.get('state'), iss: program.issuer });
  expect(page.text).toContain('Continue');
  expect((await party.redeem(String(form?.fields.code), verifier)).status).toBe(200);
});

test('the page has our looks and our policy: no script or style of its own', async () => {
  const { browser } = await meetRegular();
  const page = await browser.open(party.request({ response_mode: 'form_post' }).url);
  expect(page.text).toMatch(/latchkey\.[\w-]+\.css/);
  expect(page.text).not.toMatch(/<script>|<style|<script(?![^>]*src=)/);
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
  expect(page.headers.get('cache-control')).toBe('no-store');
});

test('an error is a form, too, and what the client sent comes back as text', async () => {
  const state = `"><script>alert(1)</script>&amp;'`;
  const { url } = party.request({ response_mode: 'form_post', prompt: 'none', state });
  const page = await meetPerson(program).browser.open(url);
  expect(page.text).not.toContain('<script>alert');
  expect(page.forms[0]?.fields).toMatchObject({ error: 'login_required', state, iss: program.issuer });
});

test('another person who signs in takes over by a page of ours, too', async () => {
  const { browser } = await meetRegular();
  const other = { ...meetPerson(program), browser };
  await party.begin(browser, { prompt: 'select_account' });
  await browser.submit('/choose-account', { choice: 'other' });
  const page = await goThrough(program, other, browser.page);
  expect(party.readCallback(page)).toHaveProperty('code');
});

describeInChromium('in a real browser', () => {
  let chromium: Browser;

  beforeAll(async () => {
    chromium = await launchChromium();
  });
  afterAll(() => chromium?.close());

  test.each([true, false])('the app has its answer (scripts: %s)', async (javaScriptEnabled) => {
    const context = await chromium.newContext({ ...contextOf({}), javaScriptEnabled });
    const page = await context.newPage();
    const { url, query } = party.request({ response_mode: 'form_post', prompt: 'none' });
    const arrived = app.next();
    await page.goto(url);
    if (!javaScriptEnabled) await page.getByRole('button').click();
    expect(await arrived).toMatchObject({ error: 'login_required', state: query.get('state') });
    await context.close();
  });
});
