// The state of the exchange: plain data that the same calls make the same, with every order and every single trade.

import { assert } from '../../../../domain/assert.ts';
import type { ClientOrderId, VenueOrderId } from '../../../../domain/ids.ts';
import type { Instrument } from '../../../../domain/instrument.ts';
import type { Money } from '../../../../domain/money.ts';
import type { EpochMs, Lots, Ppm, PriceTicks } from '../../../../domain/steps.ts';
import { ppm } from '../../../../domain/steps.ts';
import type {
  BalanceReport,
  IncomeRow,
  OrderReport,
  OrderSide,
  OrderType,
  PositionMode,
  TradeCause,
  VenueOrderStatus,
  VenuePosition,
} from '../../../../domain/venue.ts';
import { HONEST, type Quirks } from './quirks.ts';
import type { Timeline } from './timeline.ts';

export interface ExchangeConfig {
  readonly instruments: readonly Instrument[];
  readonly positionMode: PositionMode;
  readonly quirks: Quirks;
  /** How far the signing time of a request may be from the venue's clock. */
  readonly recvWindowMs: number;
  /** How far the limit of an order may be from the mark. */
  readonly priceBandPpm: Ppm;
  /** What the best level does not hold is traded so many ticks further, without end. */
  readonly slippageTicks: number;
  /** How far from the mark the bound is that a MARKET order gets as its nominal price. */
  readonly marketBoundPpm: Ppm;
  /** No orders are taken for so long after a funding settlement. */
  readonly fundingWindowMs: number;
  /** When reads become right under the quirk `canceledZeroFirst`. */
  readonly correctionMs: number;
}

export const EXCHANGE_DEFAULTS: Omit<ExchangeConfig, 'instruments'> = {
  positionMode: 'one_way',
  quirks: HONEST,
  recvWindowMs: 5_000,
  priceBandPpm: ppm(100_000),
  slippageTicks: 1,
  marketBoundPpm: ppm(200_000),
  fundingWindowMs: 0,
  correctionMs: 2_000,
};

/** One match of one order. */
export interface Trade {
  readonly price: PriceTicks;
  readonly lots: Lots;
  readonly quote: Money;
  /** Paid above zero. */
  readonly fee: Money;
  readonly realized: Money;
  readonly isMaker: boolean;
  readonly atMs: EpochMs;
}

/** What the read model holds of an order: the exact report, and the average that is all that some views show. */
export interface OrderView {
  readonly report: OrderReport;
  readonly average: PriceTicks | null;
}

export interface ModelOrder {
  readonly accountId: string;
  readonly instrument: Instrument;
  readonly venueOrderId: VenueOrderId;
  /** As it was sent; the venue compares in lower case. `null` for orders of the venue and of a person. */
  readonly clientOrderId: ClientOrderId | null;
  readonly side: OrderSide;
  readonly type: OrderType;
  /** Of a MARKET order a protective bound, which is nobody's price. */
  readonly nominal: PriceTicks;
  readonly reduceOnly: boolean;
  readonly leverage: number;
  readonly cause: TradeCause;
  readonly createdAtMs: EpochMs;
  readonly trades: Trade[];
  readonly views: Timeline<OrderView>;
  quantity: Lots;
  status: VenueOrderStatus;
  filledLots: Lots;
  filledQuote: Money;
  /** Σ price × lots, for the average. */
  priceLots: bigint;
  fee: Money;
  realized: Money;
  makerLots: Lots;
  /** Lots of others that trade before this order at its price. */
  queueAhead: number;
  endedAtMs: EpochMs | null;
  /** The truth at this moment. */
  report: OrderReport;
}

/** One leg of a symbol: the net one in one-way mode, the long or the short one in hedge mode. */
export interface Leg {
  /** Long above zero. */
  lots: number;
  /** What the open lots cost: never negative. */
  entryQuote: Money;
  leverage: number;
  changedAtMs: EpochMs;
}

