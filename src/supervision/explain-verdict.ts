// A recorded verdict held against what the rows say now: number by number, and the likely cause where they differ.

import { jsonDifferences, jsonLeaves } from '../domain/json-difference.ts';
import type { AgentPromotion } from '../domain/supervisor.ts';
import { isoFromMs, msFromIso } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import { cellWindow } from './cell.ts';
import { type ClassVerdict, isClassVerdict } from './episodes.ts';
import { type RowLine, rowLineOf } from './explain-tail.ts';
import type { Findings } from './findings.ts';
import { judgeCell } from './judge.ts';
import type { JudgedCell } from './judged-cells.ts';
import type { JudgedRow } from './judged-row.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/**
 * `not_recorded`: it also rested on what the run knew at its moment, and that is not kept: on signals that waited for a price, on
 * telemetry, or on the other candidates. Such a number is taken as recorded.
 */
type NumberOutcome = 'same' | 'differs' | 'not_recorded';

interface NumberCheck {
  /** Below `evidence`. */
  readonly path: string;
  readonly recorded: unknown;
  readonly recomputed: unknown;
  readonly outcome: NumberOutcome;
}

export interface VerdictCheck {
  readonly verdict: Verdict;
  readonly recomputes: boolean;
  readonly numbers: readonly NumberCheck[];
  /** Why they differ, as far as anybody can tell; empty where nothing does. */
  readonly causes: readonly string[];
  /** Rows without which the numbers are the recorded ones: they came after the verdict. */
  readonly late_rows: readonly RowLine[];
}

/** Returns how a recorded verdict compares with a look as of its instant under its own settings. */
export function checkVerdict(
  verdict: Verdict,
  found: Findings,
  rules: SupervisorRules,
  codeVersion: string,
): VerdictCheck {
  const evidence = evidenceNow(verdict, found, rules);
  const numbers = numbersOf(verdict.evidence, evidence.value, evidence.given);
  const differing = numbers.filter(({ outcome }) => outcome === 'differs');
  const late = differing.length === 0 ? [] : lateRows(verdict, found, rules);
  return {
    verdict,
    recomputes: differing.length === 0,
    numbers,
    causes: differing.length === 0 ? [] : causesOf(verdict, numbers, codeVersion, late.length),
    late_rows: late.map((row) => rowLineOf(row, rules.cvar.horizon_hours)),
  };
}

interface EvidenceNow {
  readonly value: unknown;
  /** Paths whose recorded value, and whatever is below, is taken as it is. */
  readonly given: readonly string[];
}

function evidenceNow(verdict: Verdict, found: Findings, rules: SupervisorRules): EvidenceNow {
  if (isClassVerdict(verdict)) return classEvidence(verdict, found, rules);
  const agent = found.agents.find((each) => each.agent === verdict.subject);
  if (agent === undefined) return { value: null, given: [] };
  if (verdict.kind === 'PROMOTE') return promotionEvidence(verdict.evidence.promotion, agent.promotion);
  const alerts = agent.alerts.filter(({ state }) => state === 'ALERT');
  const lasting = alerts.flatMap(({ ts, since }) =>
    since !== null && msFromIso(ts) - msFromIso(since) >= rules.demoteAfterMs ? [since] : [],
  );
  const since = lasting.length === 0 ? null : lasting.reduce((a, b) => (a < b ? a : b));
  return { value: { alerts, alert_since: since }, given: [] };
}

/** Gates that rest on telemetry and on the other candidates: both as of the run, later than the newest exit of the agent. */
const GATES_OF_THE_RUN = ['error_rate_bound', 'error_rate', 'bh_q'];

/** Whether the agent is eligible follows from the gates that recompute and from the recorded ones of the run. */
function promotionEvidence(recorded: AgentPromotion, now: AgentPromotion): EvidenceNow {
  const isEligible = Object.entries(now.gates).every(([name, gate]) => {
    const taken = GATES_OF_THE_RUN.includes(name) ? (recorded.gates[name] ?? gate) : gate;
    return taken.pass || !taken.decides;
  });
  return {
    value: { promotion: { ...now, eligible: isEligible } },
    given: GATES_OF_THE_RUN.map((name) => `promotion.gates.${name}`),
  };
}

function classEvidence(verdict: ClassVerdict, found: Findings, rules: SupervisorRules): EvidenceNow {
  const { reason, regime, cell: recorded, recovered_from: recovered } = verdict.evidence;
  const cells = found.cells.byClass.get(verdict.subject);
  const judged = cells?.get(regime);
  if (judged === undefined) return { value: evidenceOfGone(verdict, cells !== undefined), given: [] };
  const isGiven = judged.cell.is_current !== recorded.is_current;
  const cell = isGiven
    ? { ...judged.cell, ...judgeCell(judged.cell, judged.cell.threshold, rules, recorded.is_current) }
    : judged.cell;
  return {
    value: {
      reason,
      regime,
      horizon_hours: rules.cvar.horizon_hours,
      decision: rules.cvar.decision,
      cell,
      model_ids: judged.modelIds,
      fresh_n_eff: reason === 'recovered' ? cell.recent.n_eff : null,
      recovered_from: recentFrom(Object.keys(recovered), cells),
    },
    given: isGiven ? ['cell.is_current'] : [],
  };
}

