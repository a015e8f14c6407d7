// GitHub's answers as the facts that Warden works with.

import { assert } from '../../domain/assert.ts';
import {
  type BranchCommit,
  type ChangedFile,
  type CheckRun,
  type Issue,
  type IssueComment,
  type PullRequest,
  type Review,
  ROLES,
  type Role,
} from '../../domain/github.ts';
import { isoFromMs, msFromIso } from '../../domain/time.ts';

interface AccountJson {
  readonly login?: string | undefined;
}

type LabelJson = string | { readonly name?: string | undefined };

interface PullJson {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body: string | null;
  readonly user: AccountJson | null;
  readonly state: string;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly created_at: string;
  readonly closed_at: string | null;
  readonly head: {
    readonly ref: string;
    readonly sha: string;
    readonly repo: { readonly full_name: string } | null;
  };
  readonly base: { readonly ref: string };
  readonly labels: readonly LabelJson[];
}

interface CommentJson {
  readonly id: number | bigint;
  readonly html_url: string;
  readonly user: AccountJson | null;
  readonly body?: string | undefined;
  readonly created_at: string;
  readonly updated_at: string;
}

interface IssueJson {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body?: string | null | undefined;
  readonly user: AccountJson | null;
  readonly state: string;
  readonly closed_by?: AccountJson | null | undefined;
  readonly labels: readonly LabelJson[];
}

interface ReviewJson {
  readonly user: AccountJson | null;
  readonly state: string;
  readonly commit_id: string | null;
  readonly submitted_at?: string | undefined;
}

interface CommitJson {
  readonly sha: string;
  readonly commit: {
    readonly message: string;
    readonly committer?: { readonly name?: string | undefined } | null;
  };
  readonly author: AccountJson | null;
  readonly committer: AccountJson | null;
  readonly parents: readonly { readonly sha: string }[];
}

interface FileJson {
  readonly filename: string;
  readonly status: string;
  readonly previous_filename?: string | undefined;
}

interface CheckJson {
  readonly id: number | bigint;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly external_id: string | null;
  readonly output: { readonly title: string | null; readonly summary: string | null };
}

export function pullFrom(json: PullJson): PullRequest {
  return {
    number: json.number,
    url: json.html_url,
    title: json.title,
    body: json.body ?? '',
    author: loginOf(json.user),
    state: stateFrom(json.state),
    mergedAt: instantFrom(json.merged_at),
    // While a pull request is open, GitHub gives a commit here that only tries the merge.
    mergeCommit: json.merged_at === null ? null : json.merge_commit_sha,
    createdAt: instantFrom(json.created_at),
    closedAt: instantFrom(json.closed_at),
    branch: json.head.ref,
    headSha: json.head.sha,
    headRepository: json.head.repo?.full_name ?? null,
    baseBranch: json.base.ref,
    labels: json.labels.map(labelName),
  };
}

export function commentFrom(json: CommentJson): IssueComment {
  return {
    id: idFrom(json.id),
    url: json.html_url,
    author: loginOf(json.user),
    body: json.body ?? '',
    createdAt: instantFrom(json.created_at),
    updatedAt: instantFrom(json.updated_at),
  };
}

export function issueFrom(json: IssueJson): Issue {
  return {
    number: json.number,
    url: json.html_url,
    title: json.title,
    body: json.body ?? '',
    author: loginOf(json.user),
    state: stateFrom(json.state),
    closedBy: json.closed_by?.login ?? null,
    labels: json.labels.map(labelName),
  };
}

const REVIEW_STATES = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING'] as const;

export function reviewFrom(json: ReviewJson): Review {
  return {
    author: loginOf(json.user),
    // A state that GitHub may add one day approves nothing.
    state: REVIEW_STATES.find((state) => state === json.state) ?? 'COMMENTED',
    commit: json.commit_id,
    submittedAt: instantFrom(json.submitted_at ?? null),
  };
}

export function branchCommitFrom(json: CommitJson): BranchCommit {
  return {
    sha: json.sha,
    message: json.commit.message,
    author: json.author?.login ?? null,
    committer: json.committer?.login ?? webCommitter(json.commit.committer?.name),
    parents: json.parents.map(({ sha }) => sha),
  };
}

/**
 * The account that GitHub commits with on behalf of others. A server of one's own signs with a name and an address that belong to
 * no account.
 */
function webCommitter(name: string | undefined): string | null {
  return name === 'GitHub' || name === 'GitHub Enterprise' ? 'web-flow' : null;
}

const FILE_STATUSES = ['added', 'modified', 'removed', 'renamed'] as const;

export function changedFileFrom(json: FileJson): ChangedFile {
  return {
    path: json.filename,
    status: FILE_STATUSES.find((status) => status === json.status) ?? 'other',
    previousPath: json.previous_filename ?? null,
  };
}

export function checkFrom(json: CheckJson): CheckRun {
  const status = json.status === 'completed' || json.status === 'in_progress' ? json.status : 'queued';
  return {
    id: idFrom(json.id),
    name: json.name,
    status,
    conclusion: json.conclusion,
    externalId: json.external_id ?? '',
    title: json.output.title ?? '',
    summary: json.output.summary ?? '',
  };
}

/** A role that an organisation made up counts as what it may do at least: its `permission`. */
export function roleFrom(roleName: string | undefined, permission: string): Role {
  return ROLES.find((role) => role === roleName) ?? ROLES.find((role) => role === permission) ?? 'none';
}

/** Octokit reads a number that JavaScript cannot hold as a bigint. Comments and checks are far from there. */
function idFrom(id: number | bigint): number {
  assert(typeof id === 'number', () => `the id ${id} is beyond what a number holds exactly`);
  return id;
}

function loginOf(account: AccountJson | null): string {
  return account?.login ?? 'ghost';
}

function labelName(label: LabelJson): string {
  return typeof label === 'string' ? label : (label.name ?? '');
}

function stateFrom(state: string): 'open' | 'closed' {
  return state === 'open' ? 'open' : 'closed';
}

function instantFrom(text: string): string;
function instantFrom(text: string | null): string | null;
/** GitHub leaves the milliseconds out. */
function instantFrom(text: string | null): string | null {
  return text === null ? null : isoFromMs(msFromIso(text));
}
