// What has to come right once nothing goes wrong any more, as one question: what of it is still missing.

import { truthOf } from '../../src/adapters/venues/exchange/model/exchange.ts';
import type { Exchange } from '../../src/adapters/venues/exchange/model/state.ts';
import type { SymbolName } from '../../src/domain/ids.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { isBlended } from './blending.ts';
import { type Problem, sumOf } from './invariants.ts';
import type { Judge } from './judge.ts';
import { oracleProblem } from './oracle-check.ts';
import { OWN_ACCOUNT } from './settings.ts';

const CENT = 1_000_000n;

/** Returns what of L1 to L5, and of M7, does not hold yet, or `null`. */
export function unsettled(state: KernelState, exchange: Exchange, judge: Judge): Problem | null {
  return (
    ordersProblem(state, exchange) ??
    positionsProblem(state, exchange, judge) ??
    residualProblem(state, exchange, judge) ??
    exitsProblem(state) ??
    freezeProblem(state, exchange, judge) ??
    oracleProblem(judge, state)
  );
}

/** L1, and the orders of L2. */
function ordersProblem(state: KernelState, exchange: Exchange): Problem | null {
  const open = new Set<string>(
    truthOf(exchange, OWN_ACCOUNT).openOrders.map(({ venueOrderId }) => venueOrderId),
  );
  for (const { clientOrderId: id, status, venueOrderId, type } of state.orders.values()) {
    const isOpen = venueOrderId !== null && open.has(venueOrderId);
    if (status === 'IN_DOUBT' || status === 'CANCEL_IN_DOUBT')
      return { invariant: 'L1', text: `${id} is ${status}` };
    const isResting = (status === 'WORKING' || status === 'PARTIAL') && type === 'LIMIT';
    const isFinal = ['FILLED', 'CANCELED', 'EXPIRED', 'REJECTED'].includes(status);
    if (!isResting && !isFinal) return { invariant: 'L1', text: `${id} is ${status}` };
    if (isResting !== isOpen)
      return { invariant: 'L2', text: `${id} is ${status}, at the venue it is ${isOpen ? '' : 'not '}open` };
  }
  return null;
}

function positionsProblem(state: KernelState, exchange: Exchange, judge: Judge): Problem | null {
  const venue = new Map<SymbolName, number>();
  const isExclusive = state.config.account === 'exclusive';
  if (isExclusive)
    for (const { symbol, position } of truthOf(exchange, OWN_ACCOUNT).positions)
      venue.set(symbol, (venue.get(symbol) ?? 0) + position);
  else
    for (const { report } of truthOf(exchange, OWN_ACCOUNT).orders) {
      const { clientOrderId: id, symbol, side, filledLots } = report;
      if (id === null || !judge.sentOrders.has(id)) continue;
      venue.set(symbol, (venue.get(symbol) ?? 0) + (side === 'BUY' ? filledLots : -filledLots));
    }
  // In a shared account nothing is adopted but what a person gave up, having looked.
  if (!isExclusive)
    for (const { symbol, adopted } of state.trades.values())
      venue.set(symbol, (venue.get(symbol) ?? 0) + adopted.buyLots - adopted.sellLots);
  for (const { symbol } of state.config.instruments) {
    const own = state.slots.reduce(
      (sum, { trade }) => (trade?.symbol === symbol ? sum + sumOf(trade) : sum),
      0,
    );
    const held = venue.get(symbol) ?? 0;
    if (own !== held)
      return { invariant: 'L2', text: `we hold ${own} lots of ${symbol}, the venue says ${held}` };
  }
  return null;
}

/** What a person gave up in a shared account went at the mark, since nobody knows who closed it and at what price. */
function hasGivenUp({ config, trades }: KernelState): boolean {
  if (config.account === 'exclusive') return false;
  return [...trades.values()].some(({ adopted }) => adopted.buyLots > 0 || adopted.sellLots > 0);
}

function residualProblem(state: KernelState, exchange: Exchange, judge: Judge): Problem | null {
  const { ledger } = state;
  // What a disk lost that had confirmed it, or what a person took as it was, nobody can tell any more.
  if (judge.isResidualAccepted || judge.hasLost) return null;
  if (hasGivenUp(state)) return null;
  const { wallet } = truthOf(exchange, OWN_ACCOUNT);
  const residual = wallet - ledger.wallet - ledger.explained;
  if ((residual < CENT && residual > -CENT) || isReopened(state) || isMixed(exchange, judge)) return null;
  return {
    invariant: 'L3',
    text: `E ${wallet} − K ${ledger.wallet} − ${ledger.explained} explained is ${residual}`,
  };
}

/** Nobody can tell what of the venue's profit is whose. */
function isMixed(exchange: Exchange, judge: Judge): boolean {
  return isBlended(exchange, (id) => judge.isOwn(id));
}

/** Fills that came after all had ended opened a trade again: until it is flat its profit is an average over both times. */
function isReopened(state: KernelState): boolean {
  for (const trade of state.trades.values()) {
    if (sumOf(trade) === 0) continue;
    if (trade.orders.some((one) => one.lateLots > 0 || one.filledLots > one.quantity)) return true;
  }
  return false;
}

/** L4: an exit that was asked for is done, or in front of a person. */
function exitsProblem({ slots, trading }: KernelState): Problem | null {
  if (trading.command === 'HALTED') return null;
  for (const { id, status, trade } of slots)
    if (trade !== null && trade.exit !== null && status !== 'QUARANTINED')
      return {
        invariant: 'L4',
        text: `slot ${id} is ${status} with an exit of ${sumOf(trade)} lots under way`,
      };
  return null;
}

/** L5: every reason that is left is one that still holds, seen from outside. */
function freezeProblem(state: KernelState, exchange: Exchange, judge: Judge): Problem | null {
  for (const [reason, { text }] of state.trading.reasons) {
    const isLive =
      (reason === 'QUARANTINE' && state.slots.some(({ status }) => status === 'QUARANTINED')) ||
      (reason === 'ORPHAN' && state.slots.some(({ status }) => status === 'ORPHAN')) ||
      (reason === 'OVERFILL' && judge.hasOverfill) ||
      (reason === 'FORGOTTEN_ORDER' && judge.hasLost) ||
      (reason === 'RECONCILE_ERROR' &&
        (judge.isResidualAccepted || judge.hasLost || hasGivenUp(state) || isMixed(exchange, judge)));
    if (!isLive) return { invariant: 'L5', text: `${reason} still holds: ${text}` };
  }
  return null;
}

/** L6, and what L4 leaves to a person: they heard of every orphan once, and of everything that waits for them. */
export function toldProblem(told: readonly string[], state: KernelState): Problem | null {
  for (const { tradeId } of state.trades.values()) {
    if (!tradeId.startsWith('orphan-')) continue;
    const times = told.filter((text) => text.startsWith('ORPHAN: ') && text.includes(`${tradeId}.`)).length;
    if (times !== 1) return { invariant: 'L6', text: `${tradeId} was reported ${times} times` };
  }
  for (const { id, status } of state.slots) {
    const isTold = told.some((text) => text.startsWith(`QUARANTINED: Slot ${id} `));
    if (status === 'QUARANTINED' && !isTold)
      return { invariant: 'L4', text: `slot ${id} waits for a person, whom nobody told` };
  }
  return null;
}
