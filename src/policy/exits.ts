// When a position is left: at its stop, after its longest hold, or at its take profit, each by the slot's own price and time.

import { moveBps } from './basis-points.ts';
import type { SlotView } from './policy.ts';

export interface ExitSettings {
  readonly maxHoldMs: number;
  readonly takeProfitBps: number;
  readonly stopLossBps: number;
  /** How many legs a take profit has. */
  readonly legs: number;
}

export type ExitCause = 'STOP_LOSS' | 'MAX_HOLD' | 'TAKE_PROFIT';

export interface Exit {
  readonly cause: ExitCause;
  readonly reason: string;
  /** `null`: by the ratio of its leg. */
  readonly size: number | null;
  readonly isUrgent: boolean;
}

/** What a position has made, in bps of its entry price before fees; `null` without an entry price or a price of its own symbol. */
export function gainBps({ price, entryPrice, side }: SlotView): number | null {
  if (price === null || entryPrice === null || !isPrice(price.price) || !isPrice(entryPrice)) return null;
  const move = moveBps(entryPrice, price.price);
  return side === 'SHORT' ? -move : move;
}

function isPrice(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

/**
 * Returns why an open position is to be left, or `null`. A stop and a hold that is too long take all of it; leg k of n takes its ratio at
 * k / n of the take profit, so that the last is out at the whole of it. Without a price the longest hold still counts.
 */
export function exitOf(slot: SlotView, nowMs: number, settings: ExitSettings): Exit | null {
  const gain = gainBps(slot);
  if (gain !== null && gain <= -settings.stopLossBps) {
    const reason = `STOP_LOSS: ${gain} bps, stop at -${settings.stopLossBps}`;
    return { cause: 'STOP_LOSS', reason, size: slot.size, isUrgent: true };
  }
  const heldMs = nowMs - slot.openedAtMs;
  if (heldMs >= settings.maxHoldMs) {
    const reason = `MAX_HOLD: held for ${heldMs} ms, at most ${settings.maxHoldMs}`;
    return { cause: 'MAX_HOLD', reason, size: slot.size, isUrgent: false };
  }
  const leg = Math.min(settings.legs, slot.legIndex + 1);
  const target = (settings.takeProfitBps * leg) / settings.legs;
  if (gain === null || gain < target) return null;
  const reason = `TAKE_PROFIT: ${gain} bps, leg ${leg} of ${settings.legs} at ${target}`;
  return { cause: 'TAKE_PROFIT', reason, size: leg < settings.legs ? null : slot.size, isUrgent: false };
}

/** An exit that was decided and has not happened is decided again after so long: the kernel may have been told to halt. */
const AGAIN_AFTER_MS = 5_000;

interface AskedExit {
  readonly slot: number;
  readonly tradeId: string | null;
  readonly legIndex: number;
  readonly cause: ExitCause;
  readonly atMs: number;
}

/** Exits that were decided, of the slots that are still open. Plain JSON. */
export type AskedExits = readonly AskedExit[];

/** Whether the same exit was decided a moment ago, so that another word of it would say nothing. */
export function isAskedAlready(asked: AskedExits, slot: SlotView, cause: ExitCause, nowMs: number): boolean {
  return asked.some(
    (one) =>
      one.slot === slot.slot &&
      one.tradeId === slot.tradeId &&
      one.legIndex === slot.legIndex &&
      one.cause === cause &&
      nowMs >= one.atMs &&
      nowMs - one.atMs < AGAIN_AFTER_MS,
  );
}

/** Adds an exit that was decided at `nowMs`, in place of any before it of that slot. */
export function exitAsked(asked: AskedExits, slot: SlotView, cause: ExitCause, nowMs: number): AskedExits {
  const { slot: number, tradeId, legIndex } = slot;
  return [
    ...asked.filter((one) => one.slot !== number),
    { slot: number, tradeId, legIndex, cause, atMs: nowMs },
  ];
}
