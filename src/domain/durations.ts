// The schema of a length of time in a configuration file.

import Type from 'typebox';
import { DURATION_PATTERN } from './time.ts';

/** A duration as text, `30m` or `7d`, with its default. */
export function duration(defaultText: string, description: string) {
  return Type.String({
    pattern: DURATION_PATTERN,
    default: defaultText,
    description: `${description}; a number and ms, s, m, h or d, e.g. ${defaultText}`,
  });
}
