// Prices out of candle files: each bar is walked from its opening over its extremes to its close, and what came before is the past.

import { type Instrument, stepsFrom } from '../../../../domain/instrument.ts';
import { NO_MONEY } from '../../../../domain/money.ts';
import { err, ok, type Result } from '../../../../domain/result.ts';
import { type Lots, NO_LOTS, type PriceTicks } from '../../../../domain/steps.ts';
import { isoFromMs } from '../../../../domain/time.ts';
import type { RawCandles } from '../../../prices/market-candles.ts';
import type { ExchangeWorld } from '../world.ts';
import type { HistoryBar, LoadedBars } from './market-history.ts';
import { moveMarket } from './move-market.ts';

/** The candles of one symbol, ascending, in ticks. */
export interface SymbolCandles {
  readonly symbol: string;
  readonly barMs: number;
  readonly bars: readonly HistoryBar[];
}

/** So many bars at most are the past when the replay begins. */
const PAST_BARS_MAX = 1_000;
const STEPS_PER_BAR = 4;
const LATE_MAX_MS = 1_000;
/** What the best levels hold, and what is traded at each step: files count volume in units that nobody names. */
const LEVEL_LOTS = 10_000 as Lots;
const TRADED_LOTS = 5_000 as Lots;

/** Returns candles in the ticks of an instrument, or says which bar has a price that is too small for them. */
export function candlesIn(
  { symbol, barMs, rows }: RawCandles,
  { tick }: Instrument,
): Result<SymbolCandles, string> {
  const bars: HistoryBar[] = [];
  for (const { openAtMs, ...prices } of rows) {
    const ticksOf = (price: number): PriceTicks => {
      const ticks = stepsFrom(tick, price, 'nearest');
      return (ticks.ok ? ticks.value : 0) as PriceTicks;
    };
    const [open, high, low, close] = [prices.open, prices.high, prices.low, prices.close].map(ticksOf) as [
      PriceTicks,
      PriceTicks,
      PriceTicks,
      PriceTicks,
    ];
    if (Math.min(open, high, low, close) < 2)
      return err(`${symbol}: the bar at ${isoFromMs(openAtMs)} has a price of less than two ticks`);
    bars.push({ openAtMs, open, high, low, close, volume: NO_LOTS, quoteVolume: NO_MONEY });
  }
  return ok({ symbol, barMs, bars });
}

/** Where a replay begins: what comes before is the past, moved to end at `nowMs`. */
export function pastOf(
  { barMs, bars }: SymbolCandles,
  nowMs: number,
): LoadedBars & { readonly from: number } {
  const from = Math.min(PAST_BARS_MAX, Math.floor(bars.length / 2));
  const first = bars[from]?.openAtMs ?? 0;
  const shiftMs = Math.floor(nowMs / barMs) * barMs - first;
  const past = bars.slice(0, from).map((bar) => ({ ...bar, openAtMs: bar.openAtMs + shiftMs }));
  return { barMs, bars: past, from };
}

/**
 * Walks the bars of one symbol from `from` on, each in four steps, `speed` times as fast as they were; where bars are missing in the file
 * the price stands still for no longer than one. Begins again at the end. Returns how to stop.
 */
export function candleFeed(
  world: ExchangeWorld,
  candles: SymbolCandles,
  from: number,
  speed: number,
): () => void {
  const { symbol, barMs, bars } = candles;
  const stepMs = barMs / STEPS_PER_BAR / speed;
  const { timers } = world;
  let callOff: () => void = () => undefined;
  let at = from;
  let part = 0;
  let dueMs = timers.nowMs();
  const walk = (): void => {
    // A machine that has slept does not make up for it.
    if (timers.nowMs() - dueMs > LATE_MAX_MS) dueMs = timers.nowMs();
    for (; dueMs <= timers.nowMs(); dueMs += stepMs) {
      const bar = bars[at];
      if (bar !== undefined) quoteAt(world, symbol, pathOf(bar)[part] ?? bar.close);
      part = (part + 1) % STEPS_PER_BAR;
      if (part === 0) at = at + 1 < bars.length ? at + 1 : 0;
    }
    callOff = timers.after(dueMs - timers.nowMs(), walk);
  };
  walk();
  return () => callOff();
}

/** A bar that rose was low before it was high. */
function pathOf({ open, high, low, close }: HistoryBar): readonly PriceTicks[] {
  return close >= open ? [open, low, high, close] : [open, high, low, close];
}

function quoteAt(world: ExchangeWorld, symbol: string, mark: PriceTicks): void {
  const [bid, ask] = [mark - 1, mark + 1].map((ticks) => ticks as PriceTicks) as [PriceTicks, PriceTicks];
  const last = world.model.markets.get(symbol)?.quote?.mark ?? mark;
  const isBuyerMaker = mark < last;
  moveMarket(
    world,
    symbol,
    { bid, ask, mark, bidLots: LEVEL_LOTS, askLots: LEVEL_LOTS },
    { price: mark, lots: TRADED_LOTS, isBuyerMaker },
  );
}
