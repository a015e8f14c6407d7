// What the public may see of one market's past: bars, trades and funding, bounded in memory, behind bars that were loaded.

import { type Instrument, quoteOf } from '../../../../domain/instrument.ts';
import { type Money, NO_MONEY, plus } from '../../../../domain/money.ts';
import { type Lots, NO_LOTS, type Ppm, type PriceTicks, ppm } from '../../../../domain/steps.ts';
import { type Interval, lengthMsOf, MINUTE_MS, openingOf } from './intervals.ts';

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

/** What `before` adds up to, between `fromMs` and the minute that opened at `ofMs`. */
interface Sum {
  readonly fromMs: number;
  readonly ofMs: number;
  readonly before: HistoryBar | null;
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
  private readonly sums = new Map<string, Sum>();

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
   * made of shorter ones. Loaded bars of which the interval is not made are left out. Costs as much as what it reads, from the newest
   * backwards.
   */
  bars(interval: Interval, fromMs: number, toMs: number, limit: number): readonly HistoryBar[] {
    const bars: HistoryBar[] = [];
    for (const part of this.backwards(lengthMsOf(interval))) {
      const next = bars.at(-1);
      if (next !== undefined && part.openAtMs >= next.openAtMs) {
        bars[bars.length - 1] = joined({ ...part, openAtMs: next.openAtMs }, next);
        continue;
      }
      const openAtMs = openingOf(interval, part.openAtMs);
      if (openAtMs >= toMs) continue;
      if (openAtMs < fromMs || bars.length >= limit) break;
      bars.push({ ...part, openAtMs });
    }
    return bars.reverse();
  }

  /** The newest bar, which may be unfinished, or `null` before the first price. */
  newestBar(interval: Interval): HistoryBar | null {
    const newest = this.minutes.at(-1);
    if (newest === undefined) return this.bars(interval, 0, Number.MAX_SAFE_INTEGER, 1)[0] ?? null;
    const openAtMs = openingOf(interval, newest.openAtMs);
    const sum = this.sumFrom(interval, openAtMs, lengthMsOf(interval));
    return sum === null ? null : { ...sum, openAtMs };
  }

  /** The minutes, and before them the bars that were loaded if bars of `lengthMs` are made of them; the newest first. */
  private *backwards(lengthMs: number): Generator<HistoryBar> {
    const { barMs, bars } = this.loaded;
    for (const parts of lengthMs % barMs === 0 ? [this.minutes, bars] : [this.minutes])
      for (let at = parts.length - 1; at >= 0; at -= 1) {
        const part = parts[at];
        if (part !== undefined) yield part;
      }
  }

  /** Everything from `fromMs` on as one bar. What came before the newest minute is added up once in that minute. */
  private sumFrom(name: string, fromMs: number, lengthMs: number): HistoryBar | null {
    const newest = this.minutes.at(-1);
    const ofMs = newest?.openAtMs ?? 0;
    const known = this.sums.get(name);
    let before = known?.before ?? null;
    if (known?.ofMs !== ofMs || known.fromMs !== fromMs) {
      before = null;
      for (const part of this.backwards(lengthMs)) {
        if (part.openAtMs < fromMs) break;
        if (part !== newest) before = before === null ? part : joined(part, before);
      }
      this.sums.set(name, { ofMs, fromMs, before });
    }
    if (newest === undefined || newest.openAtMs < fromMs) return before;
    return before === null ? newest : joined(before, newest);
  }

  /** Newest first. */
  trades(limit: number): readonly PublicTrade[] {
    return this.recentTrades.slice(-limit).reverse();
  }

  /** Of the minutes that opened in the last 24 hours; `null` where there was no price. */
  day(nowMs: number): DaySummary | null {
    const fromMs = Math.ceil((nowMs - DAY_MS) / MINUTE_MS) * MINUTE_MS;
    const sum = this.sumFrom('day', fromMs, MINUTE_MS);
    if (sum === null) return null;
    return { ...sum, closeAtMs: nowMs, lastLots: this.recentTrades.at(-1)?.lots ?? NO_LOTS };
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
