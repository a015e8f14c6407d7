// The comment about divergence on a pull request that it concerns: one, edited in place, and a second one only when it gets worse.

import Type, { type Static } from 'typebox';
import type { WardenConfig } from '../domain/config.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import { oneOf, version } from '../domain/fields.ts';
import { GITHUB_LIMITS } from '../domain/github.ts';
import { markerLine } from '../domain/marker.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import { closed } from '../domain/supervisor-fields.ts';
import { standingText } from './alert-text.ts';
import {
  agentsIn,
  byUrgency,
  clearingSentences,
  countWords,
  DIVERGENCE_SEVERITIES,
  type DivergenceSeverity,
  effectTable,
  glanceTable,
  openOnes,
  severityOf,
} from './divergence-facts.ts';
import { mdDetails, mdFence, mdName } from './markdown.ts';
import { fitMarkdown } from './markdown-fit.ts';
import { mentionsOf } from './mentions.ts';
import { shellWord } from './outside-text.ts';
import { divergenceChart } from './proposal-chart.ts';
import { countText, minuteText } from './report-numbers.ts';
import { restSentence, type StatePlace, stateFileLink } from './state-links.ts';

const SENTENCES_MAX = 5;
const COMMANDS_MAX = 5;

/** The facts of the comments about divergence. */
export const DivergenceMarker = Type.Object({ v: version, severity: oneOf(DIVERGENCE_SEVERITIES) }, closed);
export type DivergenceMarker = Static<typeof DivergenceMarker>;

/** What a comment about divergence is written from. It holds no commit, so that equal facts give an equal text. */
export interface DivergenceFacts {
  /** Of the agents concerned; only those in ALERT, WARN or RESOLVED are shown. */
  readonly alerts: readonly DivergenceAlert[];
  readonly report: MetaReport | null;
  readonly warden: WardenConfig;
  readonly repositoryUrl: string;
}

/** Returns the comment that is kept on a pull request, its marker first, and how bad what is open is. */
export function divergenceComment(facts: DivergenceFacts): {
  readonly body: string;
  readonly severity: DivergenceSeverity;
} {
  const sorted = byUrgency(facts.alerts);
  const severity = severityOf(sorted);
  const marker: DivergenceMarker = { v: 1, severity };
  const parts = [
    markerLine('divergence', marker),
    ...(openOnes(sorted).length === 0 ? overParts(sorted) : openParts(sorted, facts)),
  ];
  return {
    body: fitMarkdown(parts.join('\n\n'), GITHUB_LIMITS.bodyChars, restSentence(placeOf(facts))),
    severity,
  };
}

function overParts(sorted: readonly DivergenceAlert[]): readonly string[] {
  return [
    '### Divergence: over',
    'No divergence of the agents that this pull request concerns is open any more.',
    ...(sorted.length === 0 ? [] : [mdDetails('What was open', glanceTable(sorted))]),
  ];
}

function openParts(sorted: readonly DivergenceAlert[], facts: DivergenceFacts): readonly string[] {
  const { report, warden } = facts;
  const open = openOnes(sorted);
  const raised = open.filter(({ state }) => state === 'ALERT');
  // Where alerts are open, early warnings of the same agents add nothing that a person acts on.
  const shown = raised.length === 0 ? sorted : sorted.filter(({ state }) => state !== 'WARN');
  const folded = sorted.filter((alert) => !shown.includes(alert));
  const chart = divergenceChart(raised.length === 0 ? open : raised);
  const effect = effectTable(agentsIn(open), report, warden.allocation);
  return [
    `### Divergence: ${countWords(open)}`,
    sentencesOf(open),
    glanceTable(shown),
    ...(chart === null ? [] : [chart]),
    ...(folded.length === 0 ? [] : [mdDetails(countWords(folded), glanceTable(folded))]),
    '#### What it did',
    ...(effect === null
      ? ['Weights and promotion of these agents are not known: the report of the newest run cannot be read.']
      : [effect]),
    `An ALERT multiplies the weight by ${warden.allocation.alert_factor} and blocks promotion; a warning multiplies it by ` +
      `${warden.allocation.warn_factor}. A live agent whose ALERT lasts ${warden.promotion.demote_after} is proposed for shadow.`,
    '#### What would clear it',
    clearingSentences(open, warden.divergence)
      .map((sentence) => `- ${sentence}`)
      .join('\n'),
    mdDetails('Check it yourself', checkText(open, facts)),
  ];
}

/** The worst alert of each agent in a sentence. */
function sentencesOf(open: readonly DivergenceAlert[]): string {
  const agents = agentsIn(open);
  const lines = agents.slice(0, SENTENCES_MAX).flatMap((agent) => {
    const [worst, ...others] = open.filter((alert) => alert.agent === agent);
    if (worst === undefined) return [];
    const more =
      others.length === 0
        ? ''
        : `; ${countText(others.length)} more of its triggers ${others.length === 1 ? 'is' : 'are'} open`;
    return [
      `- ${mdName(agent)} ${worst.state === 'ALERT' ? '**stopped looking like its model**' : 'may stop looking like its model'} ` +
        `since ${minuteText(worst.since)} UTC: ${worst.trigger} at ${worst.horizon_hours} h, ${standingText(worst)}${more}.`,
    ];
  });
  const more = agents.length - lines.length;
  return [...lines, ...(more > 0 ? [`- And ${countText(more)} more agents.`] : [])].join('\n');
}

function checkText(open: readonly DivergenceAlert[], facts: DivergenceFacts): string {
  const agents = agentsIn(open).slice(0, COMMANDS_MAX);
  const newest = open.reduce((latest, { ts }) => (ts > latest ? ts : latest), '');
  const commands = agents.map((agent) => `warden explain --kind agent --at ${newest} -- ${shellWord(agent)}`);
  return [
    mdFence(commands.join('\n'), 'sh'),
    `All triggers: ${stateFileLink(placeOf(facts), 'supervisor/divergence_alerts.json')}`,
  ].join('\n\n');
}

/**
 * Returns the comment that tells people by name that divergence became worse. It is written anew each time, because GitHub
 * notifies nobody of an edit.
 */
export function escalationComment(facts: DivergenceFacts, mention: readonly string[]): string {
  const open = openOnes(byUrgency(facts.alerts));
  const marker: DivergenceMarker = { v: 1, severity: severityOf(open) };
  const body = [
    markerLine('escalation', marker),
    `${mentionsOf(mention)}**Divergence has become worse: ${countWords(open)}, severity ${marker.severity}.**`,
    sentencesOf(open),
    'The comment about divergence on this page has the figures, what it did to weights, and what would clear it. It is kept up to date.',
  ];
  return fitMarkdown(body.join('\n\n'), GITHUB_LIMITS.bodyChars, restSentence(placeOf(facts)));
}

function placeOf({ repositoryUrl, warden }: DivergenceFacts): StatePlace {
  return { repositoryUrl, stateCommit: null, stateBranch: warden.state.branch };
}
