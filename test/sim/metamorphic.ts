// Tales of round trips that are told to a kernel in more than one way: what it holds and has earned in the end must not depend on the telling.

import fc from 'fast-check';
import type { ClientOrderId, VenueOrderId } from '../../src/domain/ids.ts';
import { type Instrument, stepOf } from '../../src/domain/instrument.ts';
import { type Money, money } from '../../src/domain/money.ts';
import type { EpochMs, Lots, PriceTicks, SignedLots } from '../../src/domain/steps.ts';
import type { IncomeRow, OrderReport, OrderRequest } from '../../src/domain/venue.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { KernelState, Trade } from '../../src/kernel/state.ts';
import { BTC, config, ETH, instrument, KernelDriver, reportOf, START_MS, usdt } from '../kernel/build.ts';
import { NaiveAccount } from './oracle.ts';

export const SEED = 20261128;

/** One trade of the venue; the price in ticks, the fee in 1e-8. */
export interface Fill {
  readonly lots: number;
  readonly price: number;
  readonly fee: number;
}

/** From flat to flat: an entry, of which a part may never be filled, and one or two exits, which are. */
export interface Trip {
  readonly side: 'LONG' | 'SHORT';
  readonly entry: readonly Fill[];
  readonly unfilled: number;
  readonly exits: readonly (readonly Fill[])[];
  readonly funding: number;
}

/** How a tale is told. Prices are multiplied by `factor`, or the tick is ten times as large. */
export interface Manner {
  readonly tick: '0.1' | '1';
  readonly factor: 1 | 10;
  /** Whether the venue ever says what it charged. */
  readonly saysFees: boolean;
  /** Whether the stream shows sums of trades, not averages that are rounded to the tick. */
  readonly isStreamExact: boolean;
  /** The kernel begins again after so many events; `null`: never. */
  readonly restartsAfter: number | null;
}

export const PLAIN: Manner = {
  tick: '0.1',
  factor: 1,
  saysFees: true,
  isStreamExact: false,
  restartsAfter: null,
};

/** What is said of one order, by whatever way it comes. */
export interface Told {
  readonly ack: KernelEvent;
  /** Of the stream, cumulative, the oldest first; frames of an order that is not ours are among them. */
  readonly frames: readonly KernelEvent[];
  /** The same in one answer to a question. */
  readonly answer: KernelEvent;
}

export interface Delivery {
  /** What is heard between two syncs, in this order. */
  readonly heard: (told: Told, order: number) => readonly KernelEvent[];
  /** Whether a sync lists the orders that traded. */
  readonly listsFills: boolean;
}

export const IN_ORDER: Delivery = { heard: ({ ack, frames }) => [ack, ...frames], listsFills: true };

/** Prices around 10,000 ticks, where a quote is 10,000 and 10,001. */
const fill = fc.record({
  lots: fc.integer({ min: 1, max: 30 }),
  price: fc.integer({ min: 9_900, max: 10_101 }),
  fee: fc.integer({ min: -20_000, max: 900_000 }),
});

/** Splits `lots` into fills at the places that the fills of a model have. */
function shared(lots: number, model: readonly Fill[]): Fill[] {
  const fills: Fill[] = [];
  let rest = lots;
  for (const one of model) {
    const taken = Math.min(rest, one.lots);
    if (taken > 0) fills.push({ ...one, lots: taken });
    rest -= taken;
  }
  const last = fills.pop() ?? { lots: 0, price: 10_000, fee: 0 };
  return [...fills, { ...last, lots: last.lots + rest }];
}

