// Says times and dates in a person's language. Digits stay 0–9: a clock stands beside codes and numbers that have them too.

/** Seconds and the zone are said: a cool-down ends at a second, and the person may be elsewhere than the server. */
export function formatClock(locale: string, ms: number, timeZone?: string): string {
  return formatter(locale, 'clock', timeZone).format(ms);
}

/** For an end that is far off: a minute is exact enough. */
export function formatMinute(locale: string, ms: number, timeZone?: string): string {
  return formatter(locale, 'minute', timeZone).format(ms);
}

/** A day, in the server's zone. */
export function formatDate(locale: string, ms: number): string {
  return formatter(locale, 'date').format(ms);
}

const shapes = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short' },
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' },
  date: { day: 'numeric', month: 'long', year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Browsers may name any region: what is remembered has an end. */
const remembered = 100;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, shape: keyof typeof shapes, timeZone?: string): Intl.DateTimeFormat {
  const key = `${locale} ${shape} ${timeZone ?? ''}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, { ...shapes[shape], calendar: 'gregory', numberingSystem: 'latn', timeZone });
  if (formatters.size >= remembered) formatters.clear();
  formatters.set(key, made);
  return made;
}
