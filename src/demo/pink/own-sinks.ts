// The sinks of PINK in the thread of the demo, at the demo's own time: who has to wait for them can, and the rows are the same.

import type { VirtualTimers } from '../../adapters/virtual-timers.ts';
import type { Log } from '../../ports.ts';
import { type RunningSinks, runSinks } from '../../runner/sinks/run-sinks.ts';
import type { StartSinks } from '../../runner/sinks/start-sinks.ts';

export interface OwnSinks {
  readonly begin: NonNullable<StartSinks['begin']>;
  /** Tells the sinks how far the journal is durable, and whoever looks at the runner how they are. */
  tell(): void;
  /** The last durable record of the journal. */
  durableSeq(): number;
  /** Whether they have taken everything that is durable. */
  hasCaughtUp(): boolean;
}

/** Returns what begins the sinks that a runner is configured with. Nothing that they write waits for a disk. */
export function ownSinks(timers: VirtualTimers, log: Log): OwnSinks {
  let running: RunningSinks | null = null;
  let tell = (): void => undefined;
  let durableSeq = (): number => 0;
  return {
    begin({ options, durable }, listener) {
      const sealed = new BigInt64Array(durable);
      durableSeq = () => Number(Atomics.load(sealed, 0));
      // No thread of before has died: whoever holds a lock of the state is alive.
      const ports = { timers, log, env: {}, beganMs: Number.NEGATIVE_INFINITY };
      const began = runSinks({ ...options, isDurable: false }, ports).then((sinks) => {
        running = sinks;
        return sinks;
      });
      tell = () => {
        if (running === null) return;
        running.told(durableSeq());
        listener.heard({ kind: 'progress', progress: running.progress() });
      };
      return {
        say({ withinMs }) {
          tell();
          void began
            .then((sinks) => sinks.close(withinMs))
            .then((progress) => listener.heard({ kind: 'closed', progress }));
        },
        kill: () => Promise.resolve(),
      };
    },
    tell: () => tell(),
    durableSeq: () => durableSeq(),
    hasCaughtUp: () => running?.progress().every(({ seq }) => seq >= durableSeq()) ?? false,
  };
}
