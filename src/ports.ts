// Every side effect of the product on one page: what the program can do to the world, and nothing else can.

import type {
  AppRegistration,
  BranchCommit,
  BranchRules,
  ChangedFile,
  CheckConclusion,
  CheckDraft,
  CheckOutput,
  CheckRun,
  CommitDraft,
  DeliveryAttempt,
  DeploymentEnvironment,
  Issue,
  IssueComment,
  PullDraft,
  PullRequest,
  Reaction,
  RepositoryFacts,
  Review,
  Role,
  Workflow,
  WorkflowRun,
} from './domain/github.ts';
import type { Instrument } from './domain/instrument.ts';
import type { KernelControlRequest, KernelControlResponse } from './domain/kernel-control.ts';
import type { BarSeries, Market } from './domain/market.ts';
import type { Result } from './domain/result.ts';
import type { FeedNotice } from './domain/scan.ts';
import type { SinkRow } from './domain/sink-row.ts';
import type { EpochMs } from './domain/steps.ts';
import type {
  BalanceReport,
  CancelResult,
  IncomeRow,
  Known,
  OrderName,
  OrderReport,
  OrderRequest,
  Priority,
  QueryResult,
  SubmitResult,
  VenueAccount,
  VenueNotice,
  VenuePosition,
  VenueQuote,
} from './domain/venue.ts';

export interface Clock {
  /** Wall time, epoch milliseconds. */
  nowMs(): number;
}

/** A clock that can be waited for. Tests let its time pass by hand. */
export interface Timers extends Clock {
  /** Calls `run` once, not before `ms` milliseconds have passed. Returns how to call it off, which may be done at any time. */
  after(ms: number, run: () => void): () => void;
}

/** Words for the person who runs a command. Never secrets, never whole payloads. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** How far a long step has come: a bar on a terminal, a plain line now and then elsewhere, nothing with `--json`. */
export interface Progress {
  start(label: string, total: number): void;
  advance(by: number): void;
  /** Ends the step that was started last. */
  done(): void;
}

/**
 * The files below one folder. Paths are relative, with forward slashes. Every write is durable when the call returns.
 * All calls throw on what the world should not do (no space, no permission); absence is a value.
 */
export interface Disk {
  /** Whole content, or `null` where there is no such file. */
  read(path: string): Buffer | null;
  /** Bytes `[from, to)` of a file that exists; fewer where it ends earlier. */
  readRange(path: string, from: number, to: number): Buffer;
  /** Size in bytes, or `null` where there is no such file. */
  size(path: string): number | null;
  /** Names of the files and folders in `folder`, sorted by code unit; empty where there is no such folder. */
  list(folder: string): readonly string[];
  /** Appends in one write, then fsync. Creates the file and its folders. */
  append(path: string, text: string): void;
  /** Replaces the whole content: temporary file, fsync, rename, fsync of the folder. */
  replace(path: string, content: string | Buffer): void;
  /** Cuts the file to its first `bytes` bytes, then fsync. */
  truncate(path: string, bytes: number): void;
  /** Creates a file that must not exist yet; `false` where it does. */
  createExclusive(path: string, text: string): boolean;
  remove(path: string): void;
}

export interface PriceRequest {
  readonly symbol: string;
  readonly market: Market;
  /** Bars that closed in `[fromMs, toMs]` are wanted; a source may return more. */
  readonly fromMs: number;
  readonly toMs: number;
  /**
   * Funding is wanted from here on, where no position is older; default: from the first bar on. Bars reach back further, for the
   * volatility, than some exchanges keep funding.
   */
  readonly fundingFromMs?: number;
}

/**
 * Why there are no bars. `unknown_symbol` is the source's own answer and final for this run; all others say nothing
 * about the market, so whatever waits for the price keeps waiting. `no_source`: nobody wants prices of this market yet;
 * `not_configured`: a source was named that cannot be asked as it is set up.
 */
export interface PriceFailure {
  readonly kind: 'unknown_symbol' | 'unreachable' | 'malformed' | 'not_configured' | 'no_source';
  /** What was asked, what came back, and the next step, in one sentence. */
  readonly message: string;
}

