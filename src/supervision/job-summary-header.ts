// The head of the page of a run: whether a person must act, what ran and when, and how every step of it ended.

import type { Schedule } from '../domain/run.ts';
import { msFromIso } from '../domain/time.ts';
import { durationText } from './duration-text.ts';
import { jobExit } from './job-exit.ts';
import { counted, summarySection } from './job-summary-section.ts';
import { mdCode, mdFence, mdLink, mdTable, mdText } from './markdown.ts';
import { cut, firstLines } from './outside-text.ts';
import { minuteText, UNKNOWN } from './report-numbers.ts';

const MESSAGE_SHOWN = { linesMax: 30, charsMax: 200, where: 'the log of the step' } as const;
const TEXT_SHOWN_MAX = 120;

/** One step of a run. */
export interface StepFacts {
  readonly step: string;
  /** `null`: it was left out, since an earlier one failed. */
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** What it did, a few words on its first line; may be empty. */
  readonly did: string;
}

export interface RunFacts {
  readonly job: string;
  readonly runId: string;
  /** Address of the run at GitHub, where it is one. */
  readonly runUrl: string | null;
  readonly exitCode: number;
  readonly dryRun: boolean;
  /** UTC instant. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** `null`: a person or another program started it. */
  readonly schedule: Schedule | null;
  /** How many classes, agents and proposals wait for a person by the report of the supervisor; `null`: it did not look. */
  readonly needPerson: number | null;
  /** How many things should run and do not; `null`: the watchdog did not look. */
  readonly notRunning: number | null;
  /** Why it failed, in the words of the run; may have several lines. */
  readonly message: string | null;
  readonly steps: readonly StepFacts[];
}

/** Returns the first section of the page. Its first sentence says whether a person must act. */
export function runSummaryHeader(facts: RunFacts): string {
  const { nextStep, urgency } = jobExit(facts.exitCode);
  return summarySection(`Run of ${mdCode(facts.job)}`, [
    `${attention(facts)}${facts.dryRun ? ' This was a dry run: nothing was written.' : ''}`,
    urgency === 'nobody' ? null : nextStep,
    facts.message === null ? null : mdFence(firstLines(facts.message, MESSAGE_SHOWN), 'text'),
    runTable(facts),
    stepTable(facts.steps),
  ]);
}

function attention({ exitCode, needPerson, notRunning }: RunFacts): string {
  const { urgency, meaning } = jobExit(exitCode);
  if (urgency === 'person') return `**A person has to act:** ${meaning}.`;
  const calls: string[] = [];
  if (notRunning !== null && notRunning > 0) {
    const things = counted(notRunning, 'thing that should run does not', 'things that should run do not');
    calls.push(`**A person has to act:** ${things}, named under _Watchdog_.`);
  }
  if (needPerson !== null && needPerson > 0) {
    const matters = counted(needPerson, 'matter waits', 'matters wait');
    calls.push(`**A person has to decide:** ${matters} for it, named under _What needs a person_.`);
  }
  if (calls.length > 0) return calls.join(' ');
  return urgency === 'nobody' ? '**Nobody has to act.**' : `**Nobody has to act yet:** ${meaning}.`;
}

function runTable(facts: RunFacts): string {
  const { runId, runUrl, exitCode, startedAt, durationMs, schedule } = facts;
  const rows = [
    ['run', runUrl === null ? mdCode(runId) : mdLink(mdCode(runId), runUrl)],
    ['expected', schedule === null ? 'started by hand or by an event' : expectedText(schedule)],
    ['started', `${minuteText(startedAt)} UTC${schedule === null ? '' : lateText(schedule, startedAt)}`],
    ['took', durationText(Math.max(0, durationMs))],
    ['ended with', `${exitCode}, ${jobExit(exitCode).meaning}`],
  ];
  return mdTable(['what', 'value'], rows, ['left', 'left']);
}

function expectedText({ cron, expected_at }: Schedule): string {
  return `${minuteText(expected_at)} UTC, by ${mdCode(cron)}`;
}

function lateText({ expected_at }: Schedule, startedAt: string): string {
  const lateMs = msFromIso(startedAt) - msFromIso(expected_at);
  return lateMs < 60_000 ? ', in time' : `, ${durationText(lateMs)} late`;
}

function stepTable(steps: readonly StepFacts[]): string | null {
  if (steps.length === 0) return null;
  const rows = steps.map(({ step, exitCode, durationMs, did }) => [
    mdCode(cut(step, TEXT_SHOWN_MAX)),
    exitCode === null ? 'left out' : `${exitCode}`,
    exitCode === null ? UNKNOWN : durationText(Math.max(0, durationMs)),
    did === '' ? UNKNOWN : mdText(cut(did.split('\n', 1)[0] ?? '', TEXT_SHOWN_MAX)),
  ]);
  return mdTable(['step', 'ended with', 'took', 'what it did'], rows, ['left', 'right', 'right', 'left']);
}
