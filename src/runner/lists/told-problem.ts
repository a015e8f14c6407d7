// When a problem that lasts is told of: once as it begins or changes, and again every ten minutes until it is over.

import { MINUTE_MS } from '../../domain/time.ts';

const TELL_AGAIN_MS = 10 * MINUTE_MS;

export class ToldProblem {
  private told: { readonly problem: string; readonly atMs: number } | null = null;

  /** Takes what is wrong now. Returns whether it is to be told of. */
  note(problem: string, nowMs: number): boolean {
    if (this.told?.problem === problem && nowMs - this.told.atMs < TELL_AGAIN_MS) return false;
    this.told = { problem, atMs: nowMs };
    return true;
  }

  /** Nothing is wrong any more. Returns whether anything was told of. */
  over(): boolean {
    const wasTold = this.told !== null;
    this.told = null;
    return wasTold;
  }
}
