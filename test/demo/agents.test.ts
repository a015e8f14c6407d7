// The demo's agents: they know nothing that has not happened, and read the market exactly as well as they are said to.

import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadAgents } from '../../src/adapters/config/config-files.ts';
import { AGENTS, BREAKING_CLASS, clumsyLines, type DemoAgent, signalsOf } from '../../src/demo/agents.ts';
import { type DemoMarket, makeMarket } from '../../src/demo/market.ts';
import { parseAlphaEvent } from '../../src/domain/event.ts';
import { DAY_MS, HOUR_MS, msFromIso } from '../../src/domain/time.ts';

const SEED = 7;
const DAYS = 60;
const MARKET = makeMarket(SEED, DAYS);

function agentNamed(name: string): DemoAgent {
  const found = AGENTS.find((agent) => agent.name === name);
  if (found === undefined) throw new Error(`there is no agent ${name}`);
  return found;
}

/** Mean of side times pressure over the signals: above zero where the agent reads the market. */
function reading(market: DemoMarket, agent: DemoAgent): number {
  const products = sidedSignals(market, agent).map(({ side, instrument, hour }) => {
    return side * (instrument?.pressureByHour[hour] ?? Number.NaN);
  });
  return products.reduce((sum, product) => sum + product, 0) / products.length;
}

/** Mean of what the signals in `[fromMs, toMs)` gained within 24 hours, as a ratio. */
function gain(market: DemoMarket, agent: DemoAgent, fromMs: number, toMs: number): number {
  const gains = sidedSignals(market, agent).flatMap(({ ms, side, instrument, hour }) => {
    const now = instrument?.closeByHour[hour] ?? null;
    const later = instrument?.closeByHour[hour + 24] ?? null;
    return ms < fromMs || ms >= toMs || now === null || later === null ? [] : [side * (later / now - 1)];
  });
  return gains.reduce((sum, each) => sum + each, 0) / gains.length;
}

function sidedSignals(market: DemoMarket, agent: DemoAgent) {
  return signalsOf(market, agent, SEED)
    .filter(({ direction }) => direction !== 'FLAT')
    .map(({ ts, symbol, direction }) => ({
      ms: msFromIso(ts),
      side: direction === 'LONG' ? 1 : -1,
      instrument: market.instruments.find(({ series }) => series.symbol === symbol),
      hour: (msFromIso(ts) - market.firstOpenMs) / HOUR_MS - 1,
    }));
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
  it('are at least six in three classes, those of the class that breaks on the perps and the others on spot', () => {
    expect(AGENTS.length).toBeGreaterThanOrEqual(6);
    expect(new Set(AGENTS.map((agent) => agent.strategyClass))).toEqual(new Set(['macro', 'arb', 'event']));
    for (const agent of AGENTS) {
      const markets = new Set(signalsOf(MARKET, agent, SEED).map(({ market }) => market));
      expect([...markets]).toEqual([agent.strategyClass === BREAKING_CLASS ? 'perp' : 'spot']);
    }
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
      const signals = signalsOf(MARKET, agent, SEED);

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
            signalsOf(market, agent, SEED).filter(({ ts }) => msFromIso(ts) < changesMs);

          expect(past(otherFuture(MARKET, hour))).toEqual(past(MARKET));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('reads the market where it has insight, and not where it has none', () => {
    const longMarket = makeMarket(SEED, 240);

    for (const agent of AGENTS) {
      const skill = reading(longMarket, agent);
      if (agent.insight > 0) expect(skill).toBeGreaterThan(0.3);
      else expect(Math.abs(skill)).toBeLessThan(0.2);
    }
  });

  it('loses in the class that breaks while its market is squeezed, and gains before and after', () => {
    const market = makeMarket(SEED, 100);
    const { startMs, endMs, story } = market;

    for (const agent of AGENTS.filter(({ strategyClass }) => strategyClass === BREAKING_CLASS)) {
      expect(gain(market, agent, startMs, story.breakMs - DAY_MS)).toBeGreaterThan(0.001);
      expect(gain(market, agent, story.breakMs, story.recoverMs - DAY_MS)).toBeLessThan(-0.04);
      expect(gain(market, agent, story.recoverMs, endMs)).toBeGreaterThan(0.001);
    }
  });

  it('says nothing of an instrument that has no bar, and goes on with the others', () => {
    const [closed, ...others] = MARKET.instruments;
    if (closed === undefined) throw new Error('the market has instruments');
    const market = {
      ...MARKET,
      instruments: [{ ...closed, closeByHour: closed.closeByHour.map(() => null) }, ...others],
    };

    const symbols = signalsOf(market, agentNamed('trend-ema'), SEED).map(({ symbol }) => symbol);

    const open = others.filter(({ series }) => series.market === 'perp').map(({ series }) => series.symbol);
    expect(new Set(symbols)).toEqual(new Set(open));
  });

  it('says FLAT now and then, where the clock makes it speak without a view', () => {
    const directions = signalsOf(MARKET, agentNamed('trend-ema'), SEED).map(({ direction }) => direction);

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
