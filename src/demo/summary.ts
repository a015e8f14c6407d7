// The numbers of the demo, read back from its state folder alone: what a person could count there, and nothing else.

import { readNewEvents } from '../adapters/state/event-log.ts';
import { parseJsonLine } from '../adapters/state/jsonl.ts';
import { loadModel, loadPointer, modelIndex } from '../adapters/state/model-store.ts';
import { loadPending } from '../adapters/state/pending-store.ts';
import { readRejects } from '../adapters/state/reject-log.ts';
import { readDay, rowDays } from '../adapters/state/row-store.ts';
import { assert } from '../domain/assert.ts';
import { parseAlphaEvent } from '../domain/event.ts';
import type { Model } from '../domain/model.ts';
import { roundTo } from '../domain/rounding.ts';
import type { Outcome, ReconciledRow } from '../domain/row.ts';
import { msFromIso } from '../domain/time.ts';
import type { Disk } from '../ports.ts';
import type { Story } from './market.ts';

/** A mean with what it rests on; `se` is `sd / sqrt(n_eff)`, since overlapping labels share one market move. */
export interface Mean {
  readonly n: number;
  readonly n_eff: number;
  readonly mean: number | null;
  readonly se: number | null;
}

export interface AgentSummary {
  readonly agent: string;
  readonly strategy_class: string;
  /** Signals that are scored; FLAT ones are not. */
  readonly signals: number;
  /** Rows at all horizons. */
  readonly rows: number;
  /** At the longest horizon, after costs. */
  readonly net_bps: Mean;
  /** Share of rows at the longest horizon whose gross result is above zero. */
  readonly hit_rate: number | null;
  /** Realized minus expected at the longest horizon, of signals before the break, while it lasts, and since it is over. */
  readonly error_bps_before: Mean;
  readonly error_bps_broken: Mean;
  readonly error_bps_since: Mean;
}

export interface ModelSummary {
  readonly horizon_hours: number;
  /** Versions kept, one a training that had new evidence. */
  readonly versions: number;
  /** Of these, those that beat zero when they were trained. */
  readonly versions_used: number;
  readonly model_id: string | null;
  readonly n: number;
  readonly n_eff: number | null;
  readonly rmse_bps_in_sample: number | null;
  readonly rmse_bps_out_of_sample: number | null;
  readonly r2_vs_zero: number | null;
  readonly p_value: number | null;
  readonly used: boolean;
  readonly reason: string;
}

