// A perpetual exchange as pure state: it answers at once and in full, and every view of it can be asked how it stood a while ago.

import { assert } from '../../../../domain/assert.ts';
import type { VenueOrderId } from '../../../../domain/ids.ts';
import { type Money, NO_MONEY } from '../../../../domain/money.ts';
import type { EpochMs, Lots, Ppm, PriceTicks } from '../../../../domain/steps.ts';
import type {
  BalanceReport,
  CancelResult,
  IncomeRow,
  OrderReport,
  PositionMode,
  QueryResult,
  Rejected,
  SubmitResult,
  VenuePosition,
} from '../../../../domain/venue.ts';
import { changeLeverage, changePositionMode } from './account-settings.ts';
import { liquidateThoseShort, liquidationPrice, maintenanceAt } from './maintenance.ts';
import { moveQuote, tradeVolume } from './matching.ts';
import { positionRows } from './positions.ts';
import type { Quirks } from './quirks.ts';
import {
  balanceAsOf,
  incomeSince,
  legsAsOf,
  type OrderRef,
  openOrderRows,
  orderBy,
  positionsAsOf,
  queriedOrder,
  tradedRows,
} from './reads.ts';
import { endOrder, recordBalance, recordPositions } from './reports.ts';
import type {
  Account,
  Exchange,
  ExchangeConfig,
  Frame,
  LegRow,
  Market,
  ModelOrder,
  NewOrderRequest,
  Quote,
  Trade,
} from './state.ts';
import { accountOf, advanceTo, isFinal, marketOf } from './state.ts';
import { cancel, submit } from './submit.ts';
import { fireTriggers } from './triggers.ts';
import { closeAsPerson, deleverage, forceTrade, liquidatePositions, moveFunds, payFunding } from './world.ts';

/**
 * Makes an exchange without accounts and quotes. Its clock starts with the first call and never goes back; ids need it after
 * November 2010.
 */
export function createExchange(config: ExchangeConfig): Exchange {
  const markets = new Map<string, Market>();
  for (const instrument of config.instruments)
    markets.set(instrument.symbol, {
      instrument,
      quote: null,
      resting: [],
      waiting: [],
      lastPrice: null,
      fundingUntilMs: 0,
    });
  return { config, markets, accounts: new Map(), nowMs: 0 as EpochMs, idCounter: 0 };
}

/** @param wallet what the account starts with. */
export function openAccount(ex: Exchange, accountId: string, wallet: Money, nowMs: number): void {
  advanceTo(ex, nowMs);
  assert(!ex.accounts.has(accountId), () => `account ${accountId} is open already`);
  const account: Account = {
    id: accountId,
    seed: wallet,
    wallet,
    positionMode: ex.config.positionMode,
    leverages: new Map(),
    holdings: new Map(),
    orders: [],
    byVenueId: new Map(),
    byClientId: new Map(),
    recent: [],
    traded: [],
    incomeRows: [],
    positionViews: [],
    legViews: [],
    balanceViews: [],
    frames: [],
  };
  ex.accounts.set(accountId, account);
  recordPositions(ex, account);
  recordBalance(ex, account);
}

/**
 * Moves the one-level book and the mark. A resting order whose limit the other side has passed fills whole at its limit, as maker; one
 * that is only touched waits for volume.
 */
export function setQuote(ex: Exchange, symbol: string, quote: Quote, nowMs: number): void {
  advanceTo(ex, nowMs);
  assert(quote.bid < quote.ask, () => `bid ${quote.bid} is not below ask ${quote.ask}`);
  const market = marketOf(ex, symbol);
  moveQuote(ex, market, quote);
  fireTriggers(ex, market);
  liquidateThoseShort(ex);
}

/** Lets `lots` trade at `price` between others: they use up the queue ahead of resting orders, then fill those. */
export function tradeAt(ex: Exchange, symbol: string, price: PriceTicks, lots: Lots, nowMs: number): void {
  advanceTo(ex, nowMs);
  const market = marketOf(ex, symbol);
  tradeVolume(ex, market, price, lots);
  market.lastPrice = price;
  if (market.quote !== null) fireTriggers(ex, market);
}

/**
 * Takes or refuses an order. A MARKET order trades what the best level holds and the rest `slippageTicks` further; a LIMIT order the
 * same as far as its limit allows, and rests with what is left.
 *
 * @param signedAtMs when the client signed the request, by its own clock
 */
