// What the venue says of an order: the truth, and what each view makes of it.

import { quoteOf } from '../../../../domain/instrument.ts';
import { divideHalfEven, type Money, NO_MONEY } from '../../../../domain/money.ts';
import { type EpochMs, NO_LOTS, type PriceTicks } from '../../../../domain/steps.ts';
import type { OrderReport } from '../../../../domain/venue.ts';
import { balanceOf, legRows, positionRows } from './positions.ts';
import type { Account, BalanceCause, Exchange, LegRow, ModelOrder, OrderView, Trade } from './state.ts';
import { isFinal } from './state.ts';
import { record } from './timeline.ts';

/** What fees are taken in under the quirk `feeAssetOther`. */
const OTHER_FEE_ASSET = 'VENUE';

function trueReport(ex: Exchange, order: ModelOrder, atMs: EpochMs): OrderReport {
  return {
    symbol: order.instrument.symbol,
    venueOrderId: order.venueOrderId,
    clientOrderId: order.clientOrderId,
    side: order.side,
    status: order.status,
    orderedLots: order.quantity,
    filledLots: order.filledLots,
    filledQuote: order.filledQuote,
    isQuoteExact: true,
    fee: order.fee,
    feeAsset: ex.config.quirks.feeAssetOther && order.fee !== NO_MONEY ? OTHER_FEE_ASSET : null,
    isMaker: isMakerOf(order),
    cause: order.cause,
    venueRealized: order.realized,
    venueAtMs: atMs,
  };
}

/** The truth of an order as it has been since `atMs`. */
export function truthSince(ex: Exchange, order: ModelOrder, atMs: EpochMs): OrderView {
  return { report: trueReport(ex, order, atMs), average: averageOf(order) };
}

function isMakerOf(order: ModelOrder): boolean | null {
  if (order.filledLots === 0) return null;
  if (order.makerLots === 0) return false;
  return order.makerLots === order.filledLots ? true : null;
}

/** Returns a view's report with the quote that its rounded average amounts to. */
function withRoundedAverage(order: ModelOrder, { report, average }: OrderView): OrderReport {
  if (average === null) return report;
  return {
    ...report,
    filledQuote: quoteOf(order.instrument, report.filledLots, average),
    isQuoteExact: false,
  };
}

/** What a query or a list of open orders shows. */
export function queriedReport(ex: Exchange, order: ModelOrder, view: OrderView): OrderReport {
  return ex.config.quirks.roundedAverageOnQueries ? withRoundedAverage(order, view) : view.report;
}

/** What the answer to a submit or a cancel shows. */
export function answeredReport(ex: Exchange, order: ModelOrder, view: OrderView): OrderReport {
  const { quirks } = ex.config;
  const report = quirks.roundedAverage ? withRoundedAverage(order, view) : view.report;
  return quirks.feeMissingOnStream ? { ...report, fee: null, feeAsset: null } : report;
}

/** What the stream shows: nothing says who made the trade. */
function pushedReport(ex: Exchange, order: ModelOrder, view: OrderView): OrderReport {
  const answered = answeredReport(ex, order, view);
  const clientOrderId = ex.config.quirks.emptyClientIdOnStream ? null : answered.clientOrderId;
  return { ...answered, clientOrderId, isMaker: null };
}

/** Puts the present truth of an order into the read model and onto the stream, and returns what was put there. */
export function publishOrder(
  ex: Exchange,
  account: Account,
  order: ModelOrder,
  trade: Trade | null = null,
): OrderView {
  const truth = truthSince(ex, order, ex.nowMs);
  const { report } = truth;
  order.report = report;
  const isHidden =
    ex.config.quirks.canceledZeroFirst && report.status === 'CANCELED' && report.filledLots > 0;
  const view = isHidden ? emptied(truth) : truth;
  record(order.views, ex.nowMs, view);
  if (isHidden) record(order.views, ex.nowMs + ex.config.correctionMs, truth);
  const pushed = pushedReport(ex, order, view);
  account.frames.push({ kind: 'order', report: pushed, order, trade, atMs: ex.nowMs });
  return view;
}

function averageOf(order: ModelOrder): PriceTicks | null {
  if (order.filledLots === 0) return null;
  return Number(divideHalfEven(order.priceLots, BigInt(order.filledLots))) as PriceTicks;
}

function emptied({ report }: OrderView): OrderView {
  return {
    report: {
      ...report,
      filledLots: NO_LOTS,
      filledQuote: NO_MONEY,
      fee: NO_MONEY,
      feeAsset: null,
      isMaker: null,
      venueRealized: NO_MONEY,
    },
    average: null,
  };
}

export function recordBalance(ex: Exchange, account: Account): void {
  record(account.balanceViews, ex.nowMs, balanceOf(ex, account));
}

/** Puts the present balance into the read model and onto the stream. */
export function publishBalance(
  ex: Exchange,
  account: Account,
  cause: BalanceCause,
  change: Money,
  legs: readonly LegRow[] = [],
): void {
  const report = balanceOf(ex, account);
  record(account.balanceViews, ex.nowMs, report);
  const pushed = ex.config.quirks.marginOnlyBalanceFrames ? { ...report, wallet: null } : report;
  account.frames.push({ kind: 'balance', report: pushed, cause, change, legs, atMs: ex.nowMs });
}

export function recordPositions(ex: Exchange, account: Account): void {
  record(account.positionViews, ex.nowMs, positionRows(account));
  record(account.legViews, ex.nowMs, legRows(account));
}

/** Whether an order is open in a view. */
export function isOpenReport({ status }: OrderReport): boolean {
  return status === 'NEW' || status === 'PARTIALLY_FILLED';
}

/** Ends an order: what is left of it never trades, unless the world forces it to. */
export function endOrder(
  ex: Exchange,
  account: Account,
  order: ModelOrder,
  status: 'CANCELED' | 'EXPIRED',
): OrderView {
  order.status = status;
  leaveBook(ex, order);
  const view = publishOrder(ex, account, order);
  recordBalance(ex, account);
  return view;
}

/** Takes an order that has ended out of the book. */
export function leaveBook(ex: Exchange, order: ModelOrder): void {
  if (isFinal(order)) return;
  order.endedAtMs = ex.nowMs;
  const market = ex.markets.get(order.instrument.symbol);
  for (const list of [market?.resting, market?.waiting]) {
    const at = list?.indexOf(order) ?? -1;
    if (at >= 0) list?.splice(at, 1);
  }
}
