import { describe, expect, test } from '@jest/globals';
import { locales } from '../../src/locales/index.ts';
import type { ViewName } from '../../src/pages/views.ts';
import { hostile, localsOf, longEmail, poison, views } from './locals.ts';
import { countOf, formsOf, idsOf, labelledControls, references } from './markup.ts';
import { render } from './rendering.ts';

const wrong = { code: 'code_wrong', message: 'That is wrong.' };
const main: Partial<Record<ViewName, string>> = {
  'sign-in/email': 'email',
  'sign-in/identifier': 'identifier',
  'sign-in/phone': 'phone',
  'sign-in/code': 'code',
  'device/enter': 'user_code',
};

describe.each(locales)('in %s', (locale) => {
  describe.each(views)('%s', (view) => {
    test('is one page with one heading, in its language and direction', async () => {
      const html = await render(view, localsOf(view, locale));
      expect(html).toMatch(/^\s*<!doctype html>\n<html lang="(en|ar)" dir="(ltr|rtl)">/);
      expect(html).toContain(`<html lang="${locale}" dir="${locale === 'ar' ? 'rtl' : 'ltr'}">`);
      for (const one of ['title', 'h1', 'main']) expect([one, countOf(html, one)]).toEqual([one, 1]);
      expect(html).not.toMatch(/undefined|\[object |\{\{|pages\.|layout\./);
    });

    test('says no more than its policy lets it: no inline script, style or handler, nothing of a third party', async () => {
      const html = await render(view, localsOf(view, locale));
      expect(html).not.toMatch(/<script(?![^>]* src="\/assets\/)|<style|\sstyle=|\son[a-z]+=/);
      expect(html).not.toMatch(/(src|rel="stylesheet" href)="https?:/);
    });

    test('every form that changes something here is a POST with the form token, and no other form has it', async () => {
      const forms = formsOf(await render(view, localsOf(view, locale)));
      const posts = forms.filter(({ attributes }) => attributes.includes('method="post"'));
      const gets = forms.filter(({ attributes }) => attributes.includes('method="get"'));
      expect(posts.length + gets.length).toBe(forms.length);
      const ours = posts.filter(({ attributes }) => attributes.includes('action="/'));
      for (const { body } of ours) expect(body.match(/<input type="hidden" name="csrf" value="form-token">/g)).toHaveLength(1);
      for (const { body } of forms.filter((form) => !ours.includes(form))) expect(body).not.toContain('csrf');
    });

    test('every control has a label, every id is one, and every reference leads to one', async () => {
      const html = await render(view, localsOf(view, locale, { error: { ...wrong, field: main[view] }, notice: 'Well done' }));
      const ids = idsOf(html);
      expect(ids).toEqual([...new Set(ids)]);
      for (const reference of references(html)) expect(ids).toContain(reference);
      for (const control of labelledControls(html)) expect(control).toEqual({ ...control, label: true });
    });

    test('takes texts of strangers as text', async () => {
      const html = await render(view, poison(localsOf(view, locale, { error: { ...wrong, field: main[view] }, notice: 'x' })));
      expect(html).not.toContain('<script>alert');
      expect(html).not.toContain(hostile);
      expect(html).not.toMatch(/="[^"]*'><script/);
      expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    });
  });
});

test.each(Object.entries(main))('%s says what was wrong: title, summary that leads to the field, message at the field', async (view, field) => {
  const html = await render(view as ViewName, localsOf(view as ViewName, 'en', { title: 'A title', error: { ...wrong, field } }));
  expect(html).toContain('<title>Error: A title – Latchkey</title>');
  expect(html).toContain(`<a href="#${field}">That is wrong.</a>`);
  expect(html).toMatch(new RegExp(`id="${field}-error"[^]*?That is wrong\\.`));
  expect(html).toMatch(new RegExp(`<input[^>]* id="${field}"[^>]* aria-describedby="[^"]*${field}-error"[^>]* aria-invalid="true"`));
});

test('an error that no field is to blame for stands in the summary alone', async () => {
  const html = await render('sign-in/code', localsOf('sign-in/code', 'en', { error: { code: 'send_too_soon', message: 'Not yet.' } }));
  expect(countOf(html, 'h1')).toBe(1);
  expect(html).toContain('<p>Not yet.</p>');
  expect(html).not.toContain('aria-invalid');
});

test.each([
  ['an error', { error: wrong }],
  ['a question', { suggestion: 'jane@gmail.com' }],
])('%s has the focus as a box, and is read as an alert inside of it', async (_, over) => {
  const html = await render('sign-in/email', localsOf('sign-in/email', 'en', over));
  const box = /<div class="summary[^>]*>\s*<div[^>]*>/.exec(html)?.[0];
  expect(box).toMatch(/^<div class="summary[^>]* tabindex="-1" autofocus>\s*<div role="alert">$/);
});

test('good news is a status', async () => {
  expect(await render('sign-in/code', localsOf('sign-in/code', 'en', { notice: 'Sent again.' }))).toMatch(/role="status"[^]*Sent again\./);
});

test('a very long address is shown whole', async () => {
  expect(await render('sign-in/code', localsOf('sign-in/code', 'en', { destination: longEmail }))).toContain(longEmail);
});
