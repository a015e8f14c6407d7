// What the public may see of one market's past: bars, trades and funding, bounded in memory, behind bars that were loaded.

import { type Instrument, quoteOf } from '../../../../domain/instrument.ts';
import { type Money, NO_MONEY, plus } from '../../../../domain/money.ts';
import { type Lots, NO_LOTS, type Ppm, type PriceTicks, ppm } from '../../../../domain/steps.ts';
import { bucketOf, type Interval, MINUTE_MS } from './intervals.ts';

/** One bar, opened at `openAtMs`. */
export interface HistoryBar {
  readonly openAtMs: number;
  readonly open: PriceTicks;
  readonly high: PriceTicks;
  readonly low: PriceTicks;
  readonly close: PriceTicks;
  readonly volume: Lots;
  readonly quoteVolume: Money;
}

export interface PublicTrade {
  readonly atMs: number;
  readonly price: PriceTicks;
  readonly lots: Lots;
  readonly isBuyerMaker: boolean;
}

/** The last 24 hours. */
export interface DaySummary extends HistoryBar {
  readonly closeAtMs: number;
  readonly lastLots: Lots;
}

export interface FundingPayment {
  readonly atMs: number;
  readonly rate: Ppm;
}

/** Bars that were known before the first quote, ascending, each `barMs` long. */
export interface LoadedBars {
  readonly barMs: number;
  readonly bars: readonly HistoryBar[];
}

const MINUTES_MAX = 20_000;
const TRADES_MAX = 1_000;
const FUNDING_MAX = 1_000;
const DAY_MS = 86_400_000;

export class MarketHistory {
  /** What the next settlement takes. */
  fundingRate: Ppm = ppm(100);
  private readonly instrument: Instrument;
  private readonly loaded: LoadedBars;
  private readonly minutes: HistoryBar[] = [];
  private readonly recentTrades: PublicTrade[] = [];
  private readonly payments: FundingPayment[] = [];

  constructor(instrument: Instrument, loaded: LoadedBars = { barMs: MINUTE_MS, bars: [] }) {
    this.instrument = instrument;
    this.loaded = loaded;
  }

  /** Takes a price at which nothing was traded. */
  touch(price: PriceTicks, atMs: number): void {
    this.extend(price, NO_LOTS, NO_MONEY, atMs);
  }

  trade(trade: PublicTrade): void {
    this.recentTrades.push(trade);
    if (this.recentTrades.length > TRADES_MAX) this.recentTrades.shift();
    this.extend(trade.price, trade.lots, quoteOf(this.instrument, trade.lots, trade.price), trade.atMs);
  }

  paid(payment: FundingPayment): void {
    this.payments.push(payment);
    if (this.payments.length > FUNDING_MAX) this.payments.shift();
  }

  /**
   * Returns bars whose opening lies in `[fromMs, toMs)`, ascending, the newest `limit` of them; the last may be unfinished. Longer bars are
   * made of shorter ones. Loaded bars that are longer than the interval are left out.
   */
  bars(interval: Interval, fromMs: number, toMs: number, limit: number): readonly HistoryBar[] {
    const isKnownBefore = bucketOf(interval, 0).lengthMs >= this.loaded.barMs;
    const parts = [...(isKnownBefore ? this.loaded.bars : []), ...this.minutes];
    const bars: HistoryBar[] = [];
    for (const part of parts) {
      const { openAtMs } = bucketOf(interval, part.openAtMs);
      if (openAtMs < fromMs || openAtMs >= toMs) continue;
      const last = bars.at(-1);
      if (last?.openAtMs === openAtMs) bars[bars.length - 1] = joined(last, part);
      else bars.push({ ...part, openAtMs });
    }
    return bars.slice(-limit);
  }

  /** Newest first. */
  trades(limit: number): readonly PublicTrade[] {
    return this.recentTrades.slice(-limit).reverse();
  }

  /** `null` before the first price. */
  day(nowMs: number): DaySummary | null {
    const bars = this.bars('1m', nowMs - DAY_MS, Number.MAX_SAFE_INTEGER, MINUTES_MAX);
    const [first] = bars;
    if (first === undefined) return null;
    const whole = bars.slice(1).reduce(joined, first);
    return { ...whole, closeAtMs: nowMs, lastLots: this.recentTrades.at(-1)?.lots ?? NO_LOTS };
  }

  /** Ascending. */
  funding(): readonly FundingPayment[] {
    return this.payments;
  }

  private extend(price: PriceTicks, volume: Lots, quoteVolume: Money, atMs: number): void {
    const openAtMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    const part = { openAtMs, open: price, high: price, low: price, close: price, volume, quoteVolume };
    const last = this.minutes.at(-1);
    if (last?.openAtMs === openAtMs) this.minutes[this.minutes.length - 1] = joined(last, part);
    else this.minutes.push(part);
    if (this.minutes.length > MINUTES_MAX) this.minutes.shift();
  }
}

/** One bar of two, the earlier first. */
function joined(earlier: HistoryBar, later: HistoryBar): HistoryBar {
  return {
    openAtMs: earlier.openAtMs,
    open: earlier.open,
    high: Math.max(earlier.high, later.high) as PriceTicks,
    low: Math.min(earlier.low, later.low) as PriceTicks,
    close: later.close,
    volume: (earlier.volume + later.volume) as Lots,
    quoteVolume: plus(earlier.quoteVolume, later.quoteVolume),
  };
}
