// Every word that a person reads, in every language there is. Views and messages ask here by key; escaping is theirs.
import { readFileSync } from 'node:fs';
import { createInstance } from 'i18next';
import { choose, chooseVariant, type LocaleWishes } from './choose.ts';

export { formatClock, formatDate, formatMinute } from './format.ts';
export type { LocaleWishes };

/** A new language is a file here, and its name in this list. The first is complete and stands in for what others lack. */
export const locales: readonly string[] = ['en', 'ar'];

export type Translate = (key: string, values?: Record<string, unknown>) => string;

const rightToLeft = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

const i18n = createInstance();
void i18n.init({
  initAsync: false,
  resources: Object.fromEntries(locales.map((locale) => [locale, { translation: read(locale) }])),
  supportedLngs: locales,
  fallbackLng: locales[0],
  nsSeparator: false,
  // Plain text comes out; a view escapes it, a text message must not.
  interpolation: { escapeValue: false, skipOnVariables: true },
  returnNull: false,
});

const translators = new Map(locales.map((locale) => [locale, fixed(locale)]));

/** Values are interpolated as text. `count` picks a plural form, `context` a variant (`title_email`) where there is one. */
export function translator(locale: string): Translate {
  return translators.get(locale) ?? fixed(locales[0]);
}

export function direction(locale: string): 'ltr' | 'rtl' {
  return rightToLeft.has(locale.split('-')[0] ?? '') ? 'rtl' : 'ltr';
}

/** `ui_locales` beats the browser's header, which beats the fallback; garbage is passed over. */
export function chooseLocale(wishes: LocaleWishes): string {
  return choose(locales, wishes);
}

/** For dates and times: the page's language as it is written where the person is. */
export function chooseRegional(locale: string, wishes: LocaleWishes): string {
  return chooseVariant(locales, locale, wishes);
}

/** Of one language. Names of apps and times of day come in ever new values: what is remembered has an end. */
const remembered = 2000;

function fixed(locale: string | undefined): Translate {
  const t = i18n.getFixedT(locale ?? 'en');
  // Most words of a page have no values in them, or the same ones each time.
  const known = new Map<string, string>();
  return (key, values) => {
    const asked = values ? `${key}\0${JSON.stringify(values)}` : key;
    const before = known.get(asked);
    if (before !== undefined) return before;
    const text = t(key, { ...values });
    if (known.size >= remembered) known.clear();
    known.set(asked, text);
    return text;
  };
}

function read(locale: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`${locale}.json`, import.meta.url), 'utf8'));
}
