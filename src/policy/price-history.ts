// What each asset cost at the last scans, one series for each asset, so that no series ever mixes two.

/** Prices of one asset, oldest first, one for each scan that had one. */
interface PriceSeries {
  readonly prices: readonly number[];
  /** When the newest was scanned, epoch ms. */
  readonly sampledAtMs: number;
}

/** By symbol key, in the order of the keys. Plain JSON. */
export type PriceHistory = Readonly<Record<string, PriceSeries>>;

interface HistoryLimits {
  /** Prices kept of one asset. */
  readonly samples: number;
  /** A series whose newest price is older than this begins anew: what lies before a hole is no trend. */
  readonly gapMs: number;
}

/**
 * Adds one scan to the history of the assets in `keys`, and forgets all others, so that it never grows beyond what can be traded. An asset
 * that the scan has no price of keeps its series. To be called once for each scan.
 */
export function observed(
  history: PriceHistory,
  prices: Readonly<Record<string, number>>,
  keys: readonly string[],
  scannedAtMs: number,
  limits: HistoryLimits,
): PriceHistory {
  const next: [string, PriceSeries][] = [];
  for (const key of [...keys].sort()) {
    const before = seriesOf(history, key);
    const price = Object.hasOwn(prices, key) ? prices[key] : undefined;
    const series = price === undefined ? before : grown(before, price, scannedAtMs, limits);
    if (series !== null) next.push([key, series]);
  }
  return Object.fromEntries(next);
}

function grown(
  before: PriceSeries | null,
  price: number,
  scannedAtMs: number,
  limits: HistoryLimits,
): PriceSeries {
  const isHole = before !== null && scannedAtMs - before.sampledAtMs > limits.gapMs;
  const kept = before === null || isHole ? [] : before.prices;
  return { prices: [...kept, price].slice(-limits.samples), sampledAtMs: scannedAtMs };
}

function seriesOf(history: PriceHistory, key: string): PriceSeries | null {
  return Object.hasOwn(history, key) ? (history[key] ?? null) : null;
}

/** Returns the prices of one asset, oldest first; none where nothing is known of it. */
export function pricesOf(history: PriceHistory, key: string): readonly number[] {
  return seriesOf(history, key)?.prices ?? [];
}
