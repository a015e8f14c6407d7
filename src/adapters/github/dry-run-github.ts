// GitHub for a dry run: reads go through, and each write is shown as the request it would be, and answered as GitHub would.

import type { CheckRun, CommitDraft, Issue, IssueComment, PullRequest } from '../../domain/github.ts';
import type { GitHub } from '../../ports.ts';
import { annotationBatches } from './checks.ts';
import { nothingTried, numberText, previewOf, type Tried, triedSha, withNewNumbers } from './preview.ts';

interface Trial {
  readonly github: GitHub;
  readonly tried: Tried;
  readonly login: string;
  readonly now: GitHub;
  /** Shows one request of the repository: `show('POST', 'git/refs', 'refs/heads/x at 1234abc')`. */
  show(method: string, path: string, words: string): Promise<void>;
}

/** Nothing that is made here has an instant; this one is plain to see. */
const NEVER = '1970-01-01T00:00:00.000Z';

/**
 * Returns `github` without its writes. What they would have made is visible to later reads.
 *
 * @param print is called once per request that would have been sent, with one line of text that may hold words from outside.
 */
export function dryRunGitHub(github: GitHub, print: (operation: string) => void): GitHub {
  const tried = nothingTried();
  const login = github.ownLogins[0] ?? 'warden[bot]';
  const reads: GitHub = { ...github, ...previewOf(github, tried, login) };
  const trial: Trial = {
    github,
    tried,
    login,
    now: reads,
    async show(method, path, words) {
      const { fullName } = await github.repository();
      print(`${method} /repos/${fullName}/${path} ${words}`.trimEnd());
    },
  };
  return {
    ...reads,
    ...branchTrial(trial),
    ...pullTrial(trial),
    ...labelTrial(trial),
    ...commentTrial(trial),
    ...issueTrial(trial, print),
    ...checkTrial(trial),
  };
}

function branchTrial({ tried, now, show }: Trial): Pick<GitHub, 'createBranch' | 'commit'> {
  return {
    async createBranch(branch, sha) {
      if ((await now.head(branch)) !== null) return 'exists';
      await show('POST', 'git/refs', `refs/heads/${branch} at ${short(sha)}`);
      tried.branches.set(branch, sha);
      return 'created';
    },
    async commit(draft) {
      const { branch, expectedHead, mergedBase } = draft;
      if ((await now.head(branch)) !== expectedHead) return { kind: 'moved' };
      const changes = await changesOf(now, draft);
      if (changes.length === 0 && mergedBase === null) return { kind: 'committed', sha: expectedHead };
      const sha = triedSha(tried.next());
      const onto = mergedBase ?? expectedHead;
      if (changes.length > 0) await show('POST', 'git/trees', `on ${short(onto)}: ${changes.join(', ')}`);
      const parents = [expectedHead, ...(mergedBase === null ? [] : [mergedBase])].map(short).join(' and ');
      await show('POST', 'git/commits', `after ${parents}: ${opening(draft.message)}`);
      await show('PATCH', `git/refs/heads/${branch}`, `to ${short(sha)}, not forced`);
      tried.commits.set(sha, draft);
      tried.branches.set(branch, sha);
      return { kind: 'committed', sha };
    },
  };
}

async function changesOf(now: GitHub, { files, mergedBase, expectedHead }: CommitDraft): Promise<string[]> {
  const changes: string[] = [];
  for (const [path, text] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if ((await now.file(path, mergedBase ?? expectedHead)) === text) continue;
    changes.push(text === null ? `${path} removed` : `${path} of ${sizeOf(text)}`);
  }
  return changes;
}

function pullTrial(trial: Trial): Pick<GitHub, 'createPull' | 'updatePull' | 'requestReviewers'> {
  const { tried, now, show } = trial;
  return {
    async createPull(draft) {
      const { title, body, branch, baseBranch } = draft;
      const [open] = await now.pulls({ state: 'open', branch });
      if (open !== undefined) return { kind: 'exists', pull: open };
      await show('POST', 'pulls', `${branch} into ${baseBranch}: ${quoted(title)}, ${bodyText(body)}`);
      const { url } = await now.repository();
      const number = tried.next();
      const pull: PullRequest = {
        number,
        url: `${url}/pulls`,
        title,
        body,
        author: trial.login,
        state: 'open',
        mergedAt: null,
        mergeCommit: null,
        createdAt: NEVER,
        closedAt: null,
        branch,
        headSha: (await now.head(branch)) ?? '',
        headRepository: (await now.repository()).fullName,
        baseBranch,
        labels: [],
      };
      tried.pulls.set(number, pull);
      return { kind: 'created', pull };
    },
    async updatePull(number, change) {
      await show('PATCH', `pulls/${numberText(number)}`, changeText(change));
      const pull = await now.pull(number);
      if (pull === null) return;
      const closing =
        change.state === undefined ? {} : { closedAt: change.state === 'closed' ? NEVER : null };
      tried.pulls.set(number, { ...pull, ...change, ...closing });
    },
    async requestReviewers(number, reviewers) {
      if (reviewers.length > 0)
        await show('POST', `pulls/${numberText(number)}/requested_reviewers`, reviewers.join(', '));
      return [];
    },
  };
}

