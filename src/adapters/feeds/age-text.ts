// How old something is, in words that a person reads at a glance.

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';

/** Returns milliseconds as `850 ms`, `42 s`, `5 min`, `3 h 2 min` or `12 d 4 h`, rounded down. */
export function ageText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.floor(ms))} ms`;
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1_000)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return two(Math.floor(ms / HOUR_MS), 'h', Math.floor((ms % HOUR_MS) / MINUTE_MS), 'min');
  return two(Math.floor(ms / DAY_MS), 'd', Math.floor((ms % DAY_MS) / HOUR_MS), 'h');
}

function two(whole: number, unit: string, part: number, smaller: string): string {
  return part === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${part} ${smaller}`;
}
