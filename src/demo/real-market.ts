// A market of real prices for the demo: hourly candles of a folder. What can be read of them is planted, since real prices
// hide no pressure: it tells of the hours that follow, and for some weeks the opposite to those who trade the perps.

import { candleFilePrices } from '../adapters/prices/candle-files.ts';
import type { BarSeries } from '../domain/market.ts';
import { type Random, randomFrom } from '../domain/random.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { DAY_MS, dayOf, HOUR_MS } from '../domain/time.ts';
import {
  type DemoInstrument,
  type DemoMarket,
  LISTINGS,
  type Outage,
  type Regime,
  type Story,
  seriesOf,
  storyFrom,
  TAIL_DAYS,
  WARM_UP_DAYS,
} from './market.ts';

/** So much before its bars are looked at: an average over less says nothing about what is usual. */
const USUAL_HOURS = 14 * 24;
/** A trend is what has gone somewhere within that time. */
const TREND_HOURS = 30 * 24;
/** How far, in standard deviations of as many independent hours. */
const TREND_BEGINS_SIGMAS = 1.5;
const TREND_ENDS_SIGMAS = 0.5;

/** The spans that the pressure tells of. */
const TOLD_HOURS: readonly number[] = [4, 24];
/** A move beyond this many sigmas presses no more than one of it. */
const PRESSURE_MAX = 4;
/**
 * Share of what comes that the pressure holds. The rest is noise. Real weeks are tamer than a squeeze: their tail is beyond a limit
 * only for agents of whom much was expected.
 */
const TOLD = 0.95;
/** The same for those who are led astray, and how much louder it is then. */
const TOLD_ASTRAY = -1;
const LOUDNESS_ASTRAY = 4;

export interface RealMarketOptions {
  /** Of the noise in what can be read. */
  readonly seed: number;
  /** Simulated days. */
  readonly days: number;
  /**
   * Midnight of the first one, UTC; `null`: the first day with what comes before it. The class of the perps breaks only where the
   * weeks of its break are wild: a tail shows where the moves are.
   */
  readonly startMs: number | null;
}

/**
 * Returns a market of the hourly candles of `dir`, files as `BTCUSDT-spot-1h-2021.csv.gz`. Its instruments are those of the
 * made-up one: for a perp stands the spot price of its coin.
 *
 * @returns why there is none: a file is missing, or its bars are of another length, or too few.
 */
export async function marketFromCandles(
  dir: string,
  { seed, days, startMs: wantedMs }: RealMarketOptions,
): Promise<Result<DemoMarket, string>> {
  const read = await readHistory(dir);
  if (!read.ok) return read;
  const history = read.value;
  const startMs = wantedMs ?? history.firstOpenMs + Math.max(TREND_HOURS * HOUR_MS, WARM_UP_DAYS * DAY_MS);
  const firstOpenMs = startMs - WARM_UP_DAYS * DAY_MS;
  const firstHour = (firstOpenMs - history.firstOpenMs) / HOUR_MS;
  const hours = (WARM_UP_DAYS + days + TAIL_DAYS) * 24;
  if (firstHour < 0 || firstHour % 24 !== 0 || firstHour + hours > history.hours) {
    const [first, last] = [history.firstOpenMs, history.firstOpenMs + history.hours * HOUR_MS - DAY_MS];
    return err(
      `${days} days from ${dayOf(startMs)} on, ${WARM_UP_DAYS} days before them and ${TAIL_DAYS} after them, are not all in ` +
        `${dir}, where every coin has candles from ${dayOf(first)} to ${dayOf(last)}; take fewer --days or another folder`,
    );
  }
  const endMs = startMs + days * DAY_MS;
  const story = storyFrom(startMs);
  const frame: Frame = { firstOpenMs, firstHour, hours, story };
  const instruments = history.coins.map((coin) =>
    instrumentFrom(coin, frame, randomFrom(seed, `pressure of ${coin.symbol}`)),
  );
  return ok({
    firstOpenMs,
    startMs,
    endMs,
    regimeByHour: regimes(history).slice(firstHour, firstHour + hours),
    instruments,
    outage: longestOutage(instruments, startMs, endMs),
    story,
  });
}

interface Coin {
  readonly symbol: string;
  readonly market: DemoInstrument['series']['market'];
  readonly closeByHour: readonly (number | null)[];
}

/** All coins over the whole days that every one of them has. */
interface History {
  readonly firstOpenMs: number;
  readonly hours: number;
  readonly coins: readonly Coin[];
  /** Mean log return of the coins that have one. */
  readonly moveByHour: Float64Array;
}

async function readHistory(dir: string): Promise<Result<History, string>> {
  const prices = candleFilePrices(dir);
  const read: { symbol: string; market: Coin['market']; bars: BarSeries }[] = [];
  for (const { symbol, market } of LISTINGS) {
    const spot = symbol.split(':')[0] ?? symbol;
    const bars = await prices.bars({
      symbol: spot,
      market: 'spot',
      fromMs: 0,
      toMs: Number.MAX_SAFE_INTEGER,
    });
    if (!bars.ok) return err(bars.error.message);
    if (bars.value.barMs !== HOUR_MS) return err(`the candles of ${spot} in ${dir} are not of one hour`);
    read.push({ symbol, market, bars: bars.value });
  }
  const fromMs = Math.max(...read.map(({ bars }) => (bars.closeAtMs[0] ?? 0) - HOUR_MS));
  const toMs = Math.min(...read.map(({ bars }) => bars.closeAtMs.at(-1) ?? 0));
  const firstOpenMs = Math.ceil(fromMs / DAY_MS) * DAY_MS;
  const hours = Math.max(0, Math.floor((toMs - firstOpenMs) / DAY_MS)) * 24;
  const coins = read.map(({ symbol, market, bars }) => ({
    symbol,
    market,
    closeByHour: closesByHour(bars, firstOpenMs, hours),
  }));
  return ok({ firstOpenMs, hours, coins, moveByHour: meanMoves(coins, hours) });
}

