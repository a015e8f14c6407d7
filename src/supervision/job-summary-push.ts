// What became of a change of the state, on the page of its run: the commit with its link, the tries, and the files that changed.

import { counted, ROWS_SHOWN_MAX, summarySection } from './job-summary-section.ts';
import { mdCode, mdDetails, mdFence, mdLink, mdTable } from './markdown.ts';
import { cut } from './outside-text.ts';
import { countText, UNKNOWN } from './report-numbers.ts';

const PATH_SHOWN_MAX = 120;
const ERROR_SHOWN_MAX = 600;
const COMMIT_DIGITS = 12;

export interface PushFacts {
  readonly branch: string;
  /** Subject of the commit, `state: reconcile 2026-11-21 (+12 rows)`. */
  readonly subject: string;
  /** Newest commit that the remote is known to have; `null`: there is none. */
  readonly commit: string | null;
  readonly pushed: boolean;
  readonly tries: number;
  /** Files that the change wrote, with their size by now; `null`: removed. */
  readonly changed: readonly { readonly path: string; readonly bytes: number | null }[];
  /** Address of the repository for people; `null`: the remote is not at GitHub. */
  readonly repositoryUrl: string | null;
  readonly dryRun: boolean;
  /** Why it could not be pushed; `null` where it was, or where nothing changed. */
  readonly error: string | null;
}

/** Returns the section of a push. */
export function pushSummary(facts: PushFacts): string {
  return summarySection('State branch', [
    leadOf(facts),
    facts.error === null ? null : mdFence(cut(facts.error, ERROR_SHOWN_MAX), 'text'),
    changedPart(facts.changed),
  ]);
}

function leadOf(facts: PushFacts): string {
  const { branch, subject, pushed, tries, dryRun, error, changed } = facts;
  const commit = commitText(facts);
  const at = commit === null ? 'the branch does not exist yet' : `the branch stands at ${commit}`;
  if (error !== null) return `**Not pushed** to ${mdCode(branch)} after ${counted(tries, 'try', 'tries')}.`;
  if (dryRun && changed.length > 0)
    return `Would be committed to ${mdCode(branch)} as ${mdCode(subject)}; ${at}.`;
  if (!pushed) return `Nothing changed on ${mdCode(branch)}; ${at}.`;
  const patience = tries === 1 ? '' : `, at try ${countText(tries)} since others were faster`;
  return `Pushed ${commit ?? 'a commit'} to ${mdCode(branch)} as ${mdCode(subject)}${patience}.`;
}

function commitText({ commit, repositoryUrl }: PushFacts): string | null {
  if (commit === null) return null;
  const name = mdCode(commit.slice(0, COMMIT_DIGITS));
  return repositoryUrl === null
    ? name
    : mdLink(name, `${repositoryUrl}/commit/${encodeURIComponent(commit)}`);
}

function changedPart(changed: PushFacts['changed']): string | null {
  if (changed.length === 0) return null;
  const shown = changed.slice(0, 2 * ROWS_SHOWN_MAX);
  const rows = shown.map(({ path, bytes }) => [
    mdCode(cut(path, PATH_SHOWN_MAX)),
    bytes === null ? UNKNOWN : countText(bytes),
  ]);
  const more = changed.length - shown.length;
  const table = mdTable(['file', 'bytes'], rows, ['left', 'right']);
  const body = more > 0 ? `${table}\n\nAnd ${countText(more)} more.` : table;
  return mdDetails(`${counted(changed.length, 'file')} changed`, body);
}
