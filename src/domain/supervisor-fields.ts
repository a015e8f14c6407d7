// Field schemas that records and settings share: what is closed, maps by name, intervals, measured numbers, exact amounts.

import Type from 'typebox';
import { name, orNull } from './fields.ts';

/** A record refuses what it does not know. */
export const closed = { additionalProperties: false } as const;

/** A section that may be left out: every key of it has a default. */
export const section = { ...closed, default: {} } as const;

/** A map whose keys somebody else chose (agents, classes, regimes). `title` names it where it is a whole file. */
export function byName<S extends Type.TSchema>(schema: S, description: string, title?: string) {
  return Type.Record(name, schema, {
    ...closed,
    propertyNames: { maxLength: 128 },
    description,
    ...(title === undefined ? {} : { title }),
  });
}

/** A number that was measured, or `null` where there was nothing to measure. Never 0 in its place. */
export function measured(description: string) {
  return orNull(Type.Number({ description }));
}

/** `[low, high]`, or `null` where it could not be computed. */
export function interval(description: string) {
  return orNull(
    Type.Unsafe<readonly [low: number, high: number]>({
      type: 'array',
      items: { type: 'number' },
      minItems: 2,
      maxItems: 2,
      description,
    }),
  );
}

/** An exact amount of money, price or quantity: plain decimal digits, never an exponent, never `-0`. */
export const decimal = Type.String({
  pattern: '^(?!-0(\\.0*)?$)-?(0|[1-9]\\d*)(\\.\\d+)?$',
  maxLength: 64,
  description: 'decimal digits as text, e.g. "25000.00"',
});

/** One stretch of breach of a class or agent: `<subject>/<n>`, counted from 1. */
export const episode = Type.String({
  pattern: '^[^\\u0000-\\u001f\\u007f]{1,128}/[1-9]\\d{0,8}$',
  description: '<strategy class or agent>/<n>, e.g. macro/3',
});

/** A Git commit, full length. */
export const commit = Type.String({
  pattern: '^[0-9a-f]{40}([0-9a-f]{24})?$',
  description: 'full Git commit id',
});

/** Shares and rates. */
export const ratio = Type.Number({ minimum: 0, maximum: 1 });
export const nEff = Type.Number({
  minimum: 0,
  description: 'sum of uniqueness: how many independent rows these are',
});
