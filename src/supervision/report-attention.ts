// What a person has to look at, in words with its numbers: breaches, open episodes, alerts, disabled classes, open proposals.

import type { CvarCell } from '../domain/cvar.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import type { AgentReport, MetaReport, StrategyReport } from '../domain/supervisor.ts';
import type { ClassReason, Verdict, VerdictKind } from '../domain/verdict.ts';
import { standingText } from './alert-text.ts';
import {
  bpsText,
  countText,
  dayText,
  fixed,
  intervalText,
  minuteText,
  nEffText,
  sigmaText,
} from './report-numbers.ts';

/** Most urgent first. KILL: beyond a limit while entries go on. */
const URGENCY = ['KILL', 'OPEN EPISODE', 'ALERT', 'DISABLED', 'PROPOSAL'] as const;

interface Attention {
  readonly what: (typeof URGENCY)[number];
  readonly kind: 'class' | 'agent';
  readonly name: string;
  /** Sentences with the numbers. They hold names of others, so they are escaped where they are shown. */
  readonly why: readonly string[];
}

const CLASS_URGENCY = ['KILL', 'OPEN EPISODE', 'DISABLED', null] as const;

const DIVERGENCE_URGENCY = ['ALERT', 'WARN', 'RESOLVED', 'OK', 'INSUFFICIENT'] as const;

/**
 * Returns what needs a person, most urgent first, then by name.
 *
 * @param openVerdicts proposals that the settings do not follow yet: see open-verdicts.ts.
 */
export function needsPerson(report: MetaReport, openVerdicts: readonly Verdict[]): readonly Attention[] {
  const classes = sortedEntries(report.strategies).flatMap(([name, strategy]) =>
    ofClass(name, strategy, verdictsAbout(openVerdicts, name, ['DISABLE', 'REENABLE'])),
  );
  const agents = sortedEntries(report.agents).flatMap(([name, agent]) =>
    ofAgent(name, agent, verdictsAbout(openVerdicts, name, ['PROMOTE', 'DEMOTE'])),
  );
  const gone = openVerdicts.filter((verdict) => !isKnown(report, verdict));
  const orphans = gone.map((verdict) => ({
    what: 'PROPOSAL' as const,
    kind: kindOf(verdict),
    name: verdict.subject,
    why: [verdictSentence(verdict), 'There are no rows of it any more.'],
  }));
  const rank = (each: Attention): number => URGENCY.indexOf(each.what);
  return [...classes, ...agents, ...orphans].sort((a, b) => rank(a) - rank(b));
}

