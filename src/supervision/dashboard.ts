// The dashboard issue: every strategy, what it needs next, what the kernel says, and boxes that ask Warden for something.

import { GITHUB_LIMITS, type RepositoryFacts } from '../domain/github.ts';
import type { KernelSummary } from '../domain/kernel-records.ts';
import { markerLine } from '../domain/marker.ts';
import type { ProposalPull } from '../domain/proposal.ts';
import { msFromIso } from '../domain/time.ts';
import { boxLine, type DashboardBox } from './dashboard-boxes.ts';
import { AGENT_HEAD, agentRows, CLASS_HEAD, classRows, type RowFacts } from './dashboard-rows.ts';
import { mdCode, mdDetails, mdLink, mdName, mdTable, mdText } from './markdown.ts';
import { fitMarkdown } from './markdown-fit.ts';
import { countText, minuteText } from './report-numbers.ts';
import { restSentence, type StatePlace, stateFileLink } from './state-links.ts';

export const DASHBOARD_TITLE = 'Warden dashboard';

/** Room for each of the three long parts, so that a long one never takes the place of another. */
const CLASSES_CHARS_MAX = 34_000;
const BOXES_CHARS_MAX = 12_000;
const AGENTS_CHARS_MAX = 12_000;

const PROBLEMS_SHOWN_MAX = 10;
const PROBLEM_CHARS_MAX = 300;
const PULLS_SHOWN_MAX = 20;

/** Newest run of one job. */
interface JobRun {
  readonly job: string;
  /** UTC instant. */
  readonly startedAt: string;
}

/** What the dashboard is written from. The same facts give the same text. */
export interface DashboardFacts extends Omit<RowFacts, 'summary'> {
  /** As it was read; counted only while its heartbeat is valid. */
  readonly summary: KernelSummary | null;
  /** Newest run of each job that is known. */
  readonly lastRuns: readonly JobRun[];
  /** What is wrong with the configuration on the default branch, one line each. */
  readonly problems: readonly string[];
  readonly repository: RepositoryFacts;
  readonly stateCommit: string | null;
}

/** Returns the body of the dashboard, its marker first, of at most 65,536 characters, with no box ticked. */
export function dashboardBody(facts: DashboardFacts): string {
  const summary = validSummary(facts);
  const rows = { ...facts, summary };
  const classes = classRows(rows);
  const place = placeOf(facts);
  const body = [
    markerLine('dashboard', { v: 1 }),
    ...problemParts(facts.problems),
    attentionLine(facts.pulls),
    factLines(facts, summary),
    '### Strategies',
    classes.length === 0
      ? 'No strategy class is known yet: the kill list names none, and no signal was judged.'
      : tableWithin(
          CLASS_HEAD,
          classes.map(({ cells }) => cells),
          CLASSES_CHARS_MAX,
          'classes',
          place,
        ),
    '### Ask Warden',
    'Tick a box. Who may not write to this repository asks for nothing. Warden says what it did and takes the tick away.',
    boxLine({ kind: 'rerun' }),
    ...disableBoxes(
      classes.filter((row) => !row.isDisabled && row.proposal.kind !== 'open').map(({ name }) => name),
    ),
    ...agentParts(rows, place),
    '<sub>Kept by Warden; whatever else is written here is overwritten. Close this issue to do without it.</sub>',
  ];
  return fitMarkdown(body.join('\n\n'), GITHUB_LIMITS.bodyChars, restSentence(place));
}

/** After its heartbeat was due nothing in a summary may be believed. */
function validSummary({ summary, nowMs }: DashboardFacts): KernelSummary | null {
  return summary !== null && msFromIso(summary.next_due_at) >= nowMs ? summary : null;
}

function problemParts(problems: readonly string[]): readonly string[] {
  if (problems.length === 0) return [];
  const shown = problems
    .slice(0, PROBLEMS_SHOWN_MAX)
    .map((problem) => `> - ${mdText(problem.slice(0, PROBLEM_CHARS_MAX))}`);
  const more = problems.length - shown.length;
  return [
    [
      '> [!WARNING]',
      '> The configuration on the default branch cannot be used. The last good one stays in force, and nothing is proposed until it is mended:',
      ...shown,
      ...(more > 0 ? [`> - And ${countText(more)} more.`] : []),
    ].join('\n'),
  ];
}

function attentionLine(pulls: readonly ProposalPull[]): string {
  const open = pulls
    .filter(({ pull }) => pull.state === 'open')
    .sort((a, b) => a.pull.number - b.pull.number);
  if (open.length === 0) return '**No proposal waits for a person.**';
  const shown = open
    .slice(0, PULLS_SHOWN_MAX)
    .map(
      ({ key, pull }) =>
        `- ${mdLink(`#${pull.number}`, pull.url)} ${key.action} ${mdName(key.subject)}, since ${minuteText(pull.createdAt)}`,
    );
  const more = open.length - shown.length;
  return [
    `**${countText(open.length)} ${open.length === 1 ? 'proposal waits' : 'proposals wait'} for a person:**`,
    '',
    ...shown,
    ...(more > 0 ? [`- and ${countText(more)} more`] : []),
  ].join('\n');
}

