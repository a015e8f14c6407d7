// One run of a feed: what it says goes through here, so that nothing comes after its end, and its state is told only where it changes.

import type { FeedNotice } from '../../domain/scan.ts';
import type { Timers } from '../../ports.ts';

export interface FeedRun {
  readonly timers: Timers;
  /** Whether somebody listens still. */
  isOpen(): boolean;
  say(notice: FeedNotice): void;
  /** Says whether the source works, where that or the reason is another than before. */
  setState(isUp: boolean, why: string): void;
  /** Says that there will be nothing more. */
  end(): void;
  /** Calls `run` after `ms`, unless the feed has ended by then. A feed waits for one thing of one name at a time. */
  after(name: string, ms: number, run: () => void): void;
}

/**
 * Begins a run, and what `begin` does within a moment: whoever follows a feed has to have its way to end it first.
 *
 * @param begin says the first state; returns what else there is to end.
 * @returns how to end it.
 */
export function startFeed(
  timers: Timers,
  listen: (notice: FeedNotice) => void,
  begin: (run: FeedRun) => () => void | Promise<void>,
): () => Promise<void> {
  const waiting = new Map<string, () => void>();
  let isOpen = true;
  let isEnded = false;
  let state: string | null = null;
  const callOffAll = (): void => {
    for (const callOff of waiting.values()) callOff();
    waiting.clear();
  };
  const run: FeedRun = {
    timers,
    isOpen: () => isOpen && !isEnded,
    say: (notice) => {
      if (isOpen && !isEnded) listen(notice);
    },
    setState: (isUp, why) => {
      const next = `${isUp} ${why}`;
      if (next === state) return;
      state = next;
      run.say({ kind: 'state', isUp, why });
    },
    end: () => {
      run.say({ kind: 'ended' });
      isEnded = true;
      callOffAll();
    },
    after: (name, ms, call) => {
      waiting.get(name)?.();
      if (!run.isOpen()) return;
      const callOff = timers.after(ms, () => {
        waiting.delete(name);
        call();
      });
      waiting.set(name, callOff);
    },
  };
  let finish: () => void | Promise<void> = () => undefined;
  run.after('begin', 0, () => {
    finish = begin(run);
  });
  return async () => {
    if (!isOpen) return;
    isOpen = false;
    callOffAll();
    await finish();
  };
}
