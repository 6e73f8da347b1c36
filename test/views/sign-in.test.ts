import { describe, expect, test } from '@jest/globals';
import type { Views } from '../../src/pages/views.ts';
import { localsOf } from './locals.ts';
import { formsOf } from './markup.ts';
import { render } from './rendering.ts';

const code = (over: Partial<Views['sign-in/code']> = {}) => render('sign-in/code', localsOf('sign-in/code', 'en', over));
const consent = (over: Partial<Views['sign-in/consent']> = {}) => render('sign-in/consent', localsOf('sign-in/consent', 'en', over));
const postsTo = (html: string, end: string) => formsOf(html).some(({ attributes }) => attributes.includes(`action="/interaction/abc/${end}"`));

describe('the code page', () => {
  test('has one field with the attributes that fill it by itself, in a form that takes anything', async () => {
    const html = await code();
    const field = /<input[^>]*name="code"[^>]*>/.exec(html)?.[0] ?? '';
    for (const each of [
      'type="text"',
      'inputmode="numeric"',
      'autocomplete="one-time-code"',
      'spellcheck="false"',
      'dir="ltr"',
      'maxlength="12"',
      'required',
    ]) {
      expect(field).toContain(each);
    }
    expect(field).not.toContain('value=');
    expect(formsOf(html).find(({ body }) => body.includes('name="code"'))?.attributes).toContain('novalidate');
  });

  test('draws six cells for six digits, and a plain field for ten', async () => {
    expect(await code()).toContain('class="cells"');
    const ten = await code({ digits: 10 });
    expect(ten).not.toContain('class="cells"');
    expect(ten).not.toContain('pattern=');
    expect(ten).toContain('10-digit code');
  });

  test('says where the code went, how long it lives, and which browser it is for', async () => {
    const html = await code({ minutesLeft: 7 });
    expect(html).toContain('<bdi class="exact" dir="ltr">jane.doe@example.com</bdi>');
    expect(html).toContain('7 more minutes');
    expect(html).toContain('may take a minute');
    expect(html).toContain('in this browser');
  });

  test('claims no text was sent where it can’t know', async () => {
    const html = await code({ channel: 'phone', destination: '+34 600 000 001', unsure: true, emailInstead: true });
    expect(html).toContain('If this number can sign in here, we’re texting');
    expect(html).not.toMatch(/we’ve texted/i);
    expect(html).toContain('New here, or no text?');
    expect(html).toContain('<bdi class="exact number" dir="ltr">+34 600 000 001</bdi>');
  });

  test('a resend that is held back says from when, and its button stays a real one', async () => {
    const html = await code({ resendAt: { clock: '10:42:05', iso: '2025-11-21T10:42:05.000Z', seconds: 30 } });
    expect(html).toMatch(/You can ask for another code at <time [^>]*datetime="2025-11-21T10:42:05.000Z"[^>]*>10:42:05<\/time>\./);
    expect(formsOf(html).find(({ attributes }) => attributes.includes('/resend"'))?.body).not.toContain('disabled');
  });

  test('says that a new code ends the earlier one before it does', async () => {
    const html = await code({ renews: true });
    expect(html).toContain('Send a new code');
    expect(html).toContain('the earlier code stops working');
  });

  test('warns before the last try', async () => {
    expect(await code({ lastTry: true })).toContain('one try left');
    expect(await code()).not.toContain('one try left');
  });

  test('offers another address only where it may be changed, and going on without only where that is possible', async () => {
    expect(postsTo(await code({ changeable: true }), 'different')).toBe(true);
    expect(postsTo(await code({ changeable: false }), 'different')).toBe(false);
    expect(postsTo(await code({ optional: true }), 'decline')).toBe(true);
    expect(postsTo(await code({ optional: false }), 'decline')).toBe(false);
  });

  test('has the way back to the app, where there is one', async () => {
    expect(postsTo(await code({ cancel: true }), 'cancel')).toBe(true);
    expect(postsTo(await code({ cancel: false }), 'cancel')).toBe(false);
  });

  test('says that a code has left only where that is known', async () => {
    expect(await code()).toContain('We’re sending a 6-digit code');
    expect(await code({ outcome: 'sent' })).toContain('We’ve emailed a 6-digit code');
  });

  test.each(['expired', 'spent', 'gone'] as const)('where the code is dead (%s) the new one is what the page is for', async (outcome) => {
    const html = await code({ outcome, dead: true, renews: true });
    expect(html.match(/<button class="button primary"[^>]*>[^<]+/g)).toEqual([expect.stringContaining('>Send a new code')]);
    expect(html).not.toMatch(/stops working|may take a minute to arrive|autofocus/);
  });

  test.each(['refused', 'failed', 'unknown', 'expired', 'spent', 'gone'] as const)('a send that ended as %s is said, and the help is open', async (outcome) => {
    const html = await code({ outcome });
    expect(html).toContain('class="warning"');
    expect(html).not.toContain('We’ve emailed');
    expect(html).toContain('<details class="more" open>');
  });
});

