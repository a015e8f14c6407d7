// What should be done about a strategy class: propose to stop it, take that back, let it in again, or take that back.

import { entryOf } from '../domain/entry-of.ts';
import type { DisabledClass } from '../domain/kill-list.ts';
import { msFromIso } from '../domain/time.ts';
import { type ClassReason, type CvarEvidence, type Verdict, verdictId } from '../domain/verdict.ts';
import type { CellFacts, DecisionFacts } from './decision-facts.ts';
import {
  breachedRegimes,
  type ClassVerdict,
  type Episode,
  episodesOf,
  muchWorseThan,
  nextEpisode,
  openEpisode,
  recoverySaid,
  verdictsOnClass,
} from './episodes.ts';
import { judgeCell } from './judge.ts';
import { unmetRecovery } from './recovery.ts';
import { isBreachedAnew } from './set-aside.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/** A verdict on a class without its provenance and its place in the log. */
type ClassDraft = Omit<ClassVerdict, 'state_commit' | 'config_hash' | 'code_version' | 'prev_sha256'>;

type Cells = ReadonlyMap<string, CellFacts>;
type RegimeCell = readonly [regime: string, cell: CellFacts];

/**
 * Returns the verdict on a class that the facts call for and the log does not hold, or `null`.
 *
 * Not DISABLED in the kill list, and no episode open: DISABLE, in a new episode, where the cell of its current regime has
 * status KILL, {@link isBreachedAnew} since the last recovery of that regime.
 * So it is, whatever was set aside, where the newest verdict is a relapse: the recovery that let the class in was taken back.
 *
 * Not DISABLED, and an episode open (the proposal waits, or a person declined it):
 * - DISABLE in the same episode where a KILL is news: in a regime or a limit that had not breached, or
 *   {@link muchWorseThan} what was said.
 * - REENABLE where there is no KILL and every regime that breached is over: the proposal is withdrawn. Over is a cell that
 *   is OK, or none of whose rows is one that the newest DISABLE rested on, unless it would be a KILL were its regime the
 *   current one. WATCH and INSUFFICIENT are not over as long as such rows are left; a change of the current regime ends nothing.
 *
 * DISABLED: REENABLE where {@link unmetRecovery} finds nothing in any cell that breached in its episode; for a class that a
 * person disabled without a verdict, in the cell of its current regime. Once that was said, DISABLE where the class relapses
 * in a regime that had recovered: KILL, and the newest rows alone beyond a breached limit as well. The class stays
 * stopped, the proposal to enable it is withdrawn, and another recovery is said again.
 */
export function classVerdict(facts: DecisionFacts, strategyClass: string, cells: Cells): ClassDraft | null {
  const { killList, past } = facts;
  const entry = entryOf(killList, strategyClass);
  if (entry?.status === 'DISABLED') return onDisabled(facts, strategyClass, cells, entry);
  const killing = currentCells(cells).find(([, { cell }]) => cell.status === 'KILL');
  const open = openEpisode(past, strategyClass);
  const hasRelapsed = open?.disables.at(-1)?.evidence.reason === 'relapse';
  if (open !== null && killing === undefined) return withdrawal(facts, strategyClass, cells, open);
  if (killing === undefined) return null;
  if (open !== null && !hasRelapsed) {
    return isNews(open, killing) ? classDraft(facts, 'grown', open.episode, strategyClass, killing) : null;
  }
  const { horizon_hours: horizonHours } = facts.rules.cvar;
  if (!hasRelapsed && !isNewBreach(past, strategyClass, killing, horizonHours)) return null;
  const known = verdictsOnClass(past, strategyClass).map(({ episode }) => episode);
  return classDraft(facts, 'breach', nextEpisode(strategyClass, known), strategyClass, killing);
}

function isNews({ disables }: Episode, [regime, { cell }]: RegimeCell): boolean {
  const known = disables.flatMap(({ evidence }) =>
    evidence.regime === regime ? evidence.cell.breached : [],
  );
  if (cell.breached.some((limit) => !known.includes(limit))) return true;
  return muchWorseThan(disables, regime, cell) !== null;
}

/** After a recovery, the rows that it set aside in a regime are no reason to stop the class again there. */
function isNewBreach(
  past: readonly Verdict[],
  strategyClass: string,
  [regime, { cell }]: RegimeCell,
  horizonHours: number,
): boolean {
  const recoveries = verdictsOnClass(past, strategyClass).flatMap(({ evidence }) =>
    Object.hasOwn(evidence.recovered_from, regime) ? (evidence.recovered_from[regime] ?? []) : [],
  );
  return isBreachedAnew(cell, cell.threshold, cell.breached, recoveries.at(-1) ?? null, horizonHours);
}

/** Its evidence is the cell that breached last; where that has no rows any more, the cell of its newest DISABLE. */
function withdrawal(
  facts: DecisionFacts,
  strategyClass: string,
  cells: Cells,
  open: Episode,
): ClassDraft | null {
  const regimes = breachedRegimes(open);
  const newest = regimes.at(-1);
  if (newest === undefined || !regimes.every((regime) => isOver(regime, open, cells, facts.rules)))
    return null;
  const evidence = cells.get(newest) ?? recordedCell(newest, open, cells);
  if (evidence === null) return null;
  return classDraft(facts, 'withdrawn', open.episode, strategyClass, [newest, evidence]);
}

