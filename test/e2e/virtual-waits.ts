// Waits of jobs that run at the same time, without waiting: whoever waits goes on, in the order of the waits, when few others are at work.

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

interface Waiting {
  readonly untilMs: number;
  goOn(): void;
}

export interface VirtualWaits {
  sleep(ms: number): Promise<void>;
  randomHex(bytes: number): string;
  /** Runs one of the jobs to its end. All must be begun before any of them waits. */
  run<T>(job: () => Promise<T>): Promise<T>;
}

/** Returns waits of which `together` at most end before one of those at work waits or ends. */
export function virtualWaits(seed: number, together: number): VirtualWaits {
  const random = xoroshiro128plus(seed);
  const waiting: Waiting[] = [];
  let [atWork, nowMs] = [0, 0];
  const release = (): void => {
    waiting.sort((a, b) => a.untilMs - b.untilMs);
    while (atWork < together) {
      const next = waiting.shift();
      if (next === undefined) return;
      nowMs = Math.max(nowMs, next.untilMs);
      atWork += 1;
      next.goOn();
    }
  };
  return {
    sleep: async (ms) =>
      await new Promise((goOn) => {
        waiting.push({ untilMs: nowMs + ms, goOn });
        atWork -= 1;
        release();
      }),
    randomHex: (bytes) =>
      Array.from({ length: bytes }, () => uniformInt(random, 0, 255).toString(16).padStart(2, '0')).join(''),
    async run(job) {
      atWork += 1;
      try {
        return await job();
      } finally {
        atWork -= 1;
        release();
      }
    },
  };
}
