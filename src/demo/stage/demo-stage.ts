// What a demo is played on: a repository at a GitHub of this machine with its people, its app, a clone, and a mailbox.

import type { Settings } from '../../domain/settings.ts';
import type { Disk } from '../../ports.ts';
import type { IssueShown } from '../pages/issue-page.ts';
import type { PullShown } from '../pull-shown.ts';

export interface PushDone {
  /** Of the state that was published. */
  readonly commit: string;
  /** Requests to the API that the app and the job made, and how many of them wrote. */
  readonly requests: number;
  readonly writes: number;
  /** What could not be published, one sentence each. */
  readonly failed: readonly string[];
}

export interface DemoPull {
  readonly number: number;
  readonly title: string;
  readonly branch: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly labels: readonly string[];
}

export interface DemoComment {
  readonly author: string;
  readonly body: string;
}

export interface DemoMail {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly hasChart: boolean;
  readonly pngs: readonly Buffer[];
}

export interface DemoStage {
  /** `you/strategies`. */
  readonly repository: string;
  /** A clone of main. */
  readonly checkoutDir: string;
  readonly configDir: string;
  /** The worktree of the state branch, `state/data` in the clone. */
  readonly stateDir: string;
  readonly disk: Disk;
  /** Those of the clone's `config/`, which follows main. */
  settings(): Settings;
  /** Of its clock, epoch milliseconds. */
  nowMs(): number;
  /**
   * Moves the clock of GitHub, of the app and of all commits forward to an instant, epoch milliseconds. Nothing else moves it, and one
   * that has passed changes nothing.
   */
  moveTo(nowMs: number): void;
  /** Commits the state; where nothing changed there is no commit. */
  commit(message: string): Promise<void>;
  /**
   * Pushes what was committed. The app hears of it and does what it calls for. Then it is published as the job does, which finds that
   * done, sends the mails and pushes its receipts.
   */
  push(): Promise<PushDone>;
  /** Oldest first. */
  pulls(): readonly DemoPull[];
  /** The owner of the repository comments. Returns what Warden answered. */
  say(number: number, words: string): Promise<readonly string[]>;
  /** The owner of the configuration approves. */
  approve(number: number): Promise<void>;
  /** The owner of the repository merges, and brings the clone up to date. Returns the commit of the merge. */
  merge(number: number): Promise<string>;
  checks(number: number): PullShown['checks'];
  /** Of a pull request, or of an issue as the dashboard; oldest first. */
  comments(number: number): readonly DemoComment[];
  body(number: number): string;
  /** Oldest first. Their sources are in the folder of the mails. */
  mails(): readonly DemoMail[];
  pullShown(number: number): PullShown;
  /** Issues that are no pull requests, oldest first: the dashboard, and what people have to be told. */
  issuesShown(): readonly IssueShown[];
  /** Ends all servers. The files stay, but for those of the app. */
  close(): Promise<void>;
}
