// A paper account out of its record: books, sums and views as they were, for another process that goes on with it.

import { assert } from '../../../../domain/assert.ts';
import type { ClientOrderId, SymbolName, VenueOrderId } from '../../../../domain/ids.ts';
import type { Instrument } from '../../../../domain/instrument.ts';
import { type Money, NO_MONEY } from '../../../../domain/money.ts';
import { type EpochMs, type Lots, NO_LOTS, type PriceTicks } from '../../../../domain/steps.ts';
import type { IncomeRow } from '../../../../domain/venue.ts';
import { recordBalance, recordPositions, truthSince } from '../model/reports.ts';
import type { Account, Exchange, Leg, ModelOrder, Trade } from '../model/state.ts';
import { advanceTo, isFinal, marketOf } from '../model/state.ts';
import {
  type AccountRecord,
  type IncomeRecord,
  type LegRecord,
  moneyOf,
  type OrderRecord,
} from './account-record.ts';

/**
 * Opens the account of a record in an exchange without quotes, whose clock goes to the moment of the record. Holdings and orders of symbols
 * that the exchange does not list are left out, so nothing of them may be held or rest. Views show the present alone, as they always do
 * without quirks.
 */
export function restoreAccount(ex: Exchange, accountId: string, record: AccountRecord): void {
  advanceTo(ex, record.now_ms);
  assert(!ex.accounts.has(accountId), () => `account ${accountId} is open already`);
  ex.idCounter = record.id_counter;
  const account = emptyAccount(accountId, record);
  ex.accounts.set(accountId, account);
  for (const { symbol, long, short } of record.leverages) account.leverages.set(symbol, { long, short });
  for (const { symbol, net, long, short } of record.holdings) {
    const instrument = ex.markets.get(symbol)?.instrument;
    if (instrument === undefined) continue;
    account.holdings.set(symbol, { instrument, net: legOf(net), long: legOf(long), short: legOf(short) });
  }
  for (const one of record.orders) {
    const instrument = ex.markets.get(one.symbol)?.instrument;
    if (instrument !== undefined) takeOrder(ex, account, orderOf(one, accountId, instrument), one);
  }
  account.traded = account.orders
    .flatMap((order) => order.trades.map(({ atMs }) => ({ order, atMs })))
    .sort((a, b) => a.atMs - b.atMs);
  for (const id of record.resting) {
    const order = account.byVenueId.get(id);
    assert(order !== undefined && !isFinal(order), () => `order ${id} rests, and is not open`);
    marketOf(ex, order.instrument.symbol).resting.push(order);
  }
  recordPositions(ex, account);
  recordBalance(ex, account);
}

function emptyAccount(id: string, record: AccountRecord): Account {
  return {
    id,
    seed: moneyOf(record.seed),
    wallet: moneyOf(record.wallet),
    positionMode: record.position_mode,
    leverages: new Map(),
    holdings: new Map(),
    orders: [],
    byVenueId: new Map(),
    byClientId: new Map(),
    recent: [],
    traded: [],
    incomeRows: record.income.map(incomeOf),
    positionViews: [],
    legViews: [],
    balanceViews: [],
    frames: [],
  };
}

/** Orders that ended are in no list of lately ended ones: those are for views that lag. */
function takeOrder(ex: Exchange, account: Account, order: Unreported, one: OrderRecord): void {
  const atMs = one.reported_at_ms as EpochMs;
  // The truth is made from everything but the report that it is for.
  const whole = order as ModelOrder;
  const truth = truthSince(ex, whole, atMs);
  whole.report = truth.report;
  whole.views.push({ atMs, value: truth });
  account.orders.push(whole);
  account.byVenueId.set(whole.venueOrderId, whole);
  if (whole.clientOrderId !== null) account.byClientId.set(whole.clientOrderId.toLowerCase(), whole);
  if (!isFinal(whole)) account.recent.push(whole);
}

function legOf(leg: LegRecord): Leg {
  return {
    lots: leg.lots,
    entryQuote: moneyOf(leg.entry_quote),
    leverage: leg.leverage,
    realized: moneyOf(leg.realized),
    positionId: leg.position_id,
    openedAtMs: leg.opened_at_ms as EpochMs,
    changedAtMs: leg.changed_at_ms as EpochMs,
  };
}

type Unreported = Omit<ModelOrder, 'report'>;

function orderOf(one: OrderRecord, accountId: string, instrument: Instrument): Unreported {
  const trades = one.trades.map(tradeOf);
  return {
    accountId,
    instrument,
    venueOrderId: one.venue_order_id as VenueOrderId,
    clientOrderId: one.client_order_id as ClientOrderId | null,
    side: one.side,
    type: one.type,
    quantity: one.quantity as Lots,
    nominal: one.nominal as PriceTicks,
    reduceOnly: one.reduce_only,
    postOnly: one.post_only,
    timeInForce: 'GTC',
    trigger: null,
    closesPosition: false,
    leverage: one.leverage,
    cause: one.cause,
    createdAtMs: one.created_at_ms as EpochMs,
    trades,
    views: [],
    status: one.status,
    filledLots: lotsOf(trades),
    filledQuote: sumOf(trades.map(({ quote }) => quote)),
    priceLots: trades.reduce((sum, { price, lots }) => sum + BigInt(price) * BigInt(lots), 0n),
    fee: sumOf(trades.map(({ fee }) => fee)),
    realized: sumOf(trades.map(({ realized }) => realized)),
    makerLots: lotsOf(trades.filter(({ isMaker }) => isMaker)),
    queueAhead: one.queue_ahead,
    triggeredAtMs: null,
    endedAtMs: one.ended_at_ms as EpochMs | null,
  };
}

function tradeOf(trade: OrderRecord['trades'][number]): Trade {
  return {
    price: trade.price as PriceTicks,
    lots: trade.lots as Lots,
    quote: moneyOf(trade.quote),
    fee: moneyOf(trade.fee),
    realized: moneyOf(trade.realized),
    isMaker: trade.is_maker,
    atMs: trade.at_ms as EpochMs,
  };
}

function lotsOf(trades: readonly Trade[]): Lots {
  return trades.reduce((sum, { lots }) => (sum + lots) as Lots, NO_LOTS);
}

function sumOf(amounts: readonly Money[]): Money {
  return amounts.reduce((sum, amount) => (sum + amount) as Money, NO_MONEY);
}

function incomeOf(row: IncomeRecord): IncomeRow {
  return {
    transactionId: row.transaction_id,
    kind: row.kind,
    symbol: row.symbol as SymbolName | null,
    amount: moneyOf(row.amount),
    venueAtMs: row.at_ms as EpochMs,
  };
}