export function submitOrder(
  ex: Exchange,
  accountId: string,
  request: NewOrderRequest,
  signedAtMs: number,
  nowMs: number,
): SubmitResult {
  advanceTo(ex, nowMs);
  const result = submit(ex, accountOf(ex, accountId), request, signedAtMs);
  const market = ex.markets.get(request.symbol);
  // Its own trades may be the price that another order waits for.
  if (market !== undefined && market.quote !== null) fireTriggers(ex, market);
  return result;
}

/** Cancels every open order of an account, or of one of its symbols, and returns those orders. */
export function cancelAllOrders(
  ex: Exchange,
  accountId: string,
  symbol: string | null,
  nowMs: number,
): readonly ModelOrder[] {
  advanceTo(ex, nowMs);
  const account = accountOf(ex, accountId);
  const open = account.recent.filter(
    (order) => !isFinal(order) && (symbol === null || order.instrument.symbol === symbol),
  );
  for (const order of open) cancel(ex, account, order);
  return open;
}

/** Changes how positions are counted, which no account may while it holds or wants anything. */
export function setPositionMode(
  ex: Exchange,
  accountId: string,
  mode: PositionMode,
  nowMs: number,
): Rejected | null {
  advanceTo(ex, nowMs);
  return changePositionMode(accountOf(ex, accountId), mode);
}

/** @param side BOTH in one-way mode, and the one that is meant in hedge mode */
export function setLeverage(
  ex: Exchange,
  accountId: string,
  symbol: string,
  side: 'LONG' | 'SHORT' | 'BOTH',
  leverage: number,
  nowMs: number,
): Rejected | null {
  advanceTo(ex, nowMs);
  return changeLeverage(ex, accountOf(ex, accountId), symbol, side, leverage);
}

/** Switches quirks of a running exchange. What was said before stays said. */
export function setQuirks(ex: Exchange, quirks: Quirks): void {
  ex.config = { ...ex.config, quirks };
}

export function cancelOrder(ex: Exchange, accountId: string, by: OrderRef, nowMs: number): CancelResult {
  advanceTo(ex, nowMs);
  const account = accountOf(ex, accountId);
  return cancel(ex, account, orderBy(account, by));
}

/** Lets an order expire; one that has ended already stays as it is. */
export function expireOrder(
  ex: Exchange,
  accountId: string,
  venueOrderId: VenueOrderId,
  nowMs: number,
): void {
  advanceTo(ex, nowMs);
  const account = accountOf(ex, accountId);
  const order = ownOrder(account, venueOrderId);
  if (!isFinal(order)) endOrder(ex, account, order, 'EXPIRED');
}

/** One order as its view knew it at `asOfMs`, by venue id or by client id. Views lag by two minutes at most. */
export function queryOrder(ex: Exchange, accountId: string, by: OrderRef, asOfMs: number): QueryResult {
  return queriedOrder(ex, accountOf(ex, accountId), by, asOfMs);
}

export function openOrders(ex: Exchange, accountId: string, asOfMs: number): readonly OrderReport[] {
  return openOrderRows(ex, accountOf(ex, accountId), asOfMs);
}

export function positions(ex: Exchange, accountId: string, asOfMs: number): readonly VenuePosition[] {
  return positionsAsOf(ex, accountOf(ex, accountId), asOfMs);
}

/** The open legs of the positions, with what a venue tells of each. */
export function legRowsAsOf(ex: Exchange, accountId: string, asOfMs: number): readonly LegRow[] {
  return legsAsOf(ex, accountOf(ex, accountId), asOfMs);
}

/** Returns the mark at which a leg would be liquidated if nothing else moved, or `null` where no price does that. */
export function liquidationPriceOf(ex: Exchange, account: Account, leg: LegRow): PriceTicks | null {
  return liquidationPrice(ex, account, leg);
}

/** Returns what has to be behind a position that is worth `value`; nothing where nobody is liquidated. */
export function maintenanceOf({ config }: Exchange, value: Money): Money {
  return config.maintenance === null ? NO_MONEY : maintenanceAt(config.maintenance, value);
}

/** Orders with a trade at or after `sinceMs`, exact and cumulative whatever the quirks. */
export function ordersTradedSince(
  ex: Exchange,
  accountId: string,
  sinceMs: number,
  asOfMs: number,
): readonly OrderReport[] {
  return tradedRows(ex, accountOf(ex, accountId), sinceMs, asOfMs);
}