const trip: fc.Arbitrary<Trip> = fc
  .record({
    side: fc.constantFrom('LONG' as const, 'SHORT' as const),
    entry: fc.array(fill, { minLength: 1, maxLength: 4 }),
    unfilled: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })),
    out: fc.array(fill, { minLength: 1, maxLength: 3 }),
    share: fc.integer({ min: 1, max: 9 }),
    isInTwo: fc.boolean(),
    funding: fc.integer({ min: -50_000, max: 50_000 }),
  })
  .map(({ entry: drawn, out, share, isInTwo, ...rest }) => {
    // At least so much that the venue takes it.
    const entry = [...drawn, { lots: 5, price: 10_000, fee: 150_001 }];
    const total = lotsOf(entry);
    const first = Math.max(1, Math.floor((total * share) / 10));
    const parts = isInTwo ? [first, total - first] : [total];
    return { ...rest, entry, exits: parts.map((lots) => shared(lots, out)) };
  });

export const tales: fc.Arbitrary<readonly Trip[]> = fc.array(trip, { minLength: 1, maxLength: 2 });

export function lotsOf(fills: readonly Fill[]): number {
  return fills.reduce((sum, { lots }) => sum + lots, 0);
}

/** Tells a tale to a kernel, and is its venue: what is asked gets a true answer. */
export class Teller extends KernelDriver {
  readonly events: KernelEvent[] = [];
  readonly account: NaiveAccount;
  private readonly manner: Manner;
  private readonly delivery: Delivery;
  private readonly finals: OrderReport[] = [];
  private readonly foreign: OrderReport[] = [];
  private held = 0;

  constructor(delivery: Delivery, manner: Manner = PLAIN) {
    const coarse = { tick: stepOf(manner.tick) };
    super({ instruments: [instrument(BTC, coarse), instrument(ETH)] });
    this.manner = manner;
    this.delivery = delivery;
    this.account = new NaiveAccount(this.view.wallet);
  }

  /** Keeps what the kernel was told, and begins it again where the manner says so. */
  override apply(event: Record<string, unknown> & { readonly kind: KernelEvent['kind'] }): Outcome {
    this.events.push({ atMs: this.nowMs, ...event } as unknown as KernelEvent);
    const isLast = this.events.length === this.manner.restartsAfter;
    const outcome = super.apply(event);
    if (isLast) {
      super.apply({ kind: 'START', runId: 'run-2' });
      super.apply({ kind: 'ACCOUNT', positionMode: this.state.config.positionMode });
      super.apply({ kind: 'STREAM', isUp: true });
    }
    return outcome;
  }

  /** @param foreigners frames of somebody else's order, in between */
  tell(tale: readonly Trip[], foreigners: readonly number[] = []): this {
    this.ready();
    this.wait(1_000);
    for (const [index, one] of tale.entries()) {
      this.takeTrip(one, index, index === 0 ? foreigners : []);
      this.wait(6_000);
    }
    // Frames of others wait so long at most.
    this.wait(this.state.config.bounds.parkedMs);
    return this;
  }

  private takeTrip(
    { side, entry, unfilled, exits, funding }: Trip,
    index: number,
    foreigners: readonly number[],
  ) {
    const trade = this.account.trade(`trip ${index}`, { tick: this.manner.tick, lot: '0.001' });
    const { factor } = this.manner;
    const reference = 10_000 * factor * Number(this.manner.tick);
    for (const [place, fills] of [entry, ...exits].entries()) {
      this.reprice();
      const isEntry = place === 0;
      const size = (lotsOf(fills) + (isEntry ? unfilled : 0)) / 1_000;
      const before = this.sent.length;
      for (let attempt = 0; attempt < 3 && this.sent.length === before; attempt += 1) {
        if (attempt > 0) this.wait(6_000);
        if (isEntry) this.enter({ side, size, referencePrice: reference });
        else this.exit({ side, size });
      }
      if (this.sent.length === before) throw new Error(`order ${place} of trip ${index} was not sent`);
      const order = this.lastSent;
      const fees = fills.map(({ fee }) =>
        this.manner.saysFees ? BigInt(fee * factor * feeScale(this.manner)) : 0n,
      );
      for (const [at, { lots, price }] of fills.entries()) {
        const paid = fees[at] ?? 0n;
        trade.fills.push({
          orderId: order.clientOrderId,
          side: order.side,
          lots,
          price: price * factor,
          fee: paid,
        });
      }
      this.hear(order, fills, fees, isEntry ? foreigners : []);
      if (isEntry) this.fund(funding, index);
      this.sync();
    }
  }

