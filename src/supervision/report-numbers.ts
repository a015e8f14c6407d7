// Numbers and instants as reports show them: rounded for comparison, with separators, and a dash for what is unknown.

import { assert } from '../domain/assert.ts';
import { roundTo } from '../domain/rounding.ts';

/** What is shown where nothing was measured. */
export const UNKNOWN = '–';

/** Below this size the digits of a plain decimal would all be zeros. */
const EXPONENT_BELOW = 1e-4;

/** Returns `value` with exactly `digits` decimals and separators of thousands, e.g. `-2,451.2`. */
export function fixed(value: number | null, digits: number): string {
  if (value === null) return UNKNOWN;
  assert(Number.isFinite(value), 'a report shows finite numbers only');
  return separated(roundTo(value, digits).toFixed(digits));
}

/** Returns `value` with four significant digits and no zeros at the end: for numbers of many kinds in one column. */
export function brief(value: number | null): string {
  if (value === null) return UNKNOWN;
  assert(Number.isFinite(value), 'a report shows finite numbers only');
  if (value !== 0 && Math.abs(value) < EXPONENT_BELOW) return value.toExponential(1);
  const text = String(Math.abs(value) >= 1000 ? roundTo(value, 0) : Number(value.toPrecision(4)));
  return separated(text);
}

function separated(text: string): string {
  const [whole = '', ...decimals] = text.split('.');
  return [whole.replaceAll(/\B(?=(\d{3})+$)/g, ','), ...decimals].join('.');
}

/** Basis points, one decimal. */
export function bpsText(value: number | null): string {
  return fixed(value, 1);
}

/** Multiples of sigma, two decimals. */
export function sigmaText(value: number | null): string {
  return fixed(value, 2);
}

/** Effective rows, one decimal. */
export function nEffText(value: number): string {
  return fixed(value, 1);
}

/** Whole counts. */
export function countText(value: number): string {
  return fixed(value, 0);
}

/** A share as a percentage with one decimal. */
export function percentText(ratio: number | null): string {
  return ratio === null ? UNKNOWN : `${fixed(ratio * 100, 1)} %`;
}

/** `low to high`, each with `digits` decimals. */
export function intervalText(bounds: readonly [low: number, high: number] | null, digits: number): string {
  return bounds === null ? UNKNOWN : `${fixed(bounds[0], digits)} to ${fixed(bounds[1], digits)}`;
}

/** The UTC minute of an instant as Warden writes it, `2026-11-21 10:00`. */
export function minuteText(instant: string | null): string {
  return instant === null ? UNKNOWN : instant.slice(0, 16).replace('T', ' ');
}

/** The UTC second of an instant as Warden writes it: in an incident, minutes are too long. */
export function secondText(instant: string | null): string {
  return instant === null ? UNKNOWN : instant.slice(0, 19).replace('T', ' ');
}

/** The UTC day of an instant as Warden writes it. */
export function dayText(instant: string | null): string {
  return instant === null ? UNKNOWN : instant.slice(0, 10);
}
