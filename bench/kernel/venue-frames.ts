// Frames as BingX's swap stream sends them, written from a scenario's reports and read back: the way from text to facts that a latency
// includes. It is the benchmark's own, and knows no more of the venue than the scenario says.

import type { SymbolName, VenueOrderId } from '../../src/domain/ids.ts';
import { type Instrument, quoteOf, stepsFromText, stepsText } from '../../src/domain/instrument.ts';
import { moneyFrom, moneyText } from '../../src/domain/money.ts';
import type { EpochMs, Lots, PriceTicks } from '../../src/domain/steps.ts';
import type { OrderReport, OrderSide, VenueOrderStatus } from '../../src/domain/venue.ts';
import type { KernelEvent, MarkEvent } from '../../src/kernel/event.ts';

export type Instruments = ReadonlyMap<SymbolName, Instrument>;

interface OrderFrame {
  readonly e: 'ORDER_TRADE_UPDATE';
  readonly E: number;
  readonly T: number;
  readonly o: {
    readonly s: string;
    /** The stream leaves the client's id out. */
    readonly c: '';
    readonly i: string;
    readonly S: OrderSide;
    readonly o: 'LIMIT';
    readonly q: string;
    readonly p: string;
    readonly ap: string;
    readonly x: string;
    readonly X: VenueOrderStatus;
    readonly N: 'USDT';
    readonly n?: string;
    readonly T: number;
    readonly wt: 'MARK_PRICE';
    readonly ps: 'BOTH';
    readonly rp: string;
    readonly z: string;
  };
}

interface PriceFrame {
  readonly e: 'bookTicker';
  readonly E: number;
  readonly s: string;
  readonly b: string;
  readonly a: string;
  readonly m: string;
}

/** Returns a report as the venue would push it. Fills of a scenario's order are all at one price. */
export function orderFrame(report: OrderReport, instruments: Instruments): OrderFrame {
  const { symbol, side, status, orderedLots, filledLots, filledQuote, fee, venueAtMs } = report;
  const instrument = instrumentOf(instruments, symbol);
  const oneLot = Number(quoteOf(instrument, 1 as Lots, 1 as PriceTicks));
  const ticks = filledLots === 0 ? 0 : Math.round(Number(filledQuote ?? 0n) / oneLot / filledLots);
  const price = stepsText(instrument.tick, ticks);
  return {
    e: 'ORDER_TRADE_UPDATE',
    E: venueAtMs,
    T: venueAtMs,
    o: {
      s: symbol,
      c: '',
      i: report.venueOrderId,
      S: side,
      o: 'LIMIT',
      q: stepsText(instrument.lot, orderedLots),
      p: price,
      ap: price,
      x: status === 'NEW' ? 'NEW' : status === 'CANCELED' ? 'CANCELED' : 'TRADE',
      X: status,
      N: 'USDT',
      ...(fee === null ? {} : { n: `-${moneyText(fee)}` }),
      T: venueAtMs,
      wt: 'MARK_PRICE',
      ps: 'BOTH',
      rp: '0',
      z: stepsText(instrument.lot, filledLots),
    },
  };
}

/** Returns the text of an event that the venue pushes; `null` for one that the kernel hears of in another way. */
export function frameText(event: KernelEvent, instruments: Instruments): string | null {
  if (event.kind === 'REPORT') return JSON.stringify(orderFrame(event.report, instruments));
  if (event.kind !== 'MARK') return null;
  const { tick } = instrumentOf(instruments, event.symbol);
  const [b, a, m] = [event.bid, event.ask, event.mark].map((price) => stepsText(tick, price));
  return JSON.stringify({ e: 'bookTicker', E: event.quotedAtMs, s: event.symbol, b, a, m });
}

/** Reads a frame that {@link frameText} wrote: text, checks, whole steps. */
export function eventFrom(text: string, instruments: Instruments, atMs: EpochMs): KernelEvent {
  const frame = JSON.parse(text) as OrderFrame | PriceFrame;
  if (frame.e === 'bookTicker') return markFrom(frame, instruments, atMs);
  return { kind: 'REPORT', atMs, report: reportFrom(frame, instruments) };
}

function markFrom(frame: PriceFrame, instruments: Instruments, atMs: EpochMs): MarkEvent {
  const { tick, symbol } = instrumentOf(instruments, frame.s);
  return {
    kind: 'MARK',
    atMs,
    symbol,
    bid: steps(tick, frame.b) as PriceTicks,
    ask: steps(tick, frame.a) as PriceTicks,
    mark: steps(tick, frame.m) as PriceTicks,
    quotedAtMs: frame.E as EpochMs,
  };
}

function reportFrom({ o }: OrderFrame, instruments: Instruments): OrderReport {
  const instrument = instrumentOf(instruments, o.s);
  const filledLots = steps(instrument.lot, o.z) as Lots;
  const average = steps(instrument.tick, o.ap) as PriceTicks;
  const fee = o.n === undefined ? null : moneyFrom(o.n.startsWith('-') ? o.n.slice(1) : `-${o.n}`);
  return {
    symbol: instrument.symbol,
    venueOrderId: o.i as VenueOrderId,
    clientOrderId: null,
    side: o.S,
    status: o.X,
    orderedLots: steps(instrument.lot, o.q) as Lots,
    filledLots,
    filledQuote: quoteOf(instrument, filledLots, average),
    isQuoteExact: false,
    fee: fee === null || !fee.ok ? null : fee.value,
    feeAsset: null,
    isMaker: null,
    cause: 'order',
    venueRealized: null,
    venueAtMs: o.T as EpochMs,
  };
}

function steps(step: Instrument['tick'], text: string): number {
  const whole = stepsFromText(step, text);
  if (!whole.ok) throw new Error(whole.error);
  return whole.value;
}

function instrumentOf(instruments: Instruments, symbol: string): Instrument {
  const instrument = instruments.get(symbol as SymbolName);
  if (instrument === undefined) throw new Error(`no instrument ${symbol}`);
  return instrument;
}
