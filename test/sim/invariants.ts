// What has to hold after every event, looked at from outside: against the truth of the venue and the judge's own books.

import { NO_LOTS } from '../../src/domain/steps.ts';
import type { OrderReport } from '../../src/domain/venue.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import { OUTCOME_CODES, type Outcome, type OutcomeCode } from '../../src/kernel/outcome.ts';
import type { KernelState, Order, Trade } from '../../src/kernel/state.ts';
import type { Judge } from './judge.ts';

export interface Problem {
  readonly invariant: string;
  readonly text: string;
}

type Check = (judge: Judge, event: KernelEvent, outcome: Outcome, state: KernelState) => Problem | null;

const CODES: ReadonlySet<OutcomeCode> = new Set(OUTCOME_CODES);

const CHECKS: readonly Check[] = [fills, reported, positions, exits, counted, bounded];

export function checkEvery(
  judge: Judge,
  event: KernelEvent,
  outcome: Outcome,
  state: KernelState,
): Problem | null {
  if (event.kind === 'MARK') return counted(judge, event, outcome, state);
  for (const check of CHECKS) {
    const problem = check(judge, event, outcome, state);
    if (problem !== null) return problem;
  }
  return null;
}

/** I1, I15: what is applied of an order never shrinks, is never more than the venue has, and comes in whole steps. */
function fills(judge: Judge, _event: KernelEvent, _outcome: Outcome, state: KernelState): Problem | null {
  for (const order of state.orders.values()) {
    const { clientOrderId: id, filledLots } = order;
    const before = judge.applied.get(id) ?? 0;
    if (filledLots < before)
      return { invariant: 'I1', text: `${id} went from ${before} to ${filledLots} lots` };
    if (filledLots > before) {
      judge.applied.set(id, filledLots);
      judge.told.fillAtMs.set(order.symbol, state.nowMs);
      if (filledLots > order.quantity) judge.hasOverfill = true;
    }
    const truth = order.venueOrderId === null ? undefined : judge.truthOf(order.venueOrderId);
    const most = truth?.filledLots ?? NO_LOTS;
    if (filledLots > most)
      return { invariant: 'I1', text: `${id} holds ${filledLots} lots, the venue ${most}` };
    if (truth !== undefined && truth.clientOrderId !== id)
      return { invariant: 'I1', text: `${id} is bound to the order of ${truth.clientOrderId}` };
    const unsound = unsoundOf(order);
    if (unsound !== null) return unsound;
  }
  return null;
}

function unsoundOf(order: Order): Problem | null {
  const { clientOrderId: id, filledLots, quantity, filledQuote, fee, bookedPredicted, bookedSettled } = order;
  for (const lots of [filledLots, quantity, order.pricedLots, order.feeLots])
    if (!Number.isSafeInteger(lots) || lots < 0)
      return { invariant: 'I15', text: `${id} counts ${lots} lots` };
  for (const amount of [filledQuote, fee, bookedPredicted, bookedSettled])
    if (typeof amount !== 'bigint')
      return { invariant: 'I15', text: `${id} holds an amount that is no integer` };
  return null;
}

/** I1: a report of a bound order that came in is in the book. */
function reported(_judge: Judge, event: KernelEvent, outcome: Outcome, state: KernelState): Problem | null {
  for (const report of reportsOf(event, outcome)) {
    const id = state.byVenueId.get(report.venueOrderId);
    const order = id === undefined ? undefined : state.orders.get(id);
    if (order === undefined || order.symbol !== report.symbol || order.side !== report.side) continue;
    if (order.filledLots < report.filledLots)
      return {
        invariant: 'I1',
        text: `${id} has ${order.filledLots} lots, and ${report.filledLots} were reported`,
      };
  }
  return null;
}

function reportsOf(event: KernelEvent, outcome: Outcome): readonly OrderReport[] {
  switch (event.kind) {
    case 'REPORT':
      return [event.report];
    case 'SUBMIT_RESULT':
    case 'CANCEL_RESULT':
      return event.result.kind === 'ACK' && event.result.report !== null ? [event.result.report] : [];
    case 'QUERY_RESULT':
      return event.result.kind === 'FOUND' ? [event.result.report] : [];
    case 'OPEN_ORDERS':
    case 'FILLS':
      return outcome.isAccepted && event.result.kind === 'KNOWN' ? event.result.rows : [];
    default:
      return [];
  }
}

