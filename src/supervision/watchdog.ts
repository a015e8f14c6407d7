// What should have happened by the clock and did not: every finding about workflows, the kernel and what ends, and every schedule.

import type { Workflow } from '../domain/github.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../domain/time.ts';
import { dayText, minuteText } from './report-numbers.ts';
import { type Lateness, latenessOf, type ScheduledStart, startsOf } from './schedule-starts.ts';
import { FINDING_KINDS, type WatchdogFinding, type WatchFacts, type WatchRules } from './watchdog-facts.ts';
import { workflowFindings } from './workflow-findings.ts';

/** When a schedule should have started something, and when it did. */
export interface WatchedSchedule {
  readonly path: string;
  readonly crons: readonly string[];
  readonly state: Workflow['state'];
  /** Newest first; `null`: not known. */
  readonly starts: readonly ScheduledStart[] | null;
  readonly lateness: Lateness | null;
  readonly nextAt: string | null;
}

/** Returns the findings, gravest first, then by subject. */
export function watchdogFindings(facts: WatchFacts, rules: WatchRules): readonly WatchdogFinding[] {
  const found = [
    ...facts.workflows.flatMap((workflow) => workflowFindings(workflow, facts.nowMs, rules)),
    ...heartbeatFindings(facts),
    ...endingFindings(facts, rules),
  ];
  const rankOf = ({ kind }: WatchdogFinding): number => FINDING_KINDS.indexOf(kind);
  return found.sort((a, b) => rankOf(a) - rankOf(b) || (a.subject < b.subject ? -1 : 1));
}

/** Returns the table of every schedule, by path. */
export function watchedSchedules({ workflows, nowMs }: WatchFacts): readonly WatchedSchedule[] {
  return workflows
    .flatMap(({ path, crons, state, timetable, runs, changedAt }) => {
      if (timetable === null) return [];
      const sinceMs = msFromIso(changedAt);
      const starts = runs === null ? null : startsOf(timetable, runs, { sinceMs, nowMs });
      const next = timetable.nextTickMs(nowMs);
      const lateness = starts === null ? null : latenessOf(starts);
      return [{ path, crons, state, starts, lateness, nextAt: next === null ? null : isoFromMs(next) }];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function heartbeatFindings({ heartbeat, nowMs }: WatchFacts): readonly WatchdogFinding[] {
  if (heartbeat === null || msFromIso(heartbeat.nextDueAt) >= nowMs) return [];
  const { runnerId, at, nextDueAt } = heartbeat;
  return [
    {
      ...{ kind: 'kernel_silent', subject: runnerId, since: nextDueAt, url: null },
      what: `the kernel ${runnerId} has been silent since ${minuteText(nextDueAt)} UTC, when its next heartbeat was due`,
      evidence: `kernel/summary.json is of ${minuteText(at)} UTC, and nothing in it may be believed any more`,
      nextStep:
        'look on its machine whether it runs and reaches GitHub, and start it again. Until then count on its positions being open, and look at them at the exchange',
    },
  ];
}

function endingFindings(facts: WatchFacts, { warnBeforeMs }: WatchRules): readonly WatchdogFinding[] {
  const { nowMs, secretDays, tokenEndsAt } = facts;
  // A secret is good until its day is over, wherever that is; a day is added because nobody says where.
  const ends = Object.entries(secretDays).map(([name, day]) => ({
    subject: name,
    day,
    endMs: msFromIso(`${day}T00:00:00.000Z`) + DAY_MS,
    evidence: `config/warden.yaml says under watchdog.secrets that it ends on ${day}`,
    nextStep:
      'make a new one where it was made, put it under Settings, Secrets and variables, Actions, and write its day into config/warden.yaml',
  }));
  if (tokenEndsAt !== null)
    ends.push({
      subject: 'GITHUB_TOKEN',
      day: dayText(tokenEndsAt),
      endMs: msFromIso(tokenEndsAt),
      evidence: `GitHub says that the token Warden works with ends at ${minuteText(tokenEndsAt)} UTC`,
      nextStep:
        'make a new token and put it where this one is; a GitHub App needs none that ends (docs/deploy.md)',
    });
  return ends.flatMap(({ subject, day, endMs, evidence, nextStep }) => {
    const leftMs = endMs - nowMs;
    if (leftMs > warnBeforeMs) return [];
    const what =
      leftMs > 0 ? `${subject} ends on ${day}` : `${subject} ended on ${day}, and what needs it fails`;
    const since = isoFromMs(endMs - warnBeforeMs);
    return [{ kind: 'secret_ending', subject, since, what, evidence, nextStep, url: null }];
  });
}
