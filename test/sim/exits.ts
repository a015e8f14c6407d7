// The judge's own books for what has to go on: exits that are rejected, cancels that are denied, and trades that hold something again.

import type { ClientOrderId } from '../../src/domain/ids.ts';
import type { RejectCode } from '../../src/domain/venue.ts';
import type { Effect } from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { ExitPlan, KernelState, Trade } from '../../src/kernel/state.ts';
import { type Problem, sumOf } from './invariants.ts';

/** An exit that was rejected, of which wish it was, and when. */
interface Rejection {
  readonly code: RejectCode;
  readonly plan: ExitPlan | null;
  readonly isUrgent: boolean;
  readonly atMs: number;
}

/** When a cancel was denied, by the kernel's clock and by the world's. */
interface Denied {
  readonly atMs: number;
  readonly worldMs: number;
}

const LIVE_MAX = 2;
const CIRCUIT_MS = 60_000;
/** A cancel that was denied goes out again within this long. */
const AGAIN_MS = 5_000;
/** A process that stands still for half a minute is no kernel that forgot. */
const PAUSE_MS = 40_000;
const SETTLED: ReadonlySet<RejectCode> = new Set(['ORDER_FINAL', 'ORDER_UNKNOWN', 'NO_POSITION']);

export class Exits {
  private readonly rejections = new Map<ClientOrderId, Rejection>();
  private readonly denied = new Map<ClientOrderId, Denied>();

  hear(event: KernelEvent, isAccepted: boolean, state: KernelState, worldMs: number): void {
    if (event.kind === 'SUBMIT_RESULT' && isAccepted && event.result.kind === 'REJECT')
      this.rejected(event.clientOrderId, event.result.code, state);
    const isDenied =
      event.kind === 'CANCEL_RESULT' &&
      isAccepted &&
      event.result.kind === 'REJECT' &&
      !SETTLED.has(event.result.code);
    if (isDenied) this.denied.set(event.clientOrderId, { atMs: state.nowMs, worldMs });
  }

  private rejected(id: ClientOrderId, code: RejectCode, { orders, trades, nowMs }: KernelState): void {
    const order = orders.get(id);
    const trade = order && trades.get(order.tradeId);
    if (order?.role !== 'exit' || !trade || code === 'POST_ONLY_CROSSED') return;
    this.rejections.set(id, { code, plan: trade.exit, isUrgent: trade.exit?.isUrgent === true, atMs: nowMs });
  }

  take(effect: Effect): void {
    if (effect.kind === 'CANCEL') this.denied.delete(effect.clientOrderId);
  }

  /** For an exit that goes out: there are two at most, and what was rejected again and again waits. */
  submitProblem(trade: Trade, id: ClientOrderId, { nowMs, config }: KernelState): Problem | null {
    let live = 1;
    for (const one of trade.orders)
      if (one.role === 'exit' && one.dueAtMs !== null && one.clientOrderId !== id) live += 1;
    if (live > LIVE_MAX)
      return { invariant: 'I4', text: `${id} is exit ${live} at once of ${trade.tradeId}` };
    const { identicalRejects: most } = config.router;
    const before = trade.orders.filter((one) => one.role === 'exit' && one.clientOrderId !== id).slice(-most);
    const rejections = before.map(({ clientOrderId }) => this.rejections.get(clientOrderId));
    const last = rejections.at(-1);
    const { exit } = trade;
    // Whoever is in a hurry now begins again to count.
    const isSame = rejections.every(
      (one) => one?.code === last?.code && one?.plan === exit && one.isUrgent === exit?.isUrgent,
    );
    if (last === undefined || before.length < most || !isSame || nowMs - last.atMs >= CIRCUIT_MS) return null;
    // The end of an older one, which nobody heard of, is something new.
    const sinceMs = rejections[0]?.atMs ?? 0;
    for (const one of trade.orders)
      if (one.clientOrderId !== id && !before.includes(one) && one.changedAtMs >= sinceMs) return null;
    return { invariant: 'I14', text: `${id} goes out ${nowMs - last.atMs} ms after ${most} × ${last.code}` };
  }

  /** After every event. */
  problem(state: KernelState, worldMs: number): Problem | null {
    for (const { id, trade } of state.slots) {
      const held = trade === null ? 0 : sumOf(trade);
      if (trade === null || held === 0) continue;
      if (trade.isClosed)
        return { invariant: 'I2', text: `${trade.tradeId} holds ${held} lots and is closed` };
      if (held > 0 !== (trade.side === 'LONG') && trade.exit === null)
        return {
          invariant: 'I4',
          text: `slot ${id} is ${trade.side}, holds ${held} lots, and does not exit`,
        };
    }
    for (const [id, { atMs, worldMs: sinceMs }] of this.denied) {
      const order = state.orders.get(id);
      const isResting = order?.status === 'WORKING' || order?.status === 'PARTIAL';
      if (!isResting || state.trading.command === 'HALTED') this.denied.delete(id);
      else if (state.nowMs - atMs > AGAIN_MS && worldMs - sinceMs > PAUSE_MS)
        return { invariant: 'I6', text: `the cancel of ${id} was denied, and never sent again` };
    }
    return null;
  }
}
