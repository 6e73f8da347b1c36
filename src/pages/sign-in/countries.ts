// The country select: names in the person's language, and which one is preselected.
import type { Context } from 'koa';
import { listCountries, type PhoneRules } from '../../domain/identifiers/phone.ts';
import type { Country } from '../views.ts';

export function createCountries(rules: PhoneRules) {
  let listed: ReturnType<typeof listCountries> | undefined;
  const countries = () => (listed ??= listCountries(rules));
  const byLocale = new Map<string, Country[]>();

  function list(locale: string): Country[] {
    const known = byLocale.get(locale);
    if (known) return known;
    const names = new Intl.DisplayNames([locale], { type: 'region' });
    const named = countries().map(({ code, callingCode }) => ({ code, callingCode, name: names.of(code) ?? code }));
    const sorted = named.toSorted((a, b) => a.name.localeCompare(b.name, locale));
    byLocale.set(locale, sorted);
    return sorted;
  }

  /** The region of the browser's first language, if its numbers may be texted. */
  function guess(ctx: Context): string {
    const region = /^\s*[a-z]{2,3}-(?:[a-z]{4}-)?([a-z]{2})\b/i.exec(ctx.get('Accept-Language'))?.[1]?.toUpperCase();
    return countries().find(({ code }) => code === region)?.code ?? rules.defaultCountry;
  }

  return { list, guess };
}

export type Countries = ReturnType<typeof createCountries>;
