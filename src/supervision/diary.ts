// What a supervisor found over many looks: which alerts began when, what was decided, and on how many looks who stood where.

import type { CvarCell } from '../domain/cvar.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';

/** Mutable; owned by one replay. */
export interface Diary {
  looks: number;
  /** Alerts in the order in which they were first seen. */
  readonly alerts: Map<string, SeenAlert>;
  readonly verdicts: Verdict[];
  readonly agents: Map<string, AgentLooks>;
  /** By class, then regime. */
  readonly cells: Map<string, Map<string, CellLooks>>;
}

interface SeenAlert {
  readonly agent: string;
  readonly horizon_hours: number;
  readonly trigger: DivergenceAlert['trigger'];
  /** Exit of the signal with which it began. */
  readonly since: string;
  /** As of the look that saw it first. */
  readonly statistic: number | null;
  readonly limit: number;
  /** Exit of the signal with which it was over, or `null` where it was not seen to end. */
  ended: string | null;
}

interface AgentLooks {
  /** Looks at which a trigger was in ALERT. */
  alert: number;
  /** Looks at which the plain thresholds of the notes would have alerted. */
  notes: number;
}

export interface CellLooks {
  current: number;
  watch: number;
  kill: number;
  /** Largest figures over all looks, `null` where there never was one. */
  maxCvarSigma: number | null;
  maxCvarBps: number | null;
  maxNotesBps: number | null;
  /** Smallest figure of the notes over all looks. */
  minNotesBps: number | null;
}

export function newDiary(): Diary {
  return { looks: 0, alerts: new Map(), verdicts: [], agents: new Map(), cells: new Map() };
}

/** Takes one look in. Looks come in the order of their instants. */
export function noteLook(diary: Diary, report: MetaReport, newVerdicts: readonly Verdict[]): void {
  diary.looks += 1;
  diary.verdicts.push(...newVerdicts);
  for (const [agent, { divergence, notes_divergence }] of Object.entries(report.agents)) {
    for (const alert of divergence) noteAlert(diary, alert);
    const looks = diary.agents.get(agent) ?? { alert: 0, notes: 0 };
    if (divergence.some(({ state }) => state === 'ALERT')) looks.alert += 1;
    if (notes_divergence.severity !== 'none') looks.notes += 1;
    diary.agents.set(agent, looks);
  }
  for (const [strategyClass, { cells }] of Object.entries(report.strategies)) {
    const regimes = diary.cells.get(strategyClass) ?? new Map<string, CellLooks>();
    diary.cells.set(strategyClass, regimes);
    for (const [regime, cell] of Object.entries(cells))
      regimes.set(regime, withCell(regimes.get(regime), cell));
  }
}

function noteAlert(diary: Diary, alert: DivergenceAlert): void {
  const { agent, horizon_hours, trigger, state, since, statistic, limit } = alert;
  if (since === null || (state !== 'ALERT' && state !== 'RESOLVED')) return;
  const stream = JSON.stringify([agent, horizon_hours, trigger]);
  if (state === 'ALERT') {
    const key = `${stream} ${since}`;
    if (diary.alerts.has(key)) return;
    diary.alerts.set(key, { agent, horizon_hours, trigger, since, statistic, limit, ended: null });
    return;
  }
  const open = [...diary.alerts].findLast(([key]) => key.startsWith(`${stream} `))?.[1];
  if (open !== undefined && since > open.since) open.ended ??= since;
}

function withCell(before: CellLooks | undefined, cell: CvarCell): CellLooks {
  const looks = before ?? {
    current: 0,
    watch: 0,
    kill: 0,
    maxCvarSigma: null,
    maxCvarBps: null,
    maxNotesBps: null,
    minNotesBps: null,
  };
  return {
    current: looks.current + (cell.is_current ? 1 : 0),
    watch: looks.watch + (cell.status === 'WATCH' ? 1 : 0),
    kill: looks.kill + (cell.status === 'KILL' ? 1 : 0),
    maxCvarSigma: larger(looks.maxCvarSigma, cell.cvar95_sigma),
    maxCvarBps: larger(looks.maxCvarBps, cell.cvar95_error_bps),
    maxNotesBps: larger(looks.maxNotesBps, cell.notes_cvar95_error_bps),
    minNotesBps: smaller(looks.minNotesBps, cell.notes_cvar95_error_bps),
  };
}

function larger(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
