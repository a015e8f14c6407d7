// Ways out of open orders: one, some, all, one for another, and all of them once their owner has not called for a while.

import type { VenueOrderId } from '../../../../domain/ids.ts';
import { err, ok } from '../../../../domain/result.ts';
import { isoFromMs } from '../../../../domain/time.ts';
import type { Wire, WireObject } from '../../json-text.ts';
import { faultyCancelRefusal, fillBeforeCancel } from '../account-faults.ts';
import { type AccountRoute, type ApiAnswer, type ApiCall, data } from '../api.ts';
import { cancelOrder } from '../model/exchange.ts';
import type { OrderRef } from '../model/reads.ts';
import { type Account, accountOf, isFinal, type Market, type ModelOrder } from '../model/state.ts';
import { type ApiKey, type ExchangeWorld, presentOf, publishFrames } from '../world.ts';
import {
  anyMarketIn,
  clientIdOf,
  invalid,
  listIn,
  marketIn,
  orderOf,
  orderRefIn,
  type Params,
  type Read,
  refusalOf,
  requiredIn,
  wholeIn,
  wordIn,
} from './call-params.ts';
import { newOrderIn } from './order-params.ts';
import { placeOrder, signed, UNKNOWN_ORDER } from './order-routes.ts';
import { orderRow } from './order-rows.ts';
import { wireTypeOf } from './order-words.ts';

const BATCH_MAX = 10;
const TIMEOUT_MIN_S = 10;
const TIMEOUT_MAX_S = 120;

export const CANCEL_ROUTES: readonly AccountRoute[] = [
  signed('DELETE', '/v2/trade/order', cancelOne),
  signed('DELETE', '/v2/trade/batchOrders', cancelBatch),
  signed('DELETE', '/v2/trade/allOpenOrders', cancelAll),
  signed('POST', '/v1/trade/cancelReplace', replaceOne),
  signed('POST', '/v2/trade/cancelAllAfter', armCancelAll),
];

function cancelOne(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const market = marketIn(world, params);
  if (!market.ok) return market.error;
  const by = orderRefIn(params);
  if (!by.ok) return by.error;
  const canceled = cancelNamed(world, accountOf(world.model, accountId), market.value, by.value);
  return canceled.ok ? data({ order: canceled.value }) : canceled.error;
}

/** Cancels an order of a market by its name, and returns its row. */
function cancelNamed(world: ExchangeWorld, account: Account, market: Market, by: OrderRef): Read<WireObject> {
  const order = orderOf(account, market, by);
  return order === null ? err(UNKNOWN_ORDER) : cancelKnown(world, account, order);
}

function cancelKnown(world: ExchangeWorld, account: Account, order: ModelOrder): Read<WireObject> {
  const { venueOrderId } = order;
  const refused = faultyCancelRefusal(world.faults);
  if (refused !== null) return err(refused);
  fillBeforeCancel(world, account, order);
  const result = cancelOrder(world.model, account.id, { venueOrderId }, presentOf(world));
  if (result.kind === 'REJECT') return err(refusalOf(result));
  const report = result.kind === 'ACK' ? result.report : null;
  return ok(orderRow(world.wire, account, order, report ?? order.report));
}

function cancelBatch(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const account = accountOf(world.model, accountId);
  const market = marketIn(world, params);
  if (!market.ok) return market.error;
  const names = orderRefsIn(params);
  if (!names.ok) return names.error;
  const success: Wire[] = [];
  const failed: Wire[] = [];
  for (const by of names.value) {
    const canceled = cancelNamed(world, account, market.value, by);
    if (canceled.ok) success.push(canceled.value);
    else failed.push(failedRow(by, canceled.error));
  }
  return data({ success, failed: failed.length === 0 ? null : failed });
}

/** By `orderIdList`, or by client ids in either spelling. */
function orderRefsIn(params: Params): Read<readonly OrderRef[]> {
  if (params.has('orderIdList')) {
    const ids = listIn(params, 'orderIdList', BATCH_MAX);
    if (!ids.ok) return ids;
    return ok(ids.value.map((id) => ({ venueOrderId: String(id) as VenueOrderId })));
  }
  const name = params.has('clientOrderIDList') ? 'clientOrderIDList' : 'clientOrderIdList';
  if (!params.has(name)) return err(invalid('orderIdList or clientOrderIdList is required'));
  const ids = listIn(params, name, BATCH_MAX);
  if (!ids.ok) return ids;
  const refs: OrderRef[] = [];
  for (const id of ids.value) {
    const clientOrderId = clientIdOf(String(id));
    if (!clientOrderId.ok) return clientOrderId;
    refs.push({ clientOrderId: clientOrderId.value });
  }
  return ok(refs);
}

function failedRow(by: OrderRef, error: ApiAnswer): WireObject {
  const id = 'venueOrderId' in by ? by.venueOrderId : '';
  return {
    orderId: /^\d{1,19}$/.test(id) ? BigInt(id) : 0,
    clientOrderId: 'clientOrderId' in by ? by.clientOrderId : '',
    ...(error.kind === 'error' ? { errorCode: error.code, errorMessage: error.text } : {}),
  };
}