/** I2: a trade holds what was adopted and what its orders filled; one that no slot holds any more is flat. */
function positions(judge: Judge, _event: KernelEvent, _outcome: Outcome, state: KernelState): Problem | null {
  for (const trade of state.trades.values()) {
    const isHeld = state.slots.some((slot) => slot.trade === trade);
    const position = sumOf(trade);
    if (!isHeld && position !== 0)
      return { invariant: 'I2', text: `no slot holds ${trade.tradeId}, which holds ${position} lots` };
  }
  for (const [id, { tradeId }] of judge.sentOrders) {
    const order = state.orders.get(id);
    const trade = state.trades.get(tradeId);
    if (order !== undefined && trade?.orders.includes(order) !== true)
      return { invariant: 'I2', text: `${id} was sent for ${tradeId}, which does not count it` };
  }
  return null;
}

/** The signed sum of a trade, without the kernel's own arithmetic. */
export function sumOf(trade: Trade): number {
  let sum = trade.adopted.buyLots - trade.adopted.sellLots;
  for (const { side, filledLots } of trade.orders) sum += side === 'BUY' ? filledLots : -filledLots;
  return sum;
}

/** What an exit may be told although it is not refused: there is nothing to close, or it is under way already. */
const EXIT_ANSWERS: ReadonlySet<OutcomeCode> = new Set(['SUPPRESSED', 'DUPLICATE_EVENT', 'HALTED']);

/** I6: an exit of what is held is never refused, but by a person's halt. */
function exits(judge: Judge, event: KernelEvent, outcome: Outcome, state: KernelState): Problem | null {
  if (event.kind !== 'INTENT' || event.action !== 'EXIT' || outcome.isAccepted) return null;
  const trade = state.slots[event.slot]?.trade ?? null;
  if (trade === null || sumOf(trade) === 0) return null;
  const isHalted = judge.told.command === 'HALTED';
  if (EXIT_ANSWERS.has(outcome.code) && (outcome.code !== 'HALTED' || isHalted)) return null;
  return {
    invariant: 'I6',
    text: `the exit of slot ${event.slot} was refused: ${outcome.code} ${outcome.details}`,
  };
}

/** I11: every event has come to one declared outcome, and all of them are counted. */
function counted(_judge: Judge, _event: KernelEvent, outcome: Outcome, state: KernelState): Problem | null {
  if (!CODES.has(outcome.code)) return { invariant: 'I11', text: `${outcome.code} is no declared outcome` };
  let sum = 0;
  for (const count of state.outcomes.values()) sum += count;
  if (sum === state.seq) return null;
  return { invariant: 'I11', text: `${sum} outcomes were counted for ${state.seq} events` };
}

/** I13: nothing grows beyond what it may be. */
function bounded(judge: Judge, _event: KernelEvent, _outcome: Outcome, state: KernelState): Problem | null {
  const { bounds, maxSlots, limits } = judge.settings.kernel;
  let live = 0;
  for (const order of state.orders.values()) if (order.dueAtMs !== null) live += 1;
  const sizes: readonly (readonly [string, number, number])[] = [
    ['parked orders', state.parked.byVenueId.size, bounds.parkedFrames],
    ['remembered ids', state.rememberedIds.size, bounds.rememberedIds],
    ['final orders', state.finalOrders.length, bounds.terminalOrders * 2],
    ['slots', state.slots.length, maxSlots + bounds.orphanSlots],
    ['timers', state.timers.length, live + state.slots.length + 3],
    ['entries of a minute', state.entryTimesMs.length, limits.maxEntriesPerMinute],
  ];
  const over = sizes.find(([, size, most]) => size > most);
  return over === undefined ? null : { invariant: 'I13', text: `${over[1]} ${over[0]}, at most ${over[2]}` };
}
