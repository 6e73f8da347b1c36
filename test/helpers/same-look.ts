// What an onlooker can tell two answers apart by: everything but what is random in each.
import type { Answer } from './browser.ts';

/** `secrets`: how the person's own address may stand on their pages. */
export function lookOf({ status, url, headers, text }: Answer, secrets: readonly string[]) {
  const mask = (value: string) => {
    const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, '<address>'), value);
    return known
      .replace(/(\/interaction\/|\/authorize\/|uid=)[\w-]{20,}/g, '$1<uid>')
      .replace(/(name="csrf" value=)"[^"]+"/g, '$1"<token>"')
      .replace(/(state|nonce|code_challenge|code)=[\w-]+/g, '$1=<random>')
      .replace(/^([\w.-]+)=[^;]*/, (cookie, name: string) => (value.includes('; path=') ? `${name}=<value>` : cookie));
  };
  return {
    status,
    url: mask(url),
    headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)).map(([name, value]) => `${name}: ${mask(value)}`),
    text: mask(text),
  };
}
