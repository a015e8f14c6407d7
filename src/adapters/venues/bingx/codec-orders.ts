// Orders and fills in the venue's answers, as what is known of them: cumulative facts, and never a price that nothing traded at.

import type { ClientOrderId, VenueOrderId } from '../../../domain/ids.ts';
import { type Instrument, stepsText } from '../../../domain/instrument.ts';
import { type Money, NO_MONEY, negated } from '../../../domain/money.ts';
import { err, ok } from '../../../domain/result.ts';
import type { EpochMs, Lots } from '../../../domain/steps.ts';
import type { OrderReport, OrderSide, TradeCause, VenueOrderStatus } from '../../../domain/venue.ts';
import type { JsonText, JsonTextObject } from '../json-text.ts';
import {
  costAt,
  fieldIn,
  type Instruments,
  idIn,
  instantIn,
  instrumentIn,
  isObject,
  lotsIn,
  moneyIn,
  objectIn,
  type Read,
  textIn,
} from './fields.ts';

const STATUSES: Readonly<Record<string, VenueOrderStatus>> = {
  NEW: 'NEW',
  PENDING: 'NEW',
  WORKING: 'NEW',
  RUNNING: 'NEW',
  PARTIALLY_FILLED: 'PARTIALLY_FILLED',
  FILLED: 'FILLED',
  CANCELED: 'CANCELED',
  CANCELLED: 'CANCELED',
  EXPIRED: 'EXPIRED',
  FAILED: 'REJECTED',
  REJECTED: 'REJECTED',
};

/** Returns what a status word of REST or stream means; the quantity tells an order that traded from one that did not. */
export function orderStatusFrom(word: string | null, filledLots: Lots): Read<VenueOrderStatus> {
  const key = word?.toUpperCase() ?? '';
  const status = Object.hasOwn(STATUSES, key) ? STATUSES[key] : undefined;
  if (status === undefined)
    return err(`status: expected one of ${Object.keys(STATUSES).join(', ')}, not "${key.slice(0, 40)}"`);
  return ok(status === 'NEW' && filledLots > 0 ? 'PARTIALLY_FILLED' : status);
}

export function orderSideFrom(word: string | null): Read<OrderSide> {
  const side = word?.toUpperCase() ?? '';
  return side === 'BUY' || side === 'SELL'
    ? ok(side)
    : err(`side: expected BUY or SELL, not "${side.slice(0, 40)}"`);
}

const SNOWFLAKE_EPOCH_MS = 1_288_834_974_657n;

/** When an order was made, which the venue's ids tell. */
export function orderCreatedAtMs(id: VenueOrderId): EpochMs {
  return Number((BigInt(id) >> 22n) + SNOWFLAKE_EPOCH_MS) as EpochMs;
}

/** Rows of a list of orders, or why it is none. The venue writes `null` for a list without rows. */
export function orderRowsIn(data: JsonText): Read<readonly JsonText[]> {
  const list = Array.isArray(data) ? data : isObject(data) ? fieldIn(data, 'orders') : undefined;
  if (list === null && isObject(data)) return ok([]);
  return Array.isArray(list) ? ok(list) : err('orders: expected a list');
}

/** Returns the one order of an answer, `null` where it holds none: nothing, an empty object, or one whose fields are all empty. */
export function orderRowIn(data: JsonText): JsonTextObject | null {
  if (!isObject(data)) return null;
  const order = fieldIn(data, 'order');
  if (order !== undefined && !isObject(order)) return null;
  const row = order ?? data;
  const id = textIn(row, 'orderId', 'orderID');
  const isEmpty = (id === null || id === '0') && textIn(row, 'symbol') === null;
  return isEmpty ? null : row;
}

/**
 * Reads one row of a query or a list.
 *
 * @param cause what made the order; the rows of orders that the venue forced do not say so themselves.
 * @returns `null` for an order in what is not traded here.
 */
export function orderFrom(
  value: JsonText,
  instruments: Instruments,
  cause: TradeCause = 'order',
): Read<OrderReport | null> {
  const row = objectIn(value, 'an order');
  if (!row.ok) return row;
  const instrument = instrumentIn(row.value, instruments, 'symbol');
  if (!instrument.ok || instrument.value === null) return instrument as Read<null>;
  return reportFrom(row.value, instrument.value, cause);
}

