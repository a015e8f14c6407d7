// The verdicts: what the figures of a run say should be done about classes and agents, each said once per episode.

import type { CvarCell } from '../domain/cvar.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import type { DisabledClass, KillList } from '../domain/kill-list.ts';
import type { AgentPromotion, Promotion } from '../domain/supervisor.ts';
import { msFromIso } from '../domain/time.ts';
import { type Verdict, verdictId } from '../domain/verdict.ts';
import {
  type ClassVerdict,
  type Episode,
  episodesOf,
  nextEpisode,
  openEpisode,
  verdictsOnAgent,
  verdictsOnClass,
} from './episodes.ts';
import { unmetRecovery } from './recovery.ts';
import { isBreachedAnew } from './set-aside.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/** One cell of a class, as it is judged now. */
export interface CellFacts {
  readonly cell: CvarCell;
  /** Models whose expectations its rows carry, sorted. */
  readonly modelIds: readonly string[];
  /** Newest exit in the cell, a UTC instant. */
  readonly asOf: string;
}

export interface DecisionFacts {
  /** Class → regime → cell. */
  readonly cells: ReadonlyMap<string, ReadonlyMap<string, CellFacts>>;
  readonly killList: KillList;
  readonly promotion: Promotion;
  /** Agent → newest exit of its rows, a UTC instant. */
  readonly newestExits: ReadonlyMap<string, string>;
  readonly alerts: readonly DivergenceAlert[];
  readonly rules: SupervisorRules;
  /** The whole log, oldest first. */
  readonly past: readonly Verdict[];
}

type Draft<V> = V extends unknown
  ? Omit<V, 'state_commit' | 'config_hash' | 'code_version' | 'prev_sha256'>
  : never;
/** A verdict without its provenance and its place in the log. */
export type VerdictDraft = Draft<Verdict>;
type ClassDraft = Draft<ClassVerdict>;

/**
 * Returns the verdicts that the facts call for and the log does not hold: classes by name, then agents by name, at most one
 * each. With them in the log the same facts call for nothing more.
 *
 * A class that is not DISABLED in the kill list:
 * - DISABLE, in a new episode, where the cell of its current regime has status KILL, {@link isBreachedAnew} since the last
 *   recovery, and no episode is open. In an open episode (the proposal waits, or a person declined it) only where a regime and limit are breached that were not before.
 * - REENABLE where an episode is open and every cell that breached in it is OK: the proposal is withdrawn. WATCH,
 *   INSUFFICIENT and a cell that is gone are not OK. A change of the current regime ends nothing.
 *
 * A class that is DISABLED: REENABLE, once per episode, where {@link unmetRecovery} finds nothing in any cell that breached
 * in it; for a class that a person disabled without a verdict, in the cell of its current regime.
 *
 * An agent: PROMOTE where it is a shadow and eligible, unless that was said less than `promotion.repropose_after` ago and no
 * DEMOTE followed. DEMOTE where it is live and an ALERT has lasted `promotion.demote_after`, unless a DEMOTE named one of
 * the open alerts already.
 */
