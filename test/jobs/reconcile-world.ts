// A small market with outages, and signals on it, on which the reconcile job can be run again and again in milliseconds.

import fc from 'fast-check';
import { appendEvents } from '../../src/adapters/state/event-log.ts';
import { readRejects } from '../../src/adapters/state/reject-log.ts';
import { readDay, rowDays } from '../../src/adapters/state/row-store.ts';
import { type AlphaEvent, eventLine } from '../../src/domain/event.ts';
import type { BarSeries } from '../../src/domain/market.ts';
import { Pending } from '../../src/domain/pending.ts';
import type { Reject } from '../../src/domain/reject.ts';
import type { ReconciledRow } from '../../src/domain/row.ts';
import { DAY_MS, HOUR_MS, isoFromMs, MINUTE_MS } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import { type ReconcileReport, reconcile } from '../../src/jobs/reconcile.ts';
import type { Disk, Prices } from '../../src/ports.ts';
import { ALL_PAIRS, type PairChoice } from '../../src/supervision/backlog.ts';
import type { ReconcileRules } from '../../src/supervision/rules.ts';
import { anEvent, aSeries, someRules, someSessions, T0 } from '../builders.ts';
import { fakePrices } from '../fakes/fake-prices.ts';
import type { MemoryDisk } from '../fakes/memory-disk.ts';

export const SHARD = 'alpha/events/emit/2021-03.jsonl';
export const PENDING = 'alpha/pending.json';

const BEFORE_DAYS = 21;
const AFTER_DAYS = 60;

/** A walk that repeats itself on every call, with the bars of `without` hours (after T0) left out. */
function walk(seed: number, without: (hour: number) => boolean = () => false): (number | null)[] {
  let [state, price] = [seed, 100];
  return Array.from({ length: (BEFORE_DAYS + AFTER_DAYS) * 24 }, (_, index) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    price *= 1 + (state / 2_147_483_648 - 0.5) / 50;
    return without(index - BEFORE_DAYS * 24) ? null : price;
  });
}

const firstCloseMs = T0 - BEFORE_DAYS * DAY_MS;
const sessions = someSessions(BEFORE_DAYS + AFTER_DAYS, firstCloseMs);

function equity(): BarSeries {
  const closes = walk(5);
  const bars = closes.flatMap((close, index) => {
    const closeMs = firstCloseMs + index * HOUR_MS;
    const isOpen = sessions.some((each) => each.openMs < closeMs && closeMs <= each.closeMs);
    return isOpen && close !== null ? [{ closeMs, close }] : [];
  });
  return aSeries(
    {},
    {
      symbol: 'SPY',
      market: 'equity',
      sessions,
      closeAtMs: Float64Array.from(bars, ({ closeMs }) => closeMs),
      close: Float64Array.from(bars, ({ close }) => close),
    },
  );
}

/** BTC/USDT spot; ETH/USDT, dark from hour 30 to 40; a perpetual with unknown funding; an equity. */
export const MARKET: readonly BarSeries[] = [
  aSeries({ firstCloseMs, closes: walk(1) }),
  aSeries({ firstCloseMs, closes: walk(2, (hour) => hour > 30 && hour < 40) }, { symbol: 'ETH/USDT' }),
  aSeries({ firstCloseMs, closes: walk(3) }, { symbol: 'BTC/USDT:USDT', market: 'perp', funding: null }),
  equity(),
];

export const rules: ReconcileRules = someRules({
  horizonsHours: [1, 24],
  settleLagMs: 2 * MINUTE_MS,
  asofHalfLifeMs: 2 * DAY_MS,
  fastHalfLifeMs: 12 * HOUR_MS,
  costs: {
    spot: { feeBps: 10, slipBps: 1, assumedFundingBpsPer8h: null },
    perp: { feeBps: 5, slipBps: 2, assumedFundingBpsPer8h: 1 },
    equity: { feeBps: 0, slipBps: 1, assumedFundingBpsPer8h: null },
  },
});

export function signal(id: string, hours: number, over: Partial<AlphaEvent> = {}): AlphaEvent {
  return anEvent({ event_id: id, ts: isoFromMs(T0 + Math.round(hours * HOUR_MS)), ...over });
}