export interface Prices {
  /** Closed bars of one instrument in one request's range, failing over between the sources that are configured. */
  bars(request: PriceRequest): Promise<Result<BarSeries, PriceFailure>>;
  /** How many requests went over the network so far (0 for candle files). */
  requestCount(): number;
}

export interface MailMessage {
  /** Chosen by us and stable, so that a mail that is sent again is recognised as the same one. */
  readonly messageId: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Pictures that the HTML shows by `cid:`. */
  readonly inline: readonly { readonly cid: string; readonly filename: string; readonly png: Buffer }[];
}

export interface Mailer {
  /** Hands one message to the mail server. The failure is one sentence that names the server's answer, never a secret. */
  send(message: MailMessage): Promise<Result<void, string>>;
}

/** The page that GitHub shows for a run of a job. */
export interface JobSummary {
  /** Shows Markdown, escaped already. */
  write(markdown: string): Promise<void>;
}

/**
 * One repository at GitHub, under one identity. Calls are retried where GitHub asks for it, and throw `GitHubError` where that
 * does not help. Lists are complete, whatever their number of pages.
 */
export interface GitHub {
  /** Logins whose pull requests and comments are Warden's own; what is found by a marker must be by one of them too. */
  readonly ownLogins: readonly string[];
  repository(): Promise<RepositoryFacts>;
  /** Newest commit of a branch, or `null` where there is no such branch. */
  head(branch: string): Promise<string | null>;
  /** Text of a file at a branch or commit, or `null` where it has none. The heads of forks are found here too, as commits. */
  file(path: string, ref: string): Promise<string | null>;
  /** Commits that `head` has and `base` has not, oldest first. */
  commitsBetween(base: string, head: string): Promise<readonly BranchCommit[]>;
  /** Newest first. `branch`: only those whose head is that branch of this repository. */
  pulls(filter: {
    readonly state: 'open' | 'all';
    readonly branch?: string;
  }): Promise<readonly PullRequest[]>;
  pull(number: number): Promise<PullRequest | null>;
  changedFiles(number: number): Promise<readonly ChangedFile[]>;
  reviews(number: number): Promise<readonly Review[]>;
  /** Oldest first; of an issue or a pull request. */
  comments(number: number): Promise<readonly IssueComment[]>;
  /** An issue, or the issue side of a pull request. */
  issue(number: number): Promise<Issue | null>;
  /** Issues by one of {@link ownLogins}, whatever their labels, oldest first, without pull requests. */
  ownIssues(): Promise<readonly Issue[]>;
  role(login: string): Promise<Role>;
  /** The app's own runs of this name on a commit, oldest first. */
  checkRuns(headSha: string, name: string): Promise<readonly CheckRun[]>;

  createBranch(branch: string, sha: string): Promise<'created' | 'exists'>;
  /** Never a force-push: `moved` where the branch stands elsewhere by now, and then nothing was written. */
  commit(
    draft: CommitDraft,
  ): Promise<{ readonly kind: 'committed'; readonly sha: string } | { readonly kind: 'moved' }>;
  /** `exists`: there is an open one for the branch, by whoever was faster. */
  createPull(draft: PullDraft): Promise<{ readonly kind: 'created' | 'exists'; readonly pull: PullRequest }>;
  updatePull(
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly state?: 'open' | 'closed' },
  ): Promise<void>;
  addLabels(number: number, labels: readonly string[]): Promise<void>;
  removeLabel(number: number, label: string): Promise<void>;
  /** People as `login`, teams as `org/team`. Returns those that GitHub refused: they are no collaborators. */
  requestReviewers(number: number, reviewers: readonly string[]): Promise<readonly string[]>;
  createComment(number: number, body: string): Promise<IssueComment>;
  updateComment(id: number, body: string): Promise<void>;
  deleteComment(id: number): Promise<void>;
  react(commentId: number, reaction: Reaction): Promise<void>;
  createIssue(issue: {
    readonly title: string;
    readonly body: string;
    readonly labels: readonly string[];
  }): Promise<Issue>;
  updateIssue(
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly state?: 'open' | 'closed' },
  ): Promise<void>;
  /** `false` where GitHub refused: three are pinned already, or the token may not. */
  pinIssue(number: number): Promise<boolean>;
  startCheck(draft: CheckDraft): Promise<CheckRun>;
  completeCheck(id: number, conclusion: CheckConclusion, output: CheckOutput): Promise<void>;
}

