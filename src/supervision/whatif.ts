// What other limits would have done: the recorded cells of every class replayed under two kill lists, side by side.

import type { CellStatistics } from '../domain/cvar.ts';
import type { KillList } from '../domain/kill-list.ts';
import { roundBps, roundTo } from '../domain/rounding.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../domain/time.ts';
import { groupedBy } from './grouped-by.ts';
import { judgeCell } from './judge.ts';
import { limitsOf } from './limits.ts';
import type { LossUnit } from './loss.ts';
import { unmetRecovery } from './recovery.ts';
import { isBreachedAnew } from './set-aside.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/** One stretch of time in which a kill list keeps a class from entering. */
export interface Stop {
  readonly disabled_from: string;
  /** `null`: still at the last look. */
  readonly disabled_until: string | null;
  /** To the last look where it still lasts. */
  readonly days: number;
  /** The current regime then, whose cell breached. */
  readonly regime: string;
  /** Of the limit that was breached, and of every CVaR here. */
  readonly unit: LossUnit;
  readonly limit: number;
  readonly cvar: number;
  /** The 5 % bound of it, or `null` where it is unknown. */
  readonly cvar_low: number | null;
  /** Largest CVaR of any cell of the class from the breach to the end of the stop. */
  readonly worst_cvar: number;
  /** Rows that ended after the breach, up to the end of the stop, in all regimes. */
  readonly rows_not_taken: number;
  /** Their gross result, bps. */
  readonly pnl_bps: number;
  /** Their result after costs, bps: negative is a loss that was saved, positive a profit that was forgone. */
  readonly net_pnl_bps: number;
}

/** Sums over the stops of a class under one kill list. */
export interface StopTotals {
  readonly stops: number;
  readonly days: number;
  readonly pnl_bps: number;
  readonly net_pnl_bps: number;
}

export interface ListReplay {
  readonly stops: readonly Stop[];
  readonly total: StopTotals;
}

export interface ClassReplay {
  readonly strategy_class: string;
  readonly first_look: string;
  readonly last_look: string;
  readonly looks: number;
  readonly current: ListReplay;
  readonly proposed: ListReplay;
  /** Proposed less current. */
  readonly difference: StopTotals;
}

export interface ReplayedLists {
  readonly current: KillList;
  readonly proposed: KillList;
  /** Rules of the proposed list; default: those of the current one. */
  readonly proposedRules?: SupervisorRules;
}

/** All lines of a class that carry one instant. */
interface Look {
  readonly asOf: string;
  readonly lines: readonly CellStatistics[];
}

/** What the replay remembers between looks. */
interface Position {
  /** Newest line of each regime. */
  readonly latest: Map<string, CellStatistics>;
  /** Regime → entry of the oldest row by which its last recovery was judged. */
  readonly setAside: Map<string, string>;
  readonly stops: Stop[];
  open: Stop | null;
}

/**
 * Replays the recorded cells of every class from `fromMs` to `toMs`, classes by name.
 *
 * Every class starts enabled: a status DISABLED in the lists is passed over, since limits are what is compared. Each look is
 * judged as live. A class is disabled at the look where the cell of its current regime is a KILL, and enabled at the look
 * where that cell has recovered, as if every proposal had been merged at once.
 *
 * @param lines of all horizons, in any order; those of `cvar.horizon_hours` are replayed, for each list by its own rules
 */
export function replayLimits(
  lines: readonly CellStatistics[],
  lists: ReplayedLists,
  rules: SupervisorRules,
  span: { readonly fromMs: number; readonly toMs: number },
): ClassReplay[] {
  const proposedRules = lists.proposedRules ?? rules;
  const ofCurrent = historyAt(rules.cvar.horizon_hours, lines, span);
  const isSameHorizon = proposedRules.cvar.horizon_hours === rules.cvar.horizon_hours;
  const ofProposed = isSameHorizon ? ofCurrent : historyAt(proposedRules.cvar.horizon_hours, lines, span);
  const names = new Set([...ofCurrent.byClass.keys(), ...ofProposed.byClass.keys()]);
  return [...names].sort(compare).map((name) => {
    const current = replayList(name, ofCurrent, lists.current, rules);
    const proposed = replayList(name, ofProposed, lists.proposed, proposedRules);
    const looks = ofCurrent.byClass.get(name) ?? ofProposed.byClass.get(name) ?? [];
    return {
      strategy_class: name,
      first_look: looks[0]?.asOf ?? isoFromMs(span.fromMs),
      last_look: looks.at(-1)?.asOf ?? isoFromMs(span.toMs),
      looks: looks.length,
      current,
      proposed,
      difference: lessOf(proposed.total, current.total),
    };
  });
}