export interface Holding {
  readonly instrument: Instrument;
  readonly net: Leg;
  readonly long: Leg;
  readonly short: Leg;
}

/** What the private stream pushes. */
export type Frame =
  | { readonly kind: 'order'; readonly report: OrderReport; readonly atMs: EpochMs }
  | {
      readonly kind: 'balance';
      readonly report: BalanceReport;
      readonly cause: BalanceCause;
      readonly atMs: EpochMs;
    };

export type BalanceCause = 'ORDER' | 'FUNDING_FEE' | 'DEPOSIT' | 'WITHDRAW';

export interface Account {
  readonly id: string;
  readonly seed: Money;
  wallet: Money;
  readonly holdings: Map<string, Holding>;
  /** Every order in the order of acceptance. */
  readonly orders: ModelOrder[];
  readonly byVenueId: Map<string, ModelOrder>;
  readonly byClientId: Map<string, ModelOrder>;
  /** Orders that are open, and those that ended so lately that a lagging view still shows them open. */
  recent: ModelOrder[];
  /** Each order at each trade, ascending by time. */
  readonly traded: { readonly order: ModelOrder; readonly atMs: EpochMs }[];
  readonly incomeRows: IncomeRow[];
  readonly positionViews: Timeline<readonly VenuePosition[]>;
  readonly balanceViews: Timeline<BalanceReport>;
  frames: Frame[];
}

/** The book of one symbol: its best level on each side, and our orders that rest, by time. */
export interface Market {
  readonly instrument: Instrument;
  quote: Quote | null;
  /** Ascending by time of acceptance, over all accounts. */
  resting: ModelOrder[];
  fundingUntilMs: number;
}

export interface Quote {
  readonly bid: PriceTicks;
  readonly ask: PriceTicks;
  readonly mark: PriceTicks;
  readonly bidLots: Lots;
  readonly askLots: Lots;
}

export interface Exchange {
  readonly config: ExchangeConfig;
  readonly markets: Map<string, Market>;
  readonly accounts: Map<string, Account>;
  nowMs: EpochMs;
  idCounter: number;
}

/** Snowflakes count from here, as those of the exchange that is modelled. */
const SNOWFLAKE_EPOCH_MS = 1_288_834_974_657;
const SEQUENCE_MASK = 0x3fffff;

/** Moves the clock, which never goes back. */
export function advanceTo(ex: Exchange, nowMs: number): EpochMs {
  assert(nowMs >= ex.nowMs, () => `the exchange is at ${ex.nowMs}, ${nowMs} is past`);
  ex.nowMs = nowMs as EpochMs;
  return ex.nowMs;
}

/** Returns the next id: a decimal above 2^53 that grows with time. */
export function nextId(ex: Exchange): string {
  ex.idCounter += 1;
  const sinceEpoch = BigInt(ex.nowMs - SNOWFLAKE_EPOCH_MS);
  assert(sinceEpoch > 0n, () => `ids need a clock after November 2010, not ${ex.nowMs}`);
  return ((sinceEpoch << 22n) | BigInt(ex.idCounter & SEQUENCE_MASK)).toString();
}

export function accountOf(ex: Exchange, accountId: string): Account {
  const account = ex.accounts.get(accountId);
  assert(account !== undefined, () => `no account ${accountId}`);
  return account;
}

export function marketOf(ex: Exchange, symbol: string): Market {
  const market = ex.markets.get(symbol);
  assert(market !== undefined, () => `no instrument ${symbol}`);
  return market;
}

/** @throws InvariantError before the first quote of the symbol. */
export function quoteIn(market: Market): Quote {
  assert(market.quote !== null, () => `${market.instrument.symbol} has no quote yet`);
  return market.quote;
}

export function isFinal(order: ModelOrder): boolean {
  return order.endedAtMs !== null;
}

export function remainingLots(order: ModelOrder): Lots {
  return Math.max(0, order.quantity - order.filledLots) as Lots;
}