function isOver(regime: string, open: Episode, cells: Cells, rules: SupervisorRules): boolean {
  const facts = cells.get(regime);
  if (facts?.cell.status === 'OK') return true;
  const restedOnTo = newestDisable(open, regime)?.evidence.cell.window_to ?? null;
  if (restedOnTo === null) return false;
  if (facts === undefined) return newestExit(cells) > restedOnTo;
  const { cell } = facts;
  if (cell.window_from === null || cell.window_from <= restedOnTo) return false;
  return judgeCell(cell, cell.threshold, rules, true).status !== 'KILL';
}

function recordedCell(regime: string, open: Episode, cells: Cells): CellFacts | null {
  const evidence = newestDisable(open, regime)?.evidence;
  return evidence === undefined
    ? null
    : { cell: evidence.cell, modelIds: evidence.model_ids, asOf: newestExit(cells) };
}

function onDisabled(
  facts: DecisionFacts,
  strategyClass: string,
  cells: Cells,
  entry: DisabledClass,
): ClassDraft | null {
  const { past, rules } = facts;
  const { episode, since } = entry;
  const said = recoverySaid(past, strategyClass, entry);
  if (said !== null) {
    const relapse = relapseOf(said.evidence, cells);
    return relapse === undefined ? null : classDraft(facts, 'relapse', episode, strategyClass, relapse);
  }
  const known = episodesOf(past, strategyClass).find((each) => each.episode === episode);
  const wasProposed = known !== undefined && known.disables.length > 0;
  const breached = wasProposed ? cellsOfRegimes(cells, breachedRegimes(known)) : currentCells(cells);
  const newest = breached?.at(-1);
  if (breached === null || newest === undefined) return null;
  const sinceMs = msFromIso(since);
  const isRecovered = breached.every(
    ([, { cell, asOf }]) => unmetRecovery(cell, cell.threshold, rules, sinceMs, msFromIso(asOf)).length === 0,
  );
  return isRecovered ? classDraft(facts, 'recovered', episode, strategyClass, newest, breached) : null;
}

/** Returns the cell that breaches again after it had recovered. What is unknown of its newest rows is not a recovery. */
function relapseOf({ recovered_from: recovered }: CvarEvidence, cells: Cells): RegimeCell | undefined {
  return currentCells(cells).find(([regime, { cell }]) => {
    const { status, breached, recent, threshold } = cell;
    if (status !== 'KILL' || !Object.hasOwn(recovered, regime)) return false;
    return breached.some((unit) => {
      const figure = unit === 'bps' ? recent.cvar95_error_bps : recent.cvar95_sigma;
      const limit = (unit === 'bps' ? threshold?.max_cvar_error_bps : threshold?.max_cvar_sigma) ?? null;
      return limit !== null && (figure === null || figure > limit);
    });
  });
}

function currentCells(cells: Cells): RegimeCell[] {
  return [...cells].filter(([, { cell }]) => cell.is_current).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Returns the cells of the regimes in their order, or `null` where one of them is gone: unknown is not recovered. */
function cellsOfRegimes(cells: Cells, regimes: readonly string[]): RegimeCell[] | null {
  const found = regimes.flatMap((regime): RegimeCell[] => {
    const cell = cells.get(regime);
    return cell === undefined ? [] : [[regime, cell]];
  });
  return found.length === regimes.length ? found : null;
}

/** Newest exit of the class, or an empty text, which is before every instant. */
function newestExit(cells: Cells): string {
  return [...cells.values()].reduce((newest, { asOf }) => (asOf > newest ? asOf : newest), '');
}

function newestDisable({ disables }: Episode, regime: string): ClassVerdict | undefined {
  return disables.findLast(({ evidence }) => evidence.regime === regime);
}

/** @param recovered cells that have recovered; none unless that is the reason */
function classDraft(
  { rules }: DecisionFacts,
  reason: ClassReason,
  episode: string,
  subject: string,
  [regime, { cell, modelIds, asOf }]: RegimeCell,
  recovered: readonly RegimeCell[] = [],
): ClassDraft {
  const { horizon_hours, decision } = rules.cvar;
  const kind: ClassVerdict['kind'] =
    reason === 'withdrawn' || reason === 'recovered' ? 'REENABLE' : 'DISABLE';
  const evidence: CvarEvidence = {
    reason,
    regime,
    horizon_hours,
    decision: decision === 'lcb' ? 'lcb' : 'point',
    cell,
    model_ids: [...modelIds],
    fresh_n_eff: reason === 'recovered' ? cell.recent.n_eff : null,
    recovered_from: recoveredFrom(recovered),
  };
  const facts = { kind, subject, episode, evidence };
  return { v: 1, verdict_id: verdictId(facts), ts: asOf, ...facts };
}

function recoveredFrom(recovered: readonly RegimeCell[]): Record<string, string> {
  const entries = recovered.flatMap(([regime, { cell }]): [string, string][] =>
    cell.recent.from === null ? [] : [[regime, cell.recent.from]],
  );
  return Object.fromEntries(entries);
}