/** The looks of a horizon within a span, by class, and the first lines of its cells, within the span or before. */
interface RecordedLooks {
  readonly byClass: ReadonlyMap<string, readonly Look[]>;
  readonly first: ReadonlySet<CellStatistics>;
}

function historyAt(
  horizonHours: number,
  lines: readonly CellStatistics[],
  span: { readonly fromMs: number; readonly toMs: number },
): RecordedLooks {
  const [from, to] = [isoFromMs(span.fromMs), isoFromMs(span.toMs)];
  const ofHorizon = lines.filter((line) => line.horizon_hours === horizonHours);
  const sorted = ofHorizon.sort((a, b) => compare(a.as_of, b.as_of) || compare(a.regime, b.regime));
  const within = sorted.filter(({ as_of }) => as_of >= from && as_of <= to);
  const byClass = groupedBy(within, ({ strategy_class }) => strategy_class);
  return {
    byClass: new Map([...byClass].map(([name, ofClass]) => [name, looksOf(ofClass)])),
    first: firstOfCells(sorted),
  };
}

function replayList(
  strategyClass: string,
  { byClass, first }: RecordedLooks,
  killList: KillList,
  rules: SupervisorRules,
): ListReplay {
  const looks = byClass.get(strategyClass) ?? [];
  const position: Position = { latest: new Map(), setAside: new Map(), stops: [], open: null };
  const limits = (regime: string) => limitsOf(killList, strategyClass, regime, rules.cvar.default_max_sigma);
  for (const look of looks) {
    for (const line of look.lines) position.latest.set(line.regime, line);
    forgetOld(position.latest, look.asOf, rules);
    if (position.open === null) {
      position.open = stopAt(look, position, limits, rules);
      continue;
    }
    const open = look.lines.reduce((stop, line) => withLine(stop, line, first.has(line)), position.open);
    const breached = position.latest.get(open.regime);
    const sinceMs = msFromIso(open.disabled_from);
    const isRecovered =
      breached !== undefined &&
      unmetRecovery(breached, limits(open.regime), rules, sinceMs, msFromIso(look.asOf)).length === 0;
    if (!isRecovered) {
      position.open = open;
      continue;
    }
    if (breached.recent.from !== null) position.setAside.set(open.regime, breached.recent.from);
    position.stops.push(endedAt(open, look.asOf, look.asOf));
    position.open = null;
  }
  const { open, stops } = position;
  const lastLook = looks.at(-1)?.asOf;
  if (open !== null && lastLook !== undefined) stops.push(endedAt(open, null, lastLook));
  return { stops, total: totalOf(stops) };
}

/** Returns the stop that begins at this look, or `null` where the cell of the current regime gives no cause. */
function stopAt(
  look: Look,
  { latest, setAside }: Position,
  limits: (regime: string) => ReturnType<typeof limitsOf>,
  rules: SupervisorRules,
): Stop | null {
  const line = currentLine(latest);
  if (line === null) return null;
  const limit = limits(line.regime);
  const { status, breached } = judgeCell(line, limit, rules, true);
  const [unit] = breached;
  if (status !== 'KILL' || unit === undefined) return null;
  const setAsideBefore = setAside.get(line.regime) ?? null;
  if (!isBreachedAnew(line, limit, breached, setAsideBefore, line.horizon_hours)) return null;
  const cvar = cvarIn(line, unit);
  const limitValue = unit === 'bps' ? limit.max_cvar_error_bps : limit.max_cvar_sigma;
  if (cvar === null || limitValue === null) return null;
  const interval = unit === 'bps' ? line.ci90 : line.ci90_sigma;
  return {
    disabled_from: look.asOf,
    disabled_until: null,
    days: 0,
    regime: line.regime,
    unit,
    limit: limitValue,
    cvar,
    cvar_low: interval?.[0] ?? null,
    worst_cvar: cvar,
    rows_not_taken: 0,
    pnl_bps: 0,
    net_pnl_bps: 0,
  };
}

