// A kernel under test: it is driven by short verbs, answers its own questions to the venue where a test does not, and keeps what it sent.

import type {
  ClientOrderId,
  IntentId,
  RunId,
  StrategyClass,
  SymbolName,
  VenueOrderId,
} from '../../src/domain/ids.ts';
import { type Instrument, stepOf } from '../../src/domain/instrument.ts';
import { type Money, money } from '../../src/domain/money.ts';
import {
  type EpochMs,
  type Lots,
  lots,
  type Ppm,
  type PriceTicks,
  type SignedLots,
} from '../../src/domain/steps.ts';
import type { IncomeRow, OrderReport, OrderRequest, VenuePosition } from '../../src/domain/venue.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../../src/kernel/config.ts';
import { createKernel } from '../../src/kernel/create.ts';
import type { Effect, FetchEffect } from '../../src/kernel/effect.ts';
import type { IntentEvent, KernelEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { KernelState, Order, Slot } from '../../src/kernel/state.ts';
import { step } from '../../src/kernel/step.ts';
import type { AppliedRecord } from '../../src/runner/record.ts';

export const BTC = 'BTC-USDT' as SymbolName;
export const ETH = 'ETH-USDT' as SymbolName;
export const CHAMPION = 'champion' as StrategyClass;
export const START_MS = 1_780_000_000_000 as EpochMs;

export const usdt = (amount: number): Money => money(BigInt(Math.round(amount * 1e8)));

/** Ticks of 0.1, lots of 0.001: one lot at one tick is 0.0001. */
export function instrument(symbol: SymbolName, over: Partial<Instrument> = {}): Instrument {
  return {
    symbol,
    tick: stepOf('0.1'),
    lot: stepOf('0.001'),
    minLots: lots(1),
    minNotional: usdt(2),
    makerFeePpm: 200 as Ppm,
    takerFeePpm: 500 as Ppm,
    maxLeverage: 125,
    ...over,
  };
}

export type ConfigOver = {
  readonly [Key in keyof KernelConfig]?: Partial<KernelConfig[Key]> | KernelConfig[Key];
};

/** Defaults with a part of each section replaced. */
export function config(over: ConfigOver = {}): KernelConfig {
  const plain: KernelConfig = {
    ...KERNEL_DEFAULTS,
    instance: 'test',
    instruments: [instrument(BTC), instrument(ETH)],
  };
  const merged = Object.entries(over).map(([key, value]) => {
    const known = plain[key as keyof KernelConfig];
    const isSection = typeof known === 'object' && !Array.isArray(known);
    return [key, isSection ? { ...known, ...(value as object) } : value];
  });
  return { ...plain, ...Object.fromEntries(merged) };
}

/** Facts of an order as a venue would report them. */
export function reportOf(
  order: OrderRequest,
  venueOrderId: string,
  over: Partial<OrderReport> = {},
): OrderReport {
  return {
    symbol: order.symbol,
    venueOrderId: venueOrderId as VenueOrderId,
    clientOrderId: null,
    side: order.side,
    status: 'NEW',
    orderedLots: order.quantity,
    filledLots: 0 as Lots,
    filledQuote: 0n as Money,
    isQuoteExact: true,
    fee: null,
    feeAsset: null,
    isMaker: null,
    cause: 'order',
    venueRealized: null,
    venueAtMs: START_MS,
    ...over,
  };
}

/** What `filled` lots of BTC or ETH cost at `price` ticks. */
export function quote(filled: number, price: number): Money {
  return money(BigInt(filled) * BigInt(price) * 10_000n);
}

export interface VenueView {
  openOrders: readonly OrderReport[];
  positions: readonly VenuePosition[];
  fills: readonly OrderReport[];
  income: readonly IncomeRow[];
  wallet: Money;
}

export class KernelDriver {
  readonly state: KernelState;
  readonly effects: Effect[] = [];
  nowMs = START_MS as number;
  /** What the venue answers to FETCH; a test changes it. */
  view: VenueView = { openOrders: [], positions: [], fills: [], income: [], wallet: usdt(10_000) };
  /** Whether FETCH effects are answered by themselves. */
  answersFetches = true;
  private intents = 0;
  private venueIds = 0;

  constructor(over: ConfigOver = {}) {
    this.state = createKernel(config(over));
  }

  /** Applies an event now, and answers what it asks of the venue's picture. */
  apply(event: Record<string, unknown> & { readonly kind: KernelEvent['kind'] }): Outcome {
    const whole = { atMs: this.nowMs, ...event } as unknown as KernelEvent;
    const { outcome, effects } = step(this.state, whole);
    this.effects.push(...effects);
    this.observed({ seq: this.state.seq, event: whole, outcome, effects });
    if (this.answersFetches) {
      for (const effect of effects) if (effect.kind === 'FETCH') this.answer(effect);
    }
    return outcome;
  }

  /** Every record, as an observer of a host sees it, before what it asks of the venue is answered. */
  protected observed(_record: AppliedRecord): void {}

  answer(fetch: FetchEffect): Outcome {
    const { openOrders, positions, fills, income, wallet } = this.view;
    const balance = { wallet, availableMargin: wallet, usedMargin: usdt(0), venueAtMs: this.nowMs };
    const rows = {
      OPEN_ORDERS: openOrders,
      POSITIONS: positions,
      FILLS: fills,
      INCOME: income,
      BALANCE: [balance],
    };
    const result = { kind: 'KNOWN', rows: rows[fetch.part] };
    return this.apply({ kind: fetch.part, requestId: fetch.requestId, askedAtMs: this.nowMs, result });
  }

  /** Begun, in step with the venue, allowed to trade, and with prices. */
  ready(): this {
    this.apply({ kind: 'START', runId: 'run-1' as RunId });
    this.apply({ kind: 'ACCOUNT', positionMode: this.state.config.positionMode });
    this.apply({ kind: 'STREAM', isUp: true });
    const permissions = [{ strategyClass: CHAMPION, isEnabled: true, sizePpm: 1_000_000 }];
    this.apply({ kind: 'PERMISSIONS', version: 'v1', permissions });
    this.mark(10_000);
    this.mark(10_000, ETH);
    return this;
  }

  mark(price: number, symbol = BTC): Outcome {
    return this.apply({
      kind: 'MARK',
      symbol,
      bid: price,
      ask: price + 1,
      mark: price,
      quotedAtMs: this.nowMs,
    });
  }

  /** Lets time pass, with every WAKE that was asked for and fresh prices. */
  wait(ms: number, keepsMarks = true): void {
    const end = this.nowMs + ms;
    for (
      let next = this.state.timers[0];
      next !== undefined && next.atMs <= end;
      next = this.state.timers[0]
    ) {
      this.nowMs = Math.max(this.nowMs, next.atMs);
      if (keepsMarks) this.refresh();
      this.apply({ kind: 'WAKE' });
    }
    this.nowMs = end;
    if (keepsMarks) this.refresh();
  }

  private refresh(): void {
    for (const [symbol, { bid, ask, mark }] of this.state.marks)
      this.apply({ kind: 'MARK', symbol, bid, ask, mark, quotedAtMs: this.nowMs });
  }

  intent(over: Partial<IntentEvent>): Outcome {
    this.intents += 1;
    return this.apply({
      kind: 'INTENT',
      intentId: `intent-${this.intents}` as IntentId,
      action: 'ENTER',
      slot: 0,
      tradeId: null,
      symbol: BTC,
      side: 'LONG',
      strategyClass: CHAMPION,
      decidedAtMs: this.nowMs as EpochMs,
      referencePrice: 1_000,
      size: 0.05,
      leverage: 2,
      exitLegRatios: [],
      isUrgent: false,
      reason: 'test',
      ...over,
    });
  }

  enter(over: Partial<IntentEvent> = {}): Outcome {
    return this.intent({ action: 'ENTER', ...over });
  }

  exit(over: Partial<IntentEvent> = {}): Outcome {
    return this.intent({ action: 'EXIT', size: null, ...over });
  }

  /** Orders that were sent, oldest first. */
  get sent(): readonly OrderRequest[] {
    return this.effects.flatMap((effect) => (effect.kind === 'SUBMIT' ? [effect.order] : []));
  }

  get lastSent(): OrderRequest {
    const last = this.sent.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return last;
  }

  order(id: string = this.lastSent.clientOrderId): Order {
    const order = this.state.orders.get(id as ClientOrderId);
    if (order === undefined) throw new Error(`no order ${id}`);
    return order;
  }

  slot(id = 0): Slot {
    const slot = this.state.slots[id];
    if (slot === undefined) throw new Error(`no slot ${id}`);
    return slot;
  }

  ack(order: OrderRequest = this.lastSent): string {
    this.venueIds += 1;
    const venueOrderId = `19${String(this.venueIds).padStart(17, '0')}`;
    this.apply({
      kind: 'SUBMIT_RESULT',
      clientOrderId: order.clientOrderId,
      result: { kind: 'ACK', venueOrderId, report: null },
    });
    return venueOrderId;
  }

  reject(code: string, order: OrderRequest = this.lastSent): Outcome {
    const result = { kind: 'REJECT', code, text: code };
    return this.apply({ kind: 'SUBMIT_RESULT', clientOrderId: order.clientOrderId, result });
  }

  unknown(cause = 'TIMEOUT', order: OrderRequest = this.lastSent): Outcome {
    return this.apply({
      kind: 'SUBMIT_RESULT',
      clientOrderId: order.clientOrderId,
      result: { kind: 'UNKNOWN', cause },
    });
  }

  /** A frame of the stream: `filled` lots in all, at `price` ticks. */
  report(filled: number, price: number, over: Partial<OrderReport> = {}, order = this.lastSent): Outcome {
    const venueOrderId = this.order(order.clientOrderId).venueOrderId ?? 'unbound';
    const status = filled >= order.quantity ? 'FILLED' : filled > 0 ? 'PARTIALLY_FILLED' : 'NEW';
    const facts = { filledLots: filled as Lots, filledQuote: quote(filled, price), status, ...over } as const;
    return this.apply({ kind: 'REPORT', report: reportOf(order, venueOrderId, facts) });
  }

  /** Acknowledged and filled whole, at `price` ticks, with the published fee. */
  fill(price: number, order = this.lastSent): void {
    this.ack(order);
    this.report(order.quantity, price, {}, order);
  }

  hold(position: number, entryPrice = 10_000, symbol = BTC): void {
    this.view = {
      ...this.view,
      positions:
        position === 0
          ? []
          : [
              {
                symbol,
                position: position as SignedLots,
                entryQuote: quote(Math.abs(position), entryPrice),
                venueAtMs: this.nowMs as EpochMs,
              },
            ],
    };
  }

  codes(kind: Effect['kind']): readonly string[] {
    return this.effects.flatMap((effect) => {
      if (effect.kind !== kind) return [];
      if (effect.kind === 'NOTIFY') return [effect.code];
      if (effect.kind === 'PUBLISH' && effect.publication.topic === 'router')
        return [effect.publication.event];
      return [];
    });
  }
}

/** A kernel that entered and holds `quantity` lots at 1,000, which the venue shows. */
export function holding(
  quantity: number,
  over: ConfigOver = {},
  ratios: readonly number[] = [],
): KernelDriver {
  const kernel = new KernelDriver(over).ready();
  kernel.enter({ size: quantity / 1_000, exitLegRatios: ratios });
  kernel.fill(10_000);
  kernel.hold(quantity);
  return kernel;
}

export const ticks = (price: number): PriceTicks => price as PriceTicks;
