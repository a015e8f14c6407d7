// Which open pull requests the divergence of an agent concerns: what a reviewer of them should know before merging.

import { canonicalJson } from '../domain/canonical.ts';
import { registeredAgent } from '../domain/config.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { ChangedFile } from '../domain/github.ts';
import { isAboutClass, type ProposalKey } from '../domain/proposal.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import { matchesGlob } from './glob-match.ts';

/** What a pull request is about, as far as it can be told. */
export interface PullSubjects {
  /** What it proposes, where it is one of Warden. */
  readonly proposal: ProposalKey | null;
  readonly files: readonly ChangedFile[];
  /** Entries of the kill list that differ from the base. */
  readonly classes: readonly string[];
  /** Entries of the registry that differ from the base. */
  readonly agents: readonly string[];
}

/** States of a trigger that people are told of. */
const TOLD: readonly DivergenceAlert['state'][] = ['ALERT', 'WARN', 'RESOLVED'];

/** Returns the alerts that a pull request concerns, in their order; those that are over as well, so that they are said to be. */
export function alertsConcerning(
  pull: PullSubjects,
  alerts: readonly DivergenceAlert[],
  settings: Pick<Settings, 'agents'>,
  report: MetaReport | null,
): DivergenceAlert[] {
  const told = alerts.filter(({ state }) => TOLD.includes(state));
  const agents = new Set(told.map(({ agent }) => agent));
  const concerned = new Set([...agents].filter((agent) => isConcerned(pull, agent, settings, report)));
  return told.filter(({ agent }) => concerned.has(agent));
}

function isConcerned(
  { proposal, files, classes, agents }: PullSubjects,
  agent: string,
  settings: Pick<Settings, 'agents'>,
  report: MetaReport | null,
): boolean {
  const registered = registeredAgent(settings.agents, agent);
  const reported = report === null ? undefined : entryOf(report.agents, agent);
  const strategyClass = registered?.strategy_class ?? reported?.strategy_class ?? null;
  if (proposal !== null) {
    return proposal.subject === (isAboutClass(proposal.action) ? strategyClass : agent);
  }
  if (agents.includes(agent)) return true;
  if (strategyClass !== null && classes.includes(strategyClass)) return true;
  const globs = registered?.paths ?? [];
  return files.some(({ path, previousPath }) =>
    globs.some(
      (glob) => matchesGlob(glob, path) || (previousPath !== null && matchesGlob(glob, previousPath)),
    ),
  );
}

/** Returns the names whose entries differ between two files of the configuration, sorted. Order of keys is no difference. */
export function changedEntries(
  base: Readonly<Record<string, unknown>>,
  head: Readonly<Record<string, unknown>>,
): string[] {
  const entry = (from: Readonly<Record<string, unknown>>, name: string): string | null =>
    Object.hasOwn(from, name) ? canonicalJson(from[name]) : null;
  const names = new Set([...Object.keys(base), ...Object.keys(head)]);
  return [...names].filter((name) => entry(base, name) !== entry(head, name)).sort();
}