/** Live, a cell without a row in the window of its class does not exist: a line without one says nothing any more either. */
function forgetOld(latest: Map<string, CellStatistics>, asOf: string, rules: SupervisorRules): void {
  const from = isoFromMs(msFromIso(asOf) - rules.windowMs);
  for (const [regime, { window_to: newestExit }] of latest)
    if (newestExit === null || newestExit < from) latest.delete(regime);
}

/** A regime that is no longer current may have no newer line to say so: the newest line that claims it is believed. */
function currentLine(latest: ReadonlyMap<string, CellStatistics>): CellStatistics | null {
  const claims = [...latest.values()].filter((line) => line.is_current);
  return claims.reduce<CellStatistics | null>(
    (best, line) => (best === null || line.as_of >= best.as_of ? line : best),
    null,
  );
}

/** The first line of a cell calls everything before it fresh: it counts only where all of that came after the breach. */
function withLine(stop: Stop, line: CellStatistics, isFirst: boolean): Stop {
  const worst = Math.max(stop.worst_cvar, cvarIn(line, stop.unit) ?? stop.worst_cvar);
  const isNew = !isFirst || (line.window_from !== null && line.window_from > stop.disabled_from);
  if (!isNew) return { ...stop, worst_cvar: worst };
  return {
    ...stop,
    worst_cvar: worst,
    rows_not_taken: stop.rows_not_taken + line.fresh_n,
    pnl_bps: stop.pnl_bps + line.fresh_pnl_bps,
    net_pnl_bps: stop.net_pnl_bps + line.fresh_net_pnl_bps,
  };
}

function endedAt(stop: Stop, until: string | null, lastDay: string): Stop {
  return {
    ...stop,
    disabled_until: until,
    days: roundTo((msFromIso(lastDay) - msFromIso(stop.disabled_from)) / DAY_MS, 2),
    pnl_bps: roundBps(stop.pnl_bps),
    net_pnl_bps: roundBps(stop.net_pnl_bps),
  };
}

function totalOf(stops: readonly Stop[]): StopTotals {
  const sum = (value: (stop: Stop) => number): number =>
    stops.reduce((total, stop) => total + value(stop), 0);
  return {
    stops: stops.length,
    days: roundTo(
      sum(({ days }) => days),
      2,
    ),
    pnl_bps: roundBps(sum(({ pnl_bps }) => pnl_bps)),
    net_pnl_bps: roundBps(sum(({ net_pnl_bps }) => net_pnl_bps)),
  };
}

function lessOf(a: StopTotals, b: StopTotals): StopTotals {
  return {
    stops: a.stops - b.stops,
    days: roundTo(a.days - b.days, 2),
    pnl_bps: roundBps(a.pnl_bps - b.pnl_bps),
    net_pnl_bps: roundBps(a.net_pnl_bps - b.net_pnl_bps),
  };
}

/** `sorted` by instant. */
function looksOf(sorted: readonly CellStatistics[]): Look[] {
  return [...groupedBy(sorted, ({ as_of }) => as_of)].map(([asOf, lines]) => ({ asOf, lines }));
}

function firstOfCells(sorted: readonly CellStatistics[]): ReadonlySet<CellStatistics> {
  const cells = groupedBy(sorted, ({ strategy_class, regime }) => JSON.stringify([strategy_class, regime]));
  return new Set([...cells.values()].flatMap((lines) => lines[0] ?? []));
}

function cvarIn(line: CellStatistics, unit: LossUnit): number | null {
  return unit === 'bps' ? line.cvar95_error_bps : line.cvar95_sigma;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
