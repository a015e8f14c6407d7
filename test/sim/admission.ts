// What has to hold of every order at the moment that it is released, judged by what the venue really holds.

import { accountOf } from '../../src/adapters/venues/exchange/model/state.ts';
import { quoteOf } from '../../src/domain/instrument.ts';
import type { Lots, PriceTicks } from '../../src/domain/steps.ts';
import type { OrderRequest } from '../../src/domain/venue.ts';
import type { KernelState, Order, Trade } from '../../src/kernel/state.ts';
import { type Problem, sumOf } from './invariants.ts';
import type { Judge } from './judge.ts';
import { OWN_ACCOUNT } from './settings.ts';

export function checkSubmit(
  judge: Judge,
  order: Order,
  trade: Trade,
  request: OrderRequest,
  state: KernelState,
): Problem | null {
  if (order.role === 'exit')
    return (
      exitProblem(judge, trade, request, state) ??
      judge.exits.submitProblem(trade, order.clientOrderId, state)
    );
  return (
    oneEntryProblem(judge, order, trade) ??
    entryProblem(judge, order, trade, request, state) ??
    judge.gates.entryProblem(trade, request, state) ??
    limitProblem(judge, trade, request, state)
  );
}

/** I3: no other entry order of the slot can still trade at the venue, or be on its way there. */
function oneEntryProblem(judge: Judge, order: Order, trade: Trade): Problem | null {
  const { byClientId } = accountOf(judge.exchange, OWN_ACCOUNT);
  for (const [id, sent] of judge.sentOrders) {
    if (sent.slot !== trade.slot || sent.request.reduceOnly || id === order.clientOrderId) continue;
    const isOfEntry =
      (sent.request.side === 'BUY') === (trade.side === 'LONG') && sent.tradeId === trade.tradeId;
    if (!isOfEntry) continue;
    const truth = byClientId.get(id);
    if (truth !== undefined && truth.endedAtMs === null)
      return { invariant: 'I3', text: `${order.clientOrderId} goes out while ${id} rests at the venue` };
    const isOnItsWay =
      truth === undefined && sent.leftAtMs !== null && judge.exchange.nowMs - sent.leftAtMs < 5_000;
    const isProven = trade.orders.some(
      (one) => one.clientOrderId === id && (one.rejectCode !== null || one.status === 'REJECTED'),
    );
    if (isOnItsWay && !isProven)
      return { invariant: 'I3', text: `${order.clientOrderId} goes out while ${id} is on its way` };
  }
  return null;
}

/** I5: an entry goes out only where nothing speaks against it. */
function entryProblem(
  judge: Judge,
  order: Order,
  trade: Trade,
  request: OrderRequest,
  state: KernelState,
): Problem | null {
  const { told, settings } = judge;
  const { limits, positionMode } = settings.kernel;
  const { nowMs } = state;
  const fail = (text: string): Problem => ({ invariant: 'I5', text: `${order.clientOrderId}: ${text}` });
  if (told.command !== 'RUN') return fail(`an entry while the command is ${told.command}`);
  if (told.published !== '' && told.published !== 'RUN') return fail(`an entry while ${told.published}`);
  if (!told.isStreamUp) return fail('an entry while the stream is down');
  if (!told.hasPermissions || !told.enabled.has(trade.strategyClass))
    return fail(`an entry of ${trade.strategyClass}, which may not enter`);
  const marked = nowMs - (told.markAtMs.get(request.symbol) ?? Number.NEGATIVE_INFINITY);
  if (marked > limits.staleMarkMs) return fail(`an entry on a price of ${marked} ms ago`);
  for (const [symbol, atMs] of told.fillAtMs)
    if (nowMs - atMs < limits.hotWindowMs)
      return fail(`an entry ${nowMs - atMs} ms after a fill of ${symbol}`);
  if (sumOf(trade) !== 0) return fail('an entry into a trade that holds something');
  if ((request.side === 'BUY') !== (trade.side === 'LONG'))
    return fail(`${request.side} opens a ${trade.side}`);
  for (const { trade: other } of state.slots) {
    if (other === null || other.symbol !== request.symbol) continue;
    if (other.orders.some(({ status }) => status === 'IN_DOUBT' || status === 'CANCEL_IN_DOUBT'))
      return fail('an entry while an order of the symbol is in doubt');
    const isOther = other !== trade && sumOf(other) !== 0;
    if (isOther && (positionMode === 'one_way' || other.side === trade.side))
      return fail('an entry while another slot holds the symbol');
  }
  return null;
}

/** I12, I4: the order alone, and everything together, within its limits at the marks of this instant. */
function limitProblem(judge: Judge, trade: Trade, request: OrderRequest, state: KernelState): Problem | null {
  const { limits, instruments } = judge.settings.kernel;
  const instrument = instruments.find(({ symbol }) => symbol === request.symbol);
  const mark = state.marks.get(request.symbol);
  if (instrument === undefined || mark === undefined)
    return { invariant: 'I12', text: `an entry of ${request.symbol}, which has no price` };
  const notional = quoteOf(instrument, request.quantity, mark.mark);
  const isWithin =
    notional <= limits.maxNotional &&
    request.quantity >= instrument.minLots &&
    request.leverage <= Math.min(limits.maxLeverage, instrument.maxLeverage) &&
    Number.isInteger(request.leverage) &&
    request.leverage >= 1 &&
    Number.isSafeInteger(request.quantity);
  if (!isWithin) return { invariant: 'I12', text: `${JSON.stringify(request)} is beyond the limits` };
  if (request.limit !== null && !isNear(request.limit, mark.mark, limits.priceBandPpm))
    return { invariant: 'I12', text: `limit ${request.limit} is far from the mark ${mark.mark}` };
  let worst: bigint = notional;
  for (const { trade: other } of state.slots) {
    if (other === null || other === trade) continue;
    const of = instruments.find(({ symbol }) => symbol === other.symbol);
    const at = state.marks.get(other.symbol);
    if (of === undefined || at === undefined) continue;
    worst += quoteOf(of, worstOf(other) as Lots, at.mark);
  }
  if (worst <= limits.maxPositionNotional) return null;
  return { invariant: 'I4', text: `all together may come to ${worst}` };
}

function isNear(limit: PriceTicks, mark: PriceTicks, bandPpm: number): boolean {
  return Math.abs(limit - mark) * 1_000_000 <= mark * bandPpm;
}

function worstOf(trade: Trade): number {
  const open = trade.orders.filter(({ role, dueAtMs }) => role === 'entry' && dueAtMs !== null);
  return (
    Math.abs(sumOf(trade)) + open.reduce((sum, one) => sum + Math.max(0, one.quantity - one.filledLots), 0)
  );
}

/** I4: an exit closes what is held and can do nothing else. */
function exitProblem(judge: Judge, trade: Trade, request: OrderRequest, state: KernelState): Problem | null {
  const held = sumOf(trade);
  const fail = (text: string): Problem => ({ invariant: 'I4', text: `${request.clientOrderId}: ${text}` });
  if (held === 0 || (request.side === 'SELL') !== held > 0)
    return fail(`${request.side} does not close ${held} lots`);
  if (request.quantity > Math.abs(held)) return fail(`${request.quantity} lots close ${held}`);
  if (!request.reduceOnly) return fail('an exit that does not only reduce');
  if (judge.told.command === 'HALTED') return fail('an order while halted');
  if (state.config.account === 'exclusive') return null;
  const others = trade.orders.filter(
    (one) => one.role === 'exit' && one.dueAtMs !== null && one.clientOrderId !== request.clientOrderId,
  );
  return others.length === 0 ? null : fail('a second exit in a shared account');
}
