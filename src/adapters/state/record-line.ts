// One record, one line: how stored records are written, in the key order of their schema, and read back with suspicion.

import type { Static, TObject, TSchema } from 'typebox';
import { assert } from '../../domain/assert.ts';
import { problemText } from '../../domain/problem.ts';
import { err, type Result } from '../../domain/result.ts';
import { validate } from '../../domain/validate.ts';
import { CorruptStateError } from './corrupt-state.ts';
import { type Line, parseJsonLine } from './jsonl.ts';

/**
 * Returns the record as its line on disk (without the line end), keys in schema order. Asserts that its numbers are
 * finite: JSON would turn others into `null`, and unknown is not what they mean.
 */
export function recordLine<S extends TObject>(schema: S, record: Static<S>): string {
  const values: Readonly<Record<string, unknown>> = { ...record };
  const ordered: Record<string, unknown> = {};
  for (const key of keysOf(schema)) {
    const value = values[key];
    if (value === undefined) continue;
    const isWritable = typeof value !== 'number' || Number.isFinite(value);
    assert(isWritable, () => `${key} is ${String(value)}; expected a number`);
    ordered[key] = value;
  }
  return JSON.stringify(ordered);
}

const keysBySchema = new WeakMap<object, readonly string[]>();

function keysOf(schema: TObject): readonly string[] {
  const known = keysBySchema.get(schema);
  if (known !== undefined) return known;
  const keys = Object.keys(schema.properties);
  keysBySchema.set(schema, keys);
  return keys;
}

/** Returns the record that a text holds, or what is wrong with it in one sentence. */
export function parseRecord<S extends TSchema>(schema: S, text: string): Result<Static<S>, string> {
  const parsed = parseJsonLine(text);
  if (!parsed.ok) return err(`is not JSON: ${problemText(parsed.error)}`);
  const checked = validate(schema, parsed.value);
  return checked.ok ? checked : err(`is not a valid record: ${checked.error.map(problemText).join('; ')}`);
}

/** A record beside the text that holds it. */
export interface StoredRecord<T> {
  readonly record: T;
  readonly text: string;
}

/**
 * Returns the record that a stored line holds.
 *
 * @throws CorruptStateError with file and line, where the line is not such a record.
 */
export function recordFrom<S extends TSchema>(schema: S, path: string, line: Line): StoredRecord<Static<S>> {
  const place = `${path}:${line.number}`;
  if (line.kind === 'too_long')
    throw new CorruptStateError(place, 'is longer than 1 MiB; expected one record');
  const record = parseRecord(schema, line.text);
  if (!record.ok) throw new CorruptStateError(place, record.error);
  return { record: record.value, text: line.text };
}
