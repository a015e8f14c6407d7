// Deadlines as part of the state: each owner has at most one, kept in order, and a WAKE carries out those that are due.

import type { EpochMs } from '../domain/steps.ts';
import type { KernelState, Timer, TimerOwner } from './state.ts';

/** What holds a deadline: an order, a slot, or one of the kernel's own parts. */
interface Due {
  dueAtMs: EpochMs | null;
}

/** Sets, moves or (with `null`) removes the deadline of an owner. */
export function setDue(
  state: KernelState,
  owner: TimerOwner,
  key: string,
  holder: Due,
  atMs: EpochMs | null,
): void {
  if (holder.dueAtMs === atMs) return;
  const { timers } = state;
  if (holder.dueAtMs !== null) {
    const at = placeOf(timers, holder.dueAtMs, owner, key);
    timers.splice(at, 1);
  }
  holder.dueAtMs = atMs;
  if (atMs !== null) timers.splice(placeOf(timers, atMs, owner, key), 0, { atMs, owner, key });
}

/** Returns the first deadline that is due at `nowMs`, or `null`. */
export function firstDue(state: KernelState, nowMs: EpochMs): Timer | null {
  const first = state.timers[0];
  return first !== undefined && first.atMs <= nowMs ? first : null;
}

/** Index of the timer, or where it belongs. */
function placeOf(timers: readonly Timer[], atMs: EpochMs, owner: TimerOwner, key: string): number {
  let [low, high] = [0, timers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const timer = timers[middle];
    if (timer !== undefined && isBefore(timer, atMs, owner, key)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(timer: Timer, atMs: EpochMs, owner: TimerOwner, key: string): boolean {
  if (timer.atMs !== atMs) return timer.atMs < atMs;
  return timer.owner === owner ? timer.key < key : timer.owner < owner;
}