/** When everything emitted up to `hours` after T0 is settled or given up, on every market here. */
export function longAfter(hours: number): number {
  return T0 + hours * HOUR_MS + 25 * DAY_MS;
}

/** `hours` after T0. */
export function at(hours: number): number {
  return T0 + hours * HOUR_MS;
}

/** When every signal of the first three days has come to its end. */
export const END = longAfter(72);

const symbols = fc.constantFrom(
  { symbol: 'BTC/USDT', market: 'spot' as const },
  { symbol: 'ETH/USDT', market: 'spot' as const },
  { symbol: 'BTC/USDT:USDT', market: 'perp' as const },
  { symbol: 'SPY', market: 'equity' as const },
  { symbol: 'NOPE/USDT', market: 'spot' as const },
);

/** Signals of three days: overlapping, on every market, some flat, some on a symbol that nobody knows. */
export const signals: fc.Arbitrary<AlphaEvent[]> = fc
  .array(
    fc.record({
      minutes: fc.nat({ max: 72 * 60 }),
      instrument: symbols,
      agent: fc.constantFrom('a', 'b'),
      direction: fc.constantFrom('LONG' as const, 'SHORT' as const, 'FLAT' as const),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) =>
    list.map(({ minutes, instrument, agent, direction }, index) =>
      signal(`e${index}`, minutes / 60, { ...instrument, agent, direction }),
    ),
  );

export function emit(disk: Disk, events: readonly AlphaEvent[], producer = 'emit'): void {
  appendEvents(disk, producer, events);
}

export function linesOf(events: readonly AlphaEvent[]): string {
  return events.map((event) => `${eventLine(event)}\n`).join('');
}

export interface RunParts {
  readonly prices?: Prices;
  readonly rules?: ReconcileRules;
  readonly choice?: PairChoice;
  readonly said?: string[];
}

/** Runs the job as of `nowMs`. What it tells the person lands in `said`. */
export function run(disk: Disk, nowMs: number, parts: RunParts = {}): Promise<ReconcileReport> {
  const say = (message: string): void => {
    parts.said?.push(message);
  };
  const silent = (): void => {};
  return reconcile(
    {
      disk,
      prices: parts.prices ?? fakePrices(MARKET),
      log: { info: say, warn: say, error: say },
      progress: { start: silent, advance: silent, done: silent },
    },
    { nowMs, rules: parts.rules ?? rules, agents: {}, choice: parts.choice ?? ALL_PAIRS },
  );
}

/** The files below `alpha/reconciled`, path to text. */
export function rowFiles(disk: MemoryDisk): Record<string, string> {
  return Object.fromEntries(
    Object.entries(disk.dump()).filter(([path]) => path.startsWith('alpha/reconciled/')),
  );
}

export function rowsOf(disk: Disk): ReconciledRow[] {
  return rowDays(disk).flatMap((day) => readDay(disk, day));
}

export function rejectsOf(disk: Disk): Reject[] {
  const rejects: Reject[] = [];
  readRejects(disk, (reject) => rejects.push(reject));
  return rejects;
}

/** Where every (event, horizon) is, as sorted lines `e1/24 row`. A pair in two places has two lines. */
export function placesOf(disk: Disk): string[] {
  const pending = validate(Pending, JSON.parse(disk.read(PENDING)?.toString() ?? 'null'));
  if (!pending.ok) throw new Error(JSON.stringify(pending.error));
  return [
    ...rowsOf(disk).map((row) => `${row.event_id}/${row.horizon_hours} row`),
    ...pending.value.events.flatMap(({ event, open }) =>
      open.map((horizon) => `${event.event_id}/${horizon} open`),
    ),
    ...rejectsOf(disk).flatMap(({ event_id, horizon_hours }) =>
      horizon_hours === null ? [] : [`${event_id}/${horizon_hours} reject`],
    ),
  ].sort();
}

/** The pairs that must be in exactly one place, as sorted keys `e1/24`. */
export function pairsOf(events: readonly AlphaEvent[], horizons = rules.horizonsHours): string[] {
  return events
    .filter(({ direction }) => direction !== 'FLAT')
    .flatMap(({ event_id }) => horizons.map((horizon) => `${event_id}/${horizon}`))
    .sort();
}

export function keysOf(places: readonly string[]): string[] {
  return places.map((place) => place.slice(0, place.indexOf(' ')));
}
