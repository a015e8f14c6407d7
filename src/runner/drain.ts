// What a stop does before the end: nothing, cancel what rests and wait for the proof, or close every position as well.

import type { IntentId } from '../domain/ids.ts';
import type { EpochMs } from '../domain/steps.ts';
import type { IntentEvent } from '../kernel/event.ts';
import { positionOf } from '../kernel/exposure.ts';
import { isFinal } from '../kernel/order-fsm.ts';
import type { KernelState, Slot } from '../kernel/state.ts';
import type { Timers } from '../ports.ts';
import type { Take } from './record.ts';

export type DrainPolicy = 'keep' | 'cancel' | 'flatten';

interface DrainDeps {
  readonly policy: DrainPolicy;
  readonly take: Take;
  readonly state: () => KernelState;
  /** Whether the kernel takes nothing any more, so that nothing more will come of anything. */
  readonly hasHalted: () => boolean;
  readonly timers: Timers;
  readonly withinMs: number;
  /** What ids begin with. */
  readonly runId: string;
}

const LOOK_EVERY_MS = 100;

/**
 * Carries out a drain policy, with intents as a policy would: nothing of it outlasts the restart. Resolves when all that was wanted is
 * proven, or the time is over.
 *
 * @returns what is left, in words; empty where nothing is.
 */
export async function drain(deps: DrainDeps): Promise<readonly string[]> {
  const { policy, timers, state, hasHalted, withinMs } = deps;
  if (policy === 'keep') return [];
  for (const slot of state().slots) leave(slot, deps);
  const deadlineMs = timers.nowMs() + withinMs;
  return await new Promise((resolve) => {
    const look = (): void => {
      const left = leftOf(state(), policy);
      if (left.length === 0 || hasHalted() || timers.nowMs() >= deadlineMs) resolve(left);
      else timers.after(LOOK_EVERY_MS, look);
    };
    look();
  });
}

function leave({ id, trade }: Slot, { policy, take, runId }: DrainDeps): void {
  if (trade === null) return;
  if (trade.entry !== null)
    take((atMs) => intent(atMs, `${runId}.stop-cxl.${id}`, id, trade.symbol, 'CANCEL'));
  if (policy === 'flatten')
    take((atMs) => intent(atMs, `${runId}.stop-exit.${id}`, id, trade.symbol, 'EXIT'));
}

function intent(
  atMs: EpochMs,
  intentId: string,
  slot: number,
  symbol: IntentEvent['symbol'],
  action: 'CANCEL' | 'EXIT',
): IntentEvent {
  return {
    kind: 'INTENT',
    atMs,
    intentId: intentId as IntentId,
    action,
    slot,
    tradeId: null,
    symbol,
    side: 'LONG',
    strategyClass: '' as IntentEvent['strategyClass'],
    decidedAtMs: atMs,
    referencePrice: null,
    size: action === 'EXIT' ? Number.MAX_VALUE : null,
    leverage: null,
    exitLegRatios: [],
    isUrgent: true,
    reason: 'the runner stops',
  };
}

function leftOf({ slots, instruments }: KernelState, policy: DrainPolicy): readonly string[] {
  const left: string[] = [];
  for (const { id, trade } of slots) {
    if (trade === null) continue;
    const open = trade.orders.filter(({ status }) => !isFinal(status));
    for (const { clientOrderId, status } of open)
      left.push(`order ${clientOrderId} of ${trade.symbol} is ${status}`);
    const position = positionOf(trade);
    if (policy === 'flatten' && position !== 0 && instruments.has(trade.symbol))
      left.push(`slot ${id} holds ${position} lots of ${trade.symbol}`);
  }
  return left;
}
