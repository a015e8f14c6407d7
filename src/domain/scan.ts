// What a feed says: scans of many assets, bars that closed, quotes, and how the feed itself is.

import type { EpochMs } from './steps.ts';

/** What a scan says where it names no posture. */
export const POSTURE_DEFAULT = 'APEX';
/** A boost below this is taken for this: nothing shrinks an entry to nothing but a limit. */
export const ACB_BOOST_FLOOR = 0.1;

/**
 * What the analysis of a universe of assets saw at one moment. Each part that was missing or made no sense is `null` and named in
 * `problems`, and the rest of it counts.
 */
export interface Scan {
  /** Grows with each scan of one source; a number that was seen is the same scan. */
  readonly scanNumber: number;
  /** When it was made, by its own word, else when it came. */
  readonly scannedAtMs: EpochMs;
  readonly receivedAtMs: EpochMs;
  /** Symbol key (`BTCUSDT`) → price in the quote currency, in the order of the scan; only finite prices above zero. */
  readonly prices: Readonly<Record<string, number>>;
  /** The symbol that the velocities are of, as a key; `null` where the scan names none. */
  readonly anchor: string | null;
  /** Velocity over 50 bars less that over 750. */
  readonly velDiv: number | null;
  readonly w50Velocity: number | null;
  readonly w750Velocity: number | null;
  /** Whether there is enough volatility to trade; `true` where the scan does not say. */
  readonly isVolOk: boolean;
  readonly posture: string;
  /** Factor of conviction, at least {@link ACB_BOOST_FLOOR}; `null` where the scan names none, which means 1. */
  readonly acbBoost: number | null;
  /** Payloads of others, plain JSON, passed through to whoever follows the journal. */
  readonly exf: unknown;
  readonly esof: unknown;
  readonly problems: readonly string[];
}

/** One closed bar, in the quote currency. */
export interface Candle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The bars of several symbols that closed at one instant; a symbol without a bar is left out. */
export interface ClosedCandles {
  readonly closedAtMs: EpochMs;
  readonly barMs: number;
  /** By symbol key, `BTCUSDT`. */
  readonly candles: Readonly<Record<string, Candle>>;
}

/** The best prices of one symbol, as a feed knows them. */
export interface FeedQuote {
  /** Symbol key, `BTCUSDT`. */
  readonly key: string;
  readonly bid: number;
  readonly ask: number;
  readonly mark: number;
  readonly quotedAtMs: EpochMs;
}

/** What a feed says. Nothing of a notice has to be checked again. */
export type FeedNotice =
  | { readonly kind: 'scan'; readonly scan: Scan }
  | { readonly kind: 'candles'; readonly closed: ClosedCandles }
  | { readonly kind: 'quote'; readonly quote: FeedQuote }
  /** Whether it works. While it does not, nothing comes, and what was said grows old. */
  | { readonly kind: 'state'; readonly isUp: boolean; readonly why: string }
  /** Something came that could not be read, with its place: a file and line, or a name of the source. */
  | { readonly kind: 'malformed'; readonly place: string; readonly problem: string }
  /** There will be nothing more: a file that was read to its end. */
  | { readonly kind: 'ended' };
