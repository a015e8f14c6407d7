// The made-up agents of the demo: when each speaks, on which market, and how much of its
// pressure it reads.

import type { Direction } from '../domain/event.ts';
import type { Market } from '../domain/market.ts';
import { type Random, randomFrom } from '../domain/random.ts';
import { roundTo } from '../domain/rounding.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../domain/time.ts';
import { type DemoInstrument, type DemoMarket, WARM_UP_DAYS } from './market.ts';

/** When an agent speaks, judged by closes alone: by the clock, on a wide spread to the others, on a large bar. */
type Trigger =
  | { readonly kind: 'clock'; readonly everyHours: number }
  | { readonly kind: 'spread'; readonly everyHours: number; readonly minRatio: number }
  | { readonly kind: 'shock'; readonly minSigmas: number };

export interface DemoAgent {
  readonly name: string;
  readonly strategyClass: string;
  readonly trigger: Trigger;
  /** Correlation of its view with the pressure, 0 to 1: 0 is a coin. */
  readonly insight: number;
}

/** The class whose agents trade the perps, which are squeezed. The kernel trades for it too. */
export const BREAKING_CLASS = 'macro';

/** Where the agents of a class trade. */
const MARKET_OF_CLASS: Readonly<Record<string, Market>> = { macro: 'perp', arb: 'spot', event: 'spot' };

export const AGENTS: readonly DemoAgent[] = [
  agent('trend-ema', BREAKING_CLASS, { kind: 'clock', everyHours: 24 }, 0.9),
  agent('breakout-donchian', BREAKING_CLASS, { kind: 'clock', everyHours: 24 }, 0.7),
  agent('revert-zscore', 'arb', { kind: 'spread', everyHours: 8, minRatio: 0.035 }, 0.8),
  agent('pairs-btc', 'arb', { kind: 'spread', everyHours: 8, minRatio: 0.045 }, 0),
  agent('volume-spike', 'event', { kind: 'shock', minSigmas: 2.5 }, 0.7),
  agent('coin-flip', 'event', { kind: 'shock', minSigmas: 3 }, 0),
];

/** A signal as an agent hands it over: one line of `warden emit`. */
export interface DemoSignal {
  readonly ts: string;
  readonly agent: string;
  readonly run_id: string;
  readonly symbol: string;
  readonly market: Market;
  readonly direction: Direction;
  readonly score_final: number;
  readonly confidence: number;
  readonly regime: string;
  readonly strategy_class: string;
}

/** Views weaker than this are no reason to trade: the agent says FLAT. */
const VIEW_MIN = 0.15;
/** A view of three standard deviations is a full score. */
const VIEW_FULL = 3;

/** Agents that speak by the clock look at one instrument after the other. */
const CLOCK_STEP_HOURS = 4;

const SPREAD_HOURS = 24;
const SHOCK_MEMORY_HOURS = 7 * 24;

/**
 * Returns the signals of `agent` over the simulated days, oldest first. Each is made from bars that had closed at its
 * `ts`, and none where the instrument had no bar.
 */
export function signalsOf(market: DemoMarket, who: DemoAgent, seed: number): DemoSignal[] {
  const random = randomFrom(seed, `agent ${who.name}`);
  const signals: DemoSignal[] = [];
  const lastHour = Math.round((market.endMs - market.firstOpenMs) / HOUR_MS);
  for (let hour = WARM_UP_DAYS * 24; hour < lastHour; hour += 1) {
    for (const [place, instrument] of market.instruments.entries()) {
      if (instrument.series.market !== MARKET_OF_CLASS[who.strategyClass]) continue;
      if (!speaks(who.trigger, market, instrument, hour, place)) continue;
      const view = viewOf(instrument, hour, who.insight, random);
      signals.push(signalFrom(who, market, instrument, hour, view, random));
    }
  }
  return signals;
}

/**
 * Returns what `coin-flip` sends on one bad day, as raw lines: a time without a zone, a direction that does not exist,
 * and a good signal on a coin that has no candles. The first two can never be settled, the third never gets a price.
 */
