// Every request that the adapter makes: its path and parameters, whose budget it draws on, and whether it may leave twice.

import { assert } from '../../../domain/assert.ts';
import type { VenueOrderId } from '../../../domain/ids.ts';
import { type Instrument, stepsText } from '../../../domain/instrument.ts';
import type { OrderName, OrderRequest, OrderSide, PositionMode, Priority } from '../../../domain/venue.ts';
import type { LimitGroup, RestCall } from './rest-call.ts';

/** How long an order or a cancel waits for its turn. */
export const ACT_PATIENCE_MS = 5_000;
/** How long a question waits: whoever asks gives up at ten seconds. */
const QUESTION_PATIENCE_MS = 8_000;

export type PositionSide = 'BOTH' | 'LONG' | 'SHORT';

/** Returns which position an order moves. In hedge mode the side that is closed says that it may only close. */
export function positionSideOf(mode: PositionMode, side: OrderSide, reduceOnly: boolean): PositionSide {
  if (mode === 'one_way') return 'BOTH';
  return (side === 'BUY') === reduceOnly ? 'SHORT' : 'LONG';
}

export function placeCall(
  order: OrderRequest,
  instrument: Instrument,
  mode: PositionMode,
  priority: Priority,
  patienceMs: number,
): RestCall {
  const { symbol, side, type, limit, postOnly, reduceOnly, quantity, clientOrderId } = order;
  assert((type === 'LIMIT') === (limit !== null), () => `a ${type} order of ${symbol} at limit ${limit}`);
  return {
    method: 'POST',
    path: '/openApi/swap/v2/trade/order',
    params: {
      symbol,
      side,
      type,
      positionSide: positionSideOf(mode, side, reduceOnly),
      quantity: stepsText(instrument.lot, quantity),
      price: limit === null ? undefined : stepsText(instrument.tick, limit),
      timeInForce: limit === null ? undefined : postOnly ? 'PostOnly' : 'GTC',
      // The venue takes no such flag in hedge mode.
      reduceOnly: mode === 'one_way' && reduceOnly ? 'true' : undefined,
      clientOrderId,
    },
    access: 'signed',
    group: 'order_place',
    priority,
    repeat: 'other_host',
    patienceMs,
  };
}

export function cancelCall(order: OrderName, priority: Priority): RestCall {
  return {
    method: 'DELETE',
    path: '/openApi/swap/v2/trade/order',
    params: { symbol: order.symbol, ...nameParams(order) },
    access: 'signed',
    group: 'order_cancel',
    priority,
    repeat: 'other_host',
    spacingKey: order.venueOrderId ?? order.clientOrderId,
    patienceMs: ACT_PATIENCE_MS,
  };
}

export function queryCall(order: OrderName, priority: Priority): RestCall {
  const params = { symbol: order.symbol, ...nameParams(order) };
  return question('/openApi/swap/v2/trade/order', params, 'order_query', priority);
}

export function queryByIdCall(symbol: string, orderId: VenueOrderId, priority: Priority): RestCall {
  return question('/openApi/swap/v2/trade/order', { symbol, orderId }, 'order_query', priority);
}

/** By the venue's id where that is known, which no other order can have. */
function nameParams({ venueOrderId, clientOrderId }: OrderName): RestCall['params'] {
  return venueOrderId === null ? { clientOrderId } : { orderId: venueOrderId };
}

export function openOrdersCall(priority: Priority): RestCall {
  return question('/openApi/swap/v2/trade/openOrders', {}, 'order_lists', priority);
}

export function positionsCall(priority: Priority): RestCall {
  return question('/openApi/swap/v2/user/positions', {}, 'positions', priority);
}

export function balanceCall(priority: Priority): RestCall {
  return question('/openApi/swap/v3/user/balance', {}, 'account', priority);
}

/** From and to in epoch milliseconds, both included. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** As many rows as the venue gives at once. */
export const PAGE_ROWS = 1_000;

export function incomeCall({ fromMs, toMs }: TimeSpan, priority: Priority): RestCall {
  const params = { startTime: String(fromMs), endTime: String(toMs), limit: String(PAGE_ROWS) };
  return question('/openApi/swap/v2/user/income', params, 'account', priority);
}

