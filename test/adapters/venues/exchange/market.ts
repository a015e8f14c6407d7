// A small market for tests of the exchange: two instruments, one account, and short words for its calls.

import {
  createExchange,
  openAccount,
  setQuote,
  submitOrder,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { HONEST, type Quirks } from '../../../../src/adapters/venues/exchange/model/quirks.ts';
import {
  EXCHANGE_DEFAULTS,
  type Exchange,
  type ExchangeConfig,
  type NewOrderRequest,
  type Quote,
  type Trigger,
} from '../../../../src/adapters/venues/exchange/model/state.ts';
import type { ClientOrderId, SymbolName, VenueOrderId } from '../../../../src/domain/ids.ts';
import { type Instrument, stepOf } from '../../../../src/domain/instrument.ts';
import { type Money, money } from '../../../../src/domain/money.ts';
import { lots, ppm, priceTicks } from '../../../../src/domain/steps.ts';
import type {
  OrderReport,
  OrderRequest,
  OrderSide,
  RejectCode,
  SubmitResult,
} from '../../../../src/domain/venue.ts';

export const START_MS = 1_790_000_000_000;
export const ACCOUNT = 'main';

/** One lot at one tick is exactly 1e-5 USDT. */
export const BTC: Instrument = {
  symbol: 'BTC-USDT' as SymbolName,
  tick: stepOf('0.1'),
  lot: stepOf('0.0001'),
  minLots: lots(2),
  minNotional: money(200_000_000n),
  makerFeePpm: ppm(200),
  takerFeePpm: ppm(500),
  maxLeverage: 50,
};

/** Steps so fine that a trade's quote has to be rounded, and a rebate for makers. */
export const FINE: Instrument = {
  ...BTC,
  symbol: 'FINE-USDT' as SymbolName,
  tick: stepOf('0.00007'),
  lot: stepOf('0.00003'),
  minLots: lots(1),
  minNotional: money(1n),
  makerFeePpm: ppm(-50),
};

export function usdt(amount: number): Money {
  return money(BigInt(Math.round(amount * 1e8)));
}

export function quoteAt(bid: number, ask: number, level = 100): Quote {
  return {
    bid: priceTicks(bid),
    ask: priceTicks(ask),
    mark: priceTicks(Math.round((bid + ask) / 2)),
    bidLots: lots(level),
    askLots: lots(level),
  };
}

interface Changes extends Partial<Omit<ExchangeConfig, 'quirks'>> {
  readonly quirks?: Partial<Quirks>;
}

/** An exchange at {@link START_MS} with 1,000 USDT, BTC at 100,000.0 / 100,001.0 with 100 lots on each side. */
export function exchangeWith(changes: Changes = {}): Exchange {
  const quirks = { ...HONEST, ...changes.quirks };
  const ex = createExchange({ ...EXCHANGE_DEFAULTS, instruments: [BTC, FINE], ...changes, quirks });
  openAccount(ex, ACCOUNT, usdt(1_000), START_MS);
  setQuote(ex, BTC.symbol, quoteAt(1_000_000, 1_000_010), START_MS);
  setQuote(ex, FINE.symbol, quoteAt(50_000, 50_010, 100_000), START_MS);
  return ex;
}

/** A market order to buy ten lots of BTC at a leverage of ten, but for what is changed. */
export function requestOf(clientId: string, changes: Partial<OrderRequest> = {}): OrderRequest {
  return {
    clientOrderId: clientId as ClientOrderId,
    symbol: BTC.symbol,
    side: 'BUY',
    type: 'MARKET',
    quantity: lots(10),
    limit: null,
    postOnly: false,
    reduceOnly: false,
    leverage: 10,
    ...changes,
  };
}

export function limitOf(clientId: string, price: number, changes: Partial<OrderRequest> = {}): OrderRequest {
  return requestOf(clientId, { type: 'LIMIT', limit: priceTicks(price), ...changes });
}

/** An order that waits for the mark, without a client id; a market order unless `changes` give it a limit. */
export function waitingOf(
  kind: Trigger['kind'],
  side: OrderSide,
  price: number,
  changes: Partial<NewOrderRequest> & { readonly by?: Trigger['by'] } = {},
): NewOrderRequest {
  const { by = 'MARK', ...rest } = changes;
  const type = rest.limit == null ? 'MARKET' : 'LIMIT';
  const trigger = { kind, price: priceTicks(price), by };
  return { ...requestOf('-'), clientOrderId: null, side, type, trigger, ...rest };
}

/** Sends an order that was signed at the exchange's own time. */
export function send(ex: Exchange, request: NewOrderRequest): SubmitResult {
  return submitOrder(ex, ACCOUNT, request, ex.nowMs, ex.nowMs);
}

/** @throws where the order is refused. */
export function sendTaken(ex: Exchange, request: NewOrderRequest): VenueOrderId {
  const result = send(ex, request);
  if (result.kind !== 'ACK') throw new Error(`refused: ${JSON.stringify(result)}`);
  return result.venueOrderId;
}

export function codeOf(result: { kind: string; code?: RejectCode }): RejectCode | string {
  return result.code ?? result.kind;
}

/** What a report says of fills, in short. */
export function fillsOf(report: OrderReport | null | undefined): string {
  return `${report?.status} ${report?.filledLots}/${report?.orderedLots}`;
}
