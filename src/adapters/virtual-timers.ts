// A clock whose time passes only when somebody says so, with everything that waits for it: of tests, and of runs over the past.

import type { Timers } from '../ports.ts';

export interface VirtualTimers extends Timers {
  /** Lets `ms` pass; what falls due on the way is run at its own instant, the earlier first, and among equals the older. */
  advance(ms: number): void;
  /**
   * Moves to the instant of the call that is due first, unless that has passed, and runs that one call alone. Whoever drives a run lets its
   * promises settle before the next. `false` where nothing waits.
   */
  advanceToNext(): boolean;
  /**
   * Lets `ms` pass at once, as a machine does that sleeps: nothing is run, and what fell due meanwhile is late. `advanceToNext` runs it one
   * by one, in the order of when it was due, at the instant that was leapt to, so that what repeats itself comes once and not once for each
   * time.
   */
  leap(ms: number): void;
  /** When the next call falls due, or fell due, epoch ms; `null` where nothing waits. */
  nextMs(): number | null;
}

interface Waiting {
  readonly atMs: number;
  /** Grows with the asking. */
  readonly turn: number;
  readonly run: () => void;
  /** Whether it was run or called off, and only its place is left. */
  isOver: boolean;
}

/** Fewer places than this are not cleared of what is over. */
const CLEARED_FROM = 64;

/** Waiting for a call and taking the next one cost the logarithm of how many wait, calling one off next to nothing. */
export function virtualTimers(startMs: number): VirtualTimers {
  let nowMs = startMs;
  let turns = 0;
  let overCount = 0;
  let heap: Waiting[] = [];

  /** The call that is due first, at the top of the heap. */
  const first = (): Waiting | null => {
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      if (!top.isOver) return top;
      removeFirst(heap);
      overCount -= 1;
    }
    return null;
  };
  const runFirst = (one: Waiting): void => {
    removeFirst(heap);
    one.isOver = true;
    nowMs = Math.max(nowMs, one.atMs);
    one.run();
  };
  /** Calls that are called off long before they are due would otherwise stay until then. */
  const clear = (): void => {
    if (heap.length < CLEARED_FROM || overCount * 2 < heap.length) return;
    const left = heap.filter(({ isOver }) => !isOver);
    heap = [];
    overCount = 0;
    for (const one of left) add(heap, one);
  };
  return {
    nowMs: () => nowMs,
    after(ms, run) {
      turns += 1;
      const one: Waiting = { atMs: nowMs + Math.max(0, ms), turn: turns, run, isOver: false };
      add(heap, one);
      return () => {
        if (one.isOver) return;
        one.isOver = true;
        overCount += 1;
        clear();
      };
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let next = first(); next !== null && next.atMs <= untilMs; next = first()) runFirst(next);
      nowMs = untilMs;
    },
    advanceToNext() {
      const next = first();
      if (next === null) return false;
      runFirst(next);
      return true;
    },
    leap(ms) {
      nowMs += Math.max(0, ms);
    },
    nextMs: () => first()?.atMs ?? null,
  };
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.turn < other.turn);
}

/** Adds to a binary heap: the parent of `at` is at `(at - 1) / 2`, rounded down, and due before it. */
function add(heap: Waiting[], one: Waiting): void {
  let at = heap.length;
  heap.push(one);
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || isBefore(parent, one)) break;
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = one;
}

function removeFirst(heap: Waiting[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let childAt = 2 * at + 1;
    let child = heap[childAt];
    if (child === undefined) break;
    const right = heap[childAt + 1];
    if (right !== undefined && isBefore(right, child)) {
      childAt += 1;
      child = right;
    }
    if (isBefore(last, child)) break;
    heap[at] = child;
    at = childAt;
  }
  heap[at] = last;
}
