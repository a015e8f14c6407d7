// The hidden line that tells Warden its own pull requests, comments and issues again. It counts only where Warden wrote the text.

import type { Static, TSchema } from 'typebox';
import { canonicalJson } from './canonical.ts';
import { validate } from './validate.ts';

/** What a text is: one of a kind on a pull request or issue, except answers, records of decisions, and boxes, which are lines. */
export const MARKER_KINDS = [
  'proposal',
  'divergence',
  'escalation',
  'what-if',
  'decision',
  'answer',
  'acknowledgement',
  'closing',
  'veto',
  'branch-edited',
  'dashboard',
  'box',
  'configuration',
  'job',
  'watchdog',
] as const;
export type MarkerKind = (typeof MARKER_KINDS)[number];

const MARKER = /<!-- warden:([a-z-]+) (\{[^\n]*?\}) -->/;

/**
 * Kinds that count wherever they stand first. The marker of a box is within its line. That of a proposal counts only with a branch
 * that bears its name, so people and their tools may write above it. All others begin their text: words of others that Warden, or
 * another program under the same account, repeats further down are never one.
 */
const ANYWHERE: readonly string[] = ['box', 'proposal'];

/**
 * Returns the marker as one line of an HTML comment, which GitHub does not show. What could end the comment or is invisible is
 * escaped within the JSON, so any fact may be part of it.
 */
export function markerLine(kind: MarkerKind, facts: Readonly<Record<string, unknown>>): string {
  const json = canonicalJson(facts).replaceAll(/[<>&\p{Cf}\p{Zl}\p{Zp}]|-(?=-)/gu, (sign) =>
    sign
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
  return `<!-- warden:${kind} ${json} -->`;
}

/** Returns the facts of the marker of a text where it is of `kind`, or `null` where there is none that fits the schema. */
export function markerFacts<S extends TSchema>(text: string, kind: MarkerKind, schema: S): Static<S> | null {
  const found = markerOf(text);
  if (found === null || found[1] !== kind) return null;
  const facts = parsed(found[2] ?? '');
  const checked = validate(schema, facts);
  return checked.ok ? checked.value : null;
}

/** Returns the kind of the marker of a text, or `null` where it has none. Only the first counts. */
export function markerKind(text: string): MarkerKind | null {
  const found = markerOf(text)?.[1];
  return MARKER_KINDS.find((kind) => kind === found) ?? null;
}

function markerOf(text: string): RegExpExecArray | null {
  const found = MARKER.exec(text);
  if (found === null || ANYWHERE.includes(found[1] ?? '')) return found;
  return text.slice(0, found.index).trim() === '' ? found : null;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
