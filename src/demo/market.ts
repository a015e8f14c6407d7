// The made-up market of the demo: hourly bars with regimes, fat tails and a common factor, moved a little by a hidden
// pressure that good agents can read. Everything an agent knows at a bar's close lies at or before that bar.

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

interface Listing {
  readonly symbol: string;
  readonly market: Market;
  readonly price: number;
  /** Volatility against the average of all. */
  readonly volatilityRatio: number;
}

const LISTINGS: readonly Listing[] = [
  { symbol: 'BTC/USDT', market: 'spot', price: 90_000, volatilityRatio: 0.65 },
  { symbol: 'ETH/USDT', market: 'spot', price: 3_000, volatilityRatio: 0.85 },
  { symbol: 'SOL/USDT', market: 'spot', price: 140, volatilityRatio: 1.1 },
  { symbol: 'XRP/USDT', market: 'spot', price: 2, volatilityRatio: 1 },
  { symbol: 'ADA/USDT', market: 'spot', price: 0.5, volatilityRatio: 1.05 },
  { symbol: 'AVAX/USDT:USDT', market: 'perp', price: 18, volatilityRatio: 1.1 },
  { symbol: 'LINK/USDT:USDT', market: 'perp', price: 14, volatilityRatio: 1.05 },
  { symbol: 'DOGE/USDT:USDT', market: 'perp', price: 0.15, volatilityRatio: 1.2 },
];

/** Prices are quoted with seven significant digits, so that a candle file holds exactly what the series holds. */
const PRICE_DIGITS = 7;

/** Returns the market of `seed` over `days` simulated days. The same arguments give the same bars. */
export function makeMarket(seed: number, days: number): DemoMarket {
  const firstOpenMs = START_MS - WARM_UP_DAYS * DAY_MS;
  const hours = (WARM_UP_DAYS + days + TAIL_DAYS) * 24;
  const outageFromMs = START_MS + Math.floor(days / 3) * DAY_MS + OUTAGE_OPENS_HOUR * HOUR_MS;
  const outage: Outage = {
    market: 'spot',
    fromMs: outageFromMs,
    toMs: outageFromMs + OUTAGE_HOURS * HOUR_MS,
  };
  const climate = climateFrom(randomFrom(seed, 'market'), hours);
  return {
    firstOpenMs,
    startMs: START_MS,
    endMs: START_MS + days * DAY_MS,
    regimeByHour: climate.map((hour) => hour.regime),
    instruments: LISTINGS.map((listing) =>
      instrumentFrom(listing, climate, randomFrom(seed, `instrument ${listing.symbol}`), firstOpenMs, outage),
    ),
    outage,
  };
}

/** What all instruments share in one hour. */
interface ClimateHour {
  readonly regime: Regime;
  /** In hourly sigmas of an average instrument. */
  readonly factor: number;
}

function climateFrom(random: Random, hours: number): ClimateHour[] {
  let regime: Regime = 'RANGE';
  let direction = 1;
  return Array.from({ length: hours }, () => {
    if (random.uniform() < 1 / REGIMES[regime].meanHours) {
      regime = regime === 'RANGE' ? 'TREND' : 'RANGE';
      direction = random.uniform() < 0.5 ? -1 : 1;
    }
    const rule = REGIMES[regime];
    return { regime, factor: direction * rule.drift + rule.volatilityRatio * random.fatTailed() };
  });
}

function instrumentFrom(
  listing: Listing,
  climate: readonly ClimateHour[],
  random: Random,
  firstOpenMs: number,
  outage: Outage,
): DemoInstrument {
  const { symbol, market } = listing;
  const sigma = HOURLY_SIGMA * listing.volatilityRatio;
  const ownShare = Math.sqrt(1 - FACTOR_LOADING ** 2);
  const persistence = 2 ** (-1 / PRESSURE_HALF_LIFE_HOURS);
  const pressureByHour = new Float64Array(climate.length);
  const closeByHour: (number | null)[] = [];
  const kept: { readonly atMs: number; readonly close: number }[] = [];
  let pressure = random.normal();
  let logPrice = Math.log(listing.price);
  for (const [hour, { regime, factor }] of climate.entries()) {
    const own = REGIMES[regime].volatilityRatio * random.fatTailed();
    logPrice += sigma * (FACTOR_LOADING * factor + ownShare * own + PRESSURE_DRIFT * pressure);
    pressure = persistence * pressure + Math.sqrt(1 - persistence ** 2) * random.normal();
    pressureByHour[hour] = pressure;
    const openMs = firstOpenMs + hour * HOUR_MS;
    const isOut = market === outage.market && openMs >= outage.fromMs && openMs < outage.toMs;
    const close = Number(Math.exp(logPrice).toPrecision(PRICE_DIGITS));
    closeByHour.push(isOut ? null : close);
    if (!isOut) kept.push({ atMs: openMs + HOUR_MS, close });
  }
  const series: BarSeries = {
    symbol,
    market,
    source: `demo:${symbolKey(symbol)}-${market}-1h`,
    barMs: HOUR_MS,
    closeAtMs: Float64Array.from(kept, (bar) => bar.atMs),
    close: Float64Array.from(kept, (bar) => bar.close),
    sessions: null,
    funding: null,
    suspects: [],
  };
  return { series, closeByHour, pressureByHour };
}
