// What merging leaves of a record that two sides changed: the changes of both, key by key.

import { canonicalJson } from './canonical.ts';
import { entryOf } from './entry-of.ts';

/**
 * Returns `ours` with what `theirs` changed since `ancestor`. Records are merged by key; anything else is one value. Where both
 * changed the same value, that of `theirs` counts, since Git would not merge it without a person who says so.
 */
export function mergedJson(ancestor: unknown, ours: unknown, theirs: unknown): unknown {
  if (isEqual(ancestor, theirs)) return ours;
  if (isEqual(ancestor, ours)) return theirs;
  if (!isRecord(ours) || !isRecord(theirs)) return theirs;
  const before = isRecord(ancestor) ? ancestor : {};
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  const merged = keys.flatMap((key): [string, unknown][] => {
    const value = mergedJson(entryOf(before, key), entryOf(ours, key), entryOf(theirs, key));
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(merged);
}

type JsonRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whatever the order of their keys. */
function isEqual(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalJson(value);
}
