// What the public may see of one market's past: bars, trades and funding, bounded in memory, on top of bars that were loaded.

import type { Money } from '../../../../domain/money.ts';
import type { Lots, Ppm, PriceTicks } from '../../../../domain/steps.ts';

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

export interface MarketHistory {
  /**
   * Bars whose opening lies in `[fromMs, toMs)`, ascending, the newest `limit` of them. The last may be unfinished. Longer bars are made
   * of minutes, aligned to the epoch (weeks to Monday, months to the calendar).
   */
  bars(interval: string, fromMs: number, toMs: number, limit: number): readonly HistoryBar[];
  /** Newest first. */
  trades(limit: number): readonly PublicTrade[];
  /** `null` before the first trade. */
  day(nowMs: number): DaySummary | null;
  /** Ascending. */
  funding(): readonly FundingPayment[];
  /** The rate that the next settlement will take. */
  fundingRate(): Ppm;
}

/** The intervals that the venue knows. */
export const INTERVALS = [
  '1m',
  '3m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '6h',
  '8h',
  '12h',
  '1d',
  '3d',
  '1w',
  '1M',
] as const;
