// The demo's agents: they know nothing that has not happened, and read the market exactly as well as they are said to.

import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadAgents } from '../../src/adapters/config/config-files.ts';
import { AGENTS, BREAKER, breakMsOf, clumsyLines, type DemoAgent, signalsOf } from '../../src/demo/agents.ts';
import { type DemoMarket, makeMarket, START_MS } from '../../src/demo/market.ts';
import { parseAlphaEvent } from '../../src/domain/event.ts';
import { DAY_MS, HOUR_MS, msFromIso } from '../../src/domain/time.ts';

const SEED = 7;
const DAYS = 60;
const MARKET = makeMarket(SEED, DAYS);
const NEVER_MS = Number.POSITIVE_INFINITY;

function agentNamed(name: string): DemoAgent {
  const found = AGENTS.find((agent) => agent.name === name);
  if (found === undefined) throw new Error(`there is no agent ${name}`);
  return found;
}

/** Mean of side times pressure over the signals in `[fromMs, toMs)`: above zero where the agent reads the market. */
function reading(
  market: DemoMarket,
  agent: DemoAgent,
  { breakMs = NEVER_MS, fromMs = 0, toMs = NEVER_MS },
): number {
  const own = signalsOf(market, agent, SEED, breakMs).filter(({ ts, direction }) => {
    const ms = msFromIso(ts);
    return direction !== 'FLAT' && ms >= fromMs && ms < toMs;
  });
  const products = own.map(({ ts, symbol, direction }) => {
    const hour = (msFromIso(ts) - market.firstOpenMs) / HOUR_MS - 1;
    const instrument = market.instruments.find(({ series }) => series.symbol === symbol);
    return (direction === 'LONG' ? 1 : -1) * (instrument?.pressureByHour[hour] ?? Number.NaN);
  });
  return products.reduce((sum, product) => sum + product, 0) / products.length;
}

/** The same market, with another future from `hour` on. */
function otherFuture(market: DemoMarket, hour: number): DemoMarket {
  return {
    ...market,
    regimeByHour: market.regimeByHour.map((regime, at) => (at < hour ? regime : 'RANGE')),
    instruments: market.instruments.map((instrument) => ({
      ...instrument,
      closeByHour: instrument.closeByHour.map((close, at) =>
        at < hour || close === null ? close : close * 3,
      ),
      pressureByHour: instrument.pressureByHour.map((pressure, at) => (at < hour ? pressure : -pressure)),
    })),
  };
}

describe('AGENTS', () => {
  it('are at least six in three classes, and one of them breaks', () => {
    expect(AGENTS.length).toBeGreaterThanOrEqual(6);
    expect(new Set(AGENTS.map((agent) => agent.strategyClass))).toEqual(new Set(['macro', 'arb', 'event']));
    expect(AGENTS.filter((agent) => agent.breaks).map((agent) => agent.name)).toEqual([BREAKER]);
  });

  it('have the class that the shipped registry gives them, where it names them', () => {
    const configDir = resolve(import.meta.dirname, '../../config');
    const registry = loadAgents(configDir);

    expect(registry.ok).toBe(true);
    for (const { name, strategyClass } of AGENTS) {
      const registered = registry.ok ? registry.value[name]?.strategy_class : undefined;
      expect(registered ?? strategyClass).toBe(strategyClass);
    }
  });
});

