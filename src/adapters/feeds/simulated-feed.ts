// Prices out of a seed: bars with trends that begin and end, calm and wild hours, and a market that all symbols share.

import type { Step } from '../../domain/instrument.ts';
import { type Random, randomFrom } from '../../domain/random.ts';
import type { Candle } from '../../domain/scan.ts';
import type { Feed, Timers } from '../../ports.ts';
import { ageText } from './age-text.ts';
import { type BarSlot, paceText, playBars } from './bar-player.ts';
import { startFeed } from './feed-run.ts';

export interface SimulatedFeedOptions {
  /** Keys, each with the price that it begins at. */
  readonly firstPrices: ReadonlyMap<string, number>;
  readonly seed: number;
  readonly barMs: number;
  readonly speed: number;
  /** Standard deviation of a bar, in the middle of calm and wild. */
  readonly volatilityBps: number;
  readonly timers: Timers;
  /** Bars of the same walk that are told as the past. */
  readonly pastBars: number;
  readonly quoteEveryMs: number | null;
  tickOf(key: string): Step | null;
}

const STEPS_PER_BAR = 8;
/** A trend, or a quiet time without one, lasts so many bars on average. */
const REGIME_BARS = 150;
/** The drift of a trend, in standard deviations of a bar. */
const DRIFT_SIGMAS = 0.3;
/** The log of volatility returns to its mean by a fiftieth a bar; its standard deviation is about 0.4. */
const VOLATILITY_KEEP = 0.98;
const VOLATILITY_SHOCK = 0.08;
const VOLATILITY_LOG_MAX = 1.2;
/** So much of its distance from the first price, in logs, a price falls back in a bar: years end where they began. */
const PULL = 0.000_2;
/** Shares of a move that are the market's and the symbol's own; their squares add up to one. */
const MARKET_SHARE = 0.6;
const OWN_SHARE = 0.8;

/** A symbol's price, on its way. */
interface Walk {
  readonly key: string;
  readonly firstPrice: number;
  readonly random: Random;
  price: number;
  volatilityLog: number;
  /** In standard deviations of a bar. */
  drift: number;
}

/** Returns endless bars; the same seed, keys and settings give the same ones, and a further key leaves those of the others as they were. */
export function simulatedFeed(options: SimulatedFeedOptions): Feed {
  const { firstPrices, seed, barMs, speed, timers, pastBars, quoteEveryMs, tickOf } = options;
  return {
    follow: (listen) =>
      startFeed(timers, listen, (run) => {
        const next = barsOf(firstPrices, seed, barMs, options.volatilityBps / 10_000);
        const past = Array.from({ length: pastBars }, next);
        run.setState(true, `simulates bars of ${ageText(barMs)} out of seed ${seed}, ${paceText(speed)}`);
        playBars(run, { barMs, past, next, speed, isAtSourceTime: false, quoteEveryMs, tickOf });
        return () => undefined;
      }),
  };
}

function barsOf(
  firstPrices: ReadonlyMap<string, number>,
  seed: number,
  barMs: number,
  sigma: number,
): () => BarSlot {
  const market = randomFrom(seed, 'feed/market');
  const walks: readonly Walk[] = [...firstPrices].map(([key, firstPrice]) => ({
    key,
    firstPrice,
    random: randomFrom(seed, `feed/${key}`),
    price: firstPrice,
    volatilityLog: 0,
    drift: 0,
  }));
  let openAtMs = 0;
  return () => {
    const shocks = Array.from({ length: STEPS_PER_BAR }, () => market.fatTailed());
    const candles: Record<string, Candle> = {};
    for (const walk of walks) candles[walk.key] = barOf(walk, sigma, shocks);
    const slot = { openAtMs, candles };
    openAtMs += barMs;
    return slot;
  };
}

function barOf(walk: Walk, sigma: number, shocks: readonly number[]): Candle {
  const { random, firstPrice } = walk;
  if (random.uniform() < 1 / REGIME_BARS)
    walk.drift = random.uniform() < 0.5 ? 0 : DRIFT_SIGMAS * (2 * random.uniform() - 1);
  const moved = VOLATILITY_KEEP * walk.volatilityLog + VOLATILITY_SHOCK * random.normal();
  walk.volatilityLog = Math.max(-VOLATILITY_LOG_MAX, Math.min(VOLATILITY_LOG_MAX, moved));
  const barSigma = sigma * Math.exp(walk.volatilityLog);
  const pull = PULL * Math.log(firstPrice / walk.price);
  const open = walk.price;
  let [high, low] = [open, open];
  for (const shock of shocks) {
    const own = MARKET_SHARE * shock + OWN_SHARE * random.fatTailed();
    const drift = (barSigma * walk.drift + pull) / STEPS_PER_BAR;
    walk.price *= Math.exp(drift + (barSigma * own) / Math.sqrt(STEPS_PER_BAR));
    high = Math.max(high, walk.price);
    low = Math.min(low, walk.price);
  }
  return { open, high, low, close: walk.price };
}
