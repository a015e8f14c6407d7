// The pull request of a proposal as people read it: the decision first, then every figure, what merging and closing do, how to check.

import { sha256Hex } from '../domain/canonical.ts';
import { entryOf } from '../domain/entry-of.ts';
import { GITHUB_LIMITS } from '../domain/github.ts';
import { markerLine } from '../domain/marker.ts';
import { type ProposalKey, type ProposalMarker, titleStart } from '../domain/proposal.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import { htmlName, mdDetails } from './markdown.ts';
import { fitMarkdown } from './markdown-fit.ts';
import { cut } from './outside-text.ts';
import { divergenceChart, gateChart, tailChart } from './proposal-chart.ts';
import { asOfLine, checkSection, closingSection, mergingSection } from './proposal-consequences.ts';
import { decisionParagraphs, sinceThenParagraph } from './proposal-decision.ts';
import {
  agentsOfClass,
  agentsTable,
  alertsTable,
  evidenceTable,
  gatesTable,
  historyList,
  regimesTable,
  TAIL_NOTE,
  tailTable,
} from './proposal-facts.ts';
import { sortedEntries } from './report-attention.ts';
import { dayCharts } from './report-charts.ts';
import { countText } from './report-numbers.ts';
import { restSentence, type StatePlace } from './state-links.ts';

/** A proposal that the figures call for. */
export interface WantedProposal {
  readonly key: ProposalKey;
  /** Newest of the episode. */
  readonly verdict: Verdict;
  /** Of the episode, oldest first. */
  readonly history: readonly Verdict[];
}

/** What a body is written from, beside the verdicts. */
export interface ProposalContext {
  /** `null` where it cannot be read: then the verdicts alone speak. */
  readonly report: MetaReport | null;
  /** Those of the default branch. */
  readonly settings: Settings;
  /** Address for people, `https://github.com/owner/name`. */
  readonly repositoryUrl: string;
  readonly stateCommit: string | null;
  readonly stateBranch: string;
  readonly codeVersion: string;
}

/** Ends a mention, a reference or a word that GitHub acts on before it begins; nothing of it shows. */
const BREAK = '\u200b';

/** Every character may take two, and a title holds {@link GITHUB_LIMITS.titleChars}. */
const NAME_IN_TITLE_MAX = 100;

/**
 * Returns the title of the pull request of a proposal as plain text of at most 256 characters. It also becomes the message of a
 * merge, where mentions, references and `[skip ci]` would count, so they are broken.
 */