/** A proposal that was withdrawn because its cell is gone repeats the evidence of its DISABLE: that it is gone confirms it. */
function evidenceOfGone({ evidence }: ClassVerdict, hasOtherRows: boolean): unknown {
  return evidence.reason === 'withdrawn' && hasOtherRows ? evidence : null;
}

function recentFrom(
  regimes: readonly string[],
  cells: ReadonlyMap<string, JudgedCell> | undefined,
): Record<string, string> {
  const entries = regimes.flatMap((regime): [string, string][] => {
    const from = cells?.get(regime)?.cell.recent.from ?? null;
    return from === null ? [] : [[regime, from]];
  });
  return Object.fromEntries(entries);
}

function numbersOf(recorded: unknown, recomputed: unknown, given: readonly string[]): NumberCheck[] {
  const differing = new Map(jsonDifferences(recorded, recomputed).map((each) => [each.path, each]));
  const checks = jsonLeaves(recorded).map(([path, leaf]): NumberCheck => {
    const found = differing.get(path);
    differing.delete(path);
    if (found === undefined) return { path, recorded: leaf, recomputed: leaf, outcome: 'same' };
    const isGiven = given.some((each) => path === each || path.startsWith(`${each}.`));
    const outcome = isGiven ? 'not_recorded' : 'differs';
    return { path, recorded: leaf, recomputed: found.right ?? null, outcome };
  });
  const others = [...differing.values()].map(
    ({ path, left, right }): NumberCheck => ({
      path,
      recorded: left ?? null,
      recomputed: right ?? null,
      outcome: 'differs',
    }),
  );
  return [...checks.filter(({ path }) => !isBelowAny(path, others)), ...others];
}

/** A branch that only one side has is said once, and not leaf by leaf. */
function isBelowAny(path: string, others: readonly NumberCheck[]): boolean {
  return others.some((other) => other.path === '' || path.startsWith(`${other.path}.`));
}

function causesOf(
  verdict: Verdict,
  numbers: readonly NumberCheck[],
  codeVersion: string,
  lateCount: number,
): string[] {
  const n = numbers.find(({ path }) => path === 'cell.n');
  const more =
    typeof n?.recorded === 'number' && typeof n.recomputed === 'number' ? n.recomputed - n.recorded : 0;
  const causes: string[] = [];
  if (lateCount > 0)
    causes.push('Without the late row below, every sum is the recorded one: it came after the verdict.');
  else if (more > 0)
    causes.push(`${more} more rows of the cell are known now that ended by ${verdict.ts}: they came later.`);
  else if (more < 0)
    causes.push(`${-more} rows are gone that were counted then: run warden verify, rows are never removed.`);
  if (verdict.code_version !== codeVersion)
    causes.push(`Warden ${verdict.code_version} decided it, and this is ${codeVersion}.`);
  if (verdict.kind === 'PROMOTE' || verdict.kind === 'DEMOTE')
    causes.push(
      `It rests on all horizons and other agents up to the moment of its run, which is not recorded; this is as of ${verdict.ts}.`,
    );
  if (causes.length === 0)
    causes.push(
      'Rows came late and pushed older ones out of the window, or a line was changed: verify tells.',
    );
  return causes;
}

/** The one row without which the counted sums are the recorded ones; none where no single row explains the difference. */
function lateRows(verdict: Verdict, found: Findings, rules: SupervisorRules): readonly JudgedRow[] {
  if (!isClassVerdict(verdict)) return [];
  const { regime, cell } = verdict.evidence;
  const judged = found.cells.byClass.get(verdict.subject)?.get(regime);
  if (judged === undefined) return [];
  const candidate = judged.window.find((row) => {
    const window = cellWindow(
      judged.rows.filter((each) => each !== row),
      rules,
      msFromIso(judged.asOf),
    );
    const pnlBps = window.reduce((sum, { realizedBps }) => sum + realizedBps, 0);
    const from = window[0]?.exitMs;
    return (
      window.length === cell.n &&
      from !== undefined &&
      isoFromMs(from) === cell.window_from &&
      Math.abs(pnlBps - (cell.pnl_sum_bps ?? Number.NaN)) < 1e-3
    );
  });
  return candidate === undefined ? [] : [candidate];
}
