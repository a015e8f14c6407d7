// Episodes: one stretch of breach of a class, from the verdict that proposes to stop it to the one that says it recovered.

import { assert } from '../domain/assert.ts';
import type { Verdict } from '../domain/verdict.ts';

/** `subject` is a strategy class. */
export type ClassVerdict = Extract<Verdict, { kind: 'DISABLE' | 'REENABLE' }>;
/** `subject` is an agent. */
export type AgentVerdict = Exclude<Verdict, ClassVerdict>;

export interface Episode {
  /** `<class>/<n>`. */
  readonly episode: string;
  /** Oldest first; empty where a person disabled the class and no verdict proposed it. */
  readonly disables: readonly ClassVerdict[];
  /** It began with a DISABLE verdict, and no REENABLE verdict ended it. */
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

/** Returns the episodes of a class in the order in which they began. `verdicts` are those of the log, oldest first. */
export function episodesOf(verdicts: readonly Verdict[], strategyClass: string): Episode[] {
  const byId = new Map<string, ClassVerdict[]>();
  for (const verdict of verdictsOnClass(verdicts, strategyClass)) {
    const known = byId.get(verdict.episode);
    if (known === undefined) byId.set(verdict.episode, [verdict]);
    else known.push(verdict);
  }
  return [...byId].map(([episode, all]) => {
    const disables = all.filter(({ kind }) => kind === 'DISABLE');
    return { episode, disables, isOpen: disables.length > 0 && disables.length === all.length };
  });
}

/** Returns the open episode of a class, or `null` where the verdicts leave none open. */
export function openEpisode(verdicts: readonly Verdict[], strategyClass: string): Episode | null {
  return episodesOf(verdicts, strategyClass).findLast(({ isOpen }) => isOpen) ?? null;
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
