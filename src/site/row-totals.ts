// All rows folded once into what the pages show: sums by day, the tails that were judged, calibration, and statistics over time.

import type { ReconciledRow } from '../domain/row.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import type { ConfidenceConfig, DivergenceConfig } from '../domain/supervisor-config.ts';
import { type ConfidenceState, foldConfidence, newConfidence } from '../supervision/confidence.ts';
import {
  divergenceSignal,
  foldSignal,
  newStream,
  type ReferenceOf,
  type StreamState,
} from '../supervision/divergence-stream.ts';
import { inFairOrder } from '../supervision/history.ts';
import { judgedRow } from '../supervision/judged-row.ts';
import { meanEvidence } from '../supervision/sequential.ts';
import type { ExpectedRealized } from './calibration.ts';
import { newTail, type Tail, tailAdd } from './tail.ts';

/** The sums of one UTC day of exits at the deciding horizon. */
export interface DaySums {
  readonly day: string;
  n: number;
  grossBps: number;
  netBps: number;
  /** Sum of |error| / expected sigma over the `nSigma` rows whose sigma is known. */
  absErrorSigma: number;
  nSigma: number;
}

export interface ClassTotals {
  readonly days: DaySums[];
  /** By regime. */
  readonly regimes: Map<string, DaySums[]>;
  /** By regime of the report: the losses that its cell was measured from. */
  readonly tails: ReadonlyMap<string, Tail>;
}

/** Where the statistics of one horizon stood at the end of a day. */
export interface StreamDay {
  readonly day: string;
  meanEvidence: number;
  scaleEvidence: number;
  cusum: number;
}

export interface AgentTotals {
  readonly days: (DaySums & { multiplier: number | null })[];
  readonly pairs: ExpectedRealized;
  /** The newest signals, oldest first. */
  readonly newest: ReconciledRow[];
  readonly confidence: ConfidenceState;
  /** By horizon, hours. */
  readonly streams: Map<number, { readonly state: StreamState; readonly days: StreamDay[] }>;
}

/** Mutable; owned by one run. */
export interface RowTotals {
  /** Rows that were folded. */
  rows: number;
  /** Rows that ended after the evidence of the report: they wait for the next run of supervise. */
  later: number;
  /** All rows of all horizons, by UTC day of their exit. */
  readonly days: Map<string, number>;
  readonly classes: Map<string, ClassTotals>;
  readonly agents: Map<string, AgentTotals>;
}

/** What the rows were judged by. */
export interface RowRules {
  readonly report: MetaReport;
  /** `null`: the settings of the report are not known, and so nothing is that they decide. */
  readonly settings: {
    readonly horizonsHours: readonly number[];
    readonly confidence: ConfidenceConfig;
    readonly divergence: DivergenceConfig;
    readonly referenceOf: ReferenceOf;
  } | null;
}

const NEWEST_KEPT = 20;

/** @param rules `null` before the first report: then rows are only counted. */
export function newTotals(rules: RowRules | null): RowTotals {
  const strategies = Object.entries(rules?.report.strategies ?? {});
  const classes = strategies.map(([name, { cells }]): [string, ClassTotals] => [
    name,
    {
      days: [],
      regimes: new Map(),
      tails: new Map(Object.entries(cells).map(([regime, cell]) => [regime, newTail(cell.n)])),
    },
  ]);
  return { rows: 0, later: 0, days: new Map(), classes: new Map(classes), agents: new Map() };
}

/** Adds the rows of one day, in the order of `compareRows`; days come in their order. */
export function foldDayRows(
  totals: RowTotals,
  day: string,
  rows: readonly ReconciledRow[],
  rules: RowRules | null,
): void {
  totals.rows += rows.length;
  totals.days.set(day, (totals.days.get(day) ?? 0) + rows.length);
  if (rules === null) return;
  const { report, settings } = rules;
  const seen = rows.filter((row) => row.exit_at <= (report.generated_at ?? ''));
  totals.later += rows.length - seen.length;
  for (const row of seen) {
    if (row.horizon_hours !== report.horizon_hours) continue;
    foldClass(totals, day, row);
    foldAgent(agentOf(totals, row.agent), day, row, settings?.confidence ?? null);
  }
  if (settings === null) return;
  for (const row of inFairOrder(seen))
    if (settings.horizonsHours.includes(row.horizon_hours))
      foldStream(agentOf(totals, row.agent), day, row, settings);
}

