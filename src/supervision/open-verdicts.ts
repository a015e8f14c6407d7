// The proposals that wait for a person: verdicts whose consequence the configuration does not show yet.

import { registeredAgent } from '../domain/config.ts';
import type { Settings } from '../domain/settings.ts';
import type { Verdict } from '../domain/verdict.ts';
import { isClassVerdict, openEpisode, recoverySaid, verdictsOnAgent } from './episodes.ts';

/**
 * Returns the newest verdict of every subject that the settings do not follow: a DISABLE of an open episode while the class is
 * enabled, the recovery of a disabled one ({@link recoverySaid}), a PROMOTE of a shadow, a DEMOTE of a live agent. Sorted by
 * subject, classes first. Whether a person declined one is known where pull requests are.
 */
export function openVerdicts(log: readonly Verdict[], settings: Settings): Verdict[] {
  const classes = new Set(log.filter(isClassVerdict).map(({ subject }) => subject));
  const agents = new Set(log.filter((verdict) => !isClassVerdict(verdict)).map(({ subject }) => subject));
  return [
    ...[...classes].sort().flatMap((subject) => openOnClass(log, settings, subject) ?? []),
    ...[...agents].sort().flatMap((subject) => openOnAgent(log, settings, subject) ?? []),
  ];
}

function openOnClass(log: readonly Verdict[], { kill_list }: Settings, subject: string): Verdict | null {
  const entry = Object.hasOwn(kill_list, subject) ? kill_list[subject] : undefined;
  if (entry?.status !== 'DISABLED') {
    return openEpisode(log, subject)?.disables.at(-1) ?? null;
  }
  return recoverySaid(log, subject, entry);
}

function openOnAgent(log: readonly Verdict[], { agents }: Settings, subject: string): Verdict | null {
  const stage = registeredAgent(agents, subject)?.stage ?? 'shadow';
  const newest = verdictsOnAgent(log, subject).at(-1);
  const waits = newest?.kind === (stage === 'live' ? 'DEMOTE' : 'PROMOTE');
  return waits && newest !== undefined ? newest : null;
}
