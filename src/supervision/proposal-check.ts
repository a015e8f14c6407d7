// Whether a proposal is still true at the moment somebody may merge it: its premise holds, and merging does what it says and no more.

import { registeredAgent } from '../domain/config.ts';
import { entryOf } from '../domain/entry-of.ts';
import { jsonDifferences } from '../domain/json-difference.ts';
import { DISABLED_KEYS } from '../domain/kill-list.ts';
import { actionOf, isAboutClass, type ProposalAction, type ProposalMarker } from '../domain/proposal.ts';
import type { Settings } from '../domain/settings.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { CheckResult } from './config-review.ts';
import { isClassVerdict, newestVerdictAbout } from './episodes.ts';
import { mdCode, mdName } from './markdown.ts';
import { cut } from './outside-text.ts';
import { dayText, minuteText } from './report-numbers.ts';

type ConfigFiles = Pick<Settings, 'warden' | 'agents' | 'kill_list'>;

export interface ProposalCheckFacts {
  readonly marker: ProposalMarker;
  /** On the newest commit of the base; `null` where it is not valid there. */
  readonly base: ConfigFiles | null;
  /** As merging would leave it; `null` where the branch holds a configuration that is not valid. */
  readonly merged: ConfigFiles | null;
  /** Files that merging would change beside those that the two above were read from. */
  readonly otherPaths: readonly string[];
  /** What the supervisor decided; `null` where there is no state to read. */
  readonly decided: {
    readonly verdicts: readonly Verdict[];
    /** Those that the base does not follow and that are still called for. */
    readonly open: readonly Verdict[];
    /** Newest row that the state knows. */
    readonly asOf: string | null;
  } | null;
}

const DIFFERENCES_SHOWN_MAX = 10;

/** What the check says on a pull request that is no proposal: a required check must report on every one. */
export const NO_PROPOSAL: CheckResult = result(
  'neutral',
  'Not a proposal of Warden',
  'Warden did not open this pull request, so there is no premise to check.',
);

/** Returns what the check says: success only where everything is known and holds. */
export function proposalCheck(facts: ProposalCheckFacts): CheckResult {
  const { marker, base, merged, otherPaths, decided } = facts;
  if (base === null)
    return result(
      'neutral',
      'Not known: the base is broken',
      'The configuration on the base is not valid, so it cannot be told what merging would change. Repair it first.',
    );
  const done = doneAlready(marker, base);
  if (done !== null) return stale(done);
  if (marker.requested_by === null) {
    if (decided === null)
      return result(
        'neutral',
        'Not known: no state',
        'There is no state of the supervisor to read, so it is not known whether this is still called for.',
      );
    const ended = endedBy(marker, decided, base);
    if (ended !== null) return stale(ended);
  }
  if (merged === null)
    return result(
      'failure',
      'Merging would leave a broken configuration',
      'The branch holds a configuration that is not valid, so merging it would do nothing of what it says: the last good one would stay in force. The check `warden/config` says where.',
    );
  const beside = [...changesBeside(marker, base, merged).map(besideText), ...otherPaths.map(otherFileText)];
  if (beside.length > 0) return differs(marker, beside);
  if (!isFollowed(marker, merged))
    return result(
      'failure',
      'Merging would not do what it says',
      `The branch no longer holds the change: merging it would leave ${mdName(marker.subject)} as it is.`,
    );
  return holds(marker, decided?.asOf ?? null);
}

/** Why a proposal is stale, Markdown, and since when, where that is known. */
interface Stale {
  readonly since: string | null;
  readonly title: string;
  readonly why: string;
}

const DONE_WORDS: Readonly<Record<ProposalAction, string>> = {
  disable: 'is stopped already',
  enable: 'may enter already',
  promote: 'is live already',
  demote: 'is a shadow already',
};

function doneAlready({ action, subject }: ProposalMarker, base: ConfigFiles): Stale | null {
  if (!isAsProposed(action, subject, base)) return null;
  const entry = entryOf(base.kill_list, subject);
  const since = action === 'disable' && entry?.status === 'DISABLED' ? entry.since : null;
  const title = DONE_WORDS[action];
  return { since, title, why: `On the base ${mdName(subject)} ${title}.` };
}

function isAsProposed(action: ProposalAction, subject: string, files: ConfigFiles): boolean {
  if (action === 'disable') return entryOf(files.kill_list, subject)?.status === 'DISABLED';
  if (action === 'enable') return entryOf(files.kill_list, subject)?.status !== 'DISABLED';
  const isLive = registeredAgent(files.agents, subject)?.stage === 'live';
  return isLive === (action === 'promote');
}

/** Returns why the supervisor no longer calls for it, or `null` where it still does. */
function endedBy(
  { action, subject, episode }: ProposalMarker,
  { verdicts, open, asOf }: NonNullable<ProposalCheckFacts['decided']>,
  base: ConfigFiles,
): Stale | null {
  const isOpen = open.some(
    (verdict) =>
      actionOf(verdict.kind) === action && verdict.subject === subject && verdict.episode === episode,
  );
  if (isOpen) return null;
  const newest = newestVerdictAbout(verdicts, { action, subject });
  const entry = entryOf(base.kill_list, subject);
  if (action === 'enable' && entry?.status === 'DISABLED' && entry.episode !== episode)
    return {
      since: entry.since,
      title: 'stopped again for another reason',
      why: `On the base ${mdName(subject)} is stopped for episode ${mdCode(entry.episode)}; this speaks of ${mdCode(episode)}.`,
    };
  if (newest === null)
    return { since: null, title: 'unknown to the state', why: 'The log of verdicts holds none about it.' };
  if (newest.episode !== episode)
    return {
      since: newest.ts,
      title: 'a newer episode replaced it',
      why: `The newest verdict is of episode ${mdCode(newest.episode)}.`,
    };
  if (actionOf(newest.kind) !== action) return { since: newest.ts, ...overtaken(newest) };
  return {
    since: asOf,
    title: 'no longer called for',
    why: isAboutClass(action)
      ? 'The newest verdict is older than the stop on the base.'
      : 'What it rests on is no longer so: the gates of promotion, or the alert.',
  };
}