export function decideVerdicts(facts: DecisionFacts): VerdictDraft[] {
  const onClasses = [...facts.cells].sort(byName).map(([name, cells]) => classVerdict(facts, name, cells));
  const onAgents = Object.entries(facts.promotion)
    .sort(byName)
    .map(([agent, promotion]) =>
      promotion.stage === 'live' ? demotion(facts, agent) : promotionOf(facts, agent, promotion),
    );
  return [...onClasses, ...onAgents].filter((draft) => draft !== null);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function classVerdict(
  facts: DecisionFacts,
  strategyClass: string,
  cells: ReadonlyMap<string, CellFacts>,
): ClassDraft | null {
  const { killList, past } = facts;
  const entry = Object.hasOwn(killList, strategyClass) ? killList[strategyClass] : undefined;
  if (entry?.status === 'DISABLED') return reenabling(facts, strategyClass, cells, entry);
  const killing = currentCells(cells).find(([, { cell }]) => cell.status === 'KILL');
  const open = openEpisode(past, strategyClass);
  if (open === null) {
    if (killing === undefined || !isNewBreach(past, strategyClass, killing)) return null;
    const known = verdictsOnClass(past, strategyClass).map(({ episode }) => episode);
    return classDraft(facts, 'DISABLE', nextEpisode(strategyClass, known), strategyClass, killing);
  }
  if (killing !== undefined && hasGrown(open, killing))
    return classDraft(facts, 'DISABLE', open.episode, strategyClass, killing);
  const breached = cellsOfRegimes(cells, breachedRegimes(open));
  const withdrawn = breached?.every(([, { cell }]) => cell.status === 'OK') === true;
  const newest = breached?.at(-1);
  if (!withdrawn || newest === undefined) return null;
  return classDraft(facts, 'REENABLE', open.episode, strategyClass, newest);
}

/** A proposal that was withdrawn and merged all the same does not count as the REENABLE of the episode. */
function reenabling(
  facts: DecisionFacts,
  strategyClass: string,
  cells: ReadonlyMap<string, CellFacts>,
  entry: DisabledClass,
): ClassDraft | null {
  const { past, rules } = facts;
  const { episode } = entry;
  const wasSaid = verdictsOnClass(past, strategyClass).some(
    (verdict) =>
      verdict.kind === 'REENABLE' && verdict.episode === episode && verdict.evidence.fresh_n_eff !== null,
  );
  if (wasSaid) return null;
  const proposed = episodesOf(past, strategyClass).find((each) => each.episode === episode);
  const wasProposed = proposed !== undefined && proposed.disables.length > 0;
  const breached = wasProposed ? cellsOfRegimes(cells, breachedRegimes(proposed)) : currentCells(cells);
  const newest = breached?.at(-1);
  if (breached === null || newest === undefined) return null;
  const sinceMs = msFromIso(entry.since);
  const isRecovered = breached.every(
    ([, { cell, asOf }]) => unmetRecovery(cell, cell.threshold, rules, sinceMs, msFromIso(asOf)).length === 0,
  );
  if (!isRecovered) return null;
  const [, { cell }] = newest;
  return classDraft(facts, 'REENABLE', episode, strategyClass, newest, cell.recent.n_eff);
}

/** After a recovery, the rows that it set aside are no reason to stop the class again, in any cell that had breached. */
function isNewBreach(
  past: readonly Verdict[],
  strategyClass: string,
  [regime, { cell }]: RegimeCell,
): boolean {
  const ofClass = verdictsOnClass(past, strategyClass);
  const breachedIn = ofClass.flatMap(({ evidence, episode }) =>
    evidence.regime === regime ? [episode] : [],
  );
  const recovery = ofClass.findLast(
    ({ kind, episode, evidence }) =>
      kind === 'REENABLE' && evidence.fresh_n_eff !== null && breachedIn.includes(episode),
  );
  const setAsideBefore = recovery?.evidence.cell.recent.from ?? null;
  return isBreachedAnew(cell, cell.threshold, cell.breached, setAsideBefore);
}

type RegimeCell = readonly [regime: string, cell: CellFacts];

function currentCells(cells: ReadonlyMap<string, CellFacts>): RegimeCell[] {
  return [...cells].filter(([, { cell }]) => cell.is_current).sort(byName);
}

/** Returns the cells of the regimes in their order, or `null` where one of them is gone: unknown is not recovered. */
function cellsOfRegimes(
  cells: ReadonlyMap<string, CellFacts>,
  regimes: readonly string[],
): RegimeCell[] | null {
  const found = regimes.flatMap((regime): RegimeCell[] => {
    const cell = cells.get(regime);
    return cell === undefined ? [] : [[regime, cell]];
  });
  return found.length === regimes.length ? found : null;
}

/** Each regime once, the one that breached last at the end. */
function breachedRegimes({ disables }: Episode): string[] {
  const newestFirst = disables.map(({ evidence }) => evidence.regime).reverse();
  return [...new Set(newestFirst)].reverse();
}

function hasGrown(open: Episode, [regime, { cell }]: RegimeCell): boolean {
  const known = open.disables.flatMap(({ evidence }) =>
    evidence.regime === regime ? evidence.cell.breached : [],
  );
  return cell.breached.some((limit) => !known.includes(limit));
}

function classDraft(
  { rules }: DecisionFacts,
  kind: ClassVerdict['kind'],
  episode: string,
  subject: string,
  [regime, { cell, modelIds, asOf }]: RegimeCell,
  freshNEff: number | null = null,
): ClassDraft {
  const { horizon_hours, decision } = rules.cvar;
  const evidence = {
    regime,
    horizon_hours,
    decision: decision === 'lcb' ? ('lcb' as const) : ('point' as const),
    cell,
    model_ids: [...modelIds],
    fresh_n_eff: freshNEff,
  };
  const facts = { kind, subject, episode, evidence };
  return { v: 1, verdict_id: verdictId(facts), ts: asOf, ...facts };
}

function promotionOf(facts: DecisionFacts, agent: string, promotion: AgentPromotion): VerdictDraft | null {
  const ts = facts.newestExits.get(agent);
  if (!promotion.eligible || ts === undefined) return null;
  const past = verdictsOnAgent(facts.past, agent);
  const last = past.at(-1);
  if (last?.kind === 'PROMOTE') {
    const ageMs = msFromIso(ts) - msFromIso(last.ts);
    if (ageMs <= 0 || ageMs < facts.rules.reproposeAfterMs) return null;
  }
  const evidence = { promotion };
  const decided = {
    kind: 'PROMOTE' as const,
    subject: agent,
    episode: `${agent}/${past.length + 1}`,
    evidence,
  };
  return { v: 1, verdict_id: verdictId(decided), ts, ...decided };
}

function demotion({ alerts, rules, past }: DecisionFacts, agent: string): VerdictDraft | null {
  const open = alerts.filter((alert) => alert.agent === agent && alert.state === 'ALERT');
  const known = verdictsOnAgent(past, agent);
  const named = known.flatMap((verdict) => (verdict.kind === 'DEMOTE' ? verdict.evidence.alerts : []));
  if (open.some((alert) => named.some((other) => isSameAlert(alert, other)))) return null;
  const lasting = open.flatMap(({ ts, since }) =>
    since !== null && msFromIso(ts) - msFromIso(since) >= rules.demoteAfterMs ? [since] : [],
  );
  if (lasting.length === 0) return null;
  const evidence = { alerts: open, alert_since: lasting.reduce((a, b) => (a < b ? a : b)) };
  const decided = {
    kind: 'DEMOTE' as const,
    subject: agent,
    episode: `${agent}/${known.length + 1}`,
    evidence,
  };
  const ts = open.map((alert) => alert.ts).reduce((a, b) => (a > b ? a : b));
  return { v: 1, verdict_id: verdictId(decided), ts, ...decided };
}

function isSameAlert(a: DivergenceAlert, b: DivergenceAlert): boolean {
  return a.horizon_hours === b.horizon_hours && a.trigger === b.trigger && a.since === b.since;
}
