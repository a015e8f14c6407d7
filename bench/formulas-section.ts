// What the comparison of formulas is made of: tables, and the arithmetic of their cells.

import type { Cell } from '../src/adapters/terminal/table.ts';

export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** In percent with one decimal. */
export function percentOf(count: number, of: number): number {
  return rounded((100 * count) / of, 1);
}

export function rounded(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals + 0;
}
