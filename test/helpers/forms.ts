// Reads the forms of a page: where they post and what they would send untouched.

export type Form = { action: string; method: string; fields: Record<string, string | string[]>; html: string };

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#34': '"', '#39': "'" };
export const decode = (text: string) => text.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}(?:="([^"]*)")?(?=[\\s/>])`, 'i').exec(tag);
  return match ? decode(match[1] ?? '') : undefined;
}

function readFields(html: string): Form['fields'] {
  const fields: Form['fields'] = {};
  const add = (name: string, value: string) => {
    const before = fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  };
  for (const [tag] of html.matchAll(/<input\b[^>]*>/gi)) {
    const name = attribute(tag, 'name');
    const type = attribute(tag, 'type') ?? 'text';
    if (!name || type === 'submit') continue;
    if (['checkbox', 'radio'].includes(type) && attribute(tag, 'checked') === undefined) continue;
    add(name, attribute(tag, 'value') ?? (type === 'checkbox' ? 'on' : ''));
  }
  for (const [select, inner = ''] of html.matchAll(/<select\b[^>]*>([\s\S]*?)<\/select>/gi)) {
    const name = attribute(select.slice(0, select.indexOf('>') + 1), 'name');
    const options = [...inner.matchAll(/<option\b[^>]*>/gi)].map(([tag]) => tag);
    const selected = options.find((tag) => attribute(tag, 'selected') !== undefined) ?? options[0];
    if (name && selected) add(name, attribute(selected, 'value') ?? '');
  }
  // A form with one button sends its value; with several, the test says which.
  const buttons = [...html.matchAll(/<button\b[^>]*>/gi)].map(([tag]) => tag);
  const name = buttons.length === 1 ? attribute(buttons[0] as string, 'name') : undefined;
  if (name) add(name, attribute(buttons[0] as string, 'value') ?? '');
  return fields;
}

export function parseForms(html: string): Form[] {
  return [...html.matchAll(/<form\b[^>]*>([\s\S]*?)<\/form>/gi)].map(([whole, inner = '']) => {
    const tag = whole.slice(0, whole.indexOf('>') + 1);
    return {
      action: attribute(tag, 'action') ?? '',
      method: (attribute(tag, 'method') ?? 'get').toLowerCase(),
      fields: readFields(inner),
      html: whole,
    };
  });
}
