// Orders as the venue writes them over REST: the row of every list and query, and the answer to a new one, which is spelled differently.

import { divideHalfEven, MONEY_SCALE, negated } from '../../../../domain/money.ts';
import type { PriceTicks } from '../../../../domain/steps.ts';
import type { OrderReport, VenueOrderStatus } from '../../../../domain/venue.ts';
import type { WireObject } from '../../json-text.ts';
import type { Account, ModelOrder } from '../model/state.ts';
import type { WireSwitches } from '../wire-switches.ts';
import { moneyFixed, stepsFixed, stepsNumber } from './decimals.ts';
import { averageTicksOf, positionSideOf, timeInForceOf, wireTypeOf, workingTypeOf } from './order-words.ts';

/** Orders on which no stop hangs say so in this many words. */
const NO_STOP: WireObject = {
  type: '',
  quantity: 0,
  stopPrice: 0,
  price: 0,
  workingType: '',
  stopGuaranteed: '',
};

const NO_PRICE = 0 as PriceTicks;

export function statusText(status: VenueOrderStatus, { singleLRest }: WireSwitches): string {
  if (status === 'CANCELED') return singleLRest ? 'CANCELED' : 'CANCELLED';
  return status === 'REJECTED' ? 'FAILED' : status;
}

/** The row of an order as a view knows it. `price` of a MARKET order is nobody's price; `avgPrice` is. */
export function orderRow(
  wire: WireSwitches,
  { positionMode }: Account,
  order: ModelOrder,
  report: OrderReport,
): WireObject {
  const { tick, lot } = order.instrument;
  return {
    symbol: order.instrument.symbol,
    orderId: BigInt(order.venueOrderId),
    side: order.side,
    positionSide: positionSideOf(positionMode, order),
    type: wireTypeOf(order),
    origQty: stepsFixed(lot, report.orderedLots),
    price: stepsFixed(tick, order.nominal),
    executedQty: stepsFixed(lot, report.filledLots),
    avgPrice: stepsFixed(tick, averageTicksOf(order.instrument, report) ?? NO_PRICE),
    cumQuote: report.filledQuote === null ? '' : wholeText(report.filledQuote),
    stopPrice: order.trigger === null ? '' : stepsFixed(tick, order.trigger.price),
    profit: report.venueRealized === null ? '' : moneyFixed(report.venueRealized, 4),
    commission: report.fee === null ? '' : moneyFixed(negated(report.fee), 6),
    status: statusText(report.status, wire),
    time: order.createdAtMs,
    updateTime: report.venueAtMs,
    clientOrderId: order.clientOrderId?.toLowerCase() ?? '',
    leverage: `${order.leverage}X`,
    takeProfit: NO_STOP,
    stopLoss: NO_STOP,
    advanceAttr: 0,
    positionID: 0,
    takeProfitEntrustPrice: 0,
    stopLossEntrustPrice: 0,
    orderType: '',
    workingType: workingTypeOf(order),
    stopGuaranteed: 'false',
    triggerOrderId: 0,
    reduceOnly: order.reduceOnly,
    postOnly: order.postOnly,
    trailingStopRate: 0,
    trailingStopDistance: 0,
    closePosition: order.closesPosition ? 'true' : '',
    onlyOnePosition: positionMode === 'one_way',
  };
}

/** Rounded to whole units of the quote, as the venue does it: no price can be made of it. */
function wholeText(quote: bigint): string {
  return divideHalfEven(quote, MONEY_SCALE).toString();
}

/**
 * The answer to a new order: numbers for what was asked for, texts for what came of it.
 *
 * @param report how the venue answers that it stands; where it does not say, those fields are left out
 */
export function placedRow(
  wire: WireSwitches,
  { positionMode }: Account,
  order: ModelOrder,
  report: OrderReport | null,
): WireObject {
  const { tick, lot } = order.instrument;
  const asked: WireObject = {
    orderId: BigInt(order.venueOrderId),
    orderID: wire.oldPlaceAnswer ? undefined : order.venueOrderId,
    symbol: order.instrument.symbol,
    positionSide: positionSideOf(positionMode, order),
    side: order.side,
    type: wireTypeOf(order),
    price: order.type === 'MARKET' ? 0 : stepsNumber(tick, order.nominal),
    quantity: stepsNumber(lot, order.quantity),
    quoteOrderQty: 0,
    stopPrice: order.trigger === null ? 0 : stepsNumber(tick, order.trigger.price),
    workingType: workingTypeOf(order),
    clientOrderID: order.clientOrderId?.toLowerCase() ?? '',
    clientOrderId: '',
    timeInForce: timeInForceOf(order),
    priceRate: 0,
    stopLoss: '',
    takeProfit: '',
    reduceOnly: order.reduceOnly && positionMode === 'one_way',
    activationPrice: 0,
    closePosition: order.closesPosition ? 'true' : '',
    stopGuaranteed: '',
  };
  return wire.oldPlaceAnswer ? asked : { ...asked, ...outcome(wire, order, report) };
}

function outcome(wire: WireSwitches, order: ModelOrder, report: OrderReport | null): WireObject {
  if (report === null) return {};
  const { tick, lot } = order.instrument;
  return {
    status: statusText(report.status, wire),
    avgPrice: stepsFixed(tick, averageTicksOf(order.instrument, report) ?? NO_PRICE),
    executedQty: stepsFixed(lot, report.filledLots),
  };
}