  private hear(
    order: OrderRequest,
    fills: readonly Fill[],
    fees: readonly bigint[],
    foreigners: readonly number[],
  ) {
    const number = this.sent.length;
    const venueOrderId = `19${String(number).padStart(17, '0')}` as VenueOrderId;
    const filled = lotsOf(fills);
    const full = this.reportAt(order, venueOrderId, fills, fees, true);
    const final = { ...full, status: filled < order.quantity ? 'CANCELED' : 'FILLED' } as const;
    this.finals.push(final);
    this.held += order.side === 'BUY' ? filled : -filled;
    const mine = fills.map((_, at) =>
      this.reportAt(order, venueOrderId, fills.slice(0, at + 1), fees, false),
    );
    const others = foreigners.map((realized, at) => foreignReport(realized, at));
    this.foreign.push(...others.slice(-1));
    const isExact = this.manner.isStreamExact;
    const end: OrderReport = {
      ...(isExact ? full : (mine.at(-1) ?? full)),
      clientOrderId: null,
      status: final.status,
    };
    this.lookAround();
    const { clientOrderId } = order;
    const asked = { clientOrderId, askedAtMs: this.nowMs, result: { kind: 'FOUND', report: final } };
    const told: Told = {
      ack: eventOf({
        kind: 'SUBMIT_RESULT',
        clientOrderId,
        result: { kind: 'ACK', venueOrderId, report: null },
      }),
      frames: [...mine, ...others, end].map((report) => eventOf({ kind: 'REPORT', report })),
      answer: eventOf({ kind: 'QUERY_RESULT', ...asked }),
    };
    for (const event of this.delivery.heard(told, number)) {
      this.nowMs += 10;
      this.apply({ ...event, atMs: this.nowMs } as never);
    }
  }

  /** What the venue says after the first fills of an order. Its stream names no order of ours, and leaves fees out until the last. */
  private reportAt(
    order: OrderRequest,
    venueOrderId: VenueOrderId,
    fills: readonly Fill[],
    fees: readonly bigint[],
    isExact: boolean,
  ): OrderReport {
    const filled = lotsOf(fills);
    const cost = fills.reduce((sum, { lots, price }) => sum + lots * price, 0) * this.manner.factor;
    const isSum = isExact || this.manner.isStreamExact;
    const shown = isSum ? cost : Math.round(cost / filled) * filled;
    const paid = fees.slice(0, fills.length).reduce((sum, fee) => sum + fee, 0n);
    return reportOf(order, venueOrderId, {
      clientOrderId: isExact ? (order.clientOrderId as ClientOrderId) : null,
      status: filled >= order.quantity ? 'FILLED' : 'PARTIALLY_FILLED',
      filledLots: filled as Lots,
      filledQuote: money(BigInt(shown) * worthOf(this.manner)),
      isQuoteExact: isSum,
      fee: this.manner.saysFees && (isSum || fills.length === fees.length) ? (paid as Money) : null,
      isMaker: isExact ? false : null,
      venueAtMs: (START_MS + 5_000) as EpochMs,
    });
  }

  private fund(amount: number, index: number): void {
    const row: IncomeRow = {
      transactionId: `funding ${index}`,
      kind: 'FUNDING',
      symbol: BTC,
      amount: BigInt(amount * this.manner.factor * feeScale(this.manner)) as Money,
      venueAtMs: this.nowMs as EpochMs,
    };
    this.account.receive(row.amount);
    this.view = { ...this.view, income: [...this.view.income, row] };
  }

