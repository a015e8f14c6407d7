// Orders as the venue takes them: what it refuses and why, what it matches at once, and what it lets rest.

import type { ClientOrderId, VenueOrderId } from '../../../../domain/ids.ts';
import { type Instrument, quoteOf, stepsText } from '../../../../domain/instrument.ts';
import { NO_MONEY, shareOf } from '../../../../domain/money.ts';
import { type Lots, NO_LOTS, PPM_ONE, type PriceTicks } from '../../../../domain/steps.ts';
import type {
  CancelResult,
  OrderReport,
  OrderSide,
  OrderType,
  RejectCode,
  Rejected,
  SubmitResult,
  TradeCause,
} from '../../../../domain/venue.ts';
import { forgetOldest } from './forget.ts';
import { isTakenWhole, reaches, rest, slippedPrice, takeFromBook } from './matching.ts';
import { closableLots, freeMarginOf, legOf, marginOf } from './positions.ts';
import { answeredReport, endOrder, publishOrder, recordBalance } from './reports.ts';
import type {
  Account,
  Exchange,
  Market,
  ModelOrder,
  NewOrderRequest,
  Quote,
  TimeInForce,
  Trigger,
} from './state.ts';
import { isFinal, nextId, quoteIn } from './state.ts';
import { KEPT_MS, valueAsOf } from './timeline.ts';

/** The lists of lately ended orders are cleared when they are longer than this. */
const RECENT_MAX = 64;

function refusal(code: RejectCode, text: string): Rejected {
  return { kind: 'REJECT', code, text };
}

/** What an order is made of, whoever sends it. */
interface NewOrder {
  readonly instrument: Instrument;
  readonly clientOrderId: ClientOrderId | null;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly quantity: Lots;
  readonly nominal: PriceTicks;
  readonly reduceOnly: boolean;
  readonly leverage: number;
  readonly cause: TradeCause;
  readonly postOnly?: boolean;
  readonly timeInForce?: TimeInForce;
  readonly trigger?: Trigger | null;
  readonly closesPosition?: boolean;
}

/** Takes an order into the books and publishes it as new. */
export function acceptOrder(ex: Exchange, account: Account, made: NewOrder): ModelOrder {
  const venueOrderId = nextId(ex) as VenueOrderId;
  const fresh: Omit<ModelOrder, 'report'> = {
    accountId: account.id,
    instrument: made.instrument,
    clientOrderId: made.clientOrderId,
    side: made.side,
    type: made.type,
    quantity: made.quantity,
    nominal: made.nominal,
    reduceOnly: made.reduceOnly,
    postOnly: made.postOnly ?? false,
    timeInForce: made.timeInForce ?? 'GTC',
    trigger: made.trigger ?? null,
    closesPosition: made.closesPosition ?? false,
    leverage: made.leverage,
    cause: made.cause,
    venueOrderId,
    createdAtMs: ex.nowMs,
    trades: [],
    views: [],
    status: 'NEW',
    filledLots: NO_LOTS,
    filledQuote: NO_MONEY,
    priceLots: 0n,
    fee: NO_MONEY,
    realized: NO_MONEY,
    makerLots: NO_LOTS,
    queueAhead: 0,
    triggeredAtMs: null,
    endedAtMs: null,
  };
  // Publishing gives it its first report.
  const order = fresh as ModelOrder;
  account.orders.push(order);
  account.byVenueId.set(venueOrderId, order);
  if (made.clientOrderId !== null) account.byClientId.set(made.clientOrderId.toLowerCase(), order);
  if (account.recent.length > RECENT_MAX) dropEnded(account, ex.nowMs - KEPT_MS);
  account.recent.push(order);
  forgetOldest(account, ex.config.historyMax);
  publishOrder(ex, account, order);
  recordBalance(ex, account);
  return order;
}

function dropEnded(account: Account, beforeMs: number): void {
  account.recent = account.recent.filter(({ endedAtMs }) => endedAtMs === null || endedAtMs >= beforeMs);
}

/** The bound that a MARKET order gets as its nominal price: far behind the mark, on the side that it trades to. */
export function protectiveBound(ex: Exchange, side: OrderSide, mark: PriceTicks): PriceTicks {
  const away = Math.floor((mark * ex.config.marketBoundPpm) / PPM_ONE);
  return Math.max(1, side === 'BUY' ? mark + away : mark - away) as PriceTicks;
}

