// The sinks of PINK in the thread of the demo: they follow when they are told to, in a time of their own, and the rows are the same.

import { virtualTimers } from '../../adapters/virtual-timers.ts';
import { assert } from '../../domain/assert.ts';
import type { Clock, Log } from '../../ports.ts';
import { type RunningSinks, runSinks } from '../../runner/sinks/run-sinks.ts';
import type { StartSinks } from '../../runner/sinks/start-sinks.ts';

export interface OwnSinks {
  readonly begin: NonNullable<StartSinks['begin']>;
  /** The last durable record of the journal. */
  durableSeq(): number;
  /** Has the sinks take everything that is durable. Nothing of the runner happens meanwhile. */
  follow(): Promise<void>;
}

/** How far the time of the sinks goes at once: they look twice a second. */
const STEP_MS = 500;
/** Far more than a day of a runner takes. */
const STEPS_MAX = 10_000;

/** Returns what begins the sinks that a runner is configured with. Nothing that they write waits for a disk. */
export function ownSinks(clock: Clock, log: Log): OwnSinks {
  const timers = virtualTimers(clock.nowMs());
  let running: RunningSinks | null = null;
  let durableSeq = (): number => 0;
  let tell = (): void => undefined;
  const pass = async (isOver: () => boolean): Promise<void> => {
    timers.advance(Math.max(0, clock.nowMs() - timers.nowMs()));
    for (let steps = 0; !isOver(); steps += 1) {
      assert(steps < STEPS_MAX, 'sinks of this machine take what there is');
      timers.advance(STEP_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    begin({ options, durable }, listener) {
      const sealed = new BigInt64Array(durable);
      durableSeq = () => Number(Atomics.load(sealed, 0));
      // No thread of before has died: whoever holds a lock of the state is alive.
      const parts = { timers, log, env: {}, beganMs: Number.NEGATIVE_INFINITY };
      const beginning = runSinks({ ...options, isDurable: false }, parts).then((sinks) => {
        running = sinks;
        return sinks;
      });
      tell = () => {
        running?.told(durableSeq());
        listener.heard({ kind: 'progress', progress: running?.progress() ?? [] });
      };
      const close = async (withinMs: number): Promise<void> => {
        const sinks = await beginning;
        tell();
        let hasEnded = false;
        const closed = sinks.close(withinMs).finally(() => {
          hasEnded = true;
        });
        await pass(() => hasEnded);
        listener.heard({ kind: 'closed', progress: await closed });
      };
      return { say: ({ withinMs }) => void close(withinMs), kill: () => Promise.resolve() };
    },
    durableSeq: () => durableSeq(),
    async follow() {
      tell();
      await pass(() => running?.progress().every(({ seq }) => seq >= durableSeq()) ?? false);
      tell();
    },
  };
}