function overtaken(newest: Verdict): Pick<Stale, 'title' | 'why'> {
  if (!isClassVerdict(newest))
    return { title: 'the opposite is called for', why: `The newest verdict is ${mdCode(newest.kind)}.` };
  switch (newest.evidence.reason) {
    case 'withdrawn':
      return {
        title: 'the breach is over',
        why: 'The supervisor withdrew it: the tail is within its limit again.',
      };
    case 'recovered':
      return { title: 'it has recovered', why: 'The supervisor says that it has recovered.' };
    case 'relapse':
      return {
        title: 'it breached again',
        why: 'The recovery was taken back: the newest rows are beyond a limit again.',
      };
    default:
      return { title: 'it breached again', why: 'The supervisor calls for a stop.' };
  }
}

/** One value that merging would change although the proposal does not say so. */
interface Beside {
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

function changesBeside(marker: ProposalMarker, base: ConfigFiles, merged: ConfigFiles): Beside[] {
  return (['kill_list', 'agents', 'warden'] as const).flatMap((file) =>
    jsonDifferences(
      withoutSubject(file, marker, base, base),
      withoutSubject(file, marker, merged, base),
      file,
    ),
  );
}

/** A file without the values that the proposal is about: of an agent that the base does not know, all of them. */
function withoutSubject(
  file: keyof ConfigFiles,
  { action, subject }: ProposalMarker,
  files: ConfigFiles,
  base: ConfigFiles,
): unknown {
  const isOnClass = isAboutClass(action);
  if (isOnClass && file === 'kill_list') {
    const changing: readonly string[] = ['status', ...DISABLED_KEYS];
    return mapped(files.kill_list, subject, (entry) => without(entry, changing));
  }
  if (!isOnClass && file === 'agents') {
    const isNew = registeredAgent(base.agents, subject) === undefined;
    return mapped(files.agents, subject, (agent) => (isNew ? {} : without(agent, ['stage'])));
  }
  return files[file];
}

/** A subject that is not there yet is put there by the proposal; beside its status it must say nothing. */
function mapped<V extends object>(
  record: Readonly<Record<string, V>>,
  subject: string,
  change: (value: V) => object,
): object {
  const entries = Object.entries(record).map(([key, value]): [string, object] => [
    key,
    key === subject ? change(value) : value,
  ]);
  return Object.fromEntries(
    entries.filter(([key, value]) => key !== subject || Object.keys(value).length > 0),
  );
}

function without(record: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

function isFollowed({ action, subject, episode }: ProposalMarker, merged: ConfigFiles): boolean {
  if (!isAsProposed(action, subject, merged)) return false;
  const entry = entryOf(merged.kill_list, subject);
  return action !== 'disable' || (entry?.status === 'DISABLED' && entry.episode === episode);
}

function besideText({ path, left, right }: Beside): string {
  return `- ${mdName(path)}: ${valueText(left)} on the base, ${valueText(right)} after merging`;
}

function otherFileText(path: string): string {
  return `- the file ${mdName(path)}`;
}

function differs({ subject }: ProposalMarker, beside: readonly string[]): CheckResult {
  const shown = beside.slice(0, DIFFERENCES_SHOWN_MAX);
  const rest = beside.length - shown.length;
  return result(
    'failure',
    'Merging would change more than it says',
    [
      `Beside ${mdName(subject)} merging this would change what the base says:`,
      [...shown, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n'),
      'Take these changes out of the branch, or propose them in a pull request of their own.',
    ].join('\n\n'),
  );
}

function valueText(value: unknown): string {
  return value === undefined ? 'nothing' : mdCode(cut(JSON.stringify(value), 80));
}

function stale({ since, title, why }: Stale): CheckResult {
  const words = since === null ? `Stale: ${title}` : `Stale since ${minuteText(since)}: ${title}`;
  return result(
    'failure',
    words,
    `${why} Do not merge this: its premise no longer holds. Warden closes it, or says here why it cannot.`,
  );
}

const STILL: Readonly<Record<ProposalAction, string>> = {
  disable: 'the breach goes on',
  enable: 'the recovery stands',
  promote: 'the gates of promotion still pass',
  demote: 'the alert goes on',
};

function holds(
  { action, subject, episode, requested_by: by }: ProposalMarker,
  asOf: string | null,
): CheckResult {
  const merging = `Merging changes ${mdName(subject)} and nothing else.`;
  if (by !== null) return result('success', 'As it was asked for', `${mdName(by)} asked for it. ${merging}`);
  return result(
    'success',
    `Still true as of ${dayText(asOf)}`,
    `Episode ${mdCode(episode)} is open: ${STILL[action]}. ${merging}`,
  );
}

function result(conclusion: CheckResult['conclusion'], title: string, summary: string): CheckResult {
  return { conclusion, output: { title, summary, text: '', annotations: [] } };
}