describe('signalsOf', () => {
  it.each(AGENTS.map((agent) => [agent.name, agent] as const))(
    '%s speaks often, at bar closes of the simulated days, in events that are accepted',
    (_, agent) => {
      const signals = signalsOf(MARKET, agent, SEED, NEVER_MS);

      expect(signals.length).toBeGreaterThan(DAYS);
      for (const signal of signals) {
        const ms = msFromIso(signal.ts);
        expect(ms % HOUR_MS === 0 && ms > MARKET.startMs && ms <= MARKET.endMs).toBe(true);
        expect(parseAlphaEvent(signal)).toEqual({
          ok: true,
          value: { v: 1, event_id: expect.any(String), ...signal },
        });
        expect(signal.score_final).toBeGreaterThanOrEqual(0);
        expect(signal.score_final).toBeLessThanOrEqual(1);
        expect(signal.confidence).toBeGreaterThanOrEqual(0.5);
        expect(signal.confidence).toBeLessThanOrEqual(0.95);
      }
    },
  );

  it('knows nothing of the future: another future leaves every signal before it as it was', () => {
    const firstHour = (MARKET.startMs - MARKET.firstOpenMs) / HOUR_MS;
    fc.assert(
      fc.property(
        fc.constantFrom(...AGENTS),
        fc.integer({ min: firstHour, max: firstHour + DAYS * 24 }),
        (agent, hour) => {
          const changesMs = MARKET.firstOpenMs + (hour + 1) * HOUR_MS;
          const past = (market: DemoMarket) =>
            signalsOf(market, agent, SEED, NEVER_MS).filter(({ ts }) => msFromIso(ts) < changesMs);

          expect(past(otherFuture(MARKET, hour))).toEqual(past(MARKET));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('reads the market where it has insight, and not where it has none', () => {
    const longMarket = makeMarket(SEED, 240);

    for (const agent of AGENTS) {
      const skill = reading(longMarket, agent, {});
      if (agent.insight > 0) expect(skill).toBeGreaterThan(0.3);
      else expect(Math.abs(skill)).toBeLessThan(0.2);
    }
  });

  it('reads it upside down from the break on, and as ever before', () => {
    const breakMs = breakMsOf(DAYS);
    const breaker = agentNamed(BREAKER);

    expect(reading(MARKET, breaker, { breakMs, toMs: breakMs })).toBeGreaterThan(0.5);
    expect(reading(MARKET, breaker, { breakMs, fromMs: breakMs })).toBeLessThan(-0.5);
    expect(breakMs).toBe(START_MS + 40 * DAY_MS);
  });

  it('breaks nobody but the breaker', () => {
    const trend = agentNamed('trend-ema');

    expect(signalsOf(MARKET, trend, SEED, breakMsOf(DAYS))).toEqual(signalsOf(MARKET, trend, SEED, NEVER_MS));
  });

  it('says nothing of instruments that have no bar, and goes on with the others', () => {
    const closed = {
      ...MARKET,
      instruments: MARKET.instruments.map((instrument) =>
        instrument.series.market === 'spot'
          ? { ...instrument, closeByHour: instrument.closeByHour.map(() => null) }
          : instrument,
      ),
    };

    for (const agent of AGENTS) {
      const markets = new Set(signalsOf(closed, agent, SEED, NEVER_MS).map((signal) => signal.market));
      expect(markets).toEqual(new Set(['perp']));
    }
  });

  it('says FLAT now and then, where the clock makes it speak without a view', () => {
    const directions = signalsOf(MARKET, agentNamed('trend-ema'), SEED, NEVER_MS).map(
      ({ direction }) => direction,
    );

    expect(new Set(directions)).toEqual(new Set(['LONG', 'SHORT', 'FLAT']));
  });
});

describe('clumsyLines', () => {
  it('sends two lines that are refused for one reason each, and one good signal on an unknown coin', () => {
    const { lines } = clumsyLines(MARKET, DAYS);

    const parsed = lines.map((line) => parseAlphaEvent(JSON.parse(line)));

    expect(parsed.map((event) => event.ok)).toEqual([false, false, true]);
    expect(parsed.map((event) => (event.ok ? [] : event.error.map(({ path }) => path)))).toEqual([
      ['ts'],
      ['direction'],
      [],
    ]);
    expect(parsed[2]).toMatchObject({ value: { symbol: 'GONE/USDT', agent: 'coin-flip' } });
  });
});
