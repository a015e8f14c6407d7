// The dead man's switch of an account: while this process lives, the venue is told so; when it does not, the venue cancels every order.

import type { Log, Timers, Venue } from '../../../ports.ts';

/**
 * Arms the venue's switch now and again in every third of its time, so that one lost call lets nothing expire.
 *
 * @param seconds 10 to 120.
 * @returns how to end it: the switch is called off, where the venue can be reached.
 */
export function keepCancelAllAfter(
  venue: Pick<Venue, 'cancelAllAfter'>,
  seconds: number,
  timers: Timers,
  log: Log,
): () => Promise<void> {
  let isEnded = false;
  let failures = 0;
  let callOff: () => void = () => undefined;
  let underWay: Promise<void> = Promise.resolve();
  const arm = async (): Promise<void> => {
    const beganMs = timers.nowMs();
    const armed = await venue.cancelAllAfter(seconds);
    if (armed.ok && failures > 0) log.info(`the venue's dead man's switch of ${seconds} s is armed again`);
    failures = armed.ok ? 0 : failures + 1;
    if (!armed.ok)
      log.error(
        `the venue's dead man's switch of ${seconds} s was not armed, for the ${failures}. time in a row: ${armed.error}; ` +
          'while that lasts the venue may cancel the orders of this account, or keep them without anybody watching',
      );
    if (isEnded) return;
    const nextMs = beganMs + (seconds * 1_000) / 3 - timers.nowMs();
    callOff = timers.after(Math.max(1_000, nextMs), again);
  };
  const again = (): void => {
    underWay = arm();
  };
  again();
  return async () => {
    if (isEnded) return;
    isEnded = true;
    callOff();
    // What is under way would arm it again behind the call that ends it.
    await underWay;
    const ended = await venue.cancelAllAfter(null);
    if (!ended.ok)
      log.error(
        `the venue's dead man's switch was not called off: ${ended.error}; within ${seconds} s the venue cancels every order of ` +
          'this account',
      );
  };
}
