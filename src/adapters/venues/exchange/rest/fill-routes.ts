// Fills at the local exchange, in the two spellings that the venue has for them.

import { quoteOf } from '../../../../domain/instrument.ts';
import { negated } from '../../../../domain/money.ts';
import { err, ok } from '../../../../domain/result.ts';
import { DAY_MS, isoFromMs } from '../../../../domain/time.ts';
import type { Wire, WireObject } from '../../json-text.ts';
import { type AccountRoute, type ApiAnswer, type ApiCall, data } from '../api.ts';
import { type Account, accountOf, type ModelOrder, type Trade } from '../model/state.ts';
import type { WireSwitches } from '../wire-switches.ts';
import type { ApiKey, ExchangeWorld } from '../world.ts';
import {
  anyMarketIn,
  invalid,
  marketIn,
  momentOf,
  type Params,
  type Read,
  requiredIn,
  SPAN_MAX_MS,
  type Span,
  spanOf,
  wholeIn,
} from './call-params.ts';
import { moneyFixed, stepsFixed } from './decimals.ts';
import { signed } from './order-routes.ts';
import { positionSideOf, tradeIdOf, wireTypeOf, workingTypeOf } from './order-words.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 1_000;
const ALL_FILLS_SPAN_MS = 30 * DAY_MS;
/** The venue's texts show the time of its home. */
const HOME_AHEAD_MS = 8 * 3_600_000;

export const FILL_ROUTES: readonly AccountRoute[] = [
  signed('GET', '/v2/trade/fillHistory', fillHistory),
  signed('GET', '/v2/trade/allFillOrders', allFills),
];

/** One trade of one order. */
interface Fill {
  readonly order: ModelOrder;
  readonly trade: Trade;
  readonly tradeId: number;
}

function fillHistory(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const account = accountOf(world.model, accountId);
  const market = marketIn(world, params);
  if (!market.ok) return market.error;
  const span = fillSpanIn(params, SPAN_MAX_MS);
  if (!span.ok) return span.error;
  const page = wholeIn(params, 'pageIndex', 1, Number.MAX_SAFE_INTEGER, 1);
  if (!page.ok) return page.error;
  const size = wholeIn(params, 'pageSize', 1, PAGE_MAX, PAGE_DEFAULT);
  if (!size.ok) return size.error;
  const lastFill = wholeIn(params, 'lastFillId', 0, Number.MAX_SAFE_INTEGER, null);
  if (!lastFill.ok) return lastFill.error;
  const moment = momentOf(world, 'lag_fills');
  const fills = fillsIn(account, span.value, moment, params.get('orderId')).filter(
    ({ order, tradeId }) =>
      order.instrument === market.value.instrument && (lastFill.value === null || tradeId > lastFill.value),
  );
  const from = (page.value - 1) * size.value;
  const rows = fills.slice(from, from + size.value).map((fill) => historyRow(world.wire, account, fill));
  return data({ fill_history_orders: rows, total: fills.length });
}

/** Quantities are of coins whatever unit was asked for, since a contract is one coin. */
function allFills(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const account = accountOf(world.model, accountId);
  const unit = params.get('tradingUnit');
  if (unit !== 'COIN' && unit !== 'CONT') return invalid('tradingUnit is one of COIN, CONT');
  const market = anyMarketIn(world, params);
  if (!market.ok) return market.error;
  const span = fillSpanIn(params, ALL_FILLS_SPAN_MS);
  if (!span.ok) return span.error;
  const moment = momentOf(world, 'lag_fills');
  const rows: Wire[] = [];
  for (const fill of fillsIn(account, span.value, moment, params.get('orderId')))
    if (market.value === null || fill.order.instrument === market.value.instrument)
      rows.push(allFillsRow(world.wire, account, fill));
  return data({ fill_orders: rows });
}

