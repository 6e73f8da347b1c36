// Times as pages show them.
import { formatClock } from '../locales/index.ts';

export type ClockTime = { clock: string; iso: string; seconds: number };

/** `ms` since the epoch; `seconds` from `now` until then. */
export function clockTime(locale: string, ms: number, now: number): ClockTime {
  return { clock: formatClock(locale, ms), iso: new Date(ms).toISOString(), seconds: Math.max(0, Math.ceil((ms - now) / 1000)) };
}
