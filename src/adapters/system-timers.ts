// The machine's own clock, as something that can be waited for.

import type { Timers } from '../ports.ts';

/** The longest wait that a timer of Node keeps; what is longer waits in parts. */
const WAIT_MAX_MS = 2_147_483_647;

/** Returns timers that do not keep a process alive by themselves. */
export function systemTimers(): Timers {
  return { nowMs: () => Date.now(), after };
}

function after(ms: number, run: () => void): () => void {
  let left = ms;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const part = Math.min(left, WAIT_MAX_MS);
    left -= part;
    timer = setTimeout(() => (left > 0 ? wait() : run()), part).unref();
  };
  wait();
  return () => clearTimeout(timer);
}
