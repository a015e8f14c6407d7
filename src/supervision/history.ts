// The supervisor's memory of all rows, folded one by one in their order: what every later number is computed from. The same rows
// give the same memory, however many runs it took to read them.

import { sha256Hex } from '../domain/canonical.ts';
import type { ReconciledRow, RowPlace } from '../domain/row.ts';
import { DAY_MS, dayOf, isoFromMs, msFromIso } from '../domain/time.ts';
import { type ConfidenceState, foldConfidence, newConfidence } from './confidence.ts';
import {
  divergenceSignal,
  foldSignal,
  newStream,
  type ReferenceOf,
  type StreamState,
} from './divergence-stream.ts';
import { type JudgedRow, judgedRow } from './judged-row.ts';
import { type ClassEvent, withEvent } from './newest-events.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/** The signals of one agent at one horizon. */
interface AgentStream {
  readonly agent: string;
  readonly horizonHours: number;
  readonly stream: StreamState;
}

/** Sums over one UTC day of exits of a class at the deciding horizon. */
export interface DayTotals {
  readonly day: string;
  n: number;
  pnlBps: number;
  netBps: number;
  /** Sum of |error| / expected sigma, over the rows whose sigma is known. */
  absErrorSigma: number;
  nSigma: number;
}

/** Mutable; owned by one run. */
export interface History {
  /** Newest exit of all rows, or `null` before the first. */
  asOfMs: number | null;
  rowCount: number;
  /** Rows at the deciding horizon, in order, as far back as any window needs them. */
  rows: JudgedRow[];
  /** By agent: the strategy class of its newest row at any horizon. */
  readonly classes: Map<string, string>;
  /** By `<horizon> <agent>`. */
  readonly streams: Map<string, AgentStream>;
  /** By agent, at the deciding horizon. */
  readonly confidence: Map<string, ConfidenceState>;
  /** By strategy class. */
  readonly days: Map<string, DayTotals[]>;
  /** By strategy class: its newest signals, whatever their horizon. */
  readonly newestEvents: Map<string, readonly ClassEvent[]>;
}

export function newHistory(): History {
  return {
    asOfMs: null,
    rowCount: 0,
    rows: [],
    classes: new Map(),
    streams: new Map(),
    confidence: new Map(),
    days: new Map(),
    newestEvents: new Map(),
  };
}

/**
 * Takes rows in; those of a horizon that is no longer configured are only counted. Rows come in the order of `compareRows`, and
 * all that end at one instant come in one call.
 */
export function foldRows(
  history: History,
  rows: readonly ReconciledRow[],
  rules: SupervisorRules,
  referenceOf: ReferenceOf,
): void {
  for (const row of rows) foldRow(history, row, rules);
  for (const row of inFairOrder(rows)) {
    if (!rules.horizonsHours.includes(row.horizon_hours)) continue;
    const { stream } = streamOf(history, row.agent, row.horizon_hours);
    foldSignal(stream, divergenceSignal(row, referenceOf), rules.divergence);
  }
}

function foldRow(history: History, row: ReconciledRow, rules: SupervisorRules): void {
  history.asOfMs = Math.max(history.asOfMs ?? 0, msFromIso(row.exit_at));
  history.rowCount += 1;
  if (!rules.horizonsHours.includes(row.horizon_hours)) return;
  history.classes.set(row.agent, row.strategy_class);
  const events = history.newestEvents.get(row.strategy_class) ?? [];
  history.newestEvents.set(row.strategy_class, withEvent(events, row));
  if (row.horizon_hours !== rules.cvar.horizon_hours) return;
  const judged = judgedRow(row);
  history.rows.push(judged);
  foldConfidence(confidenceStateOf(history, row.agent), judged, rules.confidence);
  foldDay(history, judged);
}

/**
 * Returns the rows with those that end at one instant in an order that says nothing about them. Of signals whose labels overlap
 * the first is admitted to the divergence triggers; by their own ids it might be the same symbol every time.
 */
export function inFairOrder<R extends RowPlace>(rows: readonly R[]): R[] {
  const ordered: R[] = [];
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    while (end < rows.length && rows[end]?.exit_at === rows[start]?.exit_at) end += 1;
    const group = rows.slice(start, end);
    ordered.push(...(group.length === 1 ? group : shuffled(group)));
    start = end;
  }
  return ordered;
}

