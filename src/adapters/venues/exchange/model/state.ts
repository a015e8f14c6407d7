// The state of the exchange: plain data that the same calls make the same, with every order and every single trade.

import { assert } from '../../../../domain/assert.ts';
import type { ClientOrderId, SymbolName, VenueOrderId } from '../../../../domain/ids.ts';
import type { Instrument } from '../../../../domain/instrument.ts';
import type { Money } from '../../../../domain/money.ts';
import type { EpochMs, Lots, Ppm, PriceTicks } from '../../../../domain/steps.ts';
import { ppm } from '../../../../domain/steps.ts';
import type {
  BalanceReport,
  IncomeRow,
  OrderReport,
  OrderRequest,
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
  /** Orders of an account that may be open at once. */
  readonly openOrdersMax: number;
  /** What an account has to keep behind its positions; `null`: nobody is liquidated. */
  readonly maintenance: readonly MaintenanceTier[] | null;
  /** So many ended orders, trades and lines of the account book are kept of an account; older ones are forgotten. */
  readonly historyMax: number;
}

/** Of a position worth less than `belowValue`, `ratePpm` of the worth less `amount` has to be there. */
export interface MaintenanceTier {
  readonly belowValue: Money;
  readonly ratePpm: Ppm;
  readonly amount: Money;
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
  openOrdersMax: 200,
  maintenance: null,
  historyMax: Number.POSITIVE_INFINITY,
};

/** Before anybody set it. */
export const LEVERAGE_DEFAULT = 20;

export type TimeInForce = 'GTC' | 'IOC' | 'FOK';

/** What an order waits for: STOP fires behind the price that it runs from (BUY at or above, SELL at or below), TAKE_PROFIT the other way. */
export interface Trigger {
  readonly kind: 'STOP' | 'TAKE_PROFIT';
  readonly price: PriceTicks;
  readonly by: 'MARK' | 'LAST';
}

/** An order of any client: what the kernel's has, and what it never uses. */
export interface NewOrderRequest extends Omit<OrderRequest, 'clientOrderId'> {
  readonly clientOrderId: ClientOrderId | null;
  /** Default: GTC. */
  readonly timeInForce?: TimeInForce;
  /** Default: it does not wait. */
  readonly trigger?: Trigger | null;
  /** Its quantity is whatever is held when it fires. */
  readonly closesPosition?: boolean;
}

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
  readonly postOnly: boolean;
  readonly timeInForce: TimeInForce;
  /** `null`: it never waited. */
  readonly trigger: Trigger | null;
  readonly closesPosition: boolean;
  /** As it was taken; the margin of what is open follows the account's later choice. */
  leverage: number;
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
  triggeredAtMs: EpochMs | null;
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
  /** Since it was opened: profit and funding, less fees. */
  realized: Money;
  /** That of the order that opened it. */
  positionId: string;
  openedAtMs: EpochMs;
  changedAtMs: EpochMs;
}

/** A leg as a picture of it: 0 lots where it was closed. */
export interface LegRow extends Readonly<Leg> {
  readonly symbol: SymbolName;
  readonly side: 'net' | 'long' | 'short';
}

export interface Holding {
  readonly instrument: Instrument;
  readonly net: Leg;
  readonly long: Leg;
  readonly short: Leg;
}

/** What the private stream pushes. */
export type Frame =
  | {
      readonly kind: 'order';
      readonly report: OrderReport;
      readonly order: ModelOrder;
      /** The trade that it tells of; `null`: it tells of none. */
      readonly trade: Trade | null;
      readonly atMs: EpochMs;
    }
  | {
      readonly kind: 'balance';
      readonly report: BalanceReport;
      readonly cause: BalanceCause;
      /** Of the wallet. */
      readonly change: Money;
      /** Those that moved with it. */
      readonly legs: readonly LegRow[];
      readonly atMs: EpochMs;
    };

export type BalanceCause = 'ORDER' | 'FUNDING_FEE' | 'DEPOSIT' | 'WITHDRAW';

export interface Account {
  readonly id: string;
  readonly seed: Money;
  wallet: Money;
  positionMode: PositionMode;
  /** By symbol, where it was ever set. */
  readonly leverages: Map<string, { long: number; short: number }>;
  readonly holdings: Map<string, Holding>;
  /** Every order in the order of acceptance. */
  orders: ModelOrder[];
  readonly byVenueId: Map<string, ModelOrder>;
  readonly byClientId: Map<string, ModelOrder>;
  /** Orders that are open, and those that ended so lately that a lagging view still shows them open. */
  recent: ModelOrder[];
  /** Each order at each trade, ascending by time. */
  traded: { readonly order: ModelOrder; readonly atMs: EpochMs }[];
  incomeRows: IncomeRow[];
  readonly positionViews: Timeline<readonly VenuePosition[]>;
  readonly legViews: Timeline<readonly LegRow[]>;
  readonly balanceViews: Timeline<BalanceReport>;
  frames: Frame[];
}

/** The book of one symbol: its best level on each side, and our orders that rest, by time. */
export interface Market {
  readonly instrument: Instrument;
  quote: Quote | null;
  /** Ascending by time of acceptance, over all accounts. */
  resting: ModelOrder[];
  /** Orders that wait for a price. */
  waiting: ModelOrder[];
  /** Of the last trade. */
  lastPrice: PriceTicks | null;
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
  config: ExchangeConfig;
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

/** Whether an order waits for its price, and is in no book yet. */
export function isWaiting({ trigger, triggeredAtMs }: ModelOrder): boolean {
  return trigger !== null && triggeredAtMs === null;
}

export function remainingLots(order: ModelOrder): Lots {
  return Math.max(0, order.quantity - order.filledLots) as Lots;
}
