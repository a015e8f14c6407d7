// A clock that only moves when it is told to: timestamps, token expiry and rate-limit windows of the local GitHub come from it.

import { assert } from '../../../domain/assert.ts';

export interface VirtualClock {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Moves the clock forward. */
  advance(ms: number): void;
}

/** Returns a clock that stands at `startMs` until it is advanced. */
export function createVirtualClock(startMs: number): VirtualClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    advance: (ms) => {
      assert(ms >= 0, `the clock cannot be moved back, and ${ms} ms is negative`);
      nowMs += ms;
    },
  };
}
