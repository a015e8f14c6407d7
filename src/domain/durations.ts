// The schema of a length of time in a configuration file, and the range that one has to be in.

import Type from 'typebox';
import type { Problem } from './problem.ts';
import { checkedDurationMs, DURATION_PATTERN } from './time.ts';

/** A duration as text, `30m` or `7d`, with its default. */
export function duration(defaultText: string, description: string) {
  return Type.String({
    pattern: DURATION_PATTERN,
    default: defaultText,
    description: `${description}; a number and ms, s, m, h or d, e.g. ${defaultText}`,
  });
}

/** Each included, as durations themselves. */
export type DurationRange = readonly [from: string, to: string];

/** Returns what is wrong with a duration that fits its schema; nothing where there is none. */
export function outOfRange(
  path: string,
  text: string | null | undefined,
  [from, to]: DurationRange,
): readonly Problem[] {
  if (text === null || text === undefined) return [];
  const ms = checkedDurationMs(text);
  if (ms >= checkedDurationMs(from) && ms <= checkedDurationMs(to)) return [];
  return [{ path, message: `${text} is out of range; expected ${from} to ${to}` }];
}
