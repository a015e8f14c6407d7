// Pushes what the runner writes into the state, beside the kernel: at once where somebody waits for it, and again until it is there.

import { causeText } from '../../domain/causes.ts';
import { StateBranchError } from '../../domain/github.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { Log, StateWorktree, Timers } from '../../ports.ts';
import type { PartHealth } from '../record.ts';

const TRIES_MAX = 10;
const WAIT_MS = 1_000;
const WAIT_MS_MAX = 60_000;
/** After as many tries it waits so long, or for whatever is to be pushed next. */
const REST_MS = 5 * MINUTE_MS;
/** States that change to and fro make no more commits than this. */
const CHANGED_GAP_MS = MINUTE_MS;

export type PushReason = 'ack' | 'due' | 'changed' | 'stop';

export interface GitPushDeps {
  readonly worktree: StateWorktree;
  /** Writes into the folder what a pull takes out of it, since it can be made again. */
  readonly restore: () => void;
  /** Subject of the next commit. */
  readonly message: () => string;
  readonly timers: Timers;
  /** In `[0, 1)`. */
  readonly random: () => number;
  readonly log: Log;
}

export interface GitPush {
  /** Asks for a push of whatever has changed in the folder. Returns at once. */
  ask(why: PushReason): void;
  health(): PartHealth;
  /** Pushes what is still to be pushed and resolves, at the latest after `withinMs`. Nothing is pushed afterwards. */
  end(withinMs: number): Promise<void>;
}

export function gitPush(deps: GitPushDeps): GitPush {
  return new Pusher(deps);
}

class Pusher implements GitPush {
  private readonly deps: GitPushDeps;
  private isWanted = false;
  private running: Promise<void> | null = null;
  private hasEnded = false;
  private pushedAtMs: number | null = null;
  private problem: string | null = null;
  private callOffLater: (() => void) | null = null;
  private wake: () => void = () => undefined;

  constructor(deps: GitPushDeps) {
    this.deps = deps;
  }

  ask(why: PushReason): void {
    if (this.hasEnded) return;
    const { timers } = this.deps;
    const leftMs = why === 'changed' ? (this.pushedAtMs ?? 0) + CHANGED_GAP_MS - timers.nowMs() : 0;
    if (leftMs > 0) {
      this.callOffLater ??= timers.after(leftMs, () => this.ask('due'));
      return;
    }
    this.callOffLater?.();
    this.callOffLater = null;
    this.isWanted = true;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
  }

  health(): PartHealth {
    const { problem, pushedAtMs } = this;
    const base = { name: 'state', lastAtMs: pushedAtMs };
    if (problem !== null) return { ...base, state: 'down', why: problem };
    return pushedAtMs === null
      ? { ...base, state: 'stale', why: 'nothing pushed yet' }
      : { ...base, state: 'up', why: '' };
  }

  async end(withinMs: number): Promise<void> {
    this.callOffLater?.();
    if (this.running !== null) {
      const over = new Promise<void>((resolve) => {
        this.deps.timers.after(withinMs, resolve);
      });
      await Promise.race([this.running, over]);
    }
    this.hasEnded = true;
    this.wake();
  }

  private async run(): Promise<void> {
    while (this.isWanted && !this.hasEnded) {
      this.isWanted = false;
      const problem = await this.pushed();
      if (problem === null) {
        if (this.problem !== null) this.deps.log.info('The state is pushed again.');
        this.problem = null;
        this.pushedAtMs = this.deps.timers.nowMs();
        continue;
      }
      if (problem !== this.problem) this.deps.log.error(`The state could not be pushed: ${problem}.`);
      this.problem = problem;
      if (!this.hasEnded) this.callOffLater ??= this.deps.timers.after(REST_MS, () => this.ask('due'));
    }
  }

  /** Returns what stood in the way in the end, or `null`. */
  private async pushed(): Promise<string | null> {
    const { random, log } = this.deps;
    for (let attempt = 1; ; attempt++) {
      const tried = await this.tryOnce();
      if (tried === null || !tried.isWorthAnother || attempt === TRIES_MAX || this.hasEnded)
        return tried?.problem ?? null;
      const waitMs = Math.floor(random() * Math.min(WAIT_MS_MAX, WAIT_MS * 2 ** (attempt - 1)));
      log.warn(`${tried.problem}; try ${attempt} of ${TRIES_MAX}, the next one in ${waitMs} ms.`);
      await this.pause(waitMs);
      if (this.hasEnded) return tried.problem;
    }
  }

  private async tryOnce(): Promise<{ readonly problem: string; readonly isWorthAnother: boolean } | null> {
    const { worktree, restore, message, timers } = this.deps;
    try {
      await worktree.pull();
      restore();
      const commit = await worktree.commit({ message: message(), atMs: timers.nowMs() });
      if (commit === null || (await worktree.push()) === 'pushed') return null;
      return { problem: 'others pushed to the state branch meanwhile', isWorthAnother: true };
    } catch (error) {
      // A defect here must touch neither the kernel nor the next push.
      return {
        problem: causeText(error),
        isWorthAnother: error instanceof StateBranchError && error.kind === 'unavailable',
      };
    }
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const callOff = this.deps.timers.after(ms, resolve);
      this.wake = () => {
        callOff();
        resolve();
      };
    });
  }
}
