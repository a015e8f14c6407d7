// The bars that PINK hears: four hours of the market each, its opening that of the close before, and none where the market had none.

import { describe, expect, it } from 'vitest';
import { type DemoInstrument, type DemoMarket, makeMarket } from '../../../src/demo/market.ts';
import { BAR_MS, barsAt, perpsOf } from '../../../src/demo/pink/bars.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';

const market = makeMarket(1, 3);
const perps = perpsOf(market);

describe('the perpetuals of a market', () => {
  it('are named as the venue spells them, in the order of the market, and few', () => {
    const listed = market.instruments
      .filter(({ series }) => series.market === 'perp')
      .map(({ series }) => series.symbol);

    expect(perps.map(({ symbol }) => `${symbol.replace('-', '/')}:USDT`)).toEqual(listed.slice(0, 3));
    expect(perps.map(({ key }) => key)).toEqual(perps.map(({ symbol }) => symbol.replace('-', '')));
  });

  it('are none in a market without any', () => {
    const spot = market.instruments.filter(({ series }) => series.market === 'spot');
    expect(perpsOf({ ...market, instruments: spot })).toEqual([]);
  });
});

describe('the bars of an instant', () => {
  const atMs = market.startMs + BAR_MS;
  const { closedAtMs, barMs, candles } = barsAt(perps, market.firstOpenMs, atMs);
  const hour = (atMs - market.firstOpenMs) / HOUR_MS - 1;

  it('span four hours, from the close before to the last close', () => {
    expect([closedAtMs, barMs]).toEqual([atMs, 4 * HOUR_MS]);
    for (const { key, closeByHour } of perps) {
      const hours = closeByHour.slice(hour - 4, hour + 1).map(Number);
      expect(candles[key]).toEqual({
        open: hours[0],
        high: Math.max(...hours),
        low: Math.min(...hours),
        close: hours[4],
      });
    }
  });

  it('are those of the candles that everybody reads', () => {
    const [first] = market.instruments.filter(({ series }) => series.market === 'perp');
    const { series } = first as DemoInstrument;
    const at = series.closeAtMs.indexOf(atMs);
    expect(candles[perps[0]?.key ?? '']?.close).toBe(series.close[at]);
  });

  it('leave a symbol out of which an hour at either end is missing, and look over one between', () => {
    const without = (missing: number): DemoMarket => ({
      ...market,
      instruments: market.instruments.map((one) => ({
        ...one,
        closeByHour: one.closeByHour.map((close, at) => (at === missing ? null : close)),
      })),
    });
    const keysWithout = (missing: number): readonly string[] =>
      Object.keys(barsAt(perpsOf(without(missing)), market.firstOpenMs, atMs).candles);

    expect(keysWithout(hour)).toEqual([]);
    expect(keysWithout(hour - 4)).toEqual([]);
    expect(keysWithout(hour - 2)).toEqual(perps.map(({ key }) => key));
  });
});