function reportFrom(row: JsonTextObject, instrument: Instrument, cause: TradeCause): Read<OrderReport> {
  const { lot, symbol } = instrument;
  const id = idIn(row, 'orderId', 'orderID');
  if (!id.ok) return id;
  if (id.value === null) return err('orderId: expected an id');
  const venueOrderId = id.value as VenueOrderId;
  const side = orderSideFrom(textIn(row, 'side'));
  if (!side.ok) return side;
  const ordered = lotsIn(row, lot, 'origQty', 'quantity');
  if (!ordered.ok) return ordered;
  if (ordered.value === null) return err('origQty: expected a quantity');
  const filled = lotsIn(row, lot, 'executedQty');
  if (!filled.ok) return filled;
  if (filled.value === null) return err('executedQty: expected a quantity');
  const status = orderStatusFrom(textIn(row, 'status'), filled.value);
  if (!status.ok) return status;
  const cost = filledCostIn(row, instrument, filled.value);
  if (!cost.ok) return cost;
  const commission = moneyIn(row, 'commission');
  if (!commission.ok) return commission;
  const profit = moneyIn(row, 'profit');
  if (!profit.ok) return profit;
  const updatedAt = instantIn(row, 'updateTime', 'time');
  if (!updatedAt.ok) return updatedAt;
  return ok({
    symbol,
    venueOrderId,
    clientOrderId: clientOrderIdIn(row),
    side: side.value,
    status: status.value,
    orderedLots: ordered.value,
    filledLots: filled.value,
    filledQuote: cost.value,
    isQuoteExact: filled.value === 0,
    fee: commission.value === null ? null : negated(commission.value),
    feeAsset: null,
    isMaker: null,
    cause: causeOf(textIn(row, 'type'), cause),
    venueRealized: profit.value,
    venueAtMs: updatedAt.value ?? orderCreatedAtMs(venueOrderId),
  });
}

/** At the average; `price` is what was asked for, or nobody's price at all. */
function filledCostIn(row: JsonTextObject, { lot }: Instrument, filled: Lots): Read<Money | null> {
  if (filled === 0) return ok(NO_MONEY);
  const average = textIn(row, 'avgPrice');
  if (average === null) return ok(null);
  const cost = costAt(average, lot, filled);
  if (!cost.ok) return err(`avgPrice: ${cost.error}`);
  return ok(cost.value === 0n ? null : cost.value);
}

function causeOf(type: string | null, told: TradeCause): TradeCause {
  if (type === 'LIQUIDATION') return 'liquidation';
  return type === 'ADL' ? 'adl' : told;
}

function clientOrderIdIn(row: JsonTextObject): ClientOrderId | null {
  return clientOrderIdFrom(textIn(row, 'clientOrderId', 'clientOrderID'));
}

/** In lower case, in which the venue keeps an id, so that one of ours is known however it is written. */
export function clientOrderIdFrom(text: string | null): ClientOrderId | null {
  return text === null ? null : (text.toLowerCase() as ClientOrderId);
}

/** What the answer to a new order says of it: under which id it is known, and what the venue understood. */
export interface PlaceAnswer {
  readonly venueOrderId: VenueOrderId;
  readonly clientOrderId: ClientOrderId | null;
  readonly symbol: string | null;
  readonly side: OrderSide | null;
  readonly orderedLots: Lots | null;
  /** Only where the answer says how the order stands; answers of before 2026 do not. */
  readonly report: OrderReport | null;
}

export function placeAnswerFrom(data: JsonText, instrument: Instrument): Read<PlaceAnswer> {
  const row = orderRowIn(data);
  if (row === null) return err('order: expected an order');
  // The text is as it was; the number may have passed through a program that rounds it.
  const id = idIn(row, 'orderID', 'orderId');
  if (!id.ok) return id;
  if (id.value === null) return err('orderId: expected an id');
  const ordered = lotsIn(row, instrument.lot, 'quantity', 'origQty');
  const side = orderSideFrom(textIn(row, 'side'));
  const isSaid = textIn(row, 'status') !== null && textIn(row, 'executedQty') !== null;
  // The order is known by its id whatever else cannot be read, so that nothing but the report is lost.
  const report = isSaid ? orderFrom(row, new Map([[instrument.symbol, instrument]])) : null;
  const venueOrderId = id.value as VenueOrderId;
  return ok({
    venueOrderId,
    clientOrderId: clientOrderIdIn(row),
    symbol: textIn(row, 'symbol'),
    side: side.ok ? side.value : null,
    orderedLots: ordered.ok ? ordered.value : null,
    report: report?.ok === true && report.value !== null ? { ...report.value, venueOrderId } : null,
  });
}

