// Bars as the text of a candle file, so that the demo reads its prices the way a person's own candle folder is read.

import { type BarSeries, symbolKey } from '../domain/market.ts';

/** Returns the name that tells symbol and market, `BTCUSDT-spot-1h-demo.csv`. */
export function candleFileName(series: BarSeries): string {
  return `${symbolKey(series.symbol)}-${series.market}-1h-demo.csv`;
}

/**
 * Returns the columns `ts_ms,open,high,low,close,volume`, `ts_ms` being the opening time. A bar opens where the one before
 * it closed, and high and low are its ends: the market has no finer grain. Volume is left empty, since there is none.
 */
export function candleText(series: BarSeries): string {
  const lines = ['ts_ms,open,high,low,close,volume'];
  for (const [index, closeAtMs] of series.closeAtMs.entries()) {
    const close = series.close[index] ?? Number.NaN;
    const open = series.close[index - 1] ?? close;
    const high = Math.max(open, close);
    lines.push(`${closeAtMs - series.barMs},${open},${high},${Math.min(open, close)},${close},`);
  }
  return `${lines.join('\n')}\n`;
}
