// Orders at the local exchange: new ones, one by one and in batches, and every list and query of them.

import type { SymbolName } from '../../../../domain/ids.ts';
import { err, ok } from '../../../../domain/result.ts';
import type { OrderReport } from '../../../../domain/venue.ts';
import type { JsonText, Wire, WireObject } from '../../json-text.ts';
import { faultyOrderRefusal } from '../account-faults.ts';
import { type AccountRoute, type ApiAnswer, type ApiCall, apiError, data } from '../api.ts';
import { openOrders, queryOrder, submitOrder } from '../model/exchange.ts';
import { type Account, accountOf, type ModelOrder } from '../model/state.ts';
import { type ApiKey, type ExchangeWorld, presentOf } from '../world.ts';
import {
  anyMarketIn,
  invalid,
  listIn,
  marketIn,
  momentOf,
  orderOf,
  orderRefIn,
  type Params,
  type Read,
  refusalOf,
  type Span,
  spanIn,
  wholeIn,
  wordIn,
} from './call-params.ts';
import { newOrderIn } from './order-params.ts';
import { orderRow, placedRow } from './order-rows.ts';
import { wireTypeOf } from './order-words.ts';

const BATCH_MAX = 5;
const LIST_DEFAULT = 500;
const LIST_MAX = 1_000;

export const UNKNOWN_ORDER = apiError(109421, 'order does not exist');

export const ORDER_ROUTES: readonly AccountRoute[] = [
  signed('POST', '/v2/trade/order', placeOne),
  signed('POST', '/v2/trade/order/test', testOne),
  signed('POST', '/v2/trade/batchOrders', placeBatch),
  signed('GET', '/v2/trade/order', showOne),
  signed('GET', '/v2/trade/openOrder', showOpen),
  signed('GET', '/v2/trade/openOrders', listOpen),
  signed('GET', '/v2/trade/allOrders', (world, call, caller) =>
    listPast(world, call, caller, (_, { status }) => status !== 'NEW' && status !== 'PARTIALLY_FILLED'),
  ),
  signed('GET', '/v1/trade/fullOrder', (world, call, caller) => listPast(world, call, caller, () => true)),
  signed('GET', '/v2/trade/forceOrders', listForced),
];

/** A route under the prefix of swaps that asks for a signature. */
export function signed(
  method: AccountRoute['method'],
  path: string,
  answer: AccountRoute['answer'],
): AccountRoute {
  return { method, path: `/openApi/swap${path}`, access: 'signed', answer };
}

function placeOne(world: ExchangeWorld, call: ApiCall, caller: ApiKey): ApiAnswer {
  const placed = placeOrder(world, caller, call.params, call.signedAtMs);
  return placed.ok ? data({ order: placed.value }) : placed.error;
}

/** Reads an order, gives it to the model, and returns the row of the answer. */
export function placeOrder(
  world: ExchangeWorld,
  { accountId }: ApiKey,
  params: Params,
  signedAtMs: number,
): Read<WireObject> {
  const nowMs = presentOf(world);
  const account = accountOf(world.model, accountId);
  const read = newOrderIn(world, account, params);
  if (!read.ok) return read;
  const refused = faultyOrderRefusal(world.faults);
  if (refused !== null) return err(refused);
  const result = submitOrder(world.model, accountId, read.value, signedAtMs, nowMs);
  if (result.kind === 'REJECT') return err(refusalOf(result));
  const order = result.kind === 'ACK' ? account.byVenueId.get(result.venueOrderId) : undefined;
  if (result.kind !== 'ACK' || order === undefined) return err(apiError(109500, 'the order got lost'));
  return ok(placedRow(world.wire, account, order, result.report));
}

/** Reads an order and nothing else: neither the margin nor the book is asked. */
function testOne(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const read = newOrderIn(world, accountOf(world.model, accountId), params);
  if (!read.ok) return read.error;
  const { symbol, side, clientOrderId } = read.value;
  return data({
    order: {
      symbol,
      orderId: 0,
      side,
      positionSide: params.get('positionSide') ?? '',
      type: params.get('type'),
      clientOrderID: clientOrderId ?? '',
      workingType: params.get('workingType') ?? 'MARK_PRICE',
    },
  });
}

/** Reads all orders of a batch before it places the first; after that each stands alone, and one that is refused says so in its row. */
function placeBatch(world: ExchangeWorld, { params, signedAtMs }: ApiCall, caller: ApiKey): ApiAnswer {
  const entries = listIn(params, 'batchOrders', BATCH_MAX);
  if (!entries.ok) return entries.error;
  const orders: Params[] = [];
  for (const entry of entries.value) {
    const one = paramsOf(entry);
    if (one === null) return invalid('batchOrders has an entry that is no order');
    const read = newOrderIn(world, accountOf(world.model, caller.accountId), one);
    if (!read.ok) return read.error;
    orders.push(one);
  }
  return data({ orders: orders.map((one) => batchRow(one, placeOrder(world, caller, one, signedAtMs))) });
}

