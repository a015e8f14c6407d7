// Waits, without a clock, until nothing moves any more between the two ends of the sockets of one process.

import type { LocalExchange } from '../../src/adapters/venues/exchange/local-exchange.ts';
import type { VirtualTimers } from '../fakes/virtual-timers.ts';

/** Turns of the loop without any activity after which nothing is under way any more. */
const CALM_TURNS = 4;

/** @param activity anything that changes while the client is at work */
export async function settled(exchange: LocalExchange, activity: () => number): Promise<void> {
  let calm = 0;
  let last = '';
  while (calm < CALM_TURNS) {
    await new Promise((resolve) => setImmediate(resolve));
    const { requestsTaken, requestsWorking, framesSent, privateStreams } = exchange.traffic();
    const now = `${requestsTaken} ${requestsWorking} ${framesSent} ${privateStreams} ${activity()}`;
    calm = now === last && requestsWorking === 0 ? calm + 1 : 0;
    last = now;
  }
}

/** Lets time pass in the order in which things fall due, and everything arrive before more of it passes. */
export async function passed(
  exchange: LocalExchange,
  timers: VirtualTimers,
  activity: () => number,
  ms: number,
): Promise<void> {
  const untilMs = timers.nowMs() + ms;
  await settled(exchange, activity);
  for (let next = timers.nextMs(); next !== null && next <= untilMs; next = timers.nextMs()) {
    timers.advance(next - timers.nowMs());
    await settled(exchange, activity);
  }
  timers.advance(untilMs - timers.nowMs());
}