function cancelAll(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const account = accountOf(world.model, accountId);
  const market = anyMarketIn(world, params);
  if (!market.ok) return market.error;
  const instrument = market.value?.instrument ?? null;
  const type = params.get('type') ?? null;
  const success: Wire[] = [];
  for (const order of openOf(account)) {
    if (instrument !== null && order.instrument !== instrument) continue;
    if (type !== null && wireTypeOf(order) !== type) continue;
    // Another that was canceled before may have ended it along with itself.
    const canceled = cancelKnown(world, account, order);
    if (canceled.ok) success.push(canceled.value);
  }
  return data({ success, failed: null });
}

function openOf({ recent }: Account): readonly ModelOrder[] {
  return recent.filter((order) => !isFinal(order));
}

/**
 * Cancels an order and places another, in one step that nothing comes between. An order that cannot be read cancels nothing. With
 * STOP_ON_FAILURE a cancel that is refused is the answer; otherwise each half says what came of it.
 */
function replaceOne(world: ExchangeWorld, { params, signedAtMs }: ApiCall, caller: ApiKey): ApiAnswer {
  const account = accountOf(world.model, caller.accountId);
  const market = marketIn(world, params);
  if (!market.ok) return market.error;
  const mode = wordIn(params, 'cancelReplaceMode', ['STOP_ON_FAILURE', 'ALLOW_FAILURE'], null);
  if (!mode.ok) return mode.error;
  if (mode.value === null) return invalid('cancelReplaceMode is required');
  const by = replacedRefIn(params);
  if (!by.ok) return by.error;
  const read = newOrderIn(world, account, params);
  if (!read.ok) return read.error;
  const canceled = cancelWhere(world, account, market.value, by.value, params);
  if (!canceled.ok && mode.value === 'STOP_ON_FAILURE') return canceled.error;
  const placed = placeOrder(world, caller, params, signedAtMs);
  return data({
    cancelResult: String(canceled.ok),
    cancelMsg: canceled.ok ? '' : textOf(canceled.error),
    cancelResponse: canceled.ok
      ? {
          cancelClientOrderId: params.get('cancelClientOrderId') ?? '',
          cancelOrderId: canceled.value['orderId'],
          ...canceled.value,
        }
      : null,
    replaceResult: String(placed.ok),
    replaceMsg: placed.ok ? '' : textOf(placed.error),
    newOrderResponse: placed.ok ? placed.value : null,
  });
}

function textOf(error: ApiAnswer): string {
  return error.kind === 'error' ? `${error.code} ${error.text}` : '';
}

function replacedRefIn(params: Params): Read<OrderRef> {
  const named = new Map<string, string>();
  const [orderId, clientOrderId] = [params.get('cancelOrderId'), params.get('cancelClientOrderId')];
  if (orderId !== undefined) named.set('orderId', orderId);
  if (clientOrderId !== undefined) named.set('clientOrderId', clientOrderId);
  if (named.size === 0) return err(invalid('cancelOrderId or cancelClientOrderId is required'));
  return orderRefIn(named);
}

/** Cancels as far as `cancelRestrictions` allows: only an order without fills, or only one with some. */
function cancelWhere(
  world: ExchangeWorld,
  account: Account,
  market: Market,
  by: OrderRef,
  params: Params,
): Read<WireObject> {
  const only = wordIn(
    params,
    'cancelRestrictions',
    ['ONLY_NEW', 'ONLY_PENDING', 'ONLY_PARTIALLY_FILLED'],
    null,
  );
  if (!only.ok) return only;
  const order = orderOf(account, market, by);
  if (order === null) return err(UNKNOWN_ORDER);
  const isFilled = order.filledLots > 0;
  if (only.value !== null && isFilled !== (only.value === 'ONLY_PARTIALLY_FILLED'))
    return err(invalid(`cancelRestrictions is ${only.value}, and the order is ${order.status}`));
  return cancelKnown(world, account, order);
}

/** Cancels every order of the account once it has not been armed again in time; a new call replaces the one before. */
function armCancelAll(world: ExchangeWorld, { params }: ApiCall, { accountId }: ApiKey): ApiAnswer {
  const type = requiredIn(params, 'type');
  if (!type.ok) return type.error;
  if (type.value === 'CLOSE') {
    disarm(world, accountId);
    return data({ triggerTime: 0, status: 'CLOSED', note: 'the timer is called off' });
  }
  if (type.value !== 'ACTIVATE') return invalid('type is one of ACTIVATE, CLOSE');
  const timeoutS = wholeIn(params, 'timeOut', TIMEOUT_MIN_S, TIMEOUT_MAX_S, null);
  if (!timeoutS.ok) return timeoutS.error;
  if (timeoutS.value === null) return invalid('timeOut is required');
  disarm(world, accountId);
  const waitMs = timeoutS.value * 1_000;
  const atMs = presentOf(world) + waitMs;
  world.cancelAllTimers.set(
    accountId,
    world.timers.after(waitMs, () => {
      world.cancelAllTimers.delete(accountId);
      const account = accountOf(world.model, accountId);
      for (const order of openOf(account)) cancelKnown(world, account, order);
      publishFrames(world);
    }),
  );
  return data({
    triggerTime: Math.floor(atMs / 1_000),
    status: 'ACTIVATED',
    note: `all open orders are canceled at ${isoFromMs(atMs)} unless this is called again before`,
  });
}

function disarm({ cancelAllTimers }: ExchangeWorld, accountId: string): void {
  cancelAllTimers.get(accountId)?.();
  cancelAllTimers.delete(accountId);
}
