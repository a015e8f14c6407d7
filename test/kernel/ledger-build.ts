// A ledger under test, without the rest of the kernel: trades and orders by hand, facts by short verbs.

import type { RunId, StrategyClass, SymbolName, TradeId } from '../../src/domain/ids.ts';
import { type Instrument, quoteOf, stepOf } from '../../src/domain/instrument.ts';
import type { Money } from '../../src/domain/money.ts';
import { type EpochMs, type Lots, lots, type Ppm, priceTicks } from '../../src/domain/steps.ts';
import type { OrderReport } from '../../src/domain/venue.ts';
import { compareWallets, onBalance } from '../../src/kernel/bands.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../../src/kernel/config.ts';
import { createKernel, emptyTrade } from '../../src/kernel/create.ts';
import type { Posting } from '../../src/kernel/effect.ts';
import { bookOrder, bookTrade } from '../../src/kernel/ledger.ts';
import { makeOrder } from '../../src/kernel/orders.ts';
import { place } from '../../src/kernel/places.ts';
import type { KernelState, Order, Trade } from '../../src/kernel/state.ts';
import { begin, type Transaction } from '../../src/kernel/transaction.ts';
import { usdt } from './build.ts';

export const FET = 'FET-USDT' as SymbolName;
/** 2026-06-01T00:00:00Z. */
export const DAY_BEGIN_MS = 1_780_272_000_000;
export const SEED_MS = (DAY_BEGIN_MS + 1_000) as EpochMs;
export const LATER_MS = (SEED_MS + 60_000) as EpochMs;

export const FET_INSTRUMENT: Instrument = {
  symbol: FET,
  tick: stepOf('0.0001'),
  lot: stepOf('1'),
  minLots: lots(1),
  minNotional: usdt(2),
  makerFeePpm: 200 as Ppm,
  takerFeePpm: 500 as Ppm,
  maxLeverage: 50,
};

/** What lots of FET cost at a price in ticks of 0.0001. */
export const fetQuote = (quantity: number, price: number): Money =>
  quoteOf(FET_INSTRUMENT, lots(quantity), priceTicks(price));

/** A report of an order of somebody else. */
export function foreignReport(over: Partial<OrderReport> = {}): OrderReport {
  return {
    symbol: FET,
    venueOrderId: 'other-1' as OrderReport['venueOrderId'],
    clientOrderId: null,
    side: 'BUY',
    status: 'FILLED',
    orderedLots: lots(100),
    filledLots: lots(100),
    filledQuote: fetQuote(100, 2_000),
    isQuoteExact: true,
    fee: usdt(1),
    feeAsset: null,
    isMaker: false,
    cause: 'order',
    venueRealized: usdt(5),
    venueAtMs: LATER_MS,
    ...over,
  };
}

export class LedgerWorld {
  readonly state: KernelState;
  tx: Transaction;

  constructor(over: Partial<KernelConfig> = {}) {
    const config = { ...KERNEL_DEFAULTS, instance: 'test', instruments: [FET_INSTRUMENT], ...over };
    this.state = createKernel(config);
    this.state.runId = 'run-1' as RunId;
    this.state.nowMs = SEED_MS;
    this.tx = begin(this.state, SEED_MS);
  }

  /** The next event, at `nowMs`. */
  at(nowMs: number): Transaction {
    this.state.nowMs = nowMs as EpochMs;
    this.tx = begin(this.state, this.state.nowMs);
    return this.tx;
  }

  /** The venue says what the wallet is, and the ledger is compared with it. */
  balance(wallet: number, venueAtMs: number = SEED_MS): void {
    const at = venueAtMs as EpochMs;
    onBalance(
      this.tx,
      { wallet: usdt(wallet), availableMargin: null, usedMargin: null, venueAtMs: at },
      true,
    );
    compareWallets(this.tx);
  }

  trade(side: 'LONG' | 'SHORT' = 'LONG', over: Partial<Trade> = {}): Trade {
    this.state.tradeSeq += 1;
    const slot = this.state.slots[0];
    const identity = {
      tradeId: `trade-${this.state.tradeSeq}` as TradeId,
      tradeSeq: this.state.tradeSeq,
      symbol: FET,
      side,
      strategyClass: 'champion' as StrategyClass,
      conviction: 3,
      exchangeLeverage: 3,
      openedAtMs: this.state.nowMs,
      exitLegRatios: [],
    };
    const trade: Trade = { ...emptyTrade(identity), ...over };
    this.state.trades.set(trade.tradeId, trade);
    if (slot !== undefined) place(this.state, slot, trade);
    return trade;
  }

  /** An order of a trade, working at the venue. */
  order(trade: Trade, role: 'entry' | 'exit', quantity: number, isMaker = false): Order {
    const order = makeOrder(this.tx, trade, {
      role,
      isBuy: (trade.side === 'LONG') === (role === 'entry'),
      type: isMaker ? 'LIMIT' : 'MARKET',
      quantity: lots(quantity),
      limit: isMaker ? priceTicks(2_000) : null,
      leverage: 3,
      ttlMs: isMaker ? 1_000 : null,
    });
    order.status = 'WORKING';
    return order;
  }

  /** `filled` lots in all at `price` ticks, and the fee of them where it is settled; both are booked. */
  fill(order: Order, filled: number, price: number, fee: number | null = null): void {
    order.filledLots = filled as Lots;
    order.pricedLots = order.filledLots;
    order.filledQuote = fetQuote(filled, price);
    if (fee !== null) {
      order.feeLots = order.filledLots;
      order.fee = usdt(fee);
    }
    if (order.filledLots >= order.quantity && order.status !== 'FILLED') {
      order.status = 'FILLED';
      this.state.liveOrders -= 1;
    }
    this.book(order);
  }

  book(order: Order): void {
    bookOrder(this.tx, order);
    const trade = this.state.trades.get(order.tradeId);
    if (trade !== undefined) bookTrade(this.tx, trade, 'realized');
  }

  mark(price: number): void {
    const at = this.state.nowMs;
    const ticks = priceTicks(price);
    this.state.marks.set(FET, { bid: ticks, ask: ticks, mark: ticks, quotedAtMs: at, atMs: at });
  }

  get ledger(): KernelState['ledger'] {
    return this.state.ledger;
  }

  /** All accounts, the wallet and what is explained: nothing, always. */
  get sum(): bigint {
    const { wallet, explained, balances } = this.ledger;
    return Object.values(balances).reduce((sum, balance) => sum + balance, wallet + explained);
  }

  /** Postings of the event under way. */
  get postings(): readonly Posting[] {
    return this.tx.effects.flatMap((effect) =>
      effect.kind === 'PUBLISH' && effect.publication.topic === 'posting' ? [effect.publication.posting] : [],
    );
  }
}
