// The two windows that a budget of people has: an hour's, and a day's.
import type { WindowRule } from '../../storage/port.ts';

export const perHourAndDay = (hour: number, day: number): WindowRule[] => [
  { limit: hour, seconds: 3600 },
  { limit: day, seconds: 86_400 },
];
