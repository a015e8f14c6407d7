// One change of the state, pushed: computed anew on whatever others pushed in the meantime, until the remote takes it as a whole.

import { StateBranchError } from '../domain/github.ts';
import type { Log, StateWorktree } from '../ports.ts';

export interface StateChange<T> {
  /**
   * Makes the change on the folder as it stands; called anew after somebody was faster.
   *
   * @param commit what the folder was made from, or `null` where the branch begins with this change
   * @param attempt counts from 1
   */
  apply(commit: string | null, attempt: number): Promise<T>;
  /** Subject of the commit. */
  message(made: T): string;
  /** Instant of the commit, epoch milliseconds. */
  readonly atMs: number;
  /**
   * Tags to push along, name → commit.
   *
   * @param commit that of the change, or what it was made on where it changed nothing
   */
  tags?(commit: string | null): Readonly<Record<string, string>>;
}

interface PushPorts {
  readonly sleep: (ms: number) => Promise<void>;
  /** In `[0, 1)`. */
  readonly random: () => number;
  readonly log: Log;
}

export interface PushedState<T> {
  /** What `apply` made of the try whose commit the remote has; of the last one where it has none. */
  readonly made: T;
  /** Newest commit that the remote is known to have: that of the change, or what it was made on; `null`: no branch, and no change. */
  readonly commit: string | null;
  /** Whether the remote has a new commit of this change. */
  readonly pushed: boolean;
  readonly tries: number;
}

const TRIES_MAX = 10;
const WAIT_MS = 1_000;
const WAIT_MS_MAX = 60_000;

/**
 * Pulls, makes a change, commits and pushes it. Where somebody was faster, or the remote did not answer, all of it is done again after
 * a random wait that grows: those who collide once would collide again after waits of the same length.
 *
 * @throws StateBranchError `crowded` where others were faster every time; else that of the worktree
 */
export async function pushState<T>(
  worktree: StateWorktree,
  change: StateChange<T>,
  ports: PushPorts,
): Promise<PushedState<T>> {
  /** Commits that were offered. The remote may have one whose answer was lost, and refuse it as its own when it is sent again. */
  const offered: Offered<T> = new Map();
  for (let attempt = 1; ; attempt++) {
    const tried = await tryOnce(worktree, change, attempt, offered);
    if (tried.kind === 'done') return { ...tried.state, tries: attempt };
    if (attempt === TRIES_MAX) throw tried.error;
    const waitMs = Math.floor(ports.random() * Math.min(WAIT_MS_MAX, WAIT_MS * 2 ** (attempt - 1)));
    ports.log.warn(`${tried.error.message}; try ${attempt} of ${TRIES_MAX}, the next one in ${waitMs} ms`);
    await ports.sleep(waitMs);
  }
}

/** Commit → what it was made by. */
type Offered<T> = Map<string, { readonly made: T }>;

type Tried<T> =
  | { readonly kind: 'done'; readonly state: Omit<PushedState<T>, 'tries'> }
  | { readonly kind: 'again'; readonly error: StateBranchError };

async function tryOnce<T>(
  worktree: StateWorktree,
  change: StateChange<T>,
  attempt: number,
  offered: Offered<T>,
): Promise<Tried<T>> {
  try {
    const base = await worktree.pull();
    const made = await change.apply(base, attempt);
    const committed = await worktree.commit({ message: change.message(made), atMs: change.atMs });
    const commit = committed ?? base;
    const tags = change.tags?.(commit) ?? {};
    const isOwed = committed !== null || (base !== null && Object.keys(tags).length > 0);
    const earlier = base === null || committed !== null ? undefined : offered.get(base);
    if (committed !== null) offered.set(committed, { made });
    if (isOwed && (await worktree.push(tags)) === 'rejected') return { kind: 'again', error: crowded() };
    const pushed = committed !== null || earlier !== undefined;
    return { kind: 'done', state: { made: earlier === undefined ? made : earlier.made, commit, pushed } };
  } catch (error) {
    if (!(error instanceof StateBranchError) || error.kind !== 'unavailable') throw error;
    return { kind: 'again', error };
  }
}

function crowded(): StateBranchError {
  return new StateBranchError(
    'crowded',
    'others pushed to the state branch meanwhile; run again, and start fewer jobs at the same time where this goes on',
  );
}
