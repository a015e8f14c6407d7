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

function openingLine(report: MetaReport): string {
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

function attentionSection(report: MetaReport, openVerdicts: readonly Verdict[]): string {
  const all = needsPerson(report, openVerdicts);
  const shown = all
    .slice(0, ATTENTION_SHOWN_MAX)
    .flatMap(({ what, kind, name, why }) => [
      `- **${what}** ${kind} ${mdName(name)}`,
      ...why.map((sentence) => `  - ${mdText(sentence)}`),
    ]);
  const more = all.length - Math.min(all.length, ATTENTION_SHOWN_MAX);
  return [
    '## What needs a person',
    '',
    ...(all.length === 0
      ? ['No breach, no open episode, no divergence alert, no disabled class, no open proposal.']
      : shown),
    ...(more > 0 ? [`- And ${countText(more)} more, in the tables below.`] : []),
    ...unjudgedLines(report),
  ].join('\n');
}

/** Where nobody judges, nothing is well: it is not known. */
function unjudgedLines(report: MetaReport): readonly string[] {
  const statuses = Object.values(report.strategies).flatMap(({ cells }) =>
    Object.values(cells).map((cell) => cell.status),
  );
  const insufficient = statuses.filter((status) => status === 'INSUFFICIENT').length;
  const unlimited = statuses.filter((status) => status === 'NO_LIMIT').length;
  const said = [
    ...(insufficient > 0 ? [`Too few effective rows to be judged: ${countText(insufficient)}.`] : []),
    ...(unlimited > 0 ? [`Without a limit: ${countText(unlimited)}.`] : []),
  ];
  if (said.length === 0) return [];
  return ['', `Cells of class and regime: ${countText(statuses.length)}. ${said.join(' ')}`];
}

/** Agents with their gates, as many as `bytes` hold. */
function gatesSection(report: MetaReport, openVerdicts: readonly Verdict[], bytes: number): string {
  const all = agentsByUrgency(report);
  const subjects = new Set(openVerdicts.map((verdict) => verdict.subject));
  const told =
    all.length <= AGENTS_ALL_LISTED_MAX
      ? all
      : all.filter(([name, agent]) => subjects.has(name) || hasSomethingToTell(agent));
  const parts: string[] = [];
  let left = bytes;
  for (const [name, agent] of told) {
    const part = agentDetails(name, agent);
    left -= bytesOf(part) + 2;
    if (left < 0) break;
    parts.push(part);
  }
  const silent = all.length - parts.length;
  return [
    '## Promotion gates',
    'A gate whose value is unknown does not pass. Gates that do not decide are those of the notes.',
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

function agentDetails(name: string, agent: AgentReport): string {
  const { confidence, promotion } = agent;
  const state = promotion.eligible ? 'every deciding gate passes' : 'not eligible';
  const derivation =
    `Multiplier ${fixed(agent.multiplier, 3)}: mean penalty P ${brief(confidence.P)}, weights W ${brief(confidence.W)}, ` +
    `shrink ${brief(confidence.shrink)}, errors in ${confidence.mode}; n ${countText(confidence.n)}, ` +
    `n_eff ${nEffText(confidence.n_eff)}, left out ${countText(confidence.n_excluded)}. ` +
    `Expected by ${agent.sim_version === null ? 'no model' : mdCode(agent.sim_version)}; ` +
    `last exit ${minuteText(agent.last_exit_at)}; runs known ${countText(agent.n_runs)}.`;
  return mdDetails(
    `${htmlName(name)}: ${promotion.stage}, ${state}`,
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
