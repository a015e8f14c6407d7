// Lengths of time as people say them, in the two largest units that count.

import { countText } from './report-numbers.ts';

const HOURS_MAX = 48;

/** Returns a length of time that is not negative, `3 d 4 h`, `5 h 20 min`, `2 min 3 s`, `30 min` or `14 s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours >= HOURS_MAX) return withRest(`${countText(Math.floor(hours / 24))} d`, hours % 24, 'h');
  if (hours > 0) return withRest(`${hours} h`, minutes, 'min');
  return minutes > 0 ? withRest(`${minutes} min`, seconds % 60, 's') : `${seconds} s`;
}

function withRest(text: string, rest: number, unit: string): string {
  return rest === 0 ? text : `${text} ${rest} ${unit}`;
}
