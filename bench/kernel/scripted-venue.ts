// The venue of a benchmark's scenario: it does with each order what a story says, reports it as streams do, and counts what is true.

import type { ClientOrderId, SymbolName, VenueOrderId } from '../../src/domain/ids.ts';
import { type Instrument, quoteOf } from '../../src/domain/instrument.ts';
import { type Money, minus, NO_MONEY, plus, shareOf } from '../../src/domain/money.ts';
import {
  type EpochMs,
  type Lots,
  NO_LOTS,
  type PriceTicks,
  type SignedLots,
} from '../../src/domain/steps.ts';
import type { OrderReport, OrderRequest, VenueOrderStatus } from '../../src/domain/venue.ts';
import type { PicturePart } from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import { NO_TOTALS, openQuoteOf, realizedOf } from '../../src/kernel/exposure.ts';
import type { Totals } from '../../src/kernel/state.ts';

/**
 * plain: acknowledged, partly filled, the same frame again, filled. early: the first fill overtakes the answer. missed: canceled before it
 * filled. cut: canceled after a part. late: filled, then the frame of the part. rest: acknowledged, and no more.
 */
export type Story = 'plain' | 'early' | 'missed' | 'cut' | 'late' | 'rest';

type Line = 'ack' | 'part' | 'whole' | 'balance' | 'cancel';

const LINES: Readonly<Record<Story, readonly Line[]>> = {
  plain: ['ack', 'part', 'part', 'whole'],
  early: ['part', 'ack', 'part', 'whole'],
  missed: ['ack', 'cancel'],
  cut: ['ack', 'part', 'part', 'cancel'],
  late: ['ack', 'whole', 'part'],
  rest: ['ack'],
};

/** Three of four entries are plain, and each of the other stories has its share. */
export function storyOf(trade: number): Story {
  const stories: readonly Story[] = ['early', 'missed', 'cut', 'late'];
  return trade % 4 === 3 ? (stories[Math.floor(trade / 4) % 4] ?? 'plain') : 'plain';
}

interface PlacedOrder {
  readonly request: OrderRequest;
  readonly venueOrderId: VenueOrderId;
  readonly price: PriceTicks;
  readonly part: Lots;
  lines: readonly Line[];
  filled: Lots;
  filledAtMs: EpochMs;
  isEnded: boolean;
}

/** What really happened, for whoever wants to be compared with it. */
export interface Truth {
  orders: number;
  filledLots: number;
  fees: Money;
}

export class ScriptedVenue {
  readonly truth: Truth = { orders: 0, filledLots: 0, fees: NO_MONEY };
  private readonly instruments: ReadonlyMap<SymbolName, Instrument>;
  private readonly random: () => number;
  private readonly orders = new Map<SymbolName, PlacedOrder>();
  private readonly held = new Map<SymbolName, Totals>();
  /** With the profit of whatever is flat again; fees are apart. */
  private wallet: Money;

  constructor(instruments: readonly Instrument[], wallet: Money, random: () => number) {
    this.instruments = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
    this.wallet = wallet;
    this.random = random;
  }

  holds(symbol: SymbolName): boolean {
    return this.held.has(symbol);
  }

  /** Whether something is held, or something of an order's story is still to be told. */
  isOpen(symbol: SymbolName): boolean {
    return this.holds(symbol) || (this.orders.get(symbol)?.lines.length ?? 0) > 0;
  }

  submit(request: OrderRequest, price: PriceTicks, story: Story): void {
    this.truth.orders += 1;
    const venueOrderId = `19${String(this.truth.orders).padStart(17, '0')}` as VenueOrderId;
    const part = Math.max(1, Math.floor(request.quantity * (0.2 + 0.6 * this.random()))) as Lots;
    const lines: readonly Line[] = request.reduceOnly ? [...LINES.plain, 'balance'] : LINES[story];
    const order = {
      request,
      venueOrderId,
      price,
      part,
      lines,
      filled: NO_LOTS,
      filledAtMs: 0 as EpochMs,
      isEnded: false,
    };
    this.orders.set(request.symbol, order);
  }

  /** The next thing that is heard of a symbol's order; `cancel`: it has to be canceled to go on; `null`: its story is over. */
  tell(symbol: SymbolName, atMs: EpochMs): KernelEvent | 'cancel' | null {
    const order = this.orders.get(symbol);
    const line = order?.lines[0];
    if (order === undefined || line === undefined) return null;
    order.lines = order.lines.slice(1);
    if (line === 'cancel') return 'cancel';
    if (line === 'balance') return this.balance(null, atMs);
    const { clientOrderId, quantity } = order.request;
    if (line === 'ack') {
      const { venueOrderId } = order;
      return {
        kind: 'SUBMIT_RESULT',
        atMs,
        clientOrderId,
        result: { kind: 'ACK', venueOrderId, report: null },
      };
    }
    const lots = line === 'part' ? order.part : quantity;
    this.fill(order, lots, atMs);
    return { kind: 'REPORT', atMs, report: this.reportOf(order, lots, atMs) };
  }

  cancel(symbol: SymbolName, clientOrderId: ClientOrderId, atMs: EpochMs): KernelEvent {
    const order = this.known(symbol, clientOrderId);
    if (order === null) throw new Error(`cancel of ${clientOrderId}, which is not there`);
    order.lines = [];
    order.isEnded = true;
    const report = this.reportOf(order, order.filled, atMs);
    return { kind: 'CANCEL_RESULT', atMs, clientOrderId, result: { kind: 'ACK', report } };
  }

