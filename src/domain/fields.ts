// Field schemas that several records share, so that one word has one shape everywhere.

import Type from 'typebox';

/** A closed set of words, as a plain JSON Schema `enum`. */
export function oneOf<const T extends readonly string[]>(words: T, description?: string) {
  return Type.Unsafe<T[number]>({
    type: 'string',
    enum: [...words],
    ...(description === undefined ? {} : { description }),
  });
}

/** The same for a key that may be left out, with the word that it then has. */
export function oneOfByDefault<const T extends readonly string[]>(
  words: T,
  word: T[number],
  description?: string,
) {
  return Type.Unsafe<T[number]>({ ...oneOf(words, description), default: word });
}

/** `T | null`: unknown is said, never left to be guessed from a missing key or a zero. */
export function orNull<S extends Type.TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

/** The same for a key that may be left out. */
export function orNullByDefault<S extends Type.TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()], { default: null });
}

/**
 * A section that may be `null`, and is where it is left out. Not a union: defaults within one are not filled in, so that every key of the
 * section would have to be given.
 */
export function sectionOrNull<S extends Type.TObject>(schema: S) {
  return Type.Unsafe<Type.Static<S> | null>({ ...schema, type: ['object', 'null'], default: null });
}

/** The first field of every record: the version of its shape. */
export const version = Type.Literal(1);

/** An instant as Warden writes it: UTC, milliseconds, fixed width, so that it sorts as text. */
export const instant = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  description: 'UTC instant, e.g. 2026-11-21T10:00:00.000Z',
});

/** A UTC day. */
export const day = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: 'UTC day, e.g. 2026-11-21',
});

/** A name somebody else chose (agent, class, regime, run): printable, bounded, no control characters. */
export const name = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  description: '1 to 128 characters without control characters',
});

/** Characters of the reason for a decision, whether a person gives it or Warden. */
export const REASON_CHARS_MAX = 500;

export const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, 64 hex digits' });

export const positive = Type.Number({ exclusiveMinimum: 0 });
export const count = Type.Integer({ minimum: 0 });
export const horizonHours = Type.Integer({ minimum: 1, maximum: 24 * 366, description: 'whole hours' });