/** Takes or refuses one order of a client. */
export function submit(
  ex: Exchange,
  account: Account,
  request: NewOrderRequest,
  signedAtMs: number,
): SubmitResult {
  const { config, nowMs } = ex;
  if (Math.abs(nowMs - signedAtMs) > config.recvWindowMs)
    return refusal('CLOCK_SKEW', '100421 timestamp is outside the receive window');
  const market = ex.markets.get(request.symbol);
  const quote = market?.quote ?? null;
  if (market === undefined || quote === null) return refusal('SYMBOL_CLOSED', '109415 symbol is suspended');
  if (nowMs < market.fundingUntilMs)
    return refusal('FUNDING_WINDOW', '101214 funding settlement is in progress');
  if (request.clientOrderId !== null && account.byClientId.has(request.clientOrderId.toLowerCase()))
    return refusal('CLIENT_ID_REUSED', '101481 clientOrderID was used before');
  const { instrument } = market;
  if ((request.type === 'LIMIT') !== (request.limit !== null))
    return refusal('OTHER', '109400 a LIMIT order has a price, and no other has');
  if (!(request.leverage >= 1 && request.leverage <= instrument.maxLeverage))
    return refusal('OTHER', `101414 leverage is limited to ${instrument.maxLeverage}`);
  if (openCount(account) >= config.openOrdersMax)
    return refusal('OTHER', `101419 more than ${config.openOrdersMax} open orders`);
  if (request.trigger != null) return letWait(ex, account, market, quote, request, request.trigger);
  const sized = request.reduceOnly ? reducing(ex, account, instrument, request) : request.quantity;
  if (typeof sized !== 'number') return sized;
  const refused = request.reduceOnly ? null : openingRefusal(ex, account, market, quote, request);
  const outside = refused ?? bandRefusal(ex, instrument, quote, request);
  if (outside !== null) return outside;
  return place(ex, account, market, quote, request, sized);
}

function openCount({ recent }: Account): number {
  return recent.reduce((count, order) => (isFinal(order) ? count : count + 1), 0);
}

function place(
  ex: Exchange,
  account: Account,
  market: Market,
  quote: Quote,
  request: NewOrderRequest,
  quantity: Lots,
): SubmitResult {
  const { side, limit, clientOrderId, reduceOnly, leverage, postOnly } = request;
  const isCrossing = reaches(side, limit, side === 'BUY' ? quote.ask : quote.bid);
  const isDenied = request.postOnly && isCrossing;
  if (isDenied && !ex.config.quirks.postOnlyCancelsInsteadOfReject)
    return refusal('POST_ONLY_CROSSED', '101215 post-only order would match');
  const order = acceptOrder(ex, account, {
    instrument: market.instrument,
    clientOrderId,
    side,
    type: request.type,
    quantity,
    nominal: limit ?? protectiveBound(ex, side, quote.mark),
    reduceOnly,
    postOnly,
    timeInForce: request.timeInForce ?? 'GTC',
    leverage,
    cause: 'order',
  });
  if (isDenied) {
    const accepted = answeredReport(ex, order, { report: order.report, average: null });
    endOrder(ex, account, order, 'CANCELED');
    return { kind: 'ACK', venueOrderId: order.venueOrderId, report: accepted };
  }
  work(ex, account, order, market);
  return { kind: 'ACK', venueOrderId: order.venueOrderId, report: presentAnswer(ex, order) };
}

/** Lets an order that has been taken trade, and what is left of it rest or end. */
export function work(ex: Exchange, account: Account, order: ModelOrder, market: Market): void {
  const quote = quoteIn(market);
  const limit = order.type === 'MARKET' ? null : order.nominal;
  const isAllOrNothing = order.timeInForce === 'FOK' && !isTakenWhole(ex, order, market);
  if (!isAllOrNothing && reaches(order.side, limit, order.side === 'BUY' ? quote.ask : quote.bid))
    takeFromBook(ex, account, order, market);
  if (isFinal(order)) return;
  if (order.timeInForce === 'GTC') rest(order, market);
  else endOrder(ex, account, order, 'EXPIRED');
}

/** Takes a conditional order, which reserves nothing before its price comes. */
function letWait(
  ex: Exchange,
  account: Account,
  market: Market,
  quote: Quote,
  request: NewOrderRequest,
  trigger: Trigger,
): SubmitResult {
  const { instrument } = market;
  const { side, limit, quantity, reduceOnly } = request;
  const isWhole = request.closesPosition === true;
  if (!isWhole && (quantity < instrument.minLots || quantity === 0))
    return refusal(
      'MIN_SIZE',
      `101400 quantity is below the minimum of ${stepsText(instrument.lot, instrument.minLots)}`,
    );
  if (isReached(trigger, side, trigger.by === 'MARK' ? quote.mark : (market.lastPrice ?? quote.mark)))
    return refusal(
      'OTHER',
      `${WRONG_SIDE[trigger.kind][side]} the stop price is on the wrong side of the market`,
    );
  const order = acceptOrder(ex, account, {
    instrument,
    clientOrderId: request.clientOrderId,
    side,
    type: request.type,
    quantity: isWhole ? NO_LOTS : quantity,
    nominal: limit ?? protectiveBound(ex, side, trigger.price),
    reduceOnly: reduceOnly || isWhole,
    leverage: request.leverage,
    cause: 'order',
    timeInForce: request.timeInForce ?? 'GTC',
    trigger,
    closesPosition: isWhole,
  });
  market.waiting.push(order);
  return { kind: 'ACK', venueOrderId: order.venueOrderId, report: presentAnswer(ex, order) };
}

