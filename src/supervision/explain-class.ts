// Every number about a strategy class, from the rows up: its cells, their tails, the decision, and what a recovery needs.

import type { CvarCell } from '../domain/cvar.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { VerdictKind } from '../domain/verdict.ts';
import { CURRENT_REGIME_EVENTS } from './current-regime.ts';
import { Z_90 } from './cvar.ts';
import { significant } from './digits.ts';
import { episodesOf, openEpisode, verdictsOnClass } from './episodes.ts';
import { type LimitStanding, limitStandings, statusSentences } from './explain-decision.ts';
import { recoverySentences } from './explain-recovery.ts';
import {
  type AgentShare,
  agentShares,
  type RowLine,
  rowLineOf,
  type SymbolOf,
  type TailTable,
  tailTable,
} from './explain-tail.ts';
import type { Findings } from './findings.ts';
import { asOfText } from './history.ts';
import type { JudgedCell } from './judged-cells.ts';
import type { LookInput } from './look-input.ts';
import type { ClassEvent } from './newest-events.ts';

/** A cell with everything that its figures were made of. */
export interface CellExplanation {
  readonly regime: string;
  readonly cell: CvarCell;
  /** Newest exit in the cell. */
  readonly as_of: string;
  readonly limits: readonly LimitStanding[];
  /** `cvar95_error_bps` ± 1.645 asymptotic standard errors: a check of the bootstrap interval, it decides nothing. */
  readonly asymptotic90_bps: readonly [low: number, high: number] | null;
  readonly why: readonly string[];
  readonly model_ids: readonly string[];
  readonly agents: readonly AgentShare[];
  /** In every unit that has rows; the unit of a limit first. */
  readonly tails: readonly TailTable[];
  /** Every row that was looked at, by exit, then by id. */
  readonly rows: readonly RowLine[];
}

export interface VerdictLine {
  readonly verdict_id: string;
  readonly ts: string;
  readonly kind: VerdictKind;
  readonly episode: string;
  readonly regime: string | null;
}

export interface ClassExplanation {
  readonly kind: 'class';
  readonly name: string;
  /** Newest exit of all rows that were seen. */
  readonly as_of: string | null;
  readonly horizon_hours: number;
  readonly config_hash: string;
  readonly status: 'ENABLED' | 'DISABLED';
  readonly open_episode: string | null;
  readonly current_regime: string | null;
  /** The newest signals of the class by regime: what tells the current one. */
  readonly newest_signals: Readonly<Record<string, number>>;
  /** By regime, the current one first. */
  readonly cells: readonly CellExplanation[];
  readonly decision: readonly string[];
  readonly recovery: readonly string[];
  /** Oldest first. */
  readonly verdicts: readonly VerdictLine[];
}

/** What an explanation needs beside the look itself. */
interface ExplainSources {
  readonly symbolOf: SymbolOf;
  /** The newest signals of the class, settled or not. */
  readonly newestSignals: readonly ClassEvent[];
}

/** Returns the explanation of a class that the look knows by its rows or by the kill list. */
export function explainClass(
  input: LookInput,
  found: Findings,
  name: string,
  sources: ExplainSources,
): ClassExplanation {
  const { history, settings, rules, past } = input;
  const entry = entryOf(settings.kill_list, name);
  const disabledFor = entry?.status === 'DISABLED' ? entry.episode : null;
  const cells = [...(found.cells.byClass.get(name) ?? [])].sort(
    ([a, { cell: left }], [b, { cell: right }]) =>
      Number(right.is_current) - Number(left.is_current) || (a < b ? -1 : 1),
  );
  return {
    kind: 'class',
    name,
    as_of: asOfText(history),
    horizon_hours: rules.cvar.horizon_hours,
    config_hash: settings.config_hash,
    status: entry?.status ?? 'ENABLED',
    open_episode: openEpisode(past, name)?.episode ?? disabledFor,
    current_regime: found.cells.regimes.get(name) ?? null,
    newest_signals: regimeCounts(sources.newestSignals),
    cells: cells.map(([regime, judged]) => explainCell(input, regime, judged, sources.symbolOf)),
    decision: decisionSentences(input, found, name),
    recovery: recoverySentences(input, found, name),
    verdicts: verdictsOnClass(past, name).map(({ verdict_id, ts, kind, episode, evidence }) => ({
      verdict_id,
      ts,
      kind,
      episode,
      regime: evidence.regime,
    })),
  };
}

function explainCell(
  { rules }: LookInput,
  regime: string,
  { cell, window, modelIds, newestExit }: JudgedCell,
  symbolOf: SymbolOf,
): CellExplanation {
  const { horizon_hours: horizon } = rules.cvar;
  const limits = limitStandings(cell, rules);
  const units = limits.some(({ unit }) => unit === 'sigma')
    ? (['sigma', 'bps'] as const)
    : (['bps', 'sigma'] as const);
  const { cvar95_error_bps: cvar, se_cvar95_bps: se } = cell;
  return {
    regime,
    cell,
    as_of: newestExit,
    limits,
    asymptotic90_bps:
      cvar === null || se === null ? null : [significant(cvar - Z_90 * se), significant(cvar + Z_90 * se)],
    why: statusSentences(cell, rules),
    model_ids: modelIds,
    agents: agentShares(window, units[0]),
    tails: units
      .map((unit) => tailTable(window, unit, horizon, symbolOf))
      .filter(({ lines }) => lines.length > 0),
    rows: window.map((row) => rowLineOf(row, horizon)),
  };
}

function regimeCounts(signals: readonly ClassEvent[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { regime } of signals.slice(-CURRENT_REGIME_EVENTS))
    counts.set(regime, (counts.get(regime) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}

/** What follows for the class from the judgement of its cells, given what was said before. */
function decisionSentences({ settings, past }: LookInput, found: Findings, name: string): string[] {
  const draft = found.verdicts.find(
    ({ subject, kind }) => subject === name && (kind === 'DISABLE' || kind === 'REENABLE'),
  );
  if (draft !== undefined)
    return [`The figures call for ${draft.kind} in episode ${draft.episode}; the log does not hold it yet.`];
  const entry = entryOf(settings.kill_list, name);
  if (entry?.status === 'DISABLED')
    return [
      `The kill list has it DISABLED since ${entry.since} for episode ${entry.episode}: ${entry.reason}`,
    ];
  const open = openEpisode(past, name);
  if (open !== null) {
    const last = open.disables.at(-1);
    return [
      `Episode ${open.episode} is open: DISABLE was said ${last?.ts ?? ''}, and the same breach is not said twice unless it becomes much worse.`,
    ];
  }
  const regime = found.cells.regimes.get(name);
  const current = regime === undefined ? undefined : found.cells.byClass.get(name)?.get(regime);
  if (current?.cell.status === 'KILL') {
    const recovered = episodesOf(past, name).at(-1)?.episode ?? 'before';
    return [
      `The current cell is KILL, but with rows that the recovery of ${recovered} set aside; the newest rows are not beyond the limit.`,
    ];
  }
  const status = current?.cell.status ?? 'without rows';
  return [`The cell of the current regime ${regime ?? '–'} is ${status}: nothing is proposed.`];
}