export interface DemoSummary {
  /** The longest horizon, at which agents are compared. */
  readonly horizon_hours: number;
  readonly events: number;
  /** Pairs of (event, horizon) by outcome; `flat` and `invalid_event` count events and lines, which have no horizon. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly agents: readonly AgentSummary[];
  readonly models: readonly ModelSummary[];
}

export interface SummaryOptions {
  readonly horizonsHours: readonly number[];
  readonly story: Story;
}

/** Returns the numbers of the state folder `disk`. */
export function summaryOf(disk: Disk, options: SummaryOptions): DemoSummary {
  const horizonHours = Math.max(...options.horizonsHours);
  const rows = rowDays(disk).flatMap((day) => readDay(disk, day));
  const signals = signalsByAgent(disk);
  const lost = rejectsByCode(disk);
  return {
    horizon_hours: horizonHours,
    events: signals.events,
    outcomes: {
      reconciled: rows.length,
      pending: openPairs(disk),
      stale_price: lost.get('stale_price') ?? 0,
      no_price: lost.get('no_price') ?? 0,
      invalid_event: lost.get('invalid_event') ?? 0,
      flat: signals.flat,
    },
    agents: agentsFrom(rows, signals.scored, horizonHours, options.story),
    models: [...options.horizonsHours].sort((a, b) => a - b).map((horizon) => modelFrom(disk, horizon)),
  };
}

function agentsFrom(
  rows: readonly ReconciledRow[],
  scored: ReadonlyMap<string, number>,
  horizonHours: number,
  { breakMs, recoverMs }: Story,
): AgentSummary[] {
  const byAgent = new Map<string, ReconciledRow[]>();
  for (const row of rows) {
    const own = byAgent.get(row.agent);
    if (own === undefined) byAgent.set(row.agent, [row]);
    else own.push(row);
  }
  const agents = [...byAgent].map(([agent, own]) => {
    const judged = own.filter((row) => row.horizon_hours === horizonHours);
    const errors = (fromMs: number, toMs: number): Mean => {
      const own = judged.filter(({ ts }) => msFromIso(ts) >= fromMs && msFromIso(ts) < toMs);
      return meanOf(own, (row) => row.pnl_error_bps);
    };
    const hits = judged.filter((row) => row.realized_pnl_bps > 0).length;
    return {
      agent,
      strategy_class: own[0]?.strategy_class ?? 'unknown',
      signals: scored.get(agent) ?? 0,
      rows: own.length,
      net_bps: meanOf(judged, (row) => row.net_pnl_bps),
      hit_rate: judged.length === 0 ? null : roundTo(hits / judged.length, 4),
      error_bps_before: errors(Number.NEGATIVE_INFINITY, breakMs),
      error_bps_broken: errors(breakMs, recoverMs),
      error_bps_since: errors(recoverMs, Number.POSITIVE_INFINITY),
    };
  });
  const place = (each: AgentSummary): string => `${each.strategy_class} ${each.agent}`;
  return agents.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** Returns the mean of `value` over `rows`, with the standard error that their overlap leaves. */
export function meanOf(rows: readonly ReconciledRow[], value: (row: ReconciledRow) => number): Mean {
  const n = rows.length;
  const nEff = rows.reduce((sum, row) => sum + row.uniqueness, 0);
  if (n === 0) return { n, n_eff: 0, mean: null, se: null };
  const mean = rows.reduce((sum, row) => sum + value(row), 0) / n;
  const squares = rows.reduce((sum, row) => sum + (value(row) - mean) ** 2, 0);
  const se = n < 2 ? null : roundTo(Math.sqrt(squares / (n - 1) / nEff), 4);
  return { n, n_eff: roundTo(nEff, 4), mean: roundTo(mean, 4), se };
}

function modelFrom(disk: Disk, horizonHours: number): ModelSummary {
  const pointer = loadPointer(disk, horizonHours);
  const modelId = pointer?.model_id ?? null;
  const versions = modelIndex(disk, horizonHours);
  const model: Model | null = modelId === null ? null : loadModel(disk, horizonHours, modelId);
  return {
    horizon_hours: horizonHours,
    versions: versions.length,
    versions_used: versions.filter(({ modelId: id }) => loadModel(disk, horizonHours, id)?.used).length,
    model_id: modelId,
    n: pointer?.n ?? 0,
    n_eff: model?.n_eff ?? null,
    rmse_bps_in_sample: model?.rmse_bps ?? null,
    rmse_bps_out_of_sample: model?.oos?.rmse_bps ?? null,
    r2_vs_zero: model?.oos?.r2_vs_zero ?? null,
    p_value: model?.gate?.p_value ?? null,
    used: pointer?.used ?? false,
    reason: pointer?.reason ?? 'nothing was trained',
  };
}

function signalsByAgent(disk: Disk) {
  const scored = new Map<string, number>();
  let events = 0;
  let flat = 0;
  readNewEvents(disk, {}, (shard, line) => {
    assert(line.kind === 'text', `${shard}:${line.number} was written by emit`);
    const json = parseJsonLine(line.text);
    const event = json.ok ? parseAlphaEvent(json.value) : json;
    assert(event.ok, `${shard}:${line.number} was written by emit`);
    events += 1;
    if (event.value.direction === 'FLAT') flat += 1;
    else scored.set(event.value.agent, (scored.get(event.value.agent) ?? 0) + 1);
  });
  return { events, flat, scored };
}

function rejectsByCode(disk: Disk): Map<string, number> {
  const counts = new Map<string, number>();
  readRejects(disk, (reject) => counts.set(reject.code, (counts.get(reject.code) ?? 0) + 1));
  return counts;
}

function openPairs(disk: Disk): number {
  const pending = loadPending(disk);
  assert(pending.ok, 'reconcile left a pending.json that can be read');
  return pending.value?.events.reduce((sum, open) => sum + open.open.length, 0) ?? 0;
}
