// Texts of others inside one line that goes to a person: without control characters, and never longer than an answer may be.

import { MESSAGE_CHARS_MAX } from '../../domain/kernel-control.ts';

/** Returns a text as one line of at most `max` characters; an empty one as a dash, since an answer holds no empty line. */
export function sentence(text: string, max = MESSAGE_CHARS_MAX): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced.
  const line = text.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  if (line === '') return '–';
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}
