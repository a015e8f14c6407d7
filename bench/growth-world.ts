// What fills a state: fifty strategies of ten classes that emit two signals a day each on twenty coins whose prices move, seeded.

import { WardenConfig } from '../src/domain/config.ts';
import { type AlphaEvent, parseAlphaEvent } from '../src/domain/event.ts';
import type { BarSeries } from '../src/domain/market.ts';
import { randomFrom } from '../src/domain/random.ts';
import { err, ok } from '../src/domain/result.ts';
import { type Settings, settingsFrom } from '../src/domain/settings.ts';
import type { TelemetryEvent } from '../src/domain/telemetry.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../src/domain/time.ts';
import { validate } from '../src/domain/validate.ts';
import type { Prices } from '../src/ports.ts';

export const STRATEGIES = 50;
export const SIGNALS_A_DAY = 2;
const CLASSES = 10;
const COINS = 20;
const REGIMES = ['CALM', 'RANGE', 'STRESS', 'TREND'] as const;

/** Volatility looks back over a hundred days. */
const WARM_UP_DAYS = 110;
const HOURLY_SIGMA = 0.8 / Math.sqrt(365 * 24);

export interface GrowthWorld {
  readonly startMs: number;
  readonly seed: number;
  readonly prices: Prices;
  readonly settings: Settings;
  /** The signals of one day, counted from 0, oldest first. */
  signals(day: number): readonly AlphaEvent[];
  /** The runs of the agents that emitted them. */
  telemetry(day: number): readonly TelemetryEvent[];
  regimeOf(strategyClass: string, day: number): string;
}

/** Returns the world of `days` days; the same arguments give the same one. */
export function growthWorld(startMs: number, days: number, seed: number): GrowthWorld {
  const series = Array.from({ length: COINS }, (_, coin) => coinSeries(startMs, days, seed, coin));
  return {
    startMs,
    seed,
    prices: pricesOf(series),
    settings: growthSettings(),
    signals: (day) => runsOf(startMs, seed, day).map(({ signal }) => signal),
    telemetry: (day) => runsOf(startMs, seed, day).map(({ telemetry }) => telemetry),
    regimeOf,
  };
}

export function className(index: number): string {
  return `class-${index % CLASSES}`;
}

function regimeOf(strategyClass: string, day: number): string {
  const place = Number(strategyClass.slice('class-'.length));
  return REGIMES[(Math.floor(day / 5) + place) % REGIMES.length] ?? 'RANGE';
}

interface AgentRun {
  readonly signal: AlphaEvent;
  readonly telemetry: TelemetryEvent;
}

/**
 * Each strategy once in every twelve hours, as its library writes it down. Half of them give their signals ids of their own, the others
 * leave it to Warden, which takes a digest.
 */
function runsOf(startMs: number, seed: number, day: number): AgentRun[] {
  const random = randomFrom(seed, `signals of day ${day}`);
  const runs = Array.from({ length: STRATEGIES * SIGNALS_A_DAY }, (_, index): AgentRun => {
    const strategy = index % STRATEGIES;
    const agent = `${['momentum', 'carry', 'mean-revert', 'breakout', 'basis'][strategy % 5]}-${strategy}`;
    const half = Math.floor(index / STRATEGIES) * (DAY_MS / SIGNALS_A_DAY);
    const ts = isoFromMs(
      startMs + day * DAY_MS + half + Math.floor((random.uniform() * DAY_MS) / SIGNALS_A_DAY),
    );
    const startedAtMs = Date.parse(ts) - Math.floor(random.uniform() * 4000);
    const hex = Math.floor(random.uniform() * 0xffffffff)
      .toString(16)
      .padStart(8, '0');
    const run_id = `${agent}-${isoFromMs(startedAtMs)}-${hex}`;
    const score = Math.round(random.normal() * 3333) / 1e4;
    const coin = Math.floor(random.uniform() * COINS);
    const strategy_class = className(strategy);
    const raw = {
      ...(strategy % 2 === 0 ? { event_id: `${agent}-${ts}-C${coin}` } : {}),
      ts,
      agent,
      run_id,
      symbol: `COIN${coin}/USDT`,
      market: 'spot',
      direction: score > 0 ? 'LONG' : 'SHORT',
      score_final: score,
      confidence: Math.round(random.uniform() * 1000) / 1000,
      regime: regimeOf(strategy_class, day),
      strategy_class,
    };
    const signal = parseAlphaEvent(raw);
    if (!signal.ok) throw new Error(JSON.stringify(signal.error));
    const duration_ms = Math.round(800 + 3000 * random.uniform());
    const head = { v: 1, ts: isoFromMs(startedAtMs), agent, run_id } as const;
    const hasFailed = random.uniform() < 0.005;
    const telemetry: TelemetryEvent = hasFailed
      ? { ...head, status: 'error', duration_ms, error: `TimeoutError: no answer in ${duration_ms} ms` }
      : { ...head, status: 'ok', duration_ms };
    return { signal: signal.value, telemetry };
  });
  return runs.sort((a, b) => (a.signal.ts < b.signal.ts ? -1 : 1));
}

