// The bars of several symbols as they close, put together by the instant, however late one of them comes.

import { isPrice, symbolKey } from '../../domain/market.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Candle, ClosedCandles } from '../../domain/scan.ts';
import { epochMs } from '../../domain/steps.ts';
import { isoFromMs } from '../../domain/time.ts';
import { openRange, type SentBar } from '../prices/closed-bars.ts';

/** An exchange may publish a bar so much after it closed; later it is told without the symbols that lack it. */
const LATE_MAX_MS = 15_000;

export interface ClosingBars {
  /** The close of the oldest bar that was not told yet. */
  nextMs(): number;
  /** Takes what was sent of one symbol. Returns what of it made no sense. */
  take(symbol: string, sent: readonly SentBar[], askedAtMs: number): readonly string[];
  /**
   * Bars that can be told: those that all symbols have, and unless `isWaiting` those that are too late to be waited for. What is told, or
   * passed over because nobody has it, is not asked for again.
   */
  told(nowMs: number, isWaiting: boolean): readonly ClosedCandles[];
}

/** Begins with the bar that closes at `fromMs`, a multiple of the length of a bar. */
export function closingBars(symbols: readonly string[], barMs: number, fromMs: number): ClosingBars {
  const lateMs = Math.min(LATE_MAX_MS, barMs / 2);
  const bars = new Map<number, Record<string, Candle>>();
  let nextMs = fromMs;
  return {
    nextMs: () => nextMs,
    take(symbol, sent, askedAtMs) {
      const problems: string[] = [];
      const key = symbolKey(symbol);
      const { firstMs, lastMs } = openRange({ barMs, fromMs: nextMs, toMs: askedAtMs, askedAtMs });
      for (const { openAtMs, prices } of sent) {
        if (typeof openAtMs !== 'number' || openAtMs % barMs !== 0) {
          problems.push(`a bar of ${symbol} opens at ${shown(openAtMs)}; expected a multiple of ${barMs} ms`);
          continue;
        }
        if (openAtMs < firstMs || openAtMs > lastMs) continue;
        const candle = candleOf(prices);
        if (candle.ok) bars.set(openAtMs + barMs, { ...bars.get(openAtMs + barMs), [key]: candle.value });
        else problems.push(`the bar of ${symbol} at ${isoFromMs(openAtMs)} ${candle.error}`);
      }
      return problems;
    },
    told(nowMs, isWaiting) {
      const told: ClosedCandles[] = [];
      for (; nextMs <= nowMs; nextMs += barMs) {
        const candles = bars.get(nextMs) ?? {};
        const count = Object.keys(candles).length;
        if (count < symbols.length && (isWaiting || nowMs - nextMs < lateMs)) break;
        if (count > 0) told.push({ closedAtMs: epochMs(nextMs), barMs, candles });
        bars.delete(nextMs);
      }
      return told;
    },
  };
}

function candleOf(prices: readonly unknown[]): Result<Candle, string> {
  const [open, high, low, close] = prices;
  if (!(isPrice(open) && isPrice(high) && isPrice(low) && isPrice(close)))
    return err(`has ${shown(prices)}; expected open, high, low, close above 0`);
  if (high < Math.max(open, close) || low > Math.min(open, close))
    return err(`has prices beyond its high or low: ${shown(prices)}`);
  return ok({ open, high, low, close });
}
