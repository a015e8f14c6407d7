// The issue about what should run and does not: every finding with its evidence and the next step, and how late runs began.

import Type, { type Static } from 'typebox';
import { sha256Hex } from '../domain/canonical.ts';
import { instant, version } from '../domain/fields.ts';
import { GITHUB_LIMITS } from '../domain/github.ts';
import { markerLine } from '../domain/marker.ts';
import { closed } from '../domain/supervisor-fields.ts';
import { durationText } from './duration-text.ts';
import { mdCode, mdLink, mdTable, mdText } from './markdown.ts';
import { fitMarkdown } from './markdown-fit.ts';
import { mentionsOf } from './mentions.ts';
import { minuteText } from './report-numbers.ts';
import type { ScheduledStart } from './schedule-starts.ts';
import type { WatchedSchedule } from './watchdog.ts';
import type { FindingKind, WatchdogFinding } from './watchdog-facts.ts';

export const WATCHDOG_TITLE = 'Action required: something that should run does not';

/** A finding in the marker: what it is, and not since when or how bad, so that it is told once. */
const findingKey = Type.String({ pattern: '^[0-9a-f]{12}$' });

/** What the issue tells of; empty where everything runs. */
export const WatchdogMarker = Type.Object({ v: version, findings: Type.Array(findingKey) }, closed);

/** What a comment that names people told of, each with the instant since when, which tells one time from the next. */
export const WatchdogNewsMarker = Type.Object(
  {
    v: version,
    about: Type.Literal('watchdog'),
    findings: Type.Array(Type.Object({ key: findingKey, since: instant }, closed)),
  },
  closed,
);
type WatchdogNewsMarker = Static<typeof WatchdogNewsMarker>;

export interface WatchdogIssueFacts {
  /** At least one. */
  readonly findings: readonly WatchdogFinding[];
  readonly schedules: readonly WatchedSchedule[];
  /** What GitHub did not tell, one sentence each. */
  readonly unknown: readonly string[];
  /** Logins and teams. */
  readonly people: readonly string[];
}

/** Returns what tells a finding from others, whenever it was made. */
export function keyOfFinding({ kind, subject }: Pick<WatchdogFinding, 'kind' | 'subject'>): string {
  return sha256Hex(`${kind} ${subject}`).slice(0, 12);
}

/** Returns the body of the issue while there is something to tell. It holds nothing that changes while nothing happens. */
export function watchdogBody({ findings, schedules, unknown, people }: WatchdogIssueFacts): string {
  const told = new Set(findings.map(({ subject }) => subject));
  const count = findings.length === 1 ? 'One thing' : `${findings.length} things`;
  const parts = [
    marker(findings),
    `${mentionsOf(people)}**${count} that should run ${findings.length === 1 ? 'does' : 'do'} not, or soon will not.**`,
    ...findings.map(findingText),
    ...startsText(schedules.filter(({ path }) => told.has(path))),
    ...unknownText(unknown),
    'This issue is edited as things change and closes by itself. Close it by hand to be told again only when something else is found.',
  ];
  const rest = '_There is more than fits here; do these first._';
  return fitMarkdown(parts.join('\n\n'), GITHUB_LIMITS.bodyChars, rest);
}

/** Returns the body of the issue once everything runs. */
export function watchdogWellBody(): string {
  return [
    marker([]),
    '**Everything that should run does.** This issue opens again when something does not.',
  ].join('\n\n');
}

/** Returns the comment with which the issue ends. */
export function watchdogWellText(): string {
  return '**Well again.** Everything that should run does, and this issue closes.';
}

/** Returns the comment that tells people by name of findings that the issue did not tell of before. */
export function watchdogNews(fresh: readonly WatchdogFinding[], people: readonly string[]): string {
  const lines = fresh.map(({ what }) => `- ${mdText(what)}`);
  const text = [
    markerLine('escalation', newsOf(fresh)),
    `${mentionsOf(people)}**New:**`,
    lines.join('\n'),
    'The issue above says what shows it, and what to do.',
  ].join('\n\n');
  return fitMarkdown(text, GITHUB_LIMITS.bodyChars, '_There are more, which the issue names._');
}

/** Returns whether a comment told of all of `fresh`, of the same time. */
export function isNewsOf(said: WatchdogNewsMarker, fresh: readonly WatchdogFinding[]): boolean {
  const told = new Set(said.findings.map(({ key, since }) => `${key} ${since}`));
  return newsOf(fresh).findings.every(({ key, since }) => told.has(`${key} ${since}`));
}

function newsOf(fresh: readonly WatchdogFinding[]): WatchdogNewsMarker {
  const findings = fresh.map((finding) => ({ key: keyOfFinding(finding), since: finding.since }));
  return { v: 1, about: 'watchdog', findings };
}

function marker(findings: readonly WatchdogFinding[]): string {
  const facts: Static<typeof WatchdogMarker> = { v: 1, findings: findings.map(keyOfFinding).sort() };
  return markerLine('watchdog', facts);
}

const KIND_WORDS: Readonly<Record<FindingKind, string>> = {
  kernel_silent: 'Kernel silent',
  disabled: 'Schedule off',
  broken: 'Workflow broken',
  missed: 'Missed',
  failing: 'Failing',
  queued: 'Runner offline',
  late: 'Late',
  secret_ending: 'Ends',
};

function findingText({ kind, subject, since, what, evidence, nextStep, url }: WatchdogFinding): string {
  const shown = url === null ? mdText(evidence) : `${mdText(evidence)} (${mdLink('run', url)})`;
  return [
    `### ${KIND_WORDS[kind]}: ${mdCode(subject)}`,
    [
      `- **What:** ${mdText(what)}.`,
      `- **Since:** ${minuteText(since)} UTC`,
      `- **Shown by:** ${shown}.`,
      `- **Next step:** ${mdText(nextStep)}.`,
    ].join('\n'),
  ].join('\n\n');
}

/** From the newest run on: what was due since is told by the finding, and would make another text of the issue at every tick. */
function startsText(schedules: readonly WatchedSchedule[]): readonly string[] {
  return schedules.flatMap(({ path, crons, starts, lateness }) => {
    const newest = starts?.findIndex(({ run }) => run !== null) ?? -1;
    if (starts === null || newest < 0 || lateness === null) return [];
    return [
      `#### When ${mdCode(path)} was due and began (${crons.map(mdCode).join(', ')})`,
      `Half of the runs began within ${durationText(lateness.medianMs)}, the latest after ${durationText(lateness.worstMs)}.`,
      mdTable(['due (UTC)', 'began (UTC)', 'late', 'ended with'], starts.slice(newest).map(startRow), [
        'left',
        'left',
        'right',
        'left',
      ]),
    ];
  });
}

function startRow({ expectedAt, run, lateMs }: ScheduledStart): readonly string[] {
  const due = minuteText(expectedAt);
  if (run === null) return [due, 'not known to have begun', '–', '–'];
  const ended = run.conclusion ?? (run.status === 'waiting' ? 'waits' : 'runs');
  return [
    due,
    lateMs === null ? '–' : minuteText(run.startedAt),
    lateMs === null ? '–' : durationText(lateMs),
    mdLink(mdText(ended), run.url),
  ];
}

function unknownText(unknown: readonly string[]): readonly string[] {
  if (unknown.length === 0) return [];
  return [
    ['**Not known**, which is neither well nor wrong:', ...unknown.map((one) => `- ${mdText(one)}`)].join(
      '\n',
    ),
  ];
}
