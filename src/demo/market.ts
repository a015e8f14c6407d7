// The made-up market of the demo: hourly bars with regimes, fat tails and a common factor, moved a little by a hidden
// pressure that good agents can read. For some weeks the perps are squeezed: they move hard against that pressure.
// Everything an agent knows at a bar's close lies at or before that bar.

import type { BarSeries, Market } from '../domain/market.ts';
import { symbolKey } from '../domain/market.ts';
import { type Random, randomFrom } from '../domain/random.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';

export type Regime = 'TREND' | 'RANGE';

export interface DemoInstrument {
  /** The bars that exist: those of the outage are missing. */
  readonly series: BarSeries;
  /** Close of the bar of each hour, `null` in the outage. Hour `h` closes at `firstOpenMs + (h + 1) h`. */
  readonly closeByHour: readonly (number | null)[];
  /** The pressure at the close of each hour: standard normal in the long run, and it moves the hours that follow. */
  readonly pressureByHour: Float64Array;
}

/** The weeks in which the perps are squeezed, `[breakMs, recoverMs)`: what readers of the pressure expect turns against them. */
export interface Story {
  readonly breakMs: number;
  readonly recoverMs: number;
}

/** A span without bars, `[fromMs, toMs)`, of all instruments of one market. */
export interface Outage {
  readonly market: Market;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface DemoMarket {
  /** When the first bar opens: the warm-up, so that volatility is known when agents begin to speak. */
  readonly firstOpenMs: number;
  /** The first simulated day. */
  readonly startMs: number;
  /** The end of the last simulated day. Bars go on for {@link TAIL_DAYS} days, so that open pairs can be settled by hand. */
  readonly endMs: number;
  readonly regimeByHour: readonly Regime[];
  readonly instruments: readonly DemoInstrument[];
  /** The longest one of the simulated days, `null` where no bar is missing. */
  readonly outage: Outage | null;
  /** Either end may lie after `endMs`: then the market has no break, or no end of it. */
  readonly story: Story;
}

/** One that is made up has an outage to tell of. */
export interface MadeMarket extends DemoMarket {
  readonly outage: Outage;
}

/** 2026-01-01T00:00:00Z. */
export const START_MS = 1_767_225_600_000;
export const WARM_UP_DAYS = 14;
export const TAIL_DAYS = 2;

const OUTAGE_HOURS = 8;
const OUTAGE_OPENS_HOUR = 12;

/** Realistic for large coins: about 80 % a year on average over the instruments. */
const ANNUAL_VOLATILITY = 0.8;
const HOURLY_SIGMA = ANNUAL_VOLATILITY / Math.sqrt(365 * 24);

/** Share of an hour's movement that all instruments have in common; two of them correlate by its square. */
const FACTOR_LOADING = 0.7;

/** Drift of the next hour per unit of pressure, in hourly sigmas: a correlation of about 0.3 with the 24 h that follow. */
const PRESSURE_DRIFT = 0.09;
const PRESSURE_HALF_LIFE_HOURS = 36;

/**
 * While it lasts, each squeezed instrument swings up and down in waves, with this drift at their steepest, in hourly sigmas: a
 * quarter of its price within a day. Readers of the pressure are led against what comes, and who follows a move is late.
 */
const SWING_DRIFT = 1.9;
/** The swings begin at half their strength and grow, so that agents diverge before their class is beyond its limit. */
const SWING_GROWS_DAYS = 8;
const SWING_HOURS = 66;
/** How much earlier than the move the pressure turns: it tells of the middle of the next four hours. */
const SWING_LEAD_HOURS = 2;
/** How much of its own noise a squeezed instrument keeps: the swings rule it. */
const SQUEEZE_VOLATILITY_RATIO = 0.7;

const BREAK_DAY = 42;
const RECOVER_DAY = 59;
/** So long before the break trends begin to follow each other: a class is judged regime by regime, by twenty days of one. */
const TREND_BEFORE_BREAK_DAYS = 12;

interface RegimeRule {
  /** Volatility against the average. */
  readonly volatilityRatio: number;
  /** Drift of the common factor along the direction of the regime, in hourly sigmas. */
  readonly drift: number;
  readonly meanHours: number;
}

const REGIMES: Readonly<Record<Regime, RegimeRule>> = {
  TREND: { volatilityRatio: 1.15, drift: 0.06, meanHours: 5 * 24 },
  RANGE: { volatilityRatio: 0.85, drift: 0, meanHours: 7 * 24 },
};

export interface Listing {
  readonly symbol: string;
  readonly market: Market;
  readonly price: number;
  /** Volatility against the average of all. */
  readonly volatilityRatio: number;
}

/** Perps of the coins that the local exchange lists, so that the kernel can trade them; spot pairs of others. */
export const LISTINGS: readonly Listing[] = [
  { symbol: 'BTC/USDT:USDT', market: 'perp', price: 90_000, volatilityRatio: 0.65 },
  { symbol: 'ETH/USDT:USDT', market: 'perp', price: 3_000, volatilityRatio: 0.85 },
  { symbol: 'SOL/USDT:USDT', market: 'perp', price: 140, volatilityRatio: 1.1 },
  { symbol: 'XRP/USDT:USDT', market: 'perp', price: 2, volatilityRatio: 1 },
  { symbol: 'DOGE/USDT:USDT', market: 'perp', price: 0.15, volatilityRatio: 1.2 },
  { symbol: 'AVAX/USDT:USDT', market: 'perp', price: 18, volatilityRatio: 1.1 },
  { symbol: 'ADA/USDT', market: 'spot', price: 0.5, volatilityRatio: 1.05 },
  { symbol: 'LTC/USDT', market: 'spot', price: 80, volatilityRatio: 0.95 },
  { symbol: 'LINK/USDT', market: 'spot', price: 14, volatilityRatio: 1.05 },
  { symbol: 'TRX/USDT', market: 'spot', price: 0.3, volatilityRatio: 0.8 },
  { symbol: 'ATOM/USDT', market: 'spot', price: 5, volatilityRatio: 1.05 },
];

/** Prices are quoted with seven significant digits, so that a candle file holds exactly what the series holds. */
const PRICE_DIGITS = 7;

/** Returns when the perps are squeezed, in a market whose first day begins at `startMs`. */
export function storyFrom(startMs: number): Story {
  return { breakMs: startMs + BREAK_DAY * DAY_MS, recoverMs: startMs + RECOVER_DAY * DAY_MS };
}

/** Returns the market of `seed` over `days` simulated days. The same arguments give the same bars. */
export function makeMarket(seed: number, days: number): MadeMarket {
  const firstOpenMs = START_MS - WARM_UP_DAYS * DAY_MS;
  const hours = (WARM_UP_DAYS + days + TAIL_DAYS) * 24;
  const outageFromMs = START_MS + Math.floor(days / 3) * DAY_MS + OUTAGE_OPENS_HOUR * HOUR_MS;
  const outage: Outage = {
    market: 'spot',
    fromMs: outageFromMs,
    toMs: outageFromMs + OUTAGE_HOURS * HOUR_MS,
  };
  const story = storyFrom(START_MS);
  const trendFromHour = (story.breakMs - firstOpenMs) / HOUR_MS - TREND_BEFORE_BREAK_DAYS * 24;
  const climate = climateFrom(randomFrom(seed, 'market'), hours, trendFromHour);
  const frame: Frame = { firstOpenMs, climate, outage, story };
  return {
    firstOpenMs,
    startMs: START_MS,
    endMs: START_MS + days * DAY_MS,
    regimeByHour: climate.map((hour) => hour.regime),
    instruments: LISTINGS.map((listing) =>
      instrumentFrom(listing, frame, randomFrom(seed, `instrument ${listing.symbol}`)),
    ),
    outage,
    story,
  };
}

/** What all instruments share. */
interface Frame extends Pick<MadeMarket, 'firstOpenMs' | 'outage' | 'story'> {
  readonly climate: readonly ClimateHour[];
}

/** What all instruments share in one hour. */
interface ClimateHour {
  readonly regime: Regime;
  /** In hourly sigmas of an average instrument. */
  readonly factor: number;
}

/** Regimes come and go until `trendFromHour`; from then on there are trends alone, each with a direction of its own. */
function climateFrom(random: Random, hours: number, trendFromHour: number): ClimateHour[] {
  let regime: Regime = 'RANGE';
  let direction = 1;
  return Array.from({ length: hours }, (_, hour) => {
    if (random.uniform() < 1 / REGIMES[regime].meanHours || hour === trendFromHour) {
      regime = regime === 'RANGE' || hour >= trendFromHour ? 'TREND' : 'RANGE';
      direction = random.uniform() < 0.5 ? -1 : 1;
    }
    const rule = REGIMES[regime];
    return { regime, factor: direction * rule.drift + rule.volatilityRatio * random.fatTailed() };
  });
}

function instrumentFrom(listing: Listing, frame: Frame, random: Random): DemoInstrument {
  const { symbol, market } = listing;
  const { firstOpenMs, climate, outage, story } = frame;
  const sigma = HOURLY_SIGMA * listing.volatilityRatio;
  const ownShare = Math.sqrt(1 - FACTOR_LOADING ** 2);
  const persistence = 2 ** (-1 / PRESSURE_HALF_LIFE_HOURS);
  const pressureByHour = new Float64Array(climate.length);
  const closeByHour: (number | null)[] = [];
  const kept: { readonly atMs: number; readonly close: number }[] = [];
  const swingBegins = random.uniform();
  let pressure = random.normal();
  let logPrice = Math.log(listing.price);
  for (const [hour, { regime, factor }] of climate.entries()) {
    const openMs = firstOpenMs + hour * HOUR_MS;
    const isSqueezed = market === 'perp' && openMs >= story.breakMs && openMs < story.recoverMs;
    const own = REGIMES[regime].volatilityRatio * random.fatTailed();
    const swing = (leadHours: number): number =>
      Math.sin(2 * Math.PI * (swingBegins + (hour + leadHours) / SWING_HOURS));
    const drift = isSqueezed
      ? SWING_DRIFT * strengthOfSwings(openMs - story.breakMs) * swing(0)
      : PRESSURE_DRIFT * pressure;
    const wildness = isSqueezed ? SQUEEZE_VOLATILITY_RATIO : 1;
    logPrice += sigma * (FACTOR_LOADING * factor + wildness * ownShare * own + drift);
    pressure = persistence * pressure + Math.sqrt(1 - persistence ** 2) * random.normal();
    pressureByHour[hour] = isSqueezed ? -Math.SQRT2 * swing(SWING_LEAD_HOURS) : pressure;
    const isOut = market === outage.market && openMs >= outage.fromMs && openMs < outage.toMs;
    const close = Number(Math.exp(logPrice).toPrecision(PRICE_DIGITS));
    closeByHour.push(isOut ? null : close);
    if (!isOut) kept.push({ atMs: openMs + HOUR_MS, close });
  }
  return { series: seriesOf(symbol, market, kept), closeByHour, pressureByHour };
}

/** Returns hourly bars as a series of the demo, which knows no sessions and no funding. */
export function seriesOf(
  symbol: string,
  market: Market,
  bars: readonly { readonly atMs: number; readonly close: number }[],
): BarSeries {
  return {
    symbol,
    market,
    source: `demo:${symbolKey(symbol)}-${market}-1h`,
    barMs: HOUR_MS,
    closeAtMs: Float64Array.from(bars, (bar) => bar.atMs),
    close: Float64Array.from(bars, (bar) => bar.close),
    sessions: null,
    funding: null,
    suspects: [],
  };
}

/** From a half to one. */
function strengthOfSwings(sinceBreakMs: number): number {
  return 0.5 + 0.5 * Math.min(1, sinceBreakMs / (SWING_GROWS_DAYS * DAY_MS));
}