describe('the pages where an address is typed', () => {
  test('keep what was typed', async () => {
    expect(await render('sign-in/email', localsOf('sign-in/email', 'en', { email: 'Jané@exämple' }))).toContain('value="Jané@exämple"');
    expect(await render('sign-in/phone', localsOf('sign-in/phone', 'en', { phone: ' (0)600-1 ' }))).toContain('value=" (0)600-1 "');
    expect(await render('sign-in/identifier', localsOf('sign-in/identifier', 'en', { identifier: '07x' }))).toContain('value="07x"');
  });

  test('a suggestion is a question with two answers, and says that nothing was sent', async () => {
    const html = await render('sign-in/email', localsOf('sign-in/email', 'en', { email: 'j@gmial.com', suggestion: 'j@gmail.com' }));
    expect(html).toContain('value="j@gmial.com"');
    expect(html).toContain('Did you mean <bdi class="exact" dir="ltr">j@gmail.com</bdi>?');
    expect(html).toContain('We haven’t sent a code yet.');
    const answers = formsOf(html).filter(({ body }) => body.includes('<input type="hidden" name="suggested" value="j@gmail.com">'));
    expect(answers.map(({ body }) => /name="email" value="([^"]+)"/.exec(body)?.[1])).toEqual(['j@gmail.com', 'j@gmial.com']);
    expect(html.match(/class="button primary"/g)).toHaveLength(1);
    expect(answers[0]?.body).toContain('class="button primary"');
  });

  test('a shared computer is asked about where a sign-in begins, and not ticked by us', async () => {
    const first = await render('sign-in/email', localsOf('sign-in/email'));
    expect(first).toMatch(/<input type="checkbox" id="shared"(?![^>]*checked)/);
    expect(await render('sign-in/email', localsOf('sign-in/email', 'en', { reason: 'add' }))).not.toContain('name="shared"');
  });

  test('the phone page says who asks, and offers to go on without one only where that is possible', async () => {
    const html = await render('sign-in/phone', localsOf('sign-in/phone'));
    expect(html).toContain('<bdi>Northwind</bdi> asks for your mobile number');
    expect(html).not.toContain('whether to share');
    expect(await render('sign-in/phone', localsOf('sign-in/phone', 'en', { reason: 'choose' }))).toContain('whether to share');
    for (const choice of ['no_mobile', 'not_now']) expect(html).toContain(`name="choice" value="${choice}"`);
    expect(postsTo(await render('sign-in/phone', localsOf('sign-in/phone', 'en', { optional: false })), 'decline')).toBe(false);
  });

  test('a number that is known is one click, another one is still possible', async () => {
    const html = await render('sign-in/phone', localsOf('sign-in/phone', 'en', { known: '+34 ••• ••• 001' }));
    expect(html).toContain('<bdi class="exact number" dir="ltr">+34 ••• ••• 001</bdi>');
    expect(html).toContain('name="known" value="yes"');
    expect(html).toContain('name="phone"');
  });
});

describe('the consent page', () => {
  test('shows exact values with the date of their proof', async () => {
    const html = await consent();
    expect(html).toContain('<bdi class="exact" dir="ltr">jane.doe@example.com</bdi>');
    expect(html).toContain('<bdi class="exact number" dir="ltr">+34 600 000 001</bdi>');
    expect(html).toContain('Verified November 21, 2025');
  });

  test('only what is optional has a box', async () => {
    const html = await consent();
    expect([...html.matchAll(/name="share" value="(\w+)"/g)].map((match) => match[1])).toEqual(['phone', 'offline_access']);
  });

  test('Allow and Don’t allow weigh the same', async () => {
    const buttons = [...(await consent()).matchAll(/<button class="([^"]*)" name="decision" value="(\w+)">/g)];
    expect(buttons.map((match) => match[2])).toEqual(['deny', 'allow']);
    expect(new Set(buttons.map((match) => match[1])).size).toBe(1);
  });

  test('an item of several addresses is a choice, and a scope of the operator’s own is called by its name', async () => {
    const choices = [
      { id: 'a1', value: '+34 600 000 001', chosen: true },
      { id: 'a2', value: '+44 7700 900123', chosen: false },
    ];
    const html = await consent({
      items: [
        { name: 'phone', value: '+34 600 000 001', optional: false, choices },
        { name: 'https://api.example/read', optional: false },
      ],
    });
    expect(html).toMatch(/name="address_phone" value="a1" checked/);
    expect(html).toMatch(/name="address_phone" value="a2">/);
    expect(html).toContain('https://api.example/read');
  });
});

describe('the locked page', () => {
  test('leads to help where there is some', async () => {
    const { brand } = localsOf('sign-in/locked');
    const helpOf = (html: string) => /<section[^]*<\/section>/.exec(html)?.[0].includes('href="https://help.example/"');
    expect(helpOf(await render('sign-in/locked', localsOf('sign-in/locked')))).toBe(true);
    expect(helpOf(await render('sign-in/locked', localsOf('sign-in/locked', 'en', { brand: { name: brand.name } })))).toBe(false);
  });
});

test('on "number already used" going on without one is no answer to whose account it is', async () => {
  const html = await render('sign-in/number-used', localsOf('sign-in/number-used'));
  const groups = html.split('<div class="ways">').slice(1);
  expect(groups.map((group) => /action="[^"]*\/(\w+)"/.exec(group)?.[1])).toEqual(['restart', 'decline']);
});

test('signing out is a choice between two buttons', async () => {
  const html = await render('sign-out/confirm', localsOf('sign-out/confirm'));
  expect(html).toMatch(/action="\/session\/end\/confirm"[^]*name="xsrf" value="xsrf-token"[^]*name="logout" value="yes"[^]*<button class="button quiet">/);
});

test('a code that a pause held back is never said to be sent', async () => {
  const html = await code({ unsent: true, dead: true, renews: true, unsure: true, channel: 'phone', destination: '+34 600 000 001' });
  expect(html).toContain('We haven’t sent a code to');
  expect(html).toContain('Send a code');
  expect(html).not.toMatch(/we’re texting|more minutes|stops working/);
});