/** Lines of the account book from `sinceMs` on, ascending. */
export function income(
  ex: Exchange,
  accountId: string,
  sinceMs: number,
  asOfMs: number,
): readonly IncomeRow[] {
  return incomeSince(ex, accountOf(ex, accountId), sinceMs, asOfMs);
}

/** @throws InvariantError for a moment before the account was opened. */
export function balance(ex: Exchange, accountId: string, asOfMs: number): BalanceReport {
  return balanceAsOf(ex, accountOf(ex, accountId), asOfMs);
}

/** Takes what the stream has pushed since the last call, in the order of its making. */
export function drainFrames(ex: Exchange, accountId: string): readonly Frame[] {
  const account = accountOf(ex, accountId);
  const { frames } = account;
  account.frames = [];
  return frames;
}

/** Longs pay `ratePpm` of their worth at the mark to the shorts; a negative rate the other way. Orders wait for `fundingWindowMs`. */
export function settleFunding(ex: Exchange, symbol: string, ratePpm: Ppm, nowMs: number): void {
  advanceTo(ex, nowMs);
  payFunding(ex, marketOf(ex, symbol), ratePpm);
}

/** @param amount out of the account where negative */
export function transfer(ex: Exchange, accountId: string, amount: Money, nowMs: number): void {
  advanceTo(ex, nowMs);
  moveFunds(ex, accountOf(ex, accountId), amount);
}

/** Cancels the orders of a symbol and closes its positions at the mark, by orders of the venue without a client id. The wallet may end below zero. */
export function liquidate(ex: Exchange, accountId: string, symbol: string, nowMs: number): void {
  advanceTo(ex, nowMs);
  liquidatePositions(ex, accountOf(ex, accountId), marketOf(ex, symbol));
}

/** Closes up to `lots` at the mark, free of fees, by an order of the venue. */
export function autoDeleverage(
  ex: Exchange,
  accountId: string,
  symbol: string,
  lots: Lots,
  nowMs: number,
): void {
  advanceTo(ex, nowMs);
  deleverage(ex, accountOf(ex, accountId), marketOf(ex, symbol), lots);
}

/** A person closes the symbol in the venue's own app, at the best price, by an order without a client id. */
export function closeByHand(ex: Exchange, accountId: string, symbol: string, nowMs: number): void {
  advanceTo(ex, nowMs);
  closeAsPerson(ex, accountOf(ex, accountId), marketOf(ex, symbol));
}

/**
 * Fills an order whatever the book says: a LIMIT order as maker at its limit, a MARKET order at the best price.
 *
 * @param options `beyondOrder` allows more than was ordered or held, and an order that has ended
 * @returns how many lots were filled.
 */
export function forceFill(
  ex: Exchange,
  accountId: string,
  venueOrderId: VenueOrderId,
  lots: Lots,
  nowMs: number,
  options: { readonly beyondOrder?: true } = {},
): Lots {
  advanceTo(ex, nowMs);
  const account = accountOf(ex, accountId);
  return forceTrade(ex, account, ownOrder(account, venueOrderId), lots, options.beyondOrder === true);
}

function ownOrder(account: Account, venueOrderId: VenueOrderId): ModelOrder {
  const order = account.byVenueId.get(venueOrderId);
  assert(order !== undefined, () => `no order ${venueOrderId}`);
  return order;
}

/** One order as it is, exact and whatever the quirks, with each of its trades. */
interface OrderTruth {
  readonly report: OrderReport;
  readonly trades: readonly Trade[];
}

interface Truth {
  /** `seed + Σ realized − Σ fees + Σ funding + Σ transfers`. */
  readonly wallet: Money;
  readonly seed: Money;
  readonly positions: readonly VenuePosition[];
  readonly openOrders: readonly OrderReport[];
  /** Every order in the order of acceptance; not a copy, so read it before the next call. */
  readonly orders: readonly OrderTruth[];
  readonly income: readonly IncomeRow[];
}

/** What is, for whoever judges a client: no view, no lag, no quirk. */
export function truthOf(ex: Exchange, accountId: string): Truth {
  const account = accountOf(ex, accountId);
  return {
    wallet: account.wallet,
    seed: account.seed,
    positions: positionRows(account),
    openOrders: account.recent.filter((order) => !isFinal(order)).map(({ report }) => report),
    orders: account.orders,
    income: account.incomeRows,
  };
}