export function proposalTitle({ action, subject }: ProposalKey): string {
  const name = cut(subject, NAME_IN_TITLE_MAX).trim();
  const broken = name.replaceAll(/[@#[]|\bGH-(?=\d)|:(?=\/\/)|\bwww(?=\.)/giu, (found) => `${found}${BREAK}`);
  return `${titleStart(action)}${broken}`;
}

/**
 * Returns the body of the pull request of a proposal, its marker as the first line, of at most 65,536 characters, and the facts of
 * that marker. The digest of the evidence is of everything the body says but as of when, from which commit, and by which version
 * of Warden it was written, so that equal evidence is not written again.
 */
export function proposalBody(
  wanted: WantedProposal,
  context: ProposalContext,
): { readonly body: string; readonly marker: ProposalMarker } {
  const { key, verdict } = wanted;
  const marker: ProposalMarker = {
    v: 1,
    action: key.action,
    subject: key.subject,
    episode: key.episode,
    verdict_id: verdict.verdict_id,
    requested_by: null,
    evidence_sha256: sha256Hex(sectionsOf(wanted, { ...context, stateCommit: null }).join('\n\n')),
    as_of: context.report?.generated_at ?? verdict.ts,
    state_commit: context.stateCommit,
  };
  const { report, codeVersion } = context;
  const whole = [
    markerLine('proposal', marker),
    ...sectionsOf(wanted, context),
    asOfLine({ report, verdict, codeVersion, place: placeOf(context) }),
  ].join('\n\n');
  return { body: fitMarkdown(whole, GITHUB_LIMITS.bodyChars, restSentence(placeOf(context))), marker };
}

function sectionsOf(wanted: WantedProposal, context: ProposalContext): readonly string[] {
  const { key, verdict, history } = wanted;
  const { report, settings } = context;
  const place = placeOf(context);
  const sinceThen = sinceThenParagraph(verdict, report);
  return [
    decisionParagraphs(verdict, settings),
    ...(sinceThen === null ? [] : [sinceThen]),
    ...figuresOf(wanted, context),
    mergingSection({ key, settings, report }),
    closingSection(key),
    '### This episode so far',
    historyList(history.length === 0 ? [verdict] : history, place),
    checkSection({ verdict, report, place, codeVersion: context.codeVersion }),
  ];
}

function figuresOf({ key, verdict }: WantedProposal, context: ProposalContext): readonly string[] {
  const { report, settings } = context;
  const place = placeOf(context);
  switch (verdict.kind) {
    case 'DISABLE':
    case 'REENABLE': {
      const { regime, cell, horizon_hours: horizon, decision } = verdict.evidence;
      const agents = agentsOfClass(key.subject, report, settings);
      return [
        '### Figures',
        tailTable(cell),
        ...present(tailChart(key.subject, regime, cell)),
        evidenceTable(regime, cell, horizon, decision),
        TAIL_NOTE,
        ...folded(
          'All regimes of',
          key.subject,
          report === null ? null : regimesTable(report, key.subject, place),
        ),
        ...folded('Results over time of', key.subject, daysOf(key.subject, report)),
        '### Agents involved',
        agents.length === 0 ? 'No agent is known to belong to it.' : agentsTable(agents, place),
        ...(report === null ? [NO_REPORT] : []),
      ];
    }
    case 'PROMOTE': {
      const gates = sortedEntries(verdict.evidence.promotion.gates);
      return [
        '### Figures',
        gatesTable(gates),
        ...present(
          gateChart(
            key.subject,
            gates.filter(([, gate]) => gate.decides),
          ),
        ),
        ...agentSections(key.subject, context),
      ];
    }
    case 'DEMOTE': {
      const { alerts } = verdict.evidence;
      const more = alerts.length - ALERTS_SHOWN_MAX;
      return [
        '### Figures',
        alertsTable(alerts.slice(0, ALERTS_SHOWN_MAX)),
        ...(more > 0 ? [`And ${countText(more)} more.`] : []),
        ...present(divergenceChart(alerts)),
        ...agentSections(key.subject, context),
      ];
    }
  }
}

const ALERTS_SHOWN_MAX = 40;

const NO_REPORT =
  'The report of the newest run cannot be read, so weights, multipliers and results of agents are not known here. The verdict above is complete.';

function agentSections(agent: string, context: ProposalContext): readonly string[] {
  const { report, settings } = context;
  const known = report === null ? null : (entryOf(report.agents, agent) ?? null);
  const stage = entryOf(settings.agents, agent)?.stage ?? null;
  return [
    '### Agent',
    agentsTable([{ name: agent, report: known, stage }], placeOf(context)),
    ...(report === null ? [NO_REPORT] : []),
    ...(known === null
      ? []
      : folded('Results over time of the class', known.strategy_class, daysOf(known.strategy_class, report))),
  ];
}

function daysOf(strategyClass: string, report: MetaReport | null): string | null {
  const days = report === null ? undefined : entryOf(report.strategies, strategyClass)?.days;
  return days === undefined || days.length === 0 ? null : dayCharts(strategyClass, days).join('\n\n');
}

function folded(title: string, name: string, markdown: string | null): readonly string[] {
  return markdown === null ? [] : [mdDetails(`${title} ${htmlName(name)}`, markdown)];
}

function present(markdown: string | null): readonly string[] {
  return markdown === null ? [] : [markdown];
}

function placeOf({ repositoryUrl, stateCommit, stateBranch }: ProposalContext): StatePlace {
  return { repositoryUrl, stateCommit, stateBranch };
}
