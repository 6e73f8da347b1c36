// Chooses a language: BCP 47 lookup (RFC 4647, section 3.4) over what the client asks for, then what the browser asks for.

/** More than any browser sends; whatever is beyond it is not looked at. */
const longestList = 1000;
const mostRanges = 32;
const range = /^[a-z]{1,8}(-[a-z0-9]{1,8}){0,7}$/i;
/** After the language, and a script if there is one. */
const region = /^[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2}|\d{3})(?=-|$)/i;

export type LocaleWishes = {
  /** OpenID Connect's `ui_locales`: tags separated by spaces, the dearest first. */
  uiLocales?: string;
  acceptLanguage?: string;
  fallback: string;
};

/** Never throws: what is not a language range is passed over. */
export function choose(available: readonly string[], wishes: LocaleWishes): string {
  for (const tag of listAsked(wishes)) {
    const found = lookup(available, tag);
    if (found !== undefined) return found;
  }
  return available[0] ?? 'en';
}

/** How dates are written in the language that was chosen: as in the region of the first wish for it that names one. */
export function chooseVariant(available: readonly string[], locale: string, wishes: LocaleWishes): string {
  for (const tag of listAsked(wishes)) {
    const [, subtag] = lookup(available, tag) === locale ? (region.exec(tag) ?? []) : [];
    if (subtag !== undefined) return `${locale}-${subtag.toUpperCase()}`;
  }
  return locale;
}

const listAsked = ({ uiLocales, acceptLanguage, fallback }: LocaleWishes) => [
  ...fromUiLocales(uiLocales),
  ...fromAcceptLanguage(acceptLanguage),
  fallback,
];

function fromUiLocales(list: unknown): string[] {
  if (typeof list !== 'string') return [];
  return list.slice(0, longestList).split(/\s+/).slice(0, mostRanges);
}

/** RFC 9110, section 12.5.4: by weight, equals in their order; a weight of 0 means "not this one". */
function fromAcceptLanguage(header: unknown): string[] {
  if (typeof header !== 'string') return [];
  return header
    .slice(0, longestList)
    .split(',')
    .slice(0, mostRanges)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      return { tag, weight: weightOf(parameters) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

function weightOf(parameters: string[]): number {
  const q = parameters.find((parameter) => /^q\s*=/i.test(parameter));
  if (q === undefined) return 1;
  const value = q.slice(q.indexOf('=') + 1).trim();
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(value) ? Number(value) : 0;
}

/** Shortens the tag from its end until it is one of ours; a single letter (`x`, `u`) goes with what it introduces. */
function lookup(available: readonly string[], tag: string): string | undefined {
  if (!range.test(tag)) return undefined;
  const subtags = tag.toLowerCase().split('-');
  while (subtags.length > 0) {
    const candidate = subtags.join('-');
    const found = available.find((locale) => locale.toLowerCase() === candidate);
    if (found !== undefined) return found;
    subtags.pop();
    if (subtags.at(-1)?.length === 1) subtags.pop();
  }
  return undefined;
}
