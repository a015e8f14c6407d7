// The proposals that wait for a person: verdicts whose consequence the configuration does not show yet.

import { registeredAgent } from '../domain/config.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { Settings } from '../domain/settings.ts';
import type { Promotion } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import { isClassVerdict, openEpisode, recoverySaid, verdictsOnAgent } from './episodes.ts';
import { isSameAlert } from './same-alert.ts';

/** What a look finds about the agents: whether a proposal on one is still called for. */
export interface AgentsNow {
  readonly promotion: Promotion;
  readonly alerts: readonly DivergenceAlert[];
}

/**
 * Returns the newest verdict of every subject that the settings do not follow and that is still called for: a DISABLE of an open
 * episode while the class is enabled, the recovery of a disabled one ({@link recoverySaid}), a PROMOTE of a shadow that is
 * eligible now, a DEMOTE of a live agent while an ALERT that it names ({@link isSameAlert}) is open. Sorted by subject, classes
 * first. Whether a person declined one is known where pull requests are.
 */
export function openVerdicts(log: readonly Verdict[], settings: Settings, now: AgentsNow): Verdict[] {
  const classes = new Set(log.filter(isClassVerdict).map(({ subject }) => subject));
  const agents = new Set(log.filter((verdict) => !isClassVerdict(verdict)).map(({ subject }) => subject));
  return [
    ...[...classes].sort().flatMap((subject) => openOnClass(log, settings, subject) ?? []),
    ...[...agents].sort().flatMap((subject) => openOnAgent(log, settings, now, subject) ?? []),
  ];
}

function openOnClass(log: readonly Verdict[], { kill_list }: Settings, subject: string): Verdict | null {
  const entry = entryOf(kill_list, subject);
  if (entry?.status !== 'DISABLED') {
    return openEpisode(log, subject)?.disables.at(-1) ?? null;
  }
  return recoverySaid(log, subject, entry);
}

function openOnAgent(
  log: readonly Verdict[],
  { agents, warden }: Settings,
  { promotion, alerts }: AgentsNow,
  subject: string,
): Verdict | null {
  const isLive = registeredAgent(agents, subject)?.stage === 'live';
  const newest = verdictsOnAgent(log, subject).at(-1);
  if (newest?.kind === 'PROMOTE') {
    const isEligible = Object.hasOwn(promotion, subject) && promotion[subject]?.eligible === true;
    return !isLive && isEligible ? newest : null;
  }
  if (newest?.kind !== 'DEMOTE' || !isLive) return null;
  const open = alerts.filter(({ state }) => state === 'ALERT');
  const named = newest.evidence.alerts;
  const goesOn = open.some((alert) => named.some((other) => isSameAlert(alert, other, warden.divergence)));
  return goesOn ? newest : null;
}