export function fillsCall(symbol: string, { fromMs, toMs }: TimeSpan, priority: Priority): RestCall {
  const params = {
    symbol,
    // The venue leaves out what happened at the very start.
    startTs: String(fromMs - 1),
    endTs: String(toMs),
    pageIndex: '1',
    pageSize: String(PAGE_ROWS),
  };
  return question('/openApi/swap/v2/trade/fillHistory', params, 'fills', priority);
}

/** Orders by when they were made, open ones and ended ones. */
export function ordersMadeCall(symbol: string, { fromMs, toMs }: TimeSpan, priority: Priority): RestCall {
  const params = { symbol, startTime: String(fromMs), endTime: String(toMs), limit: String(PAGE_ROWS) };
  return question('/openApi/swap/v1/trade/fullOrder', params, 'order_lists', priority);
}

/** The venue's own orders against this account: liquidations and deleveraging. */
export function forcedOrdersCall(
  symbol: string,
  autoCloseType: 'LIQUIDATION' | 'ADL',
  { fromMs, toMs }: TimeSpan,
  priority: Priority,
): RestCall {
  const params = {
    symbol,
    autoCloseType,
    startTime: String(fromMs),
    endTime: String(toMs),
    limit: '100',
  };
  return question('/openApi/swap/v2/trade/forceOrders', params, 'order_lists', priority);
}

export function contractsCall(): RestCall {
  return publicQuestion('/openApi/swap/v2/quote/contracts', {}, 'housekeeping');
}

export function premiumIndexCall(symbol: string, priority: Priority): RestCall {
  return publicQuestion('/openApi/swap/v2/quote/premiumIndex', { symbol }, priority);
}

export function bookTickerCall(symbol: string, priority: Priority): RestCall {
  return publicQuestion('/openApi/swap/v2/quote/bookTicker', { symbol }, priority);
}

export function positionModeCall(): RestCall {
  return question('/openApi/swap/v1/positionSide/dual', {}, 'settings', 'housekeeping');
}

export function commissionCall(): RestCall {
  return question('/openApi/swap/v2/user/commissionRate', {}, 'account', 'housekeeping');
}

export function leverageCall(symbol: string): RestCall {
  return question('/openApi/swap/v2/trade/leverage', { symbol }, 'account', 'housekeeping');
}

export function setLeverageCall(
  symbol: string,
  side: PositionSide,
  leverage: number,
  priority: Priority,
): RestCall {
  return {
    method: 'POST',
    path: '/openApi/swap/v2/trade/leverage',
    params: { symbol, side, leverage: String(leverage) },
    access: 'signed',
    group: 'account',
    priority,
    // It ends the same, however often it is said.
    repeat: 'freely',
    patienceMs: ACT_PATIENCE_MS,
  };
}

export function cancelAllAfterCall(seconds: number | null): RestCall {
  return {
    method: 'POST',
    path: '/openApi/swap/v2/trade/cancelAllAfter',
    params: seconds === null ? { type: 'CLOSE' } : { type: 'ACTIVATE', timeOut: String(seconds) },
    access: 'signed',
    group: 'cancel_all_after',
    priority: 'cancel',
    repeat: 'freely',
    patienceMs: ACT_PATIENCE_MS,
  };
}

export function listenKeyCall(method: 'POST' | 'PUT' | 'DELETE', listenKey: string | null): RestCall {
  return {
    method,
    path: '/openApi/user/auth/userDataStream',
    params: listenKey === null ? {} : { listenKey },
    access: 'signed',
    group: 'listen_key',
    priority: 'doubt',
    repeat: method === 'DELETE' ? 'never' : 'freely',
    patienceMs: QUESTION_PATIENCE_MS,
  };
}

function question(path: string, params: RestCall['params'], group: LimitGroup, priority: Priority): RestCall {
  return {
    method: 'GET',
    path,
    params,
    access: 'signed',
    group,
    priority,
    repeat: 'freely',
    patienceMs: QUESTION_PATIENCE_MS,
  };
}

function publicQuestion(path: string, params: RestCall['params'], priority: Priority): RestCall {
  return { ...question(path, params, 'market', priority), access: 'public' };
}
