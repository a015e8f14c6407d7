// The demo's market: repeatable, shaped like the markets it stands for, and predictable only by its hidden pressure.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DemoInstrument, makeMarket, START_MS, TAIL_DAYS, WARM_UP_DAYS } from '../../src/demo/market.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';

const HOURS_A_YEAR = 365 * 24;

/** A long market, and its instruments that are never squeezed. */
const LONG = makeMarket(7, 120);
const CALM = LONG.instruments.filter(({ series }) => series.market === 'spot');

function hourlyReturns(instrument: DemoInstrument): (number | null)[] {
  return instrument.closeByHour.map((close, hour) => {
    const before = instrument.closeByHour[hour - 1] ?? null;
    return close === null || before === null ? null : Math.log(close / before);
  });
}

function rootMeanSquare(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return Math.sqrt(known.reduce((sum, value) => sum + value * value, 0) / known.length);
}

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const meanOf = (pick: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[pick], 0) / pairs.length;
  const [meanA, meanB] = [meanOf(0), meanOf(1)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [a, b] of pairs) {
    ab += (a - meanA) * (b - meanB);
    aa += (a - meanA) ** 2;
    bb += (b - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Each pressure of the hours `[fromHour, toHour)` with what the price did in the 24 hours after it. */
function pressureAndWhatCame(
  instruments: readonly DemoInstrument[],
  fromHour = 0,
  toHour = Number.POSITIVE_INFINITY,
): [number, number][] {
  return instruments.flatMap(({ closeByHour, pressureByHour }) =>
    closeByHour.flatMap((close, hour): [number, number][] => {
      const later = closeByHour[hour + 24] ?? null;
      return close === null || later === null || hour < fromHour || hour >= toHour
        ? []
        : [[pressureByHour[hour] ?? Number.NaN, Math.log(later / close)]];
    }),
  );
}

describe('makeMarket', () => {
  it('makes the same market from the same seed, and another one from another seed', () => {
    const market = makeMarket(4, 5);

    expect(makeMarket(4, 5)).toEqual(market);
    expect(makeMarket(5, 5).instruments[0]?.series.close).not.toEqual(market.instruments[0]?.series.close);
  });

  it('has closed hourly bars with finite positive prices, in order, whatever the seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 8 }), (seed, days) => {
        for (const { series } of makeMarket(seed, days).instruments) {
          expect(series.closeAtMs).toHaveLength(series.close.length);
          expect(series.close.every((price) => Number.isFinite(price) && price > 0)).toBe(true);
          expect(series.closeAtMs.every((ms, i) => i === 0 || ms > (series.closeAtMs[i - 1] ?? ms))).toBe(
            true,
          );
          expect(series.closeAtMs.every((ms) => ms % HOUR_MS === 0)).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('quotes prices that survive being written with seven digits', () => {
    const { instruments } = makeMarket(1, 3);

    for (const { series } of instruments) {
      expect(series.close.every((price) => Number(price.toPrecision(7)) === price)).toBe(true);
    }
  });

  it('begins before the first simulated day and goes on after the last one', () => {
    const market = makeMarket(1, 6);
    const perp = market.instruments.find(({ series }) => series.market === 'perp');

    expect(market.startMs).toBe(START_MS);
    expect(market.endMs).toBe(START_MS + 6 * DAY_MS);
    expect(perp?.series.closeAtMs[0]).toBe(START_MS - WARM_UP_DAYS * DAY_MS + HOUR_MS);
    expect(perp?.series.closeAtMs.at(-1)).toBe(market.endMs + TAIL_DAYS * DAY_MS);
  });

  it('has both markets, and no instrument twice', () => {
    const names = makeMarket(1, 3).instruments.map(({ series }) => `${series.market} ${series.symbol}`);

    expect(new Set(names).size).toBe(11);
    expect(names.some((name) => name.startsWith('spot'))).toBe(true);
    expect(names.some((name) => name.startsWith('perp'))).toBe(true);
  });

  it('has no bars in the outage of its spot market, and all others', () => {
    const { instruments, outage } = makeMarket(2, 9);
    const outHours = (outage.toMs - outage.fromMs) / HOUR_MS;
    const allHours = (WARM_UP_DAYS + 9 + TAIL_DAYS) * 24;

    for (const { series, closeByHour } of instruments) {
      const isOut = series.market === outage.market;
      const opens = series.closeAtMs.map((ms) => ms - HOUR_MS);
      expect(series.close).toHaveLength(isOut ? allHours - outHours : allHours);
      expect(opens.some((ms) => ms >= outage.fromMs && ms < outage.toMs)).toBe(!isOut);
      expect(closeByHour.filter((close) => close === null)).toHaveLength(isOut ? outHours : 0);
    }
  });

  it('moves by about 80 % a year, with tails far fatter than normal ones', () => {
    const all = CALM.map(hourlyReturns);
    const annual = all.map((returns) => rootMeanSquare(returns) * Math.sqrt(HOURS_A_YEAR));
    const kurtosis = all.map((returns) => {
      const known = returns.filter((value) => value !== null);
      return known.reduce((sum, value) => sum + value ** 4, 0) / known.length / rootMeanSquare(known) ** 4;
    });

    const mean = annual.reduce((sum, value) => sum + value, 0) / annual.length;
    expect(mean).toBeGreaterThan(0.7);
    expect(mean).toBeLessThan(0.9);
    expect(Math.min(...kurtosis)).toBeGreaterThan(4);
  });

  it('moves its instruments together by a common factor', () => {
    const [first, second] = CALM.map(hourlyReturns);
    const pairs = (first ?? []).flatMap((a, hour): [number, number][] => {
      const b = second?.[hour] ?? null;
      return a === null || b === null ? [] : [[a, b]];
    });

    expect(correlation(pairs)).toBeGreaterThan(0.35);
    expect(correlation(pairs)).toBeLessThan(0.65);
  });

  it('switches between a wilder and a calmer regime, each of which lasts for days', () => {
    const { regimeByHour } = LONG;
    const returns = CALM.map(hourlyReturns);
    const movement = (regime: string) =>
      rootMeanSquare(returns.flatMap((own) => own.filter((_, hour) => regimeByHour[hour] === regime)));
    const switches = regimeByHour.filter((regime, hour) => hour > 0 && regime !== regimeByHour[hour - 1]);

    expect(movement('TREND')).toBeGreaterThan(1.15 * movement('RANGE'));
    expect(switches.length).toBeGreaterThan(4);
    expect(switches.length).toBeLessThan(60);
  });

  it('lets its pressure say a little of the next 24 hours', () => {
    const skill = correlation(pressureAndWhatCame(CALM));

    expect(skill).toBeGreaterThan(0.15);
    expect(skill).toBeLessThan(0.4);
  });

  it('squeezes the perps for some weeks: they move far more, and against the pressure', () => {
    const { story, firstOpenMs, instruments } = LONG;
    const perps = instruments.filter(({ series }) => series.market === 'perp');
    const [fromHour, toHour] = [story.breakMs, story.recoverMs].map((ms) => (ms - firstOpenMs) / HOUR_MS);
    if (fromHour === undefined || toHour === undefined) throw new Error('the story has two ends');
    const movement = (from: number, to: number) =>
      rootMeanSquare(perps.flatMap((perp) => hourlyReturns(perp).slice(from, to)));

    expect(movement(fromHour, toHour)).toBeGreaterThan(1.3 * movement(0, fromHour));
    expect(movement(toHour, Number.POSITIVE_INFINITY)).toBeLessThan(1.25 * movement(0, fromHour));
    expect(correlation(pressureAndWhatCame(perps, fromHour, toHour - 24))).toBeLessThan(-0.4);
    expect(correlation(pressureAndWhatCame(perps, 0, fromHour - 24))).toBeGreaterThan(0.15);
    expect(correlation(pressureAndWhatCame(perps, toHour))).toBeGreaterThan(0.1);
  });

  it('has nothing but trends from some days before the squeeze on, and no squeeze in a short run', () => {
    const { story, firstOpenMs, regimeByHour } = LONG;
    const calmHours = (story.breakMs - firstOpenMs) / HOUR_MS - 12 * 24;

    expect(new Set(regimeByHour.slice(calmHours))).toEqual(new Set(['TREND']));
    expect(new Set(regimeByHour.slice(0, calmHours))).toEqual(new Set(['TREND', 'RANGE']));
    const short = makeMarket(7, 10);
    expect(short.story).toEqual(story);
    expect(short.endMs).toBeLessThan(story.breakMs);
  });
});
