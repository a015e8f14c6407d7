// The verdicts: what the figures of a run say should be done about classes and agents, each said once per episode.

import type { AgentPromotion } from '../domain/supervisor.ts';
import { msFromIso } from '../domain/time.ts';
import { verdictId } from '../domain/verdict.ts';
import { classVerdict } from './class-verdicts.ts';
import type { DecisionFacts, VerdictDraft } from './decision-facts.ts';
import { verdictsOnAgent } from './episodes.ts';
import { isSameAlert } from './same-alert.ts';

/**
 * Returns the verdicts that the facts call for and the log does not hold: classes by name, then agents by name, at most one
 * each. With them in the log the same facts call for nothing more.
 *
 * A class: see {@link classVerdict}.
 *
 * An agent: PROMOTE where it is a shadow and eligible, unless that was said less than `promotion.repropose_after` ago and no
 * DEMOTE followed. DEMOTE where it is live and an ALERT has lasted `promotion.demote_after`, unless a DEMOTE named one of
 * the open alerts already ({@link isSameAlert}).
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
  if (open.some((alert) => named.some((other) => isSameAlert(alert, other, rules.divergence)))) return null;
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