function closesByHour(bars: BarSeries, firstOpenMs: number, hours: number): (number | null)[] {
  const closes: (number | null)[] = Array.from({ length: hours }, () => null);
  for (const [index, atMs] of bars.closeAtMs.entries()) {
    const hour = (atMs - firstOpenMs) / HOUR_MS - 1;
    if (hour >= 0 && hour < hours) closes[hour] = bars.close[index] ?? null;
  }
  return closes;
}

function meanMoves(coins: readonly Coin[], hours: number): Float64Array {
  return Float64Array.from({ length: hours }, (_, hour) => {
    const moves = coins.flatMap(({ closeByHour }) => logReturn(closeByHour, hour - 1, hour) ?? []);
    return moves.length === 0 ? 0 : moves.reduce((sum, move) => sum + move, 0) / moves.length;
  });
}

function logReturn(closes: readonly (number | null)[], from: number, to: number): number | null {
  const [before, after] = [closes[from] ?? null, closes[to] ?? null];
  return before === null || after === null ? null : Math.log(after / before);
}

/**
 * TREND from when the coins together have gone further within {@link TREND_HOURS} than chance takes them, until they have gone no
 * distance worth the name; else RANGE.
 */
function regimes({ moveByHour }: History): Regime[] {
  let [way, squares] = [0, 0];
  let regime: Regime = 'RANGE';
  return Array.from(moveByHour, (move, hour) => {
    const left = moveByHour[hour - TREND_HOURS] ?? 0;
    way += move - left;
    squares += move * move - left * left;
    const sigmas = hour < TREND_HOURS ? 0 : Math.abs(way) / Math.sqrt(squares);
    if (sigmas > TREND_BEGINS_SIGMAS) regime = 'TREND';
    if (sigmas < TREND_ENDS_SIGMAS) regime = 'RANGE';
    return regime;
  });
}

interface Frame {
  readonly firstOpenMs: number;
  /** Of the simulated market, in hours of the history. */
  readonly firstHour: number;
  readonly hours: number;
  readonly story: Story;
}

function instrumentFrom(coin: Coin, frame: Frame, random: Random): DemoInstrument {
  const { firstOpenMs, firstHour, hours, story } = frame;
  const closeByHour = coin.closeByHour.slice(firstHour, firstHour + hours);
  const usual = usualMoves(coin.closeByHour);
  const pressureByHour = new Float64Array(hours);
  for (let hour = 0; hour < hours; hour += 1) {
    const atMs = firstOpenMs + (hour + 1) * HOUR_MS;
    const isAstray = coin.market === 'perp' && atMs >= story.breakMs && atMs < story.recoverMs;
    const share = isAstray ? TOLD_ASTRAY : TOLD;
    const noise = Math.sqrt(1 - share ** 2) * random.normal();
    const pressure = share * whatComes(coin.closeByHour, usual, firstHour + hour) + noise;
    pressureByHour[hour] = isAstray ? LOUDNESS_ASTRAY * pressure : pressure;
  }
  const bars = closeByHour.flatMap((close, hour) =>
    close === null ? [] : [{ atMs: firstOpenMs + (hour + 1) * HOUR_MS, close }],
  );
  return { series: seriesOf(coin.symbol, coin.market, bars), closeByHour, pressureByHour };
}

/** The moves of the {@link TOLD_HOURS} after `hour`, each in its usual size, together about a standard normal. */
function whatComes(closes: readonly (number | null)[], usual: Float64Array, hour: number): number {
  const moves = TOLD_HOURS.flatMap((ahead) => {
    const move = logReturn(closes, hour, hour + ahead);
    const size = (usual[hour] ?? 0) * Math.sqrt(ahead);
    return move === null || size === 0 ? [] : [move / size];
  });
  const sum = moves.reduce((total, move) => total + move, 0);
  // Four of the 24 hours are in both, so that their sum is somewhat more than that of two independent ones.
  const [short = 1, long = 1] = TOLD_HOURS;
  const size = Math.sqrt(2 + 2 * Math.sqrt(short / long));
  return Math.max(-PRESSURE_MAX, Math.min(PRESSURE_MAX, sum / size));
}

/** Root mean square of the hourly moves of the weeks up to each hour. */
function usualMoves(closes: readonly (number | null)[]): Float64Array {
  const squares = closes.map((_, hour) => (logReturn(closes, hour - 1, hour) ?? 0) ** 2);
  let sum = 0;
  return Float64Array.from(squares, (square, hour) => {
    sum += square - (squares[hour - USUAL_HOURS] ?? 0);
    return Math.sqrt(Math.max(0, sum) / Math.min(USUAL_HOURS, hour + 1));
  });
}

function longestOutage(
  instruments: readonly DemoInstrument[],
  startMs: number,
  endMs: number,
): Outage | null {
  let longest: Outage | null = null;
  for (const { series } of instruments) {
    const closes = series.closeAtMs;
    for (let index = 1; index < closes.length; index += 1) {
      const fromMs = closes[index - 1] ?? 0;
      const toMs = (closes[index] ?? 0) - HOUR_MS;
      if (fromMs < startMs || toMs > endMs || toMs <= fromMs) continue;
      if (longest === null || toMs - fromMs > longest.toMs - longest.fromMs) {
        longest = { market: series.market, fromMs, toMs };
      }
    }
  }
  return longest;
}