/** Both ends are required here. */
function fillSpanIn(params: Params, maxMs: number): Read<Span> {
  const [from, to] = [requiredIn(params, 'startTs'), requiredIn(params, 'endTs')];
  if (!from.ok) return from;
  if (!to.ok) return to;
  const fromMs = wholeIn(params, 'startTs', 0, Number.MAX_SAFE_INTEGER, null);
  const toMs = wholeIn(params, 'endTs', 0, Number.MAX_SAFE_INTEGER, null);
  if (!fromMs.ok) return fromMs;
  if (!toMs.ok) return toMs;
  if (fromMs.value === null || toMs.value === null) return err(invalid('startTs and endTs are required'));
  const span = spanOf({ fromMs: fromMs.value, toMs: toMs.value }, maxMs);
  return span.ok ? ok(span.value) : span;
}

/** Fills after the beginning of a time and up to its end, ascending, as far as they are seen at `moment`. */
function fillsIn(
  { orders }: Account,
  { fromMs, toMs }: Span,
  moment: number,
  orderId: string | undefined,
): readonly Fill[] {
  const untilMs = Math.min(toMs, moment);
  const fills: Fill[] = [];
  for (const order of orders) {
    if (order.createdAtMs > untilMs || (order.trades.at(-1)?.atMs ?? 0) <= fromMs) continue;
    if (orderId !== undefined && order.venueOrderId !== orderId) continue;
    for (const [index, trade] of order.trades.entries())
      if (trade.atMs > fromMs && trade.atMs <= untilMs)
        fills.push({ order, trade, tradeId: tradeIdOf(order, index) });
  }
  return fills.sort((a, b) => a.trade.atMs - b.trade.atMs);
}

/** `filledTm` shows the time of the venue's home as if it were UTC, unless the switch makes it honest. */
function timesOf({ filledTmLies }: WireSwitches, atMs: number): WireObject {
  const home = isoFromMs(atMs + HOME_AHEAD_MS).slice(0, -1);
  const shown = filledTmLies ? home : isoFromMs(atMs).slice(0, -1);
  return { filledTm: `${shown.slice(0, 19)}Z`, filledTime: `${home}+0800` };
}

function historyRow(
  wire: WireSwitches,
  { positionMode }: Account,
  { order, trade, tradeId }: Fill,
): WireObject {
  const { instrument } = order;
  const volume = stepsFixed(instrument.lot, trade.lots);
  return {
    ...timesOf(wire, trade.atMs),
    volume,
    price: stepsFixed(instrument.tick, trade.price),
    qty: volume,
    quoteQty: moneyFixed(quoteOf(instrument, trade.lots, trade.price), 2),
    commission: moneyFixed(negated(trade.fee), 4),
    commissionAsset: order.report.feeAsset ?? wire.marginAsset,
    orderId: order.venueOrderId,
    tradeId: String(tradeId),
    symbol: instrument.symbol,
    role: trade.isMaker ? 'maker' : 'taker',
    side: order.side.toLowerCase(),
    positionSide: positionSideOf(positionMode, order).toLowerCase(),
  };
}

function allFillsRow(wire: WireSwitches, { positionMode }: Account, { order, trade }: Fill): WireObject {
  const { instrument } = order;
  return {
    ...timesOf(wire, trade.atMs),
    volume: stepsFixed(instrument.lot, trade.lots),
    price: stepsFixed(instrument.tick, trade.price),
    amount: moneyFixed(quoteOf(instrument, trade.lots, trade.price), 4),
    commission: moneyFixed(negated(trade.fee), 4),
    currency: order.report.feeAsset ?? wire.marginAsset,
    orderId: order.venueOrderId,
    liquidatedPrice: '',
    liquidatedMarginRatio: '',
    clientOrderID: order.clientOrderId?.toLowerCase() ?? '',
    symbol: instrument.symbol,
    workingType: workingTypeOf(order),
    side: order.side,
    type: wireTypeOf(order),
    positionSide: positionSideOf(positionMode, order),
    onlyOnePosition: positionMode === 'one_way',
  };
}