function factLines(facts: DashboardFacts, summary: KernelSummary | null): string {
  const { report, lastRuns, stateCommit, repository } = facts;
  const runs = [...lastRuns]
    .sort((a, b) => (a.job < b.job ? -1 : 1))
    .map(({ job, startedAt }) => `${mdText(job)} ${minuteText(startedAt)}`);
  const commit =
    stateCommit === null
      ? ''
      : `, state ${mdLink(mdCode(stateCommit.slice(0, 7)), `${repository.url}/commit/${stateCommit}`)}`;
  return [
    `${evidenceText(report)}${commit}`,
    `Last runs with something new, UTC: ${runs.length === 0 ? 'not known' : runs.join(', ')}`,
    `Kernel: ${hasKernel(facts) ? kernelLine(summary) : 'none has been heard of'}`,
    `All figures: ${stateFileLink(placeOf(facts), 'supervisor/meta_report.md')}`,
  ].join('\\\n');
}

function evidenceText(report: DashboardFacts['report']): string {
  if (report === null) return 'Evidence: **the report cannot be read**';
  return report.generated_at === null
    ? 'Evidence: none yet'
    : `Evidence up to ${minuteText(report.generated_at)} UTC`;
}

/** Without a heartbeat, even an old one, and without any acknowledgement there is none that could be silent. */
function hasKernel({ summary, acks }: DashboardFacts): boolean {
  return summary !== null || acks === null || acks.length > 0;
}

function kernelLine(summary: KernelSummary | null): string {
  if (summary === null) return '**not known**, there is no heartbeat that is still valid';
  const { runner_id: runner, trading_state: state, trading_state_reason: reason, next_due_at: due } = summary;
  const why = reason === null ? '' : ` (${mdText(reason)})`;
  const doubt =
    summary.orders_in_doubt === 0 ? '' : `, **orders in doubt: ${countText(summary.orders_in_doubt)}**`;
  const ledger = summary.ledger.band === 'ok' ? '' : `, ledger **${summary.ledger.band}**`;
  return (
    `${mdCode(runner)} is ${state === 'active' ? 'active' : `**${state}**`}${why} since ` +
    `${minuteText(summary.trading_state_since)} UTC${doubt}${ledger}; heartbeat valid until ${minuteText(due)} UTC`
  );
}

function disableBoxes(classes: readonly string[]): readonly string[] {
  const lines = classes.map((strategyClass): string => {
    const box: DashboardBox = { kind: 'disable', strategyClass };
    return boxLine(box);
  });
  const shown = within(lines, BOXES_CHARS_MAX);
  const more = lines.length - shown.length;
  if (shown.length === 0) return [];
  const rest = `For ${countText(more)} more classes: comment \`/warden disable <class> <reason>\`.`;
  return [
    mdDetails('Propose to disable a class', [shown.join('\n'), ...(more > 0 ? [rest] : [])].join('\n\n')),
  ];
}

function agentParts(facts: RowFacts, place: StatePlace): readonly string[] {
  const rows = agentRows(facts);
  if (rows.length === 0) return [];
  const table = tableWithin(AGENT_HEAD, rows, AGENTS_CHARS_MAX, 'agents', place);
  return [mdDetails(`Agents: ${countText(rows.length)}`, table)];
}

function tableWithin(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  charsMax: number,
  what: string,
  place: StatePlace,
): string {
  const table = (shown: readonly (readonly string[])[]): string =>
    mdTable(
      head,
      shown,
      head.map(() => 'left' as const),
    );
  const lines = rows.map((row) => table([row]).split('\n').at(-1) ?? '');
  const count = within(lines, charsMax).length;
  const more = rows.length - count;
  const rest = `And ${countText(more)} more ${what}: ${stateFileLink(place, 'supervisor/meta_report.md')}.`;
  return [table(rows.slice(0, count)), ...(more > 0 ? [rest] : [])].join('\n\n');
}

/** As many lines from the first on as `charsMax` characters hold. */
function within(lines: readonly string[], charsMax: number): readonly string[] {
  let used = 0;
  const end = lines.findIndex((line) => {
    used += line.length + 1;
    return used > charsMax;
  });
  return end < 0 ? lines : lines.slice(0, end);
}

function placeOf({ repository, settings }: DashboardFacts): StatePlace {
  return { repositoryUrl: repository.url, stateCommit: null, stateBranch: settings.warden.state.branch };
}