  /** The stream breaks and comes back, so that the kernel looks at everything. */
  private sync(): void {
    this.nowMs += 500;
    this.lookAround();
    this.apply({ kind: 'STREAM', isUp: false });
    this.apply({ kind: 'STREAM', isUp: true });
  }

  private lookAround(): void {
    const gained = this.foreign.reduce((sum, { venueRealized }) => sum + (venueRealized ?? 0n), 0n);
    const position = this.held as SignedLots;
    const row = { symbol: BTC, position, entryQuote: 1n as Money, venueAtMs: this.nowMs as EpochMs };
    this.view = {
      ...this.view,
      positions: position === 0 ? [] : [row],
      fills: this.delivery.listsFills || this.manner.restartsAfter !== null ? [...this.finals] : [],
      wallet: (this.account.wallet() + gained) as Money,
    };
  }

  private reprice(): void {
    const { factor } = this.manner;
    const [bid, ask] = [10_000 * factor, 10_001 * factor] as [PriceTicks, PriceTicks];
    this.apply({ kind: 'MARK', symbol: BTC, bid, ask, mark: bid, quotedAtMs: this.nowMs });
  }
}

function eventOf(fields: Record<string, unknown>): KernelEvent {
  return fields as unknown as KernelEvent;
}

/** What one lot costs at one tick, in 1e-8. */
function worthOf({ tick }: Manner): bigint {
  return tick === '1' ? 100_000n : 10_000n;
}

function feeScale({ tick }: Manner): number {
  return tick === '1' ? 10 : 1;
}

function foreignReport(realized: number, at: number): OrderReport {
  return {
    symbol: ETH,
    venueOrderId: '1777777777777777777' as VenueOrderId,
    clientOrderId: null,
    side: 'BUY',
    status: 'PARTIALLY_FILLED',
    orderedLots: 1_000 as Lots,
    filledLots: (10 * (at + 1)) as Lots,
    filledQuote: money(BigInt(at + 1) * 1_000_000_000n),
    isQuoteExact: true,
    fee: null,
    feeAsset: null,
    isMaker: null,
    cause: 'order',
    venueRealized: money(BigInt(realized)),
    venueAtMs: (START_MS + 5_000 + at) as EpochMs,
  };
}

/** What a kernel holds and has earned, without instants, ids and how often it was told. */
export function endOf(state: KernelState): Record<string, unknown> {
  const { ledger } = state;
  return {
    slots: state.slots.map(({ status, quarantine }) => ({ status, quarantine })),
    trades: [...state.trades.values()].filter(({ orders }) => orders.length > 0).map(endOfTrade),
    wallet: ledger.wallet,
    explained: ledger.explained,
    residual: ledger.residual,
    balances: { ...ledger.balances },
    liveOrders: state.liveOrders,
    reasons: [...state.trading.reasons.keys()],
  };
}

function endOfTrade({
  side,
  orders,
  bookedRealized,
  bookedFunding,
  isClosed,
}: Trade): Record<string, unknown> {
  return {
    side,
    bookedRealized,
    bookedFunding,
    isClosed,
    orders: orders.map((order) => ({
      role: order.role,
      side: order.side,
      quantity: order.quantity,
      status: order.status,
      filledLots: order.filledLots,
      pricedLots: order.pricedLots,
      filledQuote: order.filledQuote,
      feeLots: order.feeLots,
      fee: order.fee,
      bookedPredicted: order.bookedPredicted,
      bookedSettled: order.bookedSettled,
    })),
  };
}

/** A configuration of a teller, for kernels that are told its events again. */
export function configOf({ tick }: Manner): ReturnType<typeof config> {
  const coarse: Partial<Instrument> = { tick: stepOf(tick) };
  return config({ instruments: [instrument(BTC, coarse), instrument(ETH)] });
}

/** The wallet of every teller before the first order. */
export const WALLET = usdt(10_000);