/** What GitHub knows of the app itself, asked with the app's own key. */
export interface GitHubApp {
  registration(): Promise<AppRegistration>;
  /** Deliveries since an instant (epoch ms), newest first. */
  deliveries(sinceMs: number): Promise<readonly DeliveryAttempt[]>;
  /** Asks for one more attempt of a delivery. */
  redeliver(id: string): Promise<void>;
}

/** Workflows and their runs: whether what should happen by the clock does. */
export interface GitHubActions {
  /** Every workflow that GitHub knows of, by path. */
  workflows(): Promise<readonly Workflow[]>;
  /** Runs of a workflow that its schedule started at or after `sinceMs` (epoch ms), newest first. */
  scheduledRuns(workflowId: number, sinceMs: number): Promise<readonly WorkflowRun[]>;
  /** Runs of a workflow, whatever started them, of which a job waits for a runner, newest first. */
  queuedRuns(workflowId: number): Promise<readonly WorkflowRun[]>;
  /** When the default branch got its newest commit that changes `path`, or any where that is `null`; `null` where there is none. */
  lastCommitAt(path: string | null): Promise<string | null>;
  /** Turns the schedule of a workflow on, and begins anew to count the days after which GitHub turns it off. */
  enableWorkflow(workflowId: number): Promise<void>;
  /** When the token itself ends, UTC, or `null` where GitHub names no day. */
  tokenEndsAt(): Promise<string | null>;
}

/** How a repository is set up, as far as the token may see it: what it may not see is `unknown`, never "not there". */
export interface GitHubSetup {
  /** Names of the repository's secrets for Actions. */
  secretNames(): Promise<readonly string[] | 'unknown'>;
  /** What rules and protection ask of pushes and merges to a branch. */
  branchRules(branch: string): Promise<BranchRules | 'unknown'>;
  /** Whether workflows may open pull requests with `GITHUB_TOKEN`. */
  mayActionsOpenPulls(): Promise<boolean | 'unknown'>;
  /** Names of the repository's environments, each with whether somebody has to approve. */
  environments(): Promise<readonly DeploymentEnvironment[] | 'unknown'>;
}

/**
 * The state branch as a folder that may be written. What a job changes there becomes one commit, which the remote takes as a whole or
 * not at all. Every call throws `StateBranchError` where git or the remote fails in another way than the values say.
 */
export interface StateWorktree {
  /** The folder; it exists after the first `pull`. */
  readonly dir: string;
  /**
   * Makes the folder what the newest commit of the branch holds. Lines of logs that only this folder knows (signals, rejects of their
   * producers, telemetry, receipts, acknowledgements) are kept behind it, and so are hidden files; every other change that was not
   * pushed is gone, since a job computes it again. Returns the commit, or `null` where there is no such branch yet.
   */
  pull(): Promise<string | null>;
  /** Commits everything that changed since the last `pull` or `commit`; `null` where nothing did. */
  commit(draft: { readonly message: string; readonly atMs: number }): Promise<string | null>;
  /**
   * Pushes what was committed, as a fast-forward. `rejected`: somebody was faster, and the remote is as it was.
   *
   * @param tags name → commit, pushed along.
   */
  push(tags?: Readonly<Record<string, string>>): Promise<'pushed' | 'rejected'>;
}

/** The state as it is on its branch: a commit and its files, read only. */
export interface StateBranch {
  /** Newest commit with its files, or `null` where there is no such branch yet. */
  newest(): Promise<{ readonly commit: string; readonly disk: Disk } | null>;
}

/** Why there is no answer of the kernel. */
export interface KernelControlFailure {
  /** unreachable: the request was not sent, so nothing was done. unknown: it was sent, and may have taken effect. */
  readonly kind: 'unreachable' | 'unknown';
  /** What happened, in one sentence; with the next step where nothing was done. */
  readonly message: string;
}

/** The runner of the kernel, on this machine. */
export interface KernelControl {
  /** Makes one request. Never repeats it by itself. */
  ask(request: KernelControlRequest): Promise<Result<KernelControlResponse, KernelControlFailure>>;
}

