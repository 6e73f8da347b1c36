// HTML as a template tag that escapes every value, so that forgetting to is not possible.

export type Html = { readonly markup: string };
type Value = string | number | Html | undefined | false | readonly Value[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return { markup: strings.reduce((before, string, index) => before + write(values[index - 1]) + string) };
}

function write(value: Value): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return String(value).replace(/[&<>"']/g, (character) => entities[character]!);
  return 'markup' in value ? value.markup : value.map(write).join('');
}
