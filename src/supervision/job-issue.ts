// The issue about a job that fails: since when and how often, the newest message, what its exit code means, and what to do.

import Type, { type Static } from 'typebox';
import { canonicalJson, sha256Hex } from '../domain/canonical.ts';
import { count, instant, oneOf, sha256, version } from '../domain/fields.ts';
import { markerFacts, markerLine } from '../domain/marker.ts';
import { closed } from '../domain/supervisor-fields.ts';
import { jobExit } from './job-exit.ts';
import { mdCode, mdFence, mdLink, mdTable } from './markdown.ts';
import { cut, firstLines } from './outside-text.ts';
import { countText, minuteText, UNKNOWN } from './report-numbers.ts';

const MESSAGE_SHOWN = { linesMax: 60, charsMax: 400, where: 'the log of the run' } as const;

/** What the issue of a job remembers from one run to the next. */
export const JobMarker = Type.Object(
  {
    v: version,
    job: Type.String(),
    state: oneOf(['failing', 'well']),
    since: instant,
    last_at: instant,
    failures: count,
    cause_sha256: sha256,
  },
  closed,
);
export type JobMarker = Static<typeof JobMarker>;

export interface FailedRun {
  /** As `reconcile`. */
  readonly job: string;
  readonly exitCode: number;
  /** Why, in the words of the run and without secrets; may have several lines. */
  readonly message: string;
  readonly runUrl: string | null;
  /** UTC instant. */
  readonly at: string;
}

/** Returns the title of the issue about a job. */
export function jobIssueTitle(job: string): string {
  return `Action required: the job ${cut(job, 60)} fails`;
}

/** Returns what the issue of `job` remembers, or `null` where a text is not that issue. */
export function jobMarkerIn(text: string, job: string): JobMarker | null {
  const marker = markerFacts(text, 'job', JobMarker);
  return marker?.job === job ? marker : null;
}

/**
 * Returns what a failure makes of what was remembered. Failures are counted from the first one after the job was well; a run that
 * is told again, or later than a newer one, counts for nothing: then `before` itself is returned.
 */
export function jobMarkerAfter(run: FailedRun, before: JobMarker | null): JobMarker {
  const isGoingOn = before !== null && before.state === 'failing';
  if (isGoingOn && run.at <= before.last_at) return before;
  return {
    v: 1,
    job: run.job,
    state: 'failing',
    since: isGoingOn ? before.since : run.at,
    last_at: run.at,
    failures: isGoingOn ? before.failures + 1 : 1,
    cause_sha256: causeOf(run),
  };
}

/** Instants, counts and hashes differ from run to run where the cause is the same. */
function causeOf({ exitCode, message }: FailedRun): string {
  const constant = message.replaceAll(/\b[0-9a-f]{7,64}\b|\d+/gi, '0');
  return sha256Hex(canonicalJson([exitCode, constant]));
}

/** Returns the body of the issue while the job fails, its marker as the first line. */
export function failingJobBody(run: FailedRun, marker: JobMarker): string {
  const { meaning, nextStep } = jobExit(run.exitCode);
  const newest = `${minuteText(run.at)} UTC`;
  return [
    markerLine('job', marker),
    `**The job ${mdCode(run.job)} fails:** ${meaning}.`,
    `What to do: ${nextStep}`,
    mdTable(
      ['what', 'value'],
      [
        ['failing since', `${minuteText(marker.since)} UTC`],
        ['runs that failed since then', countText(marker.failures)],
        ['newest of them', run.runUrl === null ? newest : mdLink(newest, run.runUrl)],
        ['exit code', `${run.exitCode}`],
      ],
      ['left', 'left'],
    ),
    'The newest message:',
    run.message.trim() === '' ? UNKNOWN : mdFence(firstLines(run.message, MESSAGE_SHOWN), 'text'),
    'This issue is edited by every run that fails, and closes by itself with the first one that does not. Closed by hand, it stays closed until the cause is another one, or the job was well in between.',
  ].join('\n\n');
}

/**
 * Returns the comment with which the issue is closed, and what it says from then on. The marker tells for which failures it was said,
 * and lets a failure after it count from one.
 */
export function wellJobBody(marker: JobMarker, at: string, runUrl: string | null): string {
  const { job, since, failures } = marker;
  const when = `${minuteText(at)} UTC`;
  const runs = failures === 1 ? 'one run' : `${countText(failures)} runs`;
  return [
    markerLine('job', { ...marker, state: 'well' } satisfies JobMarker),
    `**Well again.** The job ${mdCode(job)} went through at ${runUrl === null ? when : mdLink(when, runUrl)}, ` +
      `after ${runs} had failed since ${minuteText(since)} UTC.`,
  ].join('\n\n');
}

/** Returns whether a comment already says that the job is well after just these failures. */
export function saysJobIsWell(comment: string, marker: JobMarker): boolean {
  const said = jobMarkerIn(comment, marker.job);
  return said?.state === 'well' && said.since === marker.since && said.failures === marker.failures;
}
