// Episodes: one stretch of breach of a class, from the verdict that proposes to stop it to the one that says it recovered.

import { assert } from '../domain/assert.ts';
import type { CvarCell } from '../domain/cvar.ts';
import type { DisabledClass } from '../domain/kill-list.ts';
import { isAboutClass, type ProposalKey } from '../domain/proposal.ts';
import { msFromIso } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { LossUnit } from './loss.ts';

/** `subject` is a strategy class. */
export type ClassVerdict = Extract<Verdict, { kind: 'DISABLE' | 'REENABLE' }>;
/** `subject` is an agent. */
type AgentVerdict = Exclude<Verdict, ClassVerdict>;

export interface Episode {
  /** `<class>/<n>`. */
  readonly episode: string;
  /** All of it, oldest first. */
  readonly verdicts: readonly ClassVerdict[];
  /** Oldest first; empty where a person disabled the class and no verdict proposed it. */
  readonly disables: readonly ClassVerdict[];
  /** The newest verdict on the class is a DISABLE of this episode: at most one is open. A relapse opens it again. */
  readonly isOpen: boolean;
}

export function isClassVerdict(verdict: Verdict): verdict is ClassVerdict {
  return verdict.kind === 'DISABLE' || verdict.kind === 'REENABLE';
}

/** Returns the verdicts on a strategy class, and none on an agent that happens to bear its name. */
export function verdictsOnClass(verdicts: readonly Verdict[], strategyClass: string): ClassVerdict[] {
  return verdicts.filter(isClassVerdict).filter((verdict) => verdict.subject === strategyClass);
}

/** Returns the verdicts on an agent, and none on a strategy class that happens to bear its name. */
export function verdictsOnAgent(verdicts: readonly Verdict[], agent: string): AgentVerdict[] {
  return verdicts.filter((verdict) => !isClassVerdict(verdict)).filter(({ subject }) => subject === agent);
}

/** Returns the newest verdict about the subject of a proposal, of any episode, or `null` where there is none. */
export function newestVerdictAbout(
  verdicts: readonly Verdict[],
  { action, subject }: Pick<ProposalKey, 'action' | 'subject'>,
): Verdict | null {
  const about = isAboutClass(action)
    ? verdictsOnClass(verdicts, subject)
    : verdictsOnAgent(verdicts, subject);
  return about.at(-1) ?? null;
}

/** Returns the episodes of a class in the order in which they began. `verdicts` are those of the log, oldest first. */
export function episodesOf(verdicts: readonly Verdict[], strategyClass: string): Episode[] {
  const byId = new Map<string, ClassVerdict[]>();
  const onClass = verdictsOnClass(verdicts, strategyClass);
  const newest = onClass.at(-1);
  for (const verdict of onClass) {
    const known = byId.get(verdict.episode);
    if (known === undefined) byId.set(verdict.episode, [verdict]);
    else known.push(verdict);
  }
  return [...byId].map(([episode, all]) => ({
    episode,
    verdicts: all,
    disables: all.filter(({ kind }) => kind === 'DISABLE'),
    isOpen: newest?.kind === 'DISABLE' && newest.episode === episode,
  }));
}

/** Returns the open episode of a class, or `null` where the verdicts leave none open. */
export function openEpisode(verdicts: readonly Verdict[], strategyClass: string): Episode | null {
  return episodesOf(verdicts, strategyClass).find(({ isOpen }) => isOpen) ?? null;
}

/**
 * Returns the verdict that says of a disabled class that it recovered, or `null` where none says so now: the newest verdict of
 * the episode for which it is disabled, where that is a recovery since then. A proposal that was withdrawn and merged all
 * the same, a recovery from before a person disabled the class again, and one that a relapse took back do not count.
 */
export function recoverySaid(
  verdicts: readonly Verdict[],
  strategyClass: string,
  { episode, since }: Pick<DisabledClass, 'episode' | 'since'>,
): ClassVerdict | null {
  const newest = verdictsOnClass(verdicts, strategyClass).findLast((each) => each.episode === episode);
  if (newest?.kind !== 'REENABLE' || newest.evidence.reason !== 'recovered') return null;
  return msFromIso(newest.ts) >= msFromIso(since) ? newest : null;
}

/** A breach is much worse where even its lower bound is beyond this many times the estimate that was said last. */
const MUCH_WORSE = 1.5;

/**
 * Returns the newest of `disables` (of one episode, oldest first) than which the breach of a cell is much worse, or `null`
 * where it is not: in a unit whose limit is breached, the lower bound of the 90 % interval is more than 1.5 times the
 * estimate that the verdict said last of the same regime. What is unknown is not much worse.
 */
export function muchWorseThan(
  disables: readonly ClassVerdict[],
  regime: string,
  cell: CvarCell,
): ClassVerdict | null {
  const ofRegime = disables.filter(({ evidence }) => evidence.regime === regime);
  for (const unit of cell.breached) {
    const said = ofRegime.findLast(({ evidence }) => estimateIn(evidence.cell, unit) !== null);
    const estimate = said === undefined ? null : estimateIn(said.evidence.cell, unit);
    const lower = (unit === 'bps' ? cell.ci90 : cell.ci90_sigma)?.[0] ?? null;
    if (said !== undefined && estimate !== null && lower !== null && lower > MUCH_WORSE * estimate)
      return said;
  }
  return null;
}

function estimateIn(cell: CvarCell, unit: LossUnit): number | null {
  return unit === 'bps' ? cell.cvar95_error_bps : cell.cvar95_sigma;
}

/** Returns the id of an episode of `subject` that comes after all the `known` ones of it: `<subject>/<n>`. */
export function nextEpisode(subject: string, known: readonly string[]): string {
  return `${subject}/${1 + known.map(episodeNumber).reduce((a, b) => Math.max(a, b), 0)}`;
}

/** Returns the number of an episode: what stands behind its last slash, since a name may hold slashes too. */
export function episodeNumber(episode: string): number {
  const number = Number(episode.slice(episode.lastIndexOf('/') + 1));
  assert(Number.isSafeInteger(number) && number > 0, `"${episode}" is not an episode; expected macro/3`);
  return number;
}

/** Returns the regimes that breached in an episode, each once, the one that breached last at the end. */
export function breachedRegimes({ disables }: Pick<Episode, 'disables'>): string[] {
  const newestFirst = disables.map(({ evidence }) => evidence.regime).reverse();
  return [...new Set(newestFirst)].reverse();
}
