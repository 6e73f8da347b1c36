// Reads the facts that the tests are about out of a page of ours. Not a parser of HTML: it knows how our views are written.

export function countOf(html: string, tag: string): number {
  return html.match(new RegExp(`<${tag}[\\s>]`, 'g'))?.length ?? 0;
}

export function formsOf(html: string): { attributes: string; body: string }[] {
  return [...html.matchAll(/<form([^>]*)>([^]*?)<\/form>/g)].map(([, attributes = '', body = '']) => ({ attributes, body }));
}

export function idsOf(html: string): string[] {
  return [...html.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1] ?? '');
}

/** Every id that something of the page points at. */
export function references(html: string): string[] {
  const lists = [...html.matchAll(/\s(?:for|aria-describedby|aria-labelledby|form)="([^"]*)"/g)].flatMap((match) => (match[1] ?? '').split(' '));
  const links = [...html.matchAll(/href="#([^"]*)"/g)].map((match) => match[1] ?? '');
  return [...lists, ...links];
}

/** The controls that a person fills in, and whether a label names them. */
export function labelledControls(html: string): { tag: string; label: boolean }[] {
  return [...html.matchAll(/<(?:input|select|textarea)\b[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => !tag.includes('type="hidden"'))
    .map((tag) => ({ tag, label: html.includes(`<label for="${/\sid="([^"]*)"/.exec(tag)?.[1] ?? '?'}"`) }));
}
