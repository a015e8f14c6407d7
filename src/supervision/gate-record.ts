// One gate of promotion as it is recorded: what was measured, against which limit, and whether that passes.

import { assert } from '../domain/assert.ts';
import type { PromotionGate } from '../domain/supervisor.ts';

export type Comparison = PromotionGate['comparison'];
/** By name, in the order in which they are shown. */
export type Gates = Readonly<Record<string, PromotionGate>>;

export const NO_ROWS = 'no reconciled row within the window';
export const NO_TELEMETRY =
  'no telemetry: nothing says that the agent works; record its runs with runWithTelemetry';

/**
 * Returns a gate. Whether it passes is decided on the number that is written, so that a reader comes to the same answer.
 *
 * @param value finite, or `null` where it is unknown, which does not pass
 */
export function gateRecord(
  value: number | null,
  comparison: Comparison,
  limit: number,
  decides: boolean,
  note: string | null,
): PromotionGate {
  assert(value === null || Number.isFinite(value), 'what a gate measures is a finite number or unknown');
  return { value, comparison, limit, pass: value !== null && holds(value, comparison, limit), decides, note };
}

function holds(value: number, comparison: Comparison, limit: number): boolean {
  switch (comparison) {
    case '>=':
      return value >= limit;
    case '>':
      return value > limit;
    case '<=':
      return value <= limit;
    case '<':
      return value < limit;
  }
}
