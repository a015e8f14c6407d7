// What is around every answer of the venue: a code, a text, and the data, or in a few places the data alone.

import type { JsonText } from '../json-text.ts';
import { fieldIn, isObject, textIn } from './fields.ts';

export type Envelope =
  | { readonly kind: 'data'; readonly data: JsonText }
  | { readonly kind: 'error'; readonly code: number; readonly text: string }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Of the venue's words so many are kept. */
export const TEXT_CHARS_MAX = 300;

/**
 * Opens an answer. Code 0 is success, whatever the HTTP status said; an answer without a code is data as a whole, and one without `data`
 * is data with its envelope, since some fields stand beside it.
 */
export function readEnvelope(body: JsonText): Envelope {
  if (!isObject(body)) return { kind: 'unreadable', problem: 'the answer: expected an object' };
  if (fieldIn(body, 'code') === undefined) return { kind: 'data', data: body };
  const codeText = textIn(body, 'code') ?? '';
  if (!/^-?\d{1,9}$/.test(codeText))
    return { kind: 'unreadable', problem: `code: expected a whole number, not "${codeText.slice(0, 40)}"` };
  const code = Number(codeText);
  if (code !== 0) return { kind: 'error', code, text: (textIn(body, 'msg') ?? '').slice(0, TEXT_CHARS_MAX) };
  const data = fieldIn(body, 'data');
  return { kind: 'data', data: data === undefined ? body : data };
}
