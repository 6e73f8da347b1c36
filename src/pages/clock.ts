// Times as pages show them.
import { formatClock, formatMinute } from '../locales/index.ts';

export type ClockTime = { clock: string; iso: string; seconds: number };

/** Beyond it seconds are of no use to anybody who waits. */
const longWait = 600;

/** `ms` since the epoch; `seconds` from `now` until then. A time in minutes is rounded up: at the time that is said it has come. */
export function clockTime(locale: string, ms: number, now: number): ClockTime {
  const seconds = Math.max(0, Math.ceil((ms - now) / 1000));
  if (seconds <= longWait) return { clock: formatClock(locale, ms), iso: new Date(ms).toISOString(), seconds };
  const minute = Math.ceil(ms / 60_000) * 60_000;
  return { clock: formatMinute(locale, minute), iso: `${new Date(minute).toISOString().slice(0, -8)}Z`, seconds };
}