/**
 * One account at one venue, checked and ready. No promise rejects for what a venue or a network does: what is not known is `UNKNOWN`. A
 * request waits for its turn by its priority, and leaves once: only questions are repeated, never orders.
 */
export interface Venue {
  /** What can be traded here, as it was when the venue was opened. */
  readonly instruments: readonly Instrument[];
  readonly account: VenueAccount;
  /**
   * Sends an order, after its leverage where the account has another. Refused as `RATE_LIMITED` or `BUSY` only where it surely did not
   * leave, which is so after five seconds of waiting for its turn.
   */
  submit(order: OrderRequest, priority: Priority): Promise<SubmitResult>;
  cancel(order: OrderName, priority: Priority): Promise<CancelResult>;
  query(order: OrderName, priority: Priority): Promise<QueryResult>;
  openOrders(priority: Priority): Promise<Known<OrderReport>>;
  /** Every position of the account in the instruments that are known here. One row that cannot be read makes the answer `UNKNOWN`. */
  positions(priority: Priority): Promise<Known<VenuePosition>>;
  /** Orders that traded at or after an instant, each with its cumulative facts. */
  ordersTradedSince(sinceMs: EpochMs, priority: Priority): Promise<Known<OrderReport>>;
  income(sinceMs: EpochMs, priority: Priority): Promise<Known<IncomeRow>>;
  /** One row, of the margin asset. */
  balance(priority: Priority): Promise<Known<BalanceReport>>;
  /** The venue's own price of one symbol, for when the feed has none; one row. */
  quote(symbol: string, priority: Priority): Promise<Known<VenueQuote>>;
  /** Follows what the venue says by itself, from a first `stream` notice on. One listener at a time. Returns how to end it. */
  follow(listen: (notice: VenueNotice) => void): () => Promise<void>;
  /**
   * Has the venue cancel every order of the account after so many seconds without another call; `null` calls that off. Refuses where
   * the account is shared, since it would cancel the orders of others too. The failure is a sentence.
   */
  cancelAllAfter(seconds: number | null): Promise<Result<void, string>>;
  /** Ends the stream and every request that waits. */
  close(): Promise<void>;
}

/** Where prices and scans come from. It never throws for what a source does: what is wrong is a notice. */
export interface Feed {
  /** Follows the source, from a first `state` notice on. One listener, once. Returns how to end it. */
  follow(listen: (notice: FeedNotice) => void): () => Promise<void>;
}

/** Somewhere that rows of the journal go. */
export interface Sink {
  /** In the words of the settings: `ndjson`, `clickhouse`. */
  readonly name: string;
  /**
   * Takes rows, in the order of the journal, and resolves when they are durable there. The same rows may come again, and change nothing.
   * The failure is one sentence without a secret: whoever follows the journal tries the same rows again later.
   */
  write(rows: readonly SinkRow[]): Promise<Result<void, string>>;
  close(): Promise<void>;
}

/**
 * The one folder that a kernel's journal lies in. Every call is synchronous, so that the simulation can run it in process, and nothing is
 * durable before it is synced. All calls throw on what the world should not do, a full disk with the code `ENOSPC` or `EDQUOT`; absence
 * is a value.
 */
export interface JournalDisk {
  /** Names of the files, sorted by code unit. */
  list(): readonly string[];
  /** Size in bytes, or `null` where there is no such file. */
  size(name: string): number | null;
  /** Bytes `[from, to)` of a file that exists; fewer where it ends earlier. */
  readRange(name: string, from: number, to: number): Buffer;
  /** Appends what it can, in one write, and returns how many bytes that was: fewer than asked for where the disk fills. */
  append(name: string, bytes: Uint8Array): number;
  /** Makes what was written to a file durable, but not the name of a new one. */
  sync(name: string): void;
  truncate(name: string, bytes: number): void;
  /** Writes a whole file, over what was left of one of that name. */
  writeNew(name: string, bytes: Uint8Array): void;
  /** Gives a file another name; whatever had that name before is gone. */
  rename(from: string, to: string): void;
  /** Makes names durable: those that were given, and those that were taken away. */
  syncFolder(): void;
  /** Removes a file, where there is one. */
  remove(name: string): void;
  /** Closes what is open. */
  close(): void;
}