function agentOf(totals: RowTotals, name: string): AgentTotals {
  const known = totals.agents.get(name);
  if (known !== undefined) return known;
  const made = newAgentTotals();
  totals.agents.set(name, made);
  return made;
}

/** Of an agent without a row. */
export function newAgentTotals(): AgentTotals {
  return {
    days: [],
    pairs: { expectedBps: [], realizedBps: [], uniqueness: [] },
    newest: [],
    confidence: newConfidence(),
    streams: new Map(),
  };
}

function foldClass(totals: RowTotals, day: string, row: ReconciledRow): void {
  const { strategy_class: name, regime } = row;
  const of = totals.classes.get(name) ?? { days: [], regimes: new Map(), tails: new Map() };
  totals.classes.set(name, of);
  addTo(dayIn(of.days, day, newDay), row);
  const ofRegime = of.regimes.get(regime) ?? [];
  of.regimes.set(regime, ofRegime);
  addTo(dayIn(ofRegime, day, newDay), row);
  const tail = of.tails.get(regime);
  if (tail !== undefined) tailAdd(tail, -row.pnl_error_bps, row.expected_sigma_bps);
}

function foldAgent(of: AgentTotals, day: string, row: ReconciledRow, config: ConfidenceConfig | null): void {
  const sums = dayIn(of.days, day, (name) => ({ ...newDay(name), multiplier: null as number | null }));
  addTo(sums, row);
  of.pairs.expectedBps.push(row.expected_pnl_bps);
  of.pairs.realizedBps.push(row.realized_pnl_bps);
  of.pairs.uniqueness.push(row.uniqueness);
  of.newest.push(row);
  if (of.newest.length > NEWEST_KEPT) of.newest.shift();
  if (config === null) return;
  foldConfidence(of.confidence, judgedRow(row), config);
  sums.multiplier = of.confidence.multiplier;
}

function foldStream(
  of: AgentTotals,
  day: string,
  row: ReconciledRow,
  { divergence, referenceOf }: NonNullable<RowRules['settings']>,
): void {
  const known = of.streams.get(row.horizon_hours);
  const stream = known ?? { state: newStream(), days: [] };
  if (known === undefined) of.streams.set(row.horizon_hours, stream);
  foldSignal(stream.state, divergenceSignal(row, referenceOf), divergence);
  const today = dayIn(stream.days, day, (name) => ({
    day: name,
    meanEvidence: 0,
    scaleEvidence: 0,
    cusum: 0,
  }));
  today.meanEvidence = meanEvidence(stream.state.meanEvidence);
  today.scaleEvidence = meanEvidence(stream.state.scaleEvidence);
  today.cusum = stream.state.cusum;
}

function newDay(day: string): DaySums {
  return { day, n: 0, grossBps: 0, netBps: 0, absErrorSigma: 0, nSigma: 0 };
}

/** Returns the newest of `days` where it is `day`, else a new one after it. */
function dayIn<D extends { readonly day: string }>(days: D[], day: string, make: (day: string) => D): D {
  const last = days.at(-1);
  if (last?.day === day) return last;
  const made = make(day);
  days.push(made);
  return made;
}

function addTo(sums: DaySums, row: ReconciledRow): void {
  sums.n += 1;
  sums.grossBps += row.realized_pnl_bps;
  sums.netBps += row.net_pnl_bps;
  if (row.expected_sigma_bps === null) return;
  sums.absErrorSigma += row.abs_error_bps / row.expected_sigma_bps;
  sums.nSigma += 1;
}