function shuffled<R extends RowPlace>(group: readonly R[]): R[] {
  const keyed = group.map((row) => ({ row, key: sha256Hex(row.event_id) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row.horizon_hours - b.row.horizon_hours));
  return keyed.map(({ row }) => row);
}

function streamOf(history: History, agent: string, horizonHours: number): AgentStream {
  const key = `${horizonHours} ${agent}`;
  const known = history.streams.get(key);
  if (known !== undefined) return known;
  const created = { agent, horizonHours, stream: newStream() };
  history.streams.set(key, created);
  return created;
}

function confidenceStateOf(history: History, agent: string): ConfidenceState {
  const known = history.confidence.get(agent);
  if (known !== undefined) return known;
  const created = newConfidence();
  history.confidence.set(agent, created);
  return created;
}

/** Days are a class's own, in ascending order, since rows come in the order of their exits. */
function foldDay(history: History, row: JudgedRow): void {
  const day = dayOf(row.exitMs);
  const days = history.days.get(row.strategyClass) ?? [];
  history.days.set(row.strategyClass, days);
  let totals = days.at(-1);
  if (totals?.day !== day) {
    totals = { day, n: 0, pnlBps: 0, netBps: 0, absErrorSigma: 0, nSigma: 0 };
    days.push(totals);
  }
  totals.n += 1;
  totals.pnlBps += row.realizedBps;
  totals.netBps += row.netBps;
  if (row.sigmaBps === null) return;
  totals.absErrorSigma += Math.abs(row.errorBps) / row.sigmaBps;
  totals.nSigma += 1;
}

/**
 * Forgets the rows and days that no window reaches any more. A window ends at the newest row of its own agent or class, never
 * at that of others: an agent that goes on says nothing about one that paused.
 */
export function prune(history: History, windowMs: number): void {
  const newest = new Map<string, number>();
  for (const row of history.rows) {
    newest.set(agentKey(row), row.exitMs);
    newest.set(classKey(row), row.exitMs);
  }
  const isReached = (key: string, exitMs: number): boolean => exitMs >= (newest.get(key) ?? 0) - windowMs;
  history.rows = history.rows.filter(
    (row) => isReached(agentKey(row), row.exitMs) || isReached(classKey(row), row.exitMs),
  );
  for (const [strategyClass, days] of history.days) {
    const last = days.at(-1);
    if (last === undefined) continue;
    const from = msFromIso(`${last.day}T00:00:00.000Z`) - windowMs;
    history.days.set(
      strategyClass,
      days.filter(({ day }) => day > dayOf(from - DAY_MS)),
    );
  }
}

function agentKey(row: JudgedRow): string {
  return `a ${row.agent}`;
}

function classKey(row: JudgedRow): string {
  return `c ${row.strategyClass}`;
}

/** Returns the newest rows of one agent within `windowMs` of the newest of them; `rows` are its own, in order. */
export function rowsInWindow(rows: readonly JudgedRow[], windowMs: number): readonly JudgedRow[] {
  const last = rows.at(-1);
  if (last === undefined) return rows;
  return rows.filter(({ exitMs }) => exitMs >= last.exitMs - windowMs);
}

/** Returns the newest instant of a memory as text, or `null` before the first row. */
export function asOfText(history: History): string | null {
  return history.asOfMs === null ? null : isoFromMs(history.asOfMs);
}

/** Returns a memory as plain JSON. */
export function historyToJson(history: History): StoredHistory {
  const { asOfMs, rowCount, rows } = history;
  return {
    asOfMs,
    rowCount,
    rows,
    classes: [...history.classes],
    streams: [...history.streams],
    confidence: [...history.confidence],
    days: [...history.days],
    newestEvents: [...history.newestEvents],
  };
}

/** Returns the memory that was stored; it goes on where that one was. */
export function historyFromJson(stored: StoredHistory): History {
  return {
    asOfMs: stored.asOfMs,
    rowCount: stored.rowCount,
    rows: [...stored.rows],
    classes: new Map(stored.classes),
    streams: new Map(stored.streams),
    confidence: new Map(stored.confidence),
    days: new Map(stored.days),
    newestEvents: new Map(stored.newestEvents),
  };
}

/** The same, with its maps as lists of entries. */
export interface StoredHistory {
  readonly asOfMs: number | null;
  readonly rowCount: number;
  readonly rows: readonly JudgedRow[];
  readonly classes: readonly (readonly [string, string])[];
  readonly streams: readonly (readonly [string, AgentStream])[];
  readonly confidence: readonly (readonly [string, ConfidenceState])[];
  readonly days: readonly (readonly [string, DayTotals[]])[];
  readonly newestEvents: readonly (readonly [string, readonly ClassEvent[]])[];
}
