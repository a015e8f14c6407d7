// What the local GitHub remembers: accounts, repositories, issues and pull requests, comments, reviews and checks.

import type { GitRepository } from './git-objects.ts';

export type AccessLevel = 'read' | 'write';
/** Name of a permission of an App, e.g. `contents` → what is granted. */
export type Permissions = Readonly<Record<string, AccessLevel>>;
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
}

/** An App that acts: ours, or the one behind GITHUB_TOKEN. */
export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
}

export interface Installation {
  readonly id: number;
  readonly account: string;
  readonly createdMs: number;
  /** Full names of the repositories it reaches. */
  readonly repositories: Set<string>;
}

/** Who sends a request. */
export interface Actor {
  readonly login: string;
  readonly kind: 'app' | 'installation' | 'actions' | 'user';
  /** The App behind a token of an App; `null` for people. */
  readonly app: App | null;
  /** What the token may do; `null` for people, whose role in the repository decides. */
  readonly permissions: Permissions | null;
  /** Full names the token reaches, or `null` for no limit. */
  readonly repositories: ReadonlySet<string> | null;
  readonly expiresMs: number | null;
  readonly installationId: number | null;
}

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export const REACTIONS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const;
type ReactionContent = (typeof REACTIONS)[number];

export interface Reaction {
  readonly id: number;
  readonly login: string;
  readonly content: ReactionContent;
  readonly createdMs: number;
}

export interface Comment {
  readonly id: number;
  readonly issueNumber: number;
  readonly login: string;
  readonly app: App | null;
  body: string;
  readonly createdMs: number;
  updatedMs: number;
  readonly reactions: Reaction[];
}

export interface Review {
  readonly id: number;
  readonly login: string;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  readonly body: string;
  readonly commitSha: string;
  readonly submittedMs: number;
}

export interface Pull {
  readonly id: number;
  /** Full name of the repository of the head branch. */
  readonly headRepo: string;
  readonly headRef: string;
  /** The newest commit while open, the last one seen after it was closed. */
  headSha: string;
  baseRef: string;
  baseSha: string;
  draft: boolean;
  merged: { readonly sha: string; readonly login: string; readonly atMs: number } | null;
  requestedReviewers: string[];
  readonly reviews: Review[];
}

/** An issue, or a pull request where `pull` is set: they share numbers, comments and labels. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly login: string;
  readonly app: App | null;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'reopened' | 'not_planned' | 'duplicate' | null;
  labels: string[];
  assignees: string[];
  readonly createdMs: number;
  updatedMs: number;
  closedMs: number | null;
  closedBy: string | null;
  readonly reactions: Reaction[];
  readonly pull: Pull | null;
}

/** An issue that is a pull request. */
export interface PullIssue extends Issue {
  readonly pull: Pull;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: string;
  readonly message: string;
  readonly title: string | null;
  readonly raw_details: string | null;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CheckRun {
  readonly id: number;
  readonly suiteId: number;
  readonly app: App;
  name: string;
  readonly headSha: string;
  externalId: string | null;
  detailsUrl: string | null;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  startedMs: number | null;
  completedMs: number | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Annotation[];
  actions: readonly CheckAction[];
}

export interface CheckSuite {
  readonly id: number;
  readonly app: App;
  readonly headSha: string;
  headBranch: string | null;
  before: string | null;
  readonly createdMs: number;
  updatedMs: number;
}

/** A rule of a ruleset, as it applies to one branch. */
export interface BranchRule {
  readonly branch: string;
  /** GitHub's name of it, `pull_request`. */
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Protection of one branch in the older way, which only admins may look at. */
export interface BranchProtection {
  /** `null`: no pull request is asked for. */
  readonly reviews: { readonly approvals: number; readonly codeOwners: boolean } | null;
  readonly checks: readonly string[];
  readonly isLocked: boolean;
}

/** What people chose on the settings pages of a repository; changed in place. */
export interface RepositorySetup {
  /** Names of secrets for Actions, and of those that the organisation lends. */
  readonly secrets: Set<string>;
  readonly lentSecrets: Set<string>;
  readonly rules: BranchRule[];
  /** By name of the branch. */
  readonly protection: Map<string, BranchProtection>;
  /** Name of an environment → logins of those who approve. */
  readonly environments: Map<string, readonly string[]>;
  mayActionsOpenPulls: boolean;
}

/** A workflow file, as GitHub Actions knows it. */
export interface ActionWorkflow {
  readonly id: number;
  readonly path: string;
  state: 'active' | 'deleted' | 'disabled_fork' | 'disabled_inactivity' | 'disabled_manually';
  readonly createdMs: number;
  updatedMs: number;
}

/** A run of a workflow, as it is listed. */
export interface ActionRun {
  readonly id: number;
  readonly workflowId: number;
  readonly number: number;
  readonly event: string;
  status: 'queued' | 'in_progress' | 'completed' | 'waiting' | 'pending' | 'requested';
  conclusion: string | null;
  readonly createdMs: number;
  /** When the newest attempt began. */
  startedMs: number;
  attempt: number;
}

export interface Repository {
  readonly id: number;
  readonly fullName: string;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  /** Full name of the repository it was forked from. */
  readonly parent: string | null;
  readonly createdMs: number;
  pushedMs: number;
  /** Read-only, until its owner changes that. */
  archived: boolean;
  readonly git: GitRepository;
  readonly roles: Map<string, Role>;
  readonly labels: Map<string, Label>;
  readonly issues: Map<number, Issue>;
  readonly comments: Map<number, Comment>;
  readonly checkRuns: Map<number, CheckRun>;
  readonly checkSuites: Map<number, CheckSuite>;
  /** By path. */
  readonly workflows: Map<string, ActionWorkflow>;
  readonly actionRuns: ActionRun[];
  readonly setup: RepositorySetup;
  /** Numbers of pinned issues, at most three. */
  pinned: number[];
  nextNumber: number;
}
