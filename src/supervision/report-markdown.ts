// supervisor/meta_report.md: what needs a person first, then classes, charts, agents, divergence, gates, and how to check it all.

import type { AgentReport, MetaReport } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import { htmlName, mdCode, mdDetails, mdName, mdText } from './markdown.ts';
import { gatesTable } from './proposal-facts.ts';
import { needsPerson, sortedEntries, verdictSentence, worstDivergence } from './report-attention.ts';
import { chartsSection } from './report-charts.ts';
import { brief, countText, fixed, minuteText, nEffText } from './report-numbers.ts';
import { agentsByUrgency, agentsSection, classesSection, divergenceSection } from './report-tables.ts';

/** A summary of a run on GitHub ends at 1 MiB; this leaves room for what else the run says. */
export const REPORT_BYTES_MAX = 900 * 1024;

/** From here on only agents with something to tell have their gates listed. */
const AGENTS_ALL_LISTED_MAX = 30;

const ATTENTION_SHOWN_MAX = 30;
const VERDICTS_SHOWN_MAX = 50;

/** Room for the closing section and the sentence about what was left out. */
const CLOSING_BYTES = 4096;

export interface ReportContext {
  /** Proposals that the settings do not follow yet: see open-verdicts.ts. */
  readonly openVerdicts: readonly Verdict[];
  /** A sentence where a configuration that cannot be read made the last good settings stay in force, else `null`. */
  readonly lastGood: string | null;
}

/**
 * Returns the meta report as GitHub-flavoured Markdown with a newline at the end: the same text for the same arguments, below
 * {@link REPORT_BYTES_MAX} bytes. Unknown is a dash, never 0. What a run newly decided is {@link verdictsMarkdown}, not part of
 * it, so that a run that finds nothing new writes the same file.
 */
export function metaReportMarkdown(report: MetaReport, context: ReportContext): string {
  const sections = [
    '# Meta report',
    openingLine(report),
    ...(context.lastGood === null ? [] : [`> [!WARNING]\n> ${mdText(context.lastGood)}`]),
    attentionSection(report, context.openVerdicts),
    classesSection(report),
    chartsSection(report),
    agentsSection(report),
    divergenceSection(report),
  ].filter((section) => section !== null);
  const used = bytesOf(sections.join('\n\n')) + CLOSING_BYTES;
  const gates = gatesSection(report, context.openVerdicts, REPORT_BYTES_MAX - used);
  return `${[...sections, gates, originSection(report)].join('\n\n')}\n`;
}

/** Returns the section of what this run newly decided, or `null` where it decided nothing. */
export function verdictsMarkdown(newVerdicts: readonly Verdict[]): string | null {
  if (newVerdicts.length === 0) return null;
  const shown = newVerdicts
    .slice(0, VERDICTS_SHOWN_MAX)
    .map((verdict) => `- ${mdName(verdict.subject)}: ${mdText(verdictSentence(verdict))}`);
  const more = newVerdicts.length - shown.length;
  return [
    '## Decided in this run',
    '',
    ...shown,
    ...(more > 0 ? [`- And ${countText(more)} more, see \`supervisor/verdicts.jsonl\`.`] : []),
  ].join('\n');
}

