// What Warden knows of GitHub: pull requests, comments, issues, checks, as facts without GitHub's own names for everything.

/** From the least to the most. `none`: not a collaborator. */
export const ROLES = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Returns whether a person of this role may steer Warden: who may push may also decide. */
export function mayWrite(role: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf('write');
}

/** `owner/name`. The names . and .. are none at GitHub, and would be other folders where a name is part of a path. */
export const REPOSITORY_NAME_PATTERN =
  '^(?!\\.{1,2}/)[A-Za-z0-9_.-]{1,100}/(?!\\.{1,2}$)[A-Za-z0-9_.-]{1,100}$';

export interface RepositoryFacts {
  /** `owner/name`. */
  readonly fullName: string;
  readonly defaultBranch: string;
  readonly isPrivate: boolean;
  /** Address for people, `https://github.com/owner/name`. */
  readonly url: string;
}

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  /** Login of the author; `ghost` where the account is gone. */
  readonly author: string;
  readonly state: 'open' | 'closed';
  /** UTC instant, or `null` where it is not merged. */
  readonly mergedAt: string | null;
  readonly mergeCommit: string | null;
  readonly createdAt: string;
  readonly closedAt: string | null;
  /** Branch of the head, without its owner. */
  readonly branch: string;
  readonly headSha: string;
  /** `owner/name` of the repository that holds the head; `null` where a fork is gone. */
  readonly headRepository: string | null;
  readonly baseBranch: string;
  readonly labels: readonly string[];
}

export interface ChangedFile {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'removed' | 'renamed' | 'other';
  /** Where a renamed file was. */
  readonly previousPath: string | null;
}

/** Of a branch since it left another one. */
export interface BranchCommit {
  readonly sha: string;
  readonly message: string;
  /** Login, or `null` where the address of the author belongs to no account. */
  readonly author: string | null;
  readonly committer: string | null;
  readonly parents: readonly string[];
}

export interface IssueComment {
  readonly id: number;
  readonly url: string;
  readonly author: string;
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Issue {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly state: 'open' | 'closed';
  /** Who closed it last; of pull requests too. Lists do not always tell: ask for the issue itself. */
  readonly closedBy: string | null;
  readonly labels: readonly string[];
}

export interface Review {
  readonly author: string;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  /** Commit that was reviewed; `null` where it is gone. */
  readonly commit: string | null;
  readonly submittedAt: string | null;
}

export type CheckConclusion = 'success' | 'failure' | 'neutral' | 'action_required';

/** A remark at a place in a file of the head commit. Columns count only where start and end line are the same. */
export interface CheckAnnotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn?: number;
  readonly endColumn?: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

export interface CheckOutput {
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** Markdown, or empty. */
  readonly text: string;
  /** Any number: the adapter sends them in batches of 50. */
  readonly annotations: readonly CheckAnnotation[];
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
  /** What {@link CheckDraft.externalId} was. */
  readonly externalId: string;
  readonly title: string;
  readonly summary: string;
}

export interface CheckDraft {
  readonly name: string;
  readonly headSha: string;
  /** Chosen by us: tells one state of the check from the next, so that the same result is not written again. */
  readonly externalId: string;
  /**
   * An earlier run of this name on the commit that is started anew, so that runs do not pile up; default: a new one. Its
   * annotations stay, and those of its next output come on top.
   */
  readonly runId?: number;
}

export type Reaction = '+1' | '-1' | 'eyes' | 'rocket' | 'confused';

/** New content of files on a branch; `null` removes the file. */
export type FileChanges = Readonly<Record<string, string | null>>;

export interface CommitDraft {
  readonly branch: string;
  /** The branch must still stand here; otherwise nothing is written. */
  readonly expectedHead: string;
  /** Also merged: the newest commit of the base, whose tree the changes are put on. `null`: those of the branch itself. */
  readonly mergedBase: string | null;
  readonly files: FileChanges;
  readonly message: string;
}

export interface PullDraft {
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly baseBranch: string;
}

/**
 * Why GitHub did not do what was asked. `unavailable`: it did not answer, or is limiting us, after every retry; whether the
 * call took effect is not known. `forbidden`: the token may not. `missing`: no such thing, or not visible. `refused`: it
 * understood and said no.
 */
type GitHubFaultKind = 'unavailable' | 'forbidden' | 'missing' | 'refused';

/** Thrown by everything that talks to GitHub, where the failure is not one of the values a call returns. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError';
  readonly kind: GitHubFaultKind;
  /** HTTP status, or `null` where there was no answer. */
  readonly status: number | null;