/** One trade of one order, whose side the order's own row says: older lists leave it out. */
export interface Fill {
  readonly venueOrderId: VenueOrderId;
  readonly tradeId: string | null;
  readonly lots: Lots;
  readonly quote: Money;
  /** With four decimals, as the venue lists it: less than its orders and its stream say. */
  readonly fee: Money | null;
  readonly feeAsset: string | null;
  readonly isMaker: boolean | null;
  readonly atMs: EpochMs | null;
}

/** Rows of a list of fills and how many there are in all, as far as the venue says. */
export interface FillPage {
  readonly fills: readonly Fill[];
  readonly rows: number;
  readonly total: number | null;
}

export function fillsFrom(data: JsonText, instrument: Instrument): Read<FillPage> {
  const answer = objectIn(data, 'the fills');
  if (!answer.ok) return answer;
  const list = fieldIn(answer.value, 'fill_history_orders', 'fill_orders');
  // The venue writes `null` for a list without rows.
  const rows = list === null ? [] : list;
  if (!Array.isArray(rows)) return err('fill_history_orders: expected a list');
  const fills: Fill[] = [];
  for (const value of rows) {
    const fill = fillFrom(value, instrument);
    if (!fill.ok) return fill;
    fills.push(fill.value);
  }
  const total = Number(textIn(answer.value, 'total') ?? Number.NaN);
  return ok({ fills, rows: rows.length, total: Number.isSafeInteger(total) ? total : null });
}

function fillFrom(value: JsonText, instrument: Instrument): Read<Fill> {
  const object = objectIn(value, 'a fill');
  if (!object.ok) return object;
  const row = object.value;
  const symbol = textIn(row, 'symbol');
  if (symbol !== null && symbol !== instrument.symbol)
    return err(`symbol: expected ${instrument.symbol}, not "${symbol.slice(0, 40)}"`);
  const id = idIn(row, 'orderId', 'orderID');
  if (!id.ok) return id;
  if (id.value === null) return err('orderId: expected an id');
  const lots = lotsIn(row, instrument.lot, 'qty', 'volume');
  if (!lots.ok) return lots;
  const price = textIn(row, 'price');
  if (lots.value === null || lots.value === 0 || price === null)
    return err(`qty, price: expected a trade, such as ${stepsText(instrument.lot, 1)} at 1`);
  const quote = costAt(price, instrument.lot, lots.value);
  if (!quote.ok) return err(`price: ${quote.error}`);
  if (quote.value === 0n) return err(`price: "${price.slice(0, 40)}" is no price`);
  const commission = moneyIn(row, 'commission');
  if (!commission.ok) return commission;
  return ok({
    venueOrderId: id.value as VenueOrderId,
    tradeId: textIn(row, 'tradeId'),
    lots: lots.value,
    quote: quote.value,
    fee: commission.value === null ? null : negated(commission.value),
    feeAsset: textIn(row, 'commissionAsset', 'currency'),
    isMaker: makerFrom(textIn(row, 'role')),
    atMs: filledAtMs(row, id.value as VenueOrderId),
  });
}

function makerFrom(role: string | null): boolean | null {
  const word = role?.toLowerCase();
  return word === 'maker' ? true : word === 'taker' ? false : null;
}

const HOME_AHEAD_MS = 28_800_000;

/**
 * `filledTime` names its offset. `filledTm` alone may be the time of the venue's home, UTC+8, under a `Z` that is not true; where the
 * order would then have been filled before it was made, the text was true.
 */
function filledAtMs(row: JsonTextObject, id: VenueOrderId): EpochMs | null {
  const told = instantOfText(textIn(row, 'filledTime'));
  if (told !== null) return told;
  const doubtful = instantOfText(textIn(row, 'filledTm'));
  if (doubtful === null) return null;
  const home = doubtful - HOME_AHEAD_MS;
  return (home >= orderCreatedAtMs(id) - 1_000 ? home : doubtful) as EpochMs;
}

const WITH_OFFSET = /T.*(Z|[+-]\d{2}:?\d{2})$/;

/** A time without an offset would be read as that of wherever this runs. */
function instantOfText(text: string | null): EpochMs | null {
  if (text === null || !WITH_OFFSET.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isSafeInteger(ms) && ms > 0 ? (ms as EpochMs) : null;
}