  query(symbol: SymbolName, clientOrderId: ClientOrderId, atMs: EpochMs): KernelEvent {
    const order = this.known(symbol, clientOrderId);
    const answer = { kind: 'QUERY_RESULT', atMs, clientOrderId, askedAtMs: atMs } as const;
    if (order === null) return { ...answer, result: { kind: 'NOT_FOUND' } };
    return { ...answer, result: { kind: 'FOUND', report: this.reportOf(order, order.filled, atMs) } };
  }

  picture(part: PicturePart, requestId: number, atMs: EpochMs): KernelEvent {
    const asked = { atMs, requestId, askedAtMs: atMs };
    if (part === 'BALANCE') return this.balance(requestId, atMs);
    if (part === 'POSITIONS')
      return { kind: part, ...asked, result: { kind: 'KNOWN', rows: this.positions(atMs) } };
    const resting = [...this.orders.values()].filter((order) => !order.isEnded);
    const rows = resting.map((order) => this.reportOf(order, order.filled, atMs));
    if (part === 'OPEN_ORDERS') return { kind: part, ...asked, result: { kind: 'KNOWN', rows } };
    return { kind: part, ...asked, result: { kind: 'KNOWN', rows: [] } };
  }

  private known(symbol: SymbolName, clientOrderId: ClientOrderId): PlacedOrder | null {
    const order = this.orders.get(symbol);
    return order?.request.clientOrderId === clientOrderId ? order : null;
  }

  /** Facts are cumulative, so that a frame of fewer lots than are filled by now is one that came late. */
  private reportOf(order: PlacedOrder, lots: Lots, atMs: EpochMs): OrderReport {
    const { request, venueOrderId } = order;
    const isWhole = lots >= request.quantity;
    const isEnded = order.isEnded && lots >= order.filled && !isWhole;
    const partly: VenueOrderStatus = lots > 0 ? 'PARTIALLY_FILLED' : 'NEW';
    return {
      symbol: request.symbol,
      venueOrderId,
      clientOrderId: null,
      side: request.side,
      status: isEnded ? 'CANCELED' : isWhole ? 'FILLED' : partly,
      orderedLots: request.quantity,
      filledLots: lots,
      filledQuote: this.quote(request.symbol, lots, order.price),
      isQuoteExact: true,
      // The fee of a part is heard of with the end of the order.
      fee: isWhole || isEnded ? this.fee(request.symbol, lots, order.price) : null,
      feeAsset: null,
      isMaker: true,
      cause: 'order',
      venueRealized: null,
      venueAtMs: lots < order.filled ? ((order.filledAtMs - 1) as EpochMs) : atMs,
    };
  }

  private fill(order: PlacedOrder, lots: Lots, atMs: EpochMs): void {
    if (lots <= order.filled) return;
    const { symbol, side, quantity } = order.request;
    const more = (lots - order.filled) as Lots;
    const quote = minus(this.quote(symbol, lots, order.price), this.quote(symbol, order.filled, order.price));
    const fee = minus(this.fee(symbol, lots, order.price), this.fee(symbol, order.filled, order.price));
    order.filled = lots;
    order.filledAtMs = atMs;
    order.isEnded = lots >= quantity;
    this.truth.filledLots += more;
    this.truth.fees = plus(this.truth.fees, fee);
    const totals = this.held.get(symbol) ?? { ...NO_TOTALS };
    this.held.set(symbol, totals);
    if (side === 'BUY') {
      totals.buyLots = (totals.buyLots + more) as Lots;
      totals.buyQuote = plus(totals.buyQuote, quote);
    } else {
      totals.sellLots = (totals.sellLots + more) as Lots;
      totals.sellQuote = plus(totals.sellQuote, quote);
    }
    if (totals.buyLots !== totals.sellLots) return;
    this.wallet = plus(this.wallet, minus(totals.sellQuote, totals.buyQuote));
    this.held.delete(symbol);
  }

  private quote(symbol: SymbolName, lots: Lots, price: PriceTicks): Money {
    return quoteOf(this.instrument(symbol), lots, price);
  }

  private fee(symbol: SymbolName, lots: Lots, price: PriceTicks): Money {
    return shareOf(this.quote(symbol, lots, price), this.instrument(symbol).makerFeePpm);
  }

  private instrument(symbol: SymbolName): Instrument {
    const instrument = this.instruments.get(symbol);
    if (instrument === undefined) throw new Error(`no instrument ${symbol}`);
    return instrument;
  }

  /** E: what came in and went out, and the fees; what is held counts with what was matched of it. */
  walletNow(): Money {
    let wallet = minus(this.wallet, this.truth.fees);
    for (const totals of this.held.values()) wallet = plus(wallet, realizedOf(totals));
    return wallet;
  }

  private balance(requestId: number | null, atMs: EpochMs): KernelEvent {
    const wallet = this.walletNow();
    const row = { wallet, availableMargin: wallet, usedMargin: NO_MONEY, venueAtMs: atMs };
    return { kind: 'BALANCE', atMs, requestId, result: { kind: 'KNOWN', rows: [row] } };
  }

  private positions(atMs: EpochMs) {
    return [...this.held].map(([symbol, totals]) => ({
      symbol,
      position: (totals.buyLots - totals.sellLots) as SignedLots,
      entryQuote: openQuoteOf(totals),
      venueAtMs: atMs,
    }));
  }
}