  /** `message` says what was asked, what came back and the next step, and holds no secret. */
  constructor(kind: GitHubFaultKind, status: number | null, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.status = status;
  }
}

/** Limits of GitHub, in characters, bytes of UTF-8 or items. */
export const GITHUB_LIMITS = {
  /** Body of a pull request, an issue or a comment. */
  bodyChars: 65_536,
  /** Summary and text of a check, each. GitHub's documentation says characters, and its refusals count bytes. */
  checkTextBytes: 65_535,
  annotationsPerRequest: 50,
  annotationTitleChars: 255,
  annotationMessageBytes: 64 * 1024,
  titleChars: 256,
} as const;

/** One attempt of GitHub to deliver an event to the app. */
export interface DeliveryAttempt {
  /** Decimal digits: these ids outgrow what a number holds exactly. */
  readonly id: string;
  /** The same for every attempt of one delivery. */
  readonly guid: string;
  readonly deliveredAt: string;
  readonly event: string;
  readonly action: string | null;
  /** What the app answered; 0 where nothing came back. */
  readonly statusCode: number;
  readonly isRedelivery: boolean;
}

/** How the app is registered at GitHub. */
export interface AppRegistration {
  readonly id: number;
  /** Its comments are by `<slug>[bot]`. */
  readonly slug: string;
  /** `contents: write` and so on. */
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

/** The account behind the token of every workflow. */
export const WORKFLOW_LOGIN = 'github-actions[bot]';

/** A workflow file as GitHub knows it. `disabled_inactivity`: by GitHub, after 60 days without activity in a public repository. */
export interface Workflow {
  readonly id: number;
  /** `.github/workflows/reconcile.yml`. */
  readonly path: string;
  readonly state: 'active' | 'disabled_manually' | 'disabled_inactivity' | 'other';
  /** UTC instant at which GitHub came to know it, or last changed what it knows: turned off, turned on. */
  readonly changedAt: string;
}

export interface WorkflowRun {
  readonly id: number;
  readonly url: string;
  /** UTC instants: when GitHub made the run, and when it began to work. */
  readonly createdAt: string;
  readonly startedAt: string;
  readonly status: 'waiting' | 'running' | 'completed';
  /** `success`, `failure`, `cancelled`, `timed_out`, …; `null` until it is completed. */
  readonly conclusion: string | null;
}

export interface BranchRules {
  /** Whether a push without a pull request is refused. */
  readonly needsPullRequest: boolean;
  readonly approvals: number;
  readonly needsCodeOwners: boolean;
  /** Names of the checks that must pass. */
  readonly requiredChecks: readonly string[];
  /** What else may refuse a push, in GitHub's words: `update`, `required_signatures`. */
  readonly refusesPushes: readonly string[];
  /** `false`: the token sees only part of them, so there may be more. */
  readonly isWhole: boolean;
}

export interface DeploymentEnvironment {
  readonly name: string;
  readonly needsApproval: boolean;
}

/**
 * Why the state branch could not be read or written. `forbidden`: the token may not, a rule of the branch refuses, or it is no name of a
 * branch; `unavailable`: the remote did not answer; `crowded`: others were faster every time; `foreign`: the folder holds something that
 * is not ours to replace, or the branch is not known to be the one that is meant.
 */
export class StateBranchError extends Error {
  override readonly name = 'StateBranchError';
  readonly kind: 'forbidden' | 'unavailable' | 'crowded' | 'foreign';

  /** `message` says what was tried, what came back and the next step, and holds no secret. */
  constructor(kind: StateBranchError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