/** Texts of a JSON object, the empty ones left out, as of the parameters of a call. */
function paramsOf(entry: JsonText): Params | null {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return null;
  const params = new Map<string, string>();
  for (const [name, value] of Object.entries(entry)) {
    if (value === null || value === '') continue;
    params.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return params;
}

function batchRow(params: Params, placed: Read<WireObject>): WireObject {
  if (placed.ok) return placed.value;
  const { error } = placed;
  return {
    orderId: 0,
    symbol: params.get('symbol'),
    side: params.get('side'),
    positionSide: params.get('positionSide'),
    type: params.get('type'),
    clientOrderID: params.get('clientOrderID') ?? params.get('clientOrderId') ?? '',
    ...(error.kind === 'error' ? { errorCode: error.code, errorMsg: error.text } : {}),
  };
}

function showOne(world: ExchangeWorld, call: ApiCall, caller: ApiKey): ApiAnswer {
  return shown(world, call, caller, () => true);
}

function showOpen(world: ExchangeWorld, call: ApiCall, caller: ApiKey): ApiAnswer {
  return shown(world, call, caller, isOpen);
}

function isOpen({ status }: OrderReport): boolean {
  return status === 'NEW' || status === 'PARTIALLY_FILLED';
}

function shown(
  world: ExchangeWorld,
  { params }: ApiCall,
  { accountId }: ApiKey,
  isMeant: (report: OrderReport) => boolean,
): ApiAnswer {
  const account = accountOf(world.model, accountId);
  const market = marketIn(world, params);
  if (!market.ok) return market.error;
  const by = orderRefIn(params);
  if (!by.ok) return by.error;
  const moment = momentOf(world, 'lag_orders');
  const order = orderOf(account, market.value, by.value);
  if (order === null || world.faults.fires('order_not_found')) return UNKNOWN_ORDER;
  const report = reportAt(world, order, moment);
  return report !== null && isMeant(report)
    ? data({ order: orderRow(world.wire, account, order, report) })
    : UNKNOWN_ORDER;
}

/** What a view knew of an order at a moment, or `null` where it did not know it yet. */
function reportAt(
  { model }: ExchangeWorld,
  { accountId, venueOrderId }: ModelOrder,
  moment: number,
): OrderReport | null {
  const found = queryOrder(model, accountId, { venueOrderId }, moment);
  return found.kind === 'FOUND' ? found.report : null;
}

function listOpen(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const account = accountOf(world.model, accountId);
  const market = anyMarketIn(world, params);
  if (!market.ok) return market.error;
  const symbol: SymbolName | null = market.value?.instrument.symbol ?? null;
  const orders: Wire[] = [];
  for (const report of openOrders(world.model, accountId, momentOf(world, 'lag_orders'))) {
    const order = account.byVenueId.get(report.venueOrderId);
    if (order === undefined || (symbol !== null && report.symbol !== symbol)) continue;
    if (params.has('type') && params.get('type') !== wireTypeOf(order)) continue;
    orders.push(orderRow(world.wire, account, order, report));
  }
  return data({ orders });
}

/** Orders that were made in the time asked about, newest first: the newest ones, or with `orderId` the first ones after that. */
function listPast(
  world: ExchangeWorld,
  { params }: ApiCall,
  { accountId }: ApiKey,
  isMeant: (order: ModelOrder, report: OrderReport) => boolean,
): ApiAnswer {
  const account = accountOf(world.model, accountId);
  const market = anyMarketIn(world, params);
  if (!market.ok) return market.error;
  const span = spanIn(params, 'startTime', 'endTime', world.model.nowMs);
  if (!span.ok) return span.error;
  const limit = wholeIn(params, 'limit', 1, LIST_MAX, LIST_DEFAULT);
  if (!limit.ok) return limit.error;
  const afterId = afterIdIn(params);
  if (!afterId.ok) return afterId.error;
  const instrument = market.value?.instrument ?? null;
  const moment = momentOf(world, 'lag_orders');
  const made = madeIn(account, span.value);
  const rows: Wire[] = [];
  for (const order of afterId.value === null ? made.reverse() : made) {
    if (rows.length === limit.value) break;
    if (instrument !== null && order.instrument !== instrument) continue;
    if (afterId.value !== null && BigInt(order.venueOrderId) <= afterId.value) continue;
    const report = reportAt(world, order, moment);
    if (report !== null && isMeant(order, report)) rows.push(orderRow(world.wire, account, order, report));
  }
  return data({ orders: afterId.value === null ? rows : rows.reverse() });
}

function afterIdIn(params: Params): Read<bigint | null> {
  const text = params.get('orderId');
  if (text === undefined) return ok(null);
  return /^\d{1,19}$/.test(text) ? ok(BigInt(text)) : err(invalid('orderId is a whole number'));
}

function madeIn({ orders }: Account, { fromMs, toMs }: Span): ModelOrder[] {
  return orders.filter(({ createdAtMs }) => createdAtMs >= fromMs && createdAtMs <= toMs);
}

/** Liquidations and deleveraging. */
function listForced(world: ExchangeWorld, call: ApiCall, caller: ApiKey): ApiAnswer {
  const kind = wordIn(call.params, 'autoCloseType', ['LIQUIDATION', 'ADL'], null);
  if (!kind.ok) return kind.error;
  const asked = kind.value === null ? null : kind.value === 'ADL' ? 'adl' : 'liquidation';
  return listPast(
    world,
    call,
    caller,
    ({ cause }) => cause !== 'order' && (asked === null || cause === asked),
  );
}
