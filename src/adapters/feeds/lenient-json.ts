// JSON as Python writes it: numbers that are none stand bare there, and would cost everything around them.

import { err, ok, type Result } from '../../domain/result.ts';

const TOKENS = ['NaN', '-Infinity', 'Infinity'] as const;
const MESSAGE_CHARS_MAX = 200;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads JSON. `NaN`, `Infinity` and `-Infinity` outside of strings are read as the texts of these names, which no number is taken for.
 *
 * @returns the value, or the parser's sentence on the text as it came.
 */
export function readLenientJson(text: string): Result<unknown, string> {
  const strict = parsed(text);
  if (strict.ok || !(text.includes('NaN') || text.includes('Infinity'))) return strict;
  const quoted = parsed(withTokensQuoted(text));
  return quoted.ok ? quoted : strict;
}

function parsed(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The parser quotes the text, which may hold anything.
    return err(message.replace(/\p{Cc}+/gu, ' ').slice(0, MESSAGE_CHARS_MAX));
  }
}

function withTokensQuoted(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; ) {
    if (text.charCodeAt(at) === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    const token = TOKENS.find((one) => text.startsWith(one, at));
    if (token !== undefined) {
      parts.push(text.slice(from, at), `"${token}"`);
      from = at + token.length;
    }
    at += token?.length ?? 1;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** Returns where the string that begins at `start` is over; the end of the text where it never is. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}