/** A random walk with fat tails, in the five digits in which exchanges quote. */
function coinSeries(startMs: number, days: number, seed: number, coin: number): BarSeries {
  const random = randomFrom(seed, `coin ${coin}`);
  const hours = (WARM_UP_DAYS + days + 4) * 24;
  let price = 10 ** (random.uniform() * 5 - 1);
  const close = Float64Array.from({ length: hours }, () => {
    price *= Math.exp(HOURLY_SIGMA * random.fatTailed());
    return Number(price.toPrecision(5));
  });
  return {
    symbol: `COIN${coin}/USDT`,
    market: 'spot',
    source: 'ccxt:okx:1h',
    barMs: HOUR_MS,
    closeAtMs: Float64Array.from(
      { length: hours },
      (_, hour) => startMs + (hour - WARM_UP_DAYS * 24) * HOUR_MS,
    ),
    close,
    sessions: null,
    funding: [],
    suspects: [],
  };
}

function pricesOf(all: readonly BarSeries[]): Prices {
  const bySymbol = new Map(all.map((series) => [series.symbol, series]));
  let requests = 0;
  return {
    requestCount: () => requests,
    bars: ({ symbol, fromMs, toMs }) => {
      requests += 1;
      const series = bySymbol.get(symbol);
      if (series === undefined)
        return Promise.resolve(err({ kind: 'unknown_symbol', message: `there is no ${symbol}` }));
      const firstMs = series.closeAtMs[0] ?? 0;
      const from = Math.max(0, Math.ceil((fromMs - firstMs) / HOUR_MS));
      const to = Math.max(from, Math.floor((toMs - firstMs) / HOUR_MS) + 1);
      const [closeAtMs, close] = [series.closeAtMs.subarray(from, to), series.close.subarray(from, to)];
      return Promise.resolve(ok({ ...series, closeAtMs, close }));
    },
  };
}

function growthSettings(): Settings {
  const cost = { fee_bps: 10, slip_bps: 2 };
  const warden = validate(WardenConfig, {
    version: 1,
    horizons_hours: [1, 4, 24],
    prices: {},
    costs: { spot: { ...cost }, perp: { ...cost, assumed_funding_bps_per_8h: 1 }, equity: { ...cost } },
    model: { ridge: null },
  });
  if (!warden.ok) throw new Error(JSON.stringify(warden.error));
  const names = Array.from({ length: STRATEGIES }, (_, index) => index);
  const agents = Object.fromEntries(
    names.map((index) => {
      const agent = `${['momentum', 'carry', 'mean-revert', 'breakout', 'basis'][index % 5]}-${index}`;
      const stage: 'live' | 'shadow' = index % 3 === 0 ? 'live' : 'shadow';
      return [agent, { strategy_class: className(index), stage, base_weight: 0.02 }];
    }),
  );
  const limits = { status: 'ENABLED', max_cvar_sigma: 4 } as const;
  const kill_list = Object.fromEntries(
    names.slice(0, CLASSES).map((index) => [className(index), { ...limits }]),
  );
  return settingsFrom({ warden: warden.value, agents, kill_list });
}
