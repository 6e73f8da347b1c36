// The bare library's development pages: a login name, then consent.
import type { Site } from '../site.ts';

const actionOf = (text: string) => /<form[^>]*action="([^"]+)"/.exec(text)?.[1] ?? '';

export const walkBare: Site['walk'] = async (browser, first, person) => {
  const consent = await browser.post(actionOf(first.text), { prompt: 'login', login: person, password: '' });
  return browser.post(actionOf(consent.text), { prompt: 'consent' });
};
