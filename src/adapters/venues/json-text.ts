// JSON as the venue writes it, without losing a digit: its ids are longer than a double, and the same field is a number here and a string there.

import { parse, stringify } from 'lossless-json';
import { err, ok, type Result } from '../../domain/result.ts';

/** What was read. Every number is the text that it was written as, as if it had been in quotes. */
export type JsonText = null | boolean | string | readonly JsonText[] | JsonTextObject;
export type JsonTextObject = { readonly [key: string]: JsonText };

/** What is written; a bigint as a number without quotes, and what is `undefined` not at all. */
export type Wire = null | boolean | number | bigint | string | readonly Wire[] | WireObject;
export type WireObject = { readonly [key: string]: Wire | undefined };

/** Reads a JSON text. A name that comes twice in one object with two values makes it unreadable; a `__proto__` is a name like others. */
export function readJsonText(text: string): Result<JsonText, string> {
  try {
    return ok(parse(text, undefined, (digits) => digits) as JsonText);
  } catch (error) {
    // A nesting that is deeper than the stack ends here too.
    if (error instanceof SyntaxError || error instanceof RangeError) return err(error.message);
    throw error;
  }
}

export function writeJsonText(value: Wire): string {
  return stringify(value) ?? 'null';
}