/** The venue's codes for a stop or a take-profit that would fire at once. */
const WRONG_SIDE = {
  STOP: { BUY: '110412', SELL: '110411' },
  TAKE_PROFIT: { BUY: '110414', SELL: '110413' },
} as const;

/** Whether a reference price is where a trigger fires. */
export function isReached({ kind, price }: Trigger, side: OrderSide, reference: PriceTicks): boolean {
  return (kind === 'STOP') === (side === 'BUY') ? reference >= price : reference <= price;
}

/** Returns how many lots a reduce-only order is taken for, or why it is not. */
function reducing(
  ex: Exchange,
  account: Account,
  { lot }: Instrument,
  request: NewOrderRequest,
): Lots | Rejected {
  const holding = account.holdings.get(request.symbol);
  const leg = holding && legOf(account.positionMode, holding, request.side, true);
  if (leg === undefined || leg.lots === 0) return refusal('NO_POSITION', '101205 no position to close');
  const closable = closableLots(leg, request.side);
  if (closable === 0) return refusal('REDUCE_ONLY', '101290 the order would increase the position');
  if (request.quantity > closable && ex.config.quirks.reduceOnlyRejectsOversize)
    return refusal('REDUCE_ONLY', `110203 only ${stepsText(lot, closable)} can be closed`);
  if (request.quantity === 0) return refusal('MIN_SIZE', '101400 quantity is below the minimum');
  return Math.min(request.quantity, closable) as Lots;
}

/** What of an order decides how much it opens. */
type Opening = Pick<NewOrderRequest, 'side' | 'limit' | 'quantity' | 'leverage' | 'symbol'>;

/** Minimum size and margin; an order that only reduces is asked for neither. */
export function openingRefusal(
  ex: Exchange,
  account: Account,
  market: Market,
  quote: Quote,
  request: Opening,
): Rejected | null {
  const { instrument } = market;
  const { side, limit, quantity } = request;
  const price = limit ?? slippedPrice(ex, side, side === 'BUY' ? quote.ask : quote.bid);
  const notional = quoteOf(instrument, quantity, price);
  if (quantity < instrument.minLots || quantity === 0)
    return refusal(
      'MIN_SIZE',
      `101400 quantity is below the minimum of ${stepsText(instrument.lot, instrument.minLots)}`,
    );
  if (notional < instrument.minNotional)
    return refusal('MIN_SIZE', '101400 nominal value is below the minimum');
  const holding = account.holdings.get(request.symbol);
  const closable = holding ? closableLots(legOf(account.positionMode, holding, side, false), side) : 0;
  const opened = Math.max(0, quantity - closable) as Lots;
  if (opened === 0) return null;
  const needed =
    marginOf(quoteOf(instrument, opened, price), request.leverage) +
    shareOf(notional, instrument.takerFeePpm);
  return needed > freeMarginOf(ex, account) ? refusal('MARGIN', '101204 insufficient margin') : null;
}

function bandRefusal(
  ex: Exchange,
  { tick }: Instrument,
  { mark }: Quote,
  { limit }: NewOrderRequest,
): Rejected | null {
  if (limit === null) return null;
  const away = (mark * ex.config.priceBandPpm) / PPM_ONE;
  if (Math.abs(limit - mark) <= away) return null;
  const bound =
    limit < mark
      ? `at least ${stepsText(tick, Math.ceil(mark - away))}`
      : `at most ${stepsText(tick, Math.floor(mark + away))}`;
  return refusal('PRICE_BAND', `101211 order price should be ${bound}`);
}

function presentAnswer(ex: Exchange, order: ModelOrder): OrderReport {
  const view = valueAsOf(order.views, ex.nowMs);
  return view === null ? order.report : answeredReport(ex, order, view);
}

/** Cancels one order, or says why that cannot be. */
export function cancel(ex: Exchange, account: Account, order: ModelOrder | null): CancelResult {
  if (order === null) return refusal('ORDER_UNKNOWN', '109421 order does not exist');
  if (isFinal(order)) return refusal('ORDER_FINAL', '109422 order is in a final state');
  const view = endOrder(ex, account, order, 'CANCELED');
  return { kind: 'ACK', report: answeredReport(ex, order, view) };
}