function labelTrial({ tried, now, show }: Trial): Pick<GitHub, 'addLabels' | 'removeLabel'> {
  const relabel = async (number: number, change: (labels: readonly string[]) => string[]): Promise<void> => {
    const issue = tried.issues.get(number);
    if (issue !== undefined) {
      tried.issues.set(number, { ...issue, labels: change(issue.labels) });
      return;
    }
    const pull = await now.pull(number);
    if (pull !== null) tried.pulls.set(number, { ...pull, labels: change(pull.labels) });
  };
  return {
    async addLabels(number, labels) {
      if (labels.length === 0) return;
      await show('POST', `issues/${numberText(number)}/labels`, labels.join(', '));
      await relabel(number, (before) => [...new Set([...before, ...labels])]);
    },
    async removeLabel(number, label) {
      await show('DELETE', `issues/${numberText(number)}/labels/${encodeURIComponent(label)}`, '');
      await relabel(number, (before) => before.filter((one) => one !== label));
    },
  };
}

function commentTrial({
  tried,
  now,
  show,
  login,
}: Trial): Pick<GitHub, 'createComment' | 'updateComment' | 'deleteComment' | 'react'> {
  return {
    async createComment(number, body) {
      await show('POST', `issues/${numberText(number)}/comments`, bodyText(body));
      const { url } = await now.repository();
      const id = tried.next();
      const comment: IssueComment = {
        id,
        url: `${url}/issues`,
        author: login,
        body,
        createdAt: NEVER,
        updatedAt: NEVER,
      };
      tried.comments.set(number, [...(tried.comments.get(number) ?? []), comment]);
      return comment;
    },
    async updateComment(id, body) {
      await show('PATCH', `issues/comments/${numberText(id)}`, bodyText(body));
      tried.edits.set(id, body);
    },
    async deleteComment(id) {
      await show('DELETE', `issues/comments/${numberText(id)}`, '');
      tried.edits.set(id, null);
    },
    async react(commentId, reaction) {
      await show('POST', `issues/comments/${numberText(commentId)}/reactions`, reaction);
    },
  };
}

function issueTrial(
  { tried, now, show, login }: Trial,
  print: (operation: string) => void,
): Pick<GitHub, 'createIssue' | 'updateIssue' | 'pinIssue'> {
  return {
    async createIssue({ title, body, labels }) {
      await show('POST', 'issues', `${quoted(title)} (${labels.join(', ')}), ${bodyText(body)}`);
      const { url } = await now.repository();
      const number = tried.next();
      const issue: Issue = {
        number,
        url: `${url}/issues`,
        title,
        body,
        author: login,
        state: 'open',
        closedBy: null,
        labels: [...labels],
      };
      tried.issues.set(number, issue);
      return issue;
    },
    async updateIssue(number, change) {
      await show('PATCH', `issues/${numberText(number)}`, changeText(change));
      const issue = await now.issue(number);
      if (issue !== null) tried.issues.set(number, { ...issue, ...change });
    },
    async pinIssue(number) {
      print(`POST /graphql pinIssue ${numberText(number)}`);
      return true;
    },
  };
}

function checkTrial({ tried, show }: Trial): Pick<GitHub, 'startCheck' | 'completeCheck'> {
  return {
    async startCheck({ name, headSha, externalId, runId }) {
      const [method, path] =
        runId === undefined
          ? (['POST', 'check-runs'] as const)
          : (['PATCH', `check-runs/${numberText(runId)}`] as const);
      await show(method, path, `${quoted(name)} on ${short(headSha)}`);
      const started = { status: 'in_progress', conclusion: null, title: '', summary: '' } as const;
      const check: CheckRun = { id: runId ?? tried.next(), name, externalId, ...started };
      tried.checks.set(check.id, { ...check, headSha });
      return check;
    },
    async completeCheck(id, conclusion, { title, summary, annotations }) {
      const batches = annotationBatches(annotations);
      for (const [index, batch] of batches.entries()) {
        const state = index === batches.length - 1 ? conclusion : 'in progress';
        const words = `${state}: ${quoted(title)}, ${bodyText(summary)}, ${batch.length} annotations`;
        await show('PATCH', `check-runs/${numberText(id)}`, words);
      }
      const check = tried.checks.get(id);
      if (check !== undefined)
        tried.checks.set(id, { ...check, status: 'completed', conclusion, title, summary });
    },
  };
}

function changeText(change: {
  readonly title?: string;
  readonly body?: string;
  readonly state?: string;
}): string {
  const { title, body, state } = change;
  return [
    ...(state === undefined ? [] : [`state ${state}`]),
    ...(title === undefined ? [] : [`title ${quoted(title)}`]),
    ...(body === undefined ? [] : [bodyText(body)]),
  ].join(', ');
}

const LINES_SHOWN = 3;
const CHARS_SHOWN = 160;

/** The length of a text, and how it begins for people: the hidden line of a marker says nothing to them. */
function bodyText(body: string): string {
  return `a text of ${sizeOf(body)}: ${opening(body)}`;
}

function opening(text: string): string {
  const lines = withNewNumbers(text)
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('<!--'));
  const joined = lines.slice(0, LINES_SHOWN).join(' / ');
  const isWhole = lines.length <= LINES_SHOWN && joined.length <= CHARS_SHOWN;
  return quoted(isWhole ? joined : `${joined.slice(0, CHARS_SHOWN)}…`);
}

/** On one line, whatever it holds. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function sizeOf(text: string): string {
  return `${text.length.toLocaleString('en-US')} character${text.length === 1 ? '' : 's'}`;
}

function short(sha: string): string {
  return sha.slice(0, 7);
}
