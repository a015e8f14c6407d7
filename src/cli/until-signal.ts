// Waits for the end of a command that goes on by itself: a signal, a time, or a reason of its own.

import { systemTimers } from '../adapters/system-timers.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Resolves with the reason: the name of a signal, the end of `ms` milliseconds (`null`: without end), or what `other` resolves with. A
 * second signal ends the process at once.
 */
export async function untilSignal(
  ms: number | null,
  other: Promise<string> = new Promise(() => undefined),
  after: ReturnType<typeof systemTimers>['after'] = systemTimers().after,
): Promise<string> {
  let stop: (why: string) => void = () => undefined;
  const stopped = new Promise<string>((resolve) => {
    stop = resolve;
  });
  // Holds the process as well, in which nothing else may wait.
  const alive = setInterval(() => undefined, 1_000);
  // No timer of Node waits for more than 24 days by itself.
  const callOff = ms === null ? undefined : after(ms, () => stop('the time of --for is over'));
  const onSignal = (signal: NodeJS.Signals): void => {
    for (const one of SIGNALS) process.off(one, onSignal);
    stop(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await Promise.race([stopped, other]);
  } finally {
    clearInterval(alive);
    callOff?.();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