export function clumsyLines(
  market: DemoMarket,
  days: number,
): { readonly atMs: number; readonly producer: string; readonly lines: readonly string[] } {
  const atMs = market.startMs + Math.floor(days / 4) * DAY_MS + 12 * HOUR_MS;
  const good = {
    ts: isoFromMs(atMs),
    agent: 'coin-flip',
    run_id: runIdOf('coin-flip', atMs),
    symbol: 'ADA/USDT',
    market: 'spot',
    direction: 'LONG',
    score_final: 0.5,
    confidence: 0.5,
    regime: 'RANGE',
    strategy_class: 'event',
  };
  const lines = [
    { ...good, ts: good.ts.replace('Z', '') },
    { ...good, direction: 'MOON' },
    { ...good, symbol: 'GONE/USDT' },
  ];
  return { atMs, producer: good.strategy_class, lines: lines.map((line) => JSON.stringify(line)) };
}

function agent(name: string, strategyClass: string, trigger: Trigger, insight: number): DemoAgent {
  return { name, strategyClass, trigger, insight };
}

function speaks(
  trigger: Trigger,
  market: DemoMarket,
  instrument: DemoInstrument,
  hour: number,
  place: number,
): boolean {
  if (instrument.closeByHour[hour] === null) return false;
  switch (trigger.kind) {
    case 'clock':
      return (hour + 1 + place * CLOCK_STEP_HOURS) % trigger.everyHours === 0;
    case 'spread': {
      if (hour % trigger.everyHours !== 0) return false;
      const own = moveRatio(instrument, hour, SPREAD_HOURS);
      const average = averageMove(market, instrument.series.market, hour, SPREAD_HOURS);
      return own !== null && average !== null && Math.abs(own - average) >= trigger.minRatio;
    }
    case 'shock': {
      const move = moveRatio(instrument, hour, 1);
      return move !== null && Math.abs(move) >= trigger.minSigmas * usualMove(instrument, hour);
    }
  }
}

/** The change of the close over the `hours` up to `hour`, or `null` where one of the two bars is missing. */
function moveRatio(instrument: DemoInstrument, hour: number, hours: number): number | null {
  const now = instrument.closeByHour[hour] ?? null;
  const before = instrument.closeByHour[hour - hours] ?? null;
  return now === null || before === null ? null : now / before - 1;
}

/** Of the instruments that are traded on the same market. */
function averageMove(market: DemoMarket, of: Market, hour: number, hours: number): number | null {
  let sum = 0;
  let count = 0;
  for (const instrument of market.instruments) {
    if (instrument.series.market !== of) continue;
    const move = moveRatio(instrument, hour, hours);
    if (move === null) continue;
    sum += move;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}

/** Root mean square of the hourly moves of the week before `hour`. */
function usualMove(instrument: DemoInstrument, hour: number): number {
  let squares = 0;
  let count = 0;
  for (let back = 1; back <= SHOCK_MEMORY_HOURS; back += 1) {
    const move = moveRatio(instrument, hour - back, 1);
    if (move === null) continue;
    squares += move * move;
    count += 1;
  }
  return Math.sqrt(squares / Math.max(1, count));
}

function viewOf(instrument: DemoInstrument, hour: number, insight: number, random: Random): number {
  const pressure = instrument.pressureByHour[hour] ?? 0;
  return insight * pressure + Math.sqrt(1 - insight ** 2) * random.normal();
}

function signalFrom(
  who: DemoAgent,
  market: DemoMarket,
  instrument: DemoInstrument,
  hour: number,
  view: number,
  random: Random,
): DemoSignal {
  const strength = Math.abs(view);
  const tsMs = market.firstOpenMs + (hour + 1) * HOUR_MS;
  return {
    ts: isoFromMs(tsMs),
    agent: who.name,
    run_id: runIdOf(who.name, tsMs),
    symbol: instrument.series.symbol,
    market: instrument.series.market,
    direction: strength < VIEW_MIN ? 'FLAT' : view > 0 ? 'LONG' : 'SHORT',
    score_final: roundTo(Math.min(1, strength / VIEW_FULL), 4),
    // An agent knows only roughly how sure it may be, so confidence is not just another word for the score.
    confidence: roundTo(Math.min(0.95, 0.5 + 0.15 * strength * (0.5 + random.uniform())), 4),
    regime: market.regimeByHour[hour] ?? 'RANGE',
    strategy_class: who.strategyClass,
  };
}

function runIdOf(name: string, tsMs: number): string {
  return `${name}-${isoFromMs(tsMs).slice(0, 13)}`;
}
