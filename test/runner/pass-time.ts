// Lets virtual time pass as a machine would: at each instant every answer comes before the next.

import type { VirtualTimers } from '../../src/adapters/virtual-timers.ts';

/** Lets `ms` pass, with every promise that can be kept on the way. */
export async function passTime(timers: VirtualTimers, ms: number): Promise<void> {
  const untilMs = timers.nowMs() + ms;
  await turn();
  for (let next = timers.nextMs(); next !== null && next <= untilMs; next = timers.nextMs()) {
    timers.advance(Math.max(0, next - timers.nowMs()));
    await turn();
  }
  timers.advance(Math.max(0, untilMs - timers.nowMs()));
}

/** Every promise that can be kept by now is kept. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