/** Entries by name in code units, whatever order the object has. */
export function sortedEntries<T>(byName: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(byName).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Returns the most urgent of the triggers of an agent, or `null` where none was looked at. */
export function worstDivergence(agent: AgentReport): DivergenceAlert | null {
  const rank = (each: DivergenceAlert): number => DIVERGENCE_URGENCY.indexOf(each.state);
  return [...agent.divergence].sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

function isKnown(report: MetaReport, verdict: Verdict): boolean {
  return Object.hasOwn(kindOf(verdict) === 'class' ? report.strategies : report.agents, verdict.subject);
}

function kindOf(verdict: Verdict): 'class' | 'agent' {
  return verdict.kind === 'DISABLE' || verdict.kind === 'REENABLE' ? 'class' : 'agent';
}

function verdictsAbout(
  verdicts: readonly Verdict[],
  subject: string,
  kinds: readonly VerdictKind[],
): readonly Verdict[] {
  return verdicts.filter((each) => each.subject === subject && kinds.includes(each.kind));
}

function ofClass(name: string, strategy: StrategyReport, open: readonly Verdict[]): readonly Attention[] {
  const what = classUrgency(strategy) ?? (open.length > 0 ? 'PROPOSAL' : null);
  if (what === null) return [];
  const breached = sortedEntries(strategy.cells).filter(([, cell]) => cell.status === 'KILL');
  const current = sortedEntries(strategy.cells).filter(([regime]) => regime === strategy.current_regime);
  const why = [
    ...(breached.length > 0 ? breached : current).map(([regime, cell]) => cellSentence(regime, cell)),
    ...(strategy.open_episode === null ? [] : [`Episode ${strategy.open_episode} is open.`]),
    ...breached.flatMap(([, cell]) => recentSentences(cell)),
    strategy.status === 'DISABLED'
      ? 'The kill list has it DISABLED: entries are refused, exits are not.'
      : 'The kill list has it ENABLED: entries go on.',
    ...open.map(proposalSentence),
  ];
  return [{ what, kind: 'class', name, why }];
}

/** Returns why a class needs a person, or `null` where its own state gives no reason. */
function classUrgency(strategy: StrategyReport): 'KILL' | 'OPEN EPISODE' | 'DISABLED' | null {
  if (strategy.status === 'DISABLED') return 'DISABLED';
  if (Object.values(strategy.cells).some((cell) => cell.status === 'KILL')) return 'KILL';
  return strategy.open_episode === null ? null : 'OPEN EPISODE';
}

/** Classes, those that need a person first, then by name. */
export function classesByUrgency(report: MetaReport): readonly (readonly [string, StrategyReport])[] {
  const rank = ([, each]: readonly [string, StrategyReport]): number =>
    CLASS_URGENCY.indexOf(classUrgency(each));
  return [...sortedEntries(report.strategies)].sort((a, b) => rank(a) - rank(b));
}

function ofAgent(name: string, agent: AgentReport, open: readonly Verdict[]): readonly Attention[] {
  const alerts = agent.divergence.filter((each) => each.state === 'ALERT');
  if (alerts.length === 0 && open.length === 0) return [];
  const why = [
    ...(alerts.length > 0 ? [ALERT_MEANS] : []),
    ...alerts.slice(0, 3).map(alertSentence),
    ...(alerts.length > 3 ? [`And ${alerts.length - 3} more.`] : []),
    ...(alerts.length > 0 ? [agentConsequence(agent)] : []),
    ...open.map(proposalSentence),
  ];
  return [{ what: alerts.length > 0 ? 'ALERT' : 'PROPOSAL', kind: 'agent', name, why }];
}

const ALERT_MEANS = 'Its live results stopped looking like those that the model claims.';

function agentConsequence({ allocation, promotion }: AgentReport): string {
  const factor = fixed(allocation.divergence_factor, 2);
  const weight = `Its weight is ${fixed(allocation.weight, 3)} with a divergence factor of ${factor}`;
  return promotion.stage === 'live' ? `${weight}.` : `${weight}, and it is not promoted.`;
}

/** A cell in one sentence: regime, tail, interval, limit, and how much evidence there is. */
function cellSentence(regime: string, cell: CvarCell): string {
  const place = cell.is_current ? `In the current regime ${regime}` : `In ${regime}, not the current regime`;
  const { threshold } = cell;
  const tails = [
    `${sigmaText(cell.cvar95_sigma)} sigma (90 % interval ${intervalText(cell.ci90_sigma, 2)}` +
      `${threshold === null || threshold.max_cvar_sigma === null ? '' : `, limit ${sigmaText(threshold.max_cvar_sigma)}`})`,
    `${bpsText(cell.cvar95_error_bps)} bps (${intervalText(cell.ci90, 1)}` +
      `${threshold === null || threshold.max_cvar_error_bps === null ? '' : `, limit ${bpsText(threshold.max_cvar_error_bps)}`})`,
  ];
  return `${place} CVaR 95 of the shortfall is ${tails.join(' or ')}; ${evidenceOf(cell)}.`;
}

function evidenceOf(cell: CvarCell): string {
  return (
    `n ${countText(cell.n)}, n_eff ${nEffText(cell.n_eff)} in ${countText(cell.n_blocks)} spans, ` +
    `window ${dayText(cell.window_from)} to ${dayText(cell.window_to)}`
  );
}

function recentSentences({ recent }: CvarCell): readonly string[] {
  if (recent.cvar95_sigma === null) return [];
  return [
    `The newest ${nEffText(recent.n_eff)} effective rows, since ${dayText(recent.from)}, ` +
      `give ${sigmaText(recent.cvar95_sigma)} sigma.`,
  ];
}

function alertSentence(alert: DivergenceAlert): string {
  return (
    `${alert.state} of ${alert.trigger} at ${alert.horizon_hours} h since ${minuteText(alert.since)}: ` +
    `${standingText(alert)}; ` +
    `window ${countText(alert.window)} signals, n_eff ${nEffText(alert.n_eff)}; ` +
    `mean error ${bpsText(alert.mean_error_bps)} bps, mean size of the error ${bpsText(alert.mean_abs_error_bps)} bps.`
  );
}

const PROPOSED: Readonly<Record<VerdictKind, string>> = {
  DISABLE: 'to disable the class',
  REENABLE: 'to enable the class again',
  PROMOTE: 'to promote the agent to live',
  DEMOTE: 'to move the agent back to shadow',
};

/** What a person does who follows a proposal. Doing nothing declines it. */
const TO_FOLLOW: Readonly<Record<VerdictKind, string>> = {
  DISABLE: 'set status: DISABLED in config/kill-list.yaml, with reason, evidence, since and episode',
  REENABLE: 'set status: ENABLED in config/kill-list.yaml, without reason, evidence, since and episode',
  PROMOTE: 'set stage: live in config/agents.yaml',
  DEMOTE: 'set stage: shadow in config/agents.yaml',
};

function proposalSentence({ kind, episode, ts }: Verdict): string {
  const proposal = `The proposal ${PROPOSED[kind]} (${episode}, ${minuteText(ts)}) waits for a person`;
  return `${proposal}: to follow it, ${TO_FOLLOW[kind]}.`;
}

/** What a verdict on a class says, where its kind alone does not. */
const SAYS: Readonly<Record<ClassReason, string>> = {
  breach: 'DISABLE proposed',
  grown: 'DISABLE proposed, and the breach has grown',
  relapse: 'the proposal to REENABLE is withdrawn, the class is beyond its limit again',
  withdrawn: 'the proposal to DISABLE is withdrawn',
  recovered: 'REENABLE proposed',
};

/** Returns what a verdict proposes or withdraws and on what evidence, without the name of its subject. */
export function verdictSentence(verdict: Verdict): string {
  const says = 'reason' in verdict.evidence ? SAYS[verdict.evidence.reason] : `${verdict.kind} proposed`;
  const opening = `${says} (${verdict.episode}, ${minuteText(verdict.ts)}).`;
  switch (verdict.kind) {
    case 'DISABLE':
    case 'REENABLE': {
      const { regime, cell, fresh_n_eff: freshNEff } = verdict.evidence;
      const fresh =
        freshNEff === null
          ? ''
          : ` Newest effective rows that recovery was judged by: ${nEffText(freshNEff)}.`;
      return `${opening} ${cellSentence(regime, cell)}${fresh}`;
    }
    case 'PROMOTE': {
      const gates = Object.values(verdict.evidence.promotion.gates).filter((gate) => gate.decides);
      const passed = gates.filter((gate) => gate.pass).length;
      return `${opening} ${passed} of ${gates.length} deciding gates pass.`;
    }
    case 'DEMOTE':
      return `${opening} ${verdict.evidence.alerts.slice(0, 3).map(alertSentence).join(' ')}`;
  }
}
