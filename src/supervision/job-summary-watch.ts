// What the watchdog found, on the page of a run: what should run and does not, with the next step, and how late runs began.

import { durationText } from './duration-text.ts';
import {
  counted,
  listPart,
  REASON_SHOWN_MAX,
  ROWS_SHOWN_MAX,
  summarySection,
} from './job-summary-section.ts';
import { mdCode, mdDetails, mdTable, mdText } from './markdown.ts';
import { cut } from './outside-text.ts';
import { countText, minuteText, UNKNOWN } from './report-numbers.ts';
import type { WatchedSchedule } from './watchdog.ts';
import type { WatchdogFinding } from './watchdog-facts.ts';

/** What a look of the watchdog holds. */
export interface WatchedFacts {
  /** Gravest first. */
  readonly findings: readonly WatchdogFinding[];
  readonly schedules: readonly WatchedSchedule[];
  /** What GitHub did not tell, one sentence each. */
  readonly unknown: readonly string[];
}

/** Returns the section of a look. */
export function watchSummary({ findings, schedules, unknown }: WatchedFacts): string {
  const lead =
    findings.length > 0
      ? `**${counted(findings.length, 'thing that should run does not', 'things that should run do not')}, or soon will not.**`
      : unknown.length > 0
        ? 'Nothing is known to stand still.'
        : 'Everything that should run does.';
  return summarySection('Watchdog', [
    lead,
    findings.length === 0 ? null : findingTable(findings),
    listPart('Not known', unknown),
    latenessPart(schedules),
  ]);
}

function findingTable(findings: readonly WatchdogFinding[]): string {
  const rows = findings
    .slice(0, ROWS_SHOWN_MAX)
    .map(({ what, since, nextStep }) => [
      mdText(cut(what, REASON_SHOWN_MAX)),
      `${minuteText(since)} UTC`,
      mdText(cut(nextStep, 2 * REASON_SHOWN_MAX)),
    ]);
  const table = mdTable(['what', 'since', 'next step'], rows, ['left', 'left', 'left']);
  const more = findings.length - rows.length;
  return more > 0 ? `${table}\n\nAnd ${countText(more)} more, all in the issue.` : table;
}

function latenessPart(schedules: readonly WatchedSchedule[]): string | null {
  if (schedules.length === 0) return null;
  const rows = schedules
    .slice(0, ROWS_SHOWN_MAX)
    .map(({ path, crons, lateness, nextAt }) => [
      mdCode(cut(path, REASON_SHOWN_MAX)),
      crons.map((cron) => mdCode(cut(cron, REASON_SHOWN_MAX))).join(', '),
      lateness === null ? UNKNOWN : durationText(lateness.medianMs),
      lateness === null ? UNKNOWN : durationText(lateness.worstMs),
      nextAt === null ? UNKNOWN : `${minuteText(nextAt)} UTC`,
    ]);
  const head = ['workflow', 'schedule', 'half began within', 'latest after', 'next due'];
  return mdDetails('How late runs began', mdTable(head, rows, ['left', 'left', 'right', 'right', 'left']));
}
