// Prices out of a seed: a walk with fat tails for each symbol, with spread, depth and trades between others.

import { type Random, randomFrom } from '../../../../domain/random.ts';
import type { Lots, PriceTicks } from '../../../../domain/steps.ts';
import type { ExchangeWorld } from '../world.ts';
import { moveMarket } from './move-market.ts';

interface Walk {
  readonly symbol: string;
  readonly random: Random;
  /** In ticks, with a fraction. */
  price: number;
}

/** The standard deviation of one step of 250 ms, as a share: about 60 % a year. */
const STEP_SIGMA = 0.000_053;
const STEP_MS = 250;
const LEVEL_LOTS = 20_000;
/** How far apart bid and ask are at least, as a share of the price. */
const SPREAD_SHARE = 0.000_01;

/**
 * Begins to move the markets of `firstPrices` (in ticks), and every 250 ms from then on. The same seed gives the same prices, step by step.
 * Returns how to stop.
 */
export function simulatedFeed(
  world: ExchangeWorld,
  seed: number,
  firstPrices: ReadonlyMap<string, number>,
): () => void {
  const walks: Walk[] = [...firstPrices].map(([symbol, price]) => ({
    symbol,
    price,
    random: randomFrom(seed, `feed/${symbol}`),
  }));
  let callOff: () => void = () => undefined;
  const step = (): void => {
    for (const walk of walks) advance(world, walk);
    callOff = world.timers.after(STEP_MS, step);
  };
  step();
  return () => callOff();
}

function advance(world: ExchangeWorld, walk: Walk): void {
  const { random, symbol } = walk;
  walk.price = Math.max(10, walk.price * Math.exp(STEP_SIGMA * random.fatTailed()));
  const mark = Math.round(walk.price);
  const half = Math.max(1, Math.round((mark * SPREAD_SHARE) / 2));
  const [bid, ask] = [mark - half, mark + half].map((ticks) => ticks as PriceTicks) as [
    PriceTicks,
    PriceTicks,
  ];
  const size = (): Lots => Math.max(1, Math.floor(LEVEL_LOTS * random.uniform())) as Lots;
  const isBuyerMaker = random.uniform() < 0.5;
  moveMarket(
    world,
    symbol,
    { bid, ask, mark: mark as PriceTicks, bidLots: size(), askLots: size() },
    { price: isBuyerMaker ? bid : ask, lots: size(), isBuyerMaker },
  );
}
