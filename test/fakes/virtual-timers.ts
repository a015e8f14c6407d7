// A clock whose time passes only when a test says so, with everything that waits for it.

import type { Timers } from '../../src/ports.ts';

export interface VirtualTimers extends Timers {
  /** Lets `ms` pass; what falls due on the way is run at its own instant, the earlier first, and among equals the older. */
  advance(ms: number): void;
  /** When the next call falls due, epoch ms, or `null` where nothing waits. */
  nextMs(): number | null;
}

interface Waiting {
  readonly atMs: number;
  readonly run: () => void;
}

export function virtualTimers(startMs: number): VirtualTimers {
  let nowMs = startMs;
  /** In the order of asking. */
  const waiting = new Set<Waiting>();
  const first = (): Waiting | null => {
    let found: Waiting | null = null;
    for (const one of waiting) if (found === null || one.atMs < found.atMs) found = one;
    return found;
  };
  return {
    nowMs: () => nowMs,
    after(ms, run) {
      const one = { atMs: nowMs + Math.max(0, ms), run };
      waiting.add(one);
      return () => waiting.delete(one);
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let next = first(); next !== null && next.atMs <= untilMs; next = first()) {
        waiting.delete(next);
        nowMs = next.atMs;
        next.run();
      }
      nowMs = untilMs;
    },
    nextMs: () => first()?.atMs ?? null,
  };
}
