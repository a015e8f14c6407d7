// A private stream between a venue on loopback and a listener that writes down all it is told.

import type { StreamListener, UserStream } from '../../../../src/adapters/venues/bingx/stream-text.ts';
import { openUserStream } from '../../../../src/adapters/venues/bingx/user-stream.ts';
import { type VirtualTimers, virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import { randomFrom } from '../../../../src/domain/random.ts';
import type { Timers } from '../../../../src/ports.ts';
import { Mailbox } from '../../../fakes/mailbox.ts';
import { MemoryListenKeys } from '../../../fakes/memory-listen-keys.ts';
import { type VenueSocket, type WsVenue, wsVenue } from '../../../fakes/ws-venue.ts';

const START_MS = Date.UTC(2026, 10, 28);

/** What a listener is told, word for word: `up`, `down: why`, `text: …`, `malformed: why`. */
export class Heard implements StreamListener {
  readonly all: string[] = [];
  private readonly letters = new Mailbox<string>();
  private onHeard: (what: string) => void = () => {};

  readonly text = (text: string): void => this.note(`text: ${text}`);
  readonly up = (): void => this.note('up');
  readonly down = (why: string): void => this.note(`down: ${why}`);
  readonly malformed = (_what: string, problem: string): void => this.note(`malformed: ${problem}`);

  next(): Promise<string> {
    return this.letters.take();
  }

  /** The next that begins with `start`. */
  async until(start: string): Promise<string> {
    let what = await this.next();
    while (!what.startsWith(start)) what = await this.next();
    return what;
  }

  /** Runs `act` within each call, as a listener may do that has had enough. */
  within(act: (what: string) => void): void {
    this.onHeard = act;
  }

  private note(what: string): void {
    this.all.push(what);
    this.letters.put(what);
    this.onHeard(what);
  }
}

export interface Follows {
  readonly venue: WsVenue;
  readonly keys: MemoryListenKeys;
  readonly timers: VirtualTimers;
  readonly heard: Heard;
  readonly stream: UserStream;
}

type Options = {
  readonly timing?: Parameters<typeof openUserStream>[0]['timing'];
  readonly before?: (made: { readonly venue: WsVenue; readonly keys: MemoryListenKeys }) => void;
  readonly timers?: (timers: VirtualTimers) => Timers;
};

const toEnd: (() => Promise<void>)[] = [];

/** Ends all that the test has opened. */
export async function endStreams(): Promise<void> {
  for (const end of toEnd.splice(0)) await end();
}

/** Opens a stream to a venue that nobody has connected to yet. */
export async function follow({ timing = {}, before, timers: wrapped }: Options = {}): Promise<Follows> {
  const venue = await wsVenue();
  const keys = new MemoryListenKeys();
  const timers = virtualTimers(START_MS);
  const heard = new Heard();
  before?.({ venue, keys });
  const stream = openUserStream({
    url: venue.url,
    listenKeys: keys,
    timers: wrapped?.(timers) ?? timers,
    random: randomFrom(20261128, 'stream'),
    listener: heard,
    timing,
  });
  toEnd.push(async () => {
    const closed = stream.close();
    timers.advance(2_000);
    await closed;
    await venue.close();
  });
  return { venue, keys, timers, heard, stream };
}

/** Opens a stream, and lets the venue say its first word. */
export async function followUp(options: Options = {}): Promise<Follows & { readonly socket: VenueSocket }> {
  const follows = await follow(options);
  const socket = await follows.venue.next();
  await socket.settled();
  await follows.heard.next();
  return { ...follows, socket };
}

/** Waits for what other events of the process bring about, turn by turn. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until a new attempt is waited for, and returns how long that wait is. */
export async function nextWait(timers: VirtualTimers): Promise<number> {
  const waitMs = (): number => (timers.nextMs() ?? Number.POSITIVE_INFINITY) - timers.nowMs();
  // Longer waits are of the key, and one of 15 seconds is for the first word of a connection.
  await until(() => waitMs() <= 60_000 && waitMs() !== 15_000);
  return waitMs();
}
