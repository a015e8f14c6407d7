// The meta report: everything that is known about every agent and class in one record, which the pages are written from.

import { entryOf } from '../domain/entry-of.ts';
import { roundBps } from '../domain/rounding.ts';
import type { AgentReport, Allocation, ClassDay, MetaReport, StrategyReport } from '../domain/supervisor.ts';
import type { AgentFindings } from './agent-findings.ts';
import { significant } from './digits.ts';
import { openEpisode } from './episodes.ts';
import { errorRateOf } from './error-rate.ts';
import type { Findings } from './findings.ts';
import { asOfText, type DayTotals } from './history.ts';
import type { JudgedRow } from './judged-row.ts';
import type { LookInput } from './look-input.ts';
import { effectiveRows } from './uniqueness.ts';

/** Returns the report. `input.past` is the log with the verdicts of this run in it. */
export function metaReport(input: LookInput, found: Findings): MetaReport {
  const { history, settings, rules } = input;
  const classes = new Set([
    ...Object.keys(settings.kill_list),
    ...found.cells.byClass.keys(),
    ...found.agents.map(({ strategyClass }) => strategyClass),
  ]);
  return {
    v: 1,
    generated_at: asOfText(history),
    horizon_hours: rules.cvar.horizon_hours,
    config_hash: settings.config_hash,
    code_version: input.codeVersion,
    agents: Object.fromEntries(
      found.agents.map((agent) => [agent.agent, agentReport(agent, found.files.allocation)]),
    ),
    strategies: Object.fromEntries(
      [...classes]
        .sort()
        .map((strategyClass) => [strategyClass, strategyReport(input, found, strategyClass)]),
    ),
  };
}

function agentReport(agent: AgentFindings, allocation: Allocation): AgentReport {
  const { rows } = agent;
  const share = Object.hasOwn(allocation, agent.agent) ? allocation[agent.agent] : undefined;
  if (share === undefined) throw new Error(`"${agent.agent}" has findings and no allocation`);
  const average = (of: (row: JudgedRow) => number): number | null =>
    rows.length === 0 ? null : sumOf(rows, of) / rows.length;
  const inBps = (value: number | null): number | null => (value === null ? null : roundBps(value));
  const hitRate = average(({ realizedBps }) => (realizedBps > 0 ? 1 : 0));
  return {
    strategy_class: agent.strategyClass,
    n: rows.length,
    n_eff: significant(effectiveRows(rows)),
    last_exit_at: agent.newestExit,
    sim_version: rows.at(-1)?.simVersion ?? null,
    avg_abs_error_bps: inBps(average(({ errorBps }) => Math.abs(errorBps))),
    avg_pnl_error_bps: inBps(average(({ errorBps }) => errorBps)),
    hit_rate: hitRate === null ? null : significant(hitRate),
    pnl_sum_bps: rows.length === 0 ? null : roundBps(sumOf(rows, ({ realizedBps }) => realizedBps)),
    net_pnl_sum_bps: rows.length === 0 ? null : roundBps(sumOf(rows, ({ netBps }) => netBps)),
    n_runs: agent.runs?.runs ?? 0,
    error_rate: errorRateOf(agent.runs)?.rate ?? null,
    multiplier: agent.multiplier,
    confidence: agent.confidence,
    divergence: [...agent.alerts],
    notes_divergence: agent.notes,
    promotion: agent.promotion,
    allocation: share,
  };
}

function sumOf(rows: readonly JudgedRow[], of: (row: JudgedRow) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0);
}

function strategyReport(input: LookInput, found: Findings, strategyClass: string): StrategyReport {
  const { kill_list: killList } = input.settings;
  const entry = entryOf(killList, strategyClass);
  const disabledFor = entry?.status === 'DISABLED' ? entry.episode : null;
  return {
    status: entry?.status ?? 'ENABLED',
    current_regime: found.cells.regimes.get(strategyClass) ?? null,
    open_episode: openEpisode(input.past, strategyClass)?.episode ?? disabledFor,
    agents: found.agents.filter((agent) => agent.strategyClass === strategyClass).map(({ agent }) => agent),
    cells: cellsOf(found, strategyClass),
    days: (input.history.days.get(strategyClass) ?? []).map(dayOfClass),
  };
}

/** Read from the map: an object answers for names like `constructor` that nobody gave it. */
function cellsOf(found: Findings, strategyClass: string): StrategyReport['cells'] {
  const cells = found.cells.byClass.get(strategyClass) ?? new Map();
  return Object.fromEntries([...cells].map(([regime, { cell }]) => [regime, cell]));
}

function dayOfClass(totals: DayTotals): ClassDay {
  const { day, n, pnlBps, netBps, absErrorSigma, nSigma } = totals;
  return {
    day,
    n,
    pnl_bps: roundBps(pnlBps),
    net_pnl_bps: roundBps(netBps),
    mean_abs_error_sigma: nSigma === 0 ? null : significant(absErrorSigma / nSigma),
  };
}
