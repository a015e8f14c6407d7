// Waits, without a clock, until nothing moves any more between the two ends of the sockets of one process.

import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { ClientRequest } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { VirtualTimers } from '../../virtual-timers.ts';
import type { LocalExchange } from './local-exchange.ts';

/** However busy the machine is, and whatever the exchange breaks. */
const CALM_TURNS = 4;

/** The clock stands still until both ends agree, so nothing comes late and unasked. */
export const CALM_TURNS_OF_LEAPS = 2;

let echo: Promise<Socket> | null = null;

/** What this process has asked over HTTP and has not seen the end of. */
const asked = new Set<ClientRequest>();

subscribe('http.client.request.start', (message) => {
  const { request } = message as { readonly request: ClientRequest };
  asked.add(request);
  request.once('close', () => asked.delete(request));
});

function askedOf({ url }: LocalExchange): number {
  const { host } = new URL(url);
  return [...asked].filter((request) => request.getHeader('host') === host).length;
}

/** One connection of this process to itself, for all that settle. */
async function echoSocket(): Promise<Socket> {
  const server = createServer((socket) => {
    socket.setNoDelay(true).unref();
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  return socket.unref();
}

/**
 * Takes a turn of the loop, and a byte over a socket there and back: on a busy machine bytes may be under way for many turns, and what was
 * sent before this one arrives before it does.
 */
async function turn(): Promise<void> {
  echo ??= echoSocket();
  const socket = await echo;
  socket.ref();
  const back = once(socket, 'data');
  socket.write('.');
  await back;
  socket.unref();
  await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Both ends agree about what is under way, and nothing else moves. A connection that the exchange broke, for one, is not over before its
 * client has heard of it.
 *
 * @param activity anything that changes while the client is at work
 * @param calmTurns turns without anything of that after which nothing is under way; fewer where nothing is broken on purpose
 */
export async function settled(
  exchange: LocalExchange,
  activity: () => number,
  calmTurns = CALM_TURNS,
): Promise<void> {
  let calm = 0;
  let last = '';
  while (calm < calmTurns) {
    await turn();
    const { requestsTaken, requestsWorking, requestsHeld, framesSent, privateStreams } = exchange.traffic();
    const isAgreed = requestsWorking === 0 && askedOf(exchange) === requestsHeld;
    const now = `${requestsTaken} ${requestsWorking} ${framesSent} ${privateStreams} ${activity()}`;
    calm = now === last && isAgreed ? calm + 1 : 0;
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

/**
 * Lets `ms` pass at once, as for a machine that slept, and then runs what fell due meanwhile: each once, in the order of when it was due,
 * and everything that one of them sent arrives before the next. So a ping of the exchange comes before its client finds it silent. What
 * was under way before is the caller's to settle.
 */
export async function leapt(
  exchange: LocalExchange,
  timers: VirtualTimers,
  activity: () => number,
  ms: number,
): Promise<void> {
  timers.leap(ms);
  const stir = (): string => {
    const { requestsTaken, framesSent } = exchange.traffic();
    return `${asked.size} ${requestsTaken} ${framesSent} ${activity()}`;
  };
  for (let next = timers.nextMs(); next !== null && next <= timers.nowMs(); next = timers.nextMs()) {
    const before = stir();
    timers.advanceToNext();
    await new Promise((resolve) => setImmediate(resolve));
    if (stir() !== before) await settled(exchange, activity, CALM_TURNS_OF_LEAPS);
  }
}