/** Returns the page of one run: what it newly decided, then the whole report. */
export function runSummaryMarkdown(
  report: MetaReport,
  context: ReportContext,
  newVerdicts: readonly Verdict[],
): string {
  const decided = verdictsMarkdown(newVerdicts);
  const whole = metaReportMarkdown(report, context);
  return decided === null ? whole : `${decided}\n\n${whole}`;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Returns how far the evidence reaches, and of how many it is; plain text. */
export function openingLine(report: MetaReport): string {
  const agents = Object.keys(report.agents).length;
  const classes = Object.keys(report.strategies).length;
  const until =
    report.generated_at === null
      ? 'No evidence yet'
      : `Evidence up to ${minuteText(report.generated_at)} UTC`;
  return (
    `${until}. Agents: ${countText(agents)}, strategy classes: ${countText(classes)}. ` +
    `Classes are judged at ${countText(report.horizon_hours)} h.`
  );
}

export const NOTHING_NEEDED =
  'No breach, no open episode, no divergence alert, no disabled class, no open proposal.';

function attentionSection(report: MetaReport, openVerdicts: readonly Verdict[]): string {
  const all = needsPerson(report, openVerdicts);
  const shown = all
    .slice(0, ATTENTION_SHOWN_MAX)
    .flatMap(({ what, kind, name, why }) => [
      `- **${what}** ${kind} ${mdName(name)}`,
      ...why.map((sentence) => `  - ${mdText(sentence)}`),
    ]);
  const more = all.length - Math.min(all.length, ATTENTION_SHOWN_MAX);
  const unjudged = unjudgedSentence(report);
  return [
    '## What needs a person',
    '',
    ...(all.length === 0 ? [NOTHING_NEEDED] : shown),
    ...(more > 0 ? [`- And ${countText(more)} more, in the tables below.`] : []),
    ...(unjudged === null ? [] : ['', unjudged]),
  ].join('\n');
}

/** Returns how many cells nobody judges, or `null` where all are judged: what nobody judges is not well, it is not known. */
export function unjudgedSentence(report: MetaReport): string | null {
  const statuses = Object.values(report.strategies).flatMap(({ cells }) =>
    Object.values(cells).map((cell) => cell.status),
  );
  const insufficient = statuses.filter((status) => status === 'INSUFFICIENT').length;
  const unlimited = statuses.filter((status) => status === 'NO_LIMIT').length;
  const said = [
    ...(insufficient > 0 ? [`Too few effective rows to be judged: ${countText(insufficient)}.`] : []),
    ...(unlimited > 0 ? [`Without a limit: ${countText(unlimited)}.`] : []),
  ];
  return said.length === 0
    ? null
    : `Cells of class and regime: ${countText(statuses.length)}. ${said.join(' ')}`;
}

export const GATES_NOTE =
  'A gate whose value is unknown does not pass. Gates that do not decide are those of the notes.';

/** Returns the agents whose gates are listed: all where they are few, else those with something to tell. */
export function agentsWithGates(
  report: MetaReport,
  openVerdicts: readonly Verdict[],
): readonly (readonly [string, AgentReport])[] {
  const all = agentsByUrgency(report);
  if (all.length <= AGENTS_ALL_LISTED_MAX) return all;
  const subjects = new Set(openVerdicts.map((verdict) => verdict.subject));
  return all.filter(([name, agent]) => subjects.has(name) || hasSomethingToTell(agent));
}

/** Agents with their gates, as many as `bytes` hold. */
function gatesSection(report: MetaReport, openVerdicts: readonly Verdict[], bytes: number): string {
  const parts: string[] = [];
  let left = bytes;
  for (const [name, agent] of agentsWithGates(report, openVerdicts)) {
    const part = agentDetails(name, agent);
    left -= bytesOf(part) + 2;
    if (left < 0) break;
    parts.push(part);
  }
  const silent = Object.keys(report.agents).length - parts.length;
  return [
    '## Promotion gates',
    GATES_NOTE,
    ...parts,
    ...(silent > 0
      ? [`Gates of ${countText(silent)} more agents are in \`supervisor/promotion.json\`.`]
      : []),
  ].join('\n\n');
}

function hasSomethingToTell(agent: AgentReport): boolean {
  const state = worstDivergence(agent)?.state;
  const { stage, eligible } = agent.promotion;
  return state === 'ALERT' || state === 'WARN' || (stage === 'shadow' ? eligible : !eligible);
}

/** Returns whether an agent may be promoted, in words. */
export function eligibilityText({ eligible }: AgentReport['promotion']): string {
  return eligible ? 'every deciding gate passes' : 'not eligible';
}

function agentDetails(name: string, agent: AgentReport): string {
  const { confidence, promotion } = agent;
  const derivation =
    `Multiplier ${fixed(agent.multiplier, 3)}: mean penalty P ${brief(confidence.P)}, weights W ${brief(confidence.W)}, ` +
    `shrink ${brief(confidence.shrink)}, errors in ${confidence.mode}; n ${countText(confidence.n)}, ` +
    `n_eff ${nEffText(confidence.n_eff)}, left out ${countText(confidence.n_excluded)}. ` +
    `Expected by ${agent.sim_version === null ? 'no model' : mdCode(agent.sim_version)}; ` +
    `last exit ${minuteText(agent.last_exit_at)}; runs known ${countText(agent.n_runs)}.`;
  return mdDetails(
    `${htmlName(name)}: ${promotion.stage}, ${eligibilityText(promotion)}`,
    [derivation, gatesTable(sortedEntries(promotion.gates))].join('\n\n'),
  );
}

function originSection(report: MetaReport): string {
  return [
    '## How these numbers come about',
    `Computed by warden ${mdCode(report.code_version)} with the settings of hash ${mdCode(report.config_hash)} from rows up ` +
      `to ${mdCode(report.generated_at ?? 'none')}. The same rows and settings give the same bytes.`,
    'Any figure can be derived again from its rows: `warden explain <name>` with the name of an agent or a class. ' +
      'The same numbers for programs are in `supervisor/meta_report.json`.',
  ].join('\n\n');
}
