// The private stream over the days: its listen key is kept alive, its connection replaced before the venue ends it, and every gap is told.

import { assert } from '../../../domain/assert.ts';
import type { Random } from '../../../domain/random.ts';
import type { Timers } from '../../../ports.ts';
import { StreamConnection } from './stream-connection.ts';
import type { ListenKeyCalls, StreamListener, UserStream } from './stream-text.ts';

interface StreamTiming {
  /** Between two extensions of the listen key. */
  readonly extendMs: number;
  /** After an extension that failed. */
  readonly extendRetryMs: number;
  /** How long a key lives that is not extended. From then on nobody knows whether it is still served, pings or not. */
  readonly keyLifeMs: number;
  /** Without a frame that can be read for so long a connection is dead; the venue pings every five seconds. */
  readonly silenceMs: number;
  /** A connection is replaced at this age: the venue ends it at 24 hours. */
  readonly rotateMs: number;
  /** How long the old one goes on beside its proven successor. */
  readonly overlapMs: number;
  /** Before the first new attempt; doubles with each that fails. */
  readonly backOffMs: number;
  readonly backOffMaxMs: number;
  /** What `close` waits for the venue to take the key back. */
  readonly closeMs: number;
}

const STREAM_TIMING: StreamTiming = {
  extendMs: 1_800_000,
  extendRetryMs: 60_000,
  keyLifeMs: 3_600_000,
  silenceMs: 15_000,
  rotateMs: 85_800_000,
  overlapMs: 60_000,
  backOffMs: 1_000,
  backOffMaxMs: 60_000,
  closeMs: 2_000,
};

interface UserStreamConfig {
  /** With its path, as `wss://open-api-swap.bingx.com/swap-market`. */
  readonly url: string;
  readonly listenKeys: ListenKeyCalls;
  readonly timers: Timers;
  /** For the spread of waits. */
  readonly random: Random;
  readonly listener: StreamListener;
  readonly timing?: Partial<StreamTiming>;
}

type Wait = 'connect' | 'extend' | 'lapse' | 'rotate' | 'retire';

/** Begins to connect, and goes on until it is closed. */
export function openUserStream(config: UserStreamConfig): UserStream {
  return new Stream(config);
}

class Stream implements UserStream {
  private readonly config: UserStreamConfig;
  private readonly url: URL;
  private readonly timing: StreamTiming;
  private listenKey: string | null = null;
  private extendedAtMs = 0;
  private current: StreamConnection | null = null;
  /** Takes over from `current` as soon as it is proven. */
  private successor: StreamConnection | null = null;
  /** Goes on for a while beside the one that took over. */
  private retiring: StreamConnection | null = null;
  private isUp = false;
  private isClosed = false;
  private connecting: Promise<void>;
  private closing: Promise<void> | null = null;
  private failures = 0;
  private receivedBefore = 0;
  private readonly pending = new Map<Wait, () => void>();

  constructor(config: UserStreamConfig) {
    this.config = config;
    this.url = new URL(config.url);
    assert(
      /^wss?:$/.test(this.url.protocol) && this.url.hash === '',
      'a stream has an address for WebSockets',
    );
    this.timing = { ...STREAM_TIMING, ...config.timing };
    this.connecting = this.connect();
  }

  received(): number {
    const open = [this.current, this.successor, this.retiring];
    return open.reduce((sum, connection) => sum + (connection?.received ?? 0), this.receivedBefore);
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.isClosed = true;
    for (const callOff of this.pending.values()) callOff();
    this.dropAll();
    let callOff = (): void => {};
    const late = new Promise<void>((resolve) => {
      callOff = this.config.timers.after(this.timing.closeMs, resolve);
    });
    await Promise.race([this.giveBack(), late]);
    callOff();
  }

  /** The key, even one that is only being made. */
  private async giveBack(): Promise<void> {
    await this.connecting;
    if (this.listenKey !== null) await this.config.listenKeys.remove(this.listenKey);
  }

  /** Opens the first connection, or one after a gap. */
  private async connect(): Promise<void> {
    const key = await this.key();
    if (this.isClosed) return;
    if ('problem' in key) this.gap(key.problem);
    else this.current = this.open(key.listenKey);
  }

  private async key(): Promise<{ readonly listenKey: string } | { readonly problem: string }> {
    // Waits may stand still while the machine sleeps, and the venue's do not: the clock says how old a key is.
    const ageMs = this.config.timers.nowMs() - this.extendedAtMs;
    if (ageMs >= this.timing.keyLifeMs) this.forgetKey();
    if (this.listenKey !== null) {
      if (ageMs > this.timing.extendMs) this.later('extend', 0, () => void this.extend());
      return { listenKey: this.listenKey };
    }
    const made = await this.config.listenKeys.create();
    if ('problem' in made) return made;
    this.listenKey = made.listenKey;
    this.extendLater();
    return made;
  }

  private open(listenKey: string): StreamConnection {
    const { timers, listener } = this.config;
    const url = new URL(this.url);
    url.searchParams.set('listenKey', listenKey);
    const connection: StreamConnection = new StreamConnection({
      url,
      timers,
      silenceMs: this.timing.silenceMs,
      events: {
        proven: () => this.proven(connection),
        text: (text) => {
          listener.text(text);
          if (saysExpired(text)) this.expired(listenKey, 'the listen key expired');
        },
        malformed: (problem) => listener.malformed('a frame of the private stream', problem),
        ended: (why) => this.ended(connection, why),
      },
    });
    return connection;
  }

  private proven(connection: StreamConnection): void {
    this.failures = 0;
    if (connection === this.successor) {
      this.retire(this.current);
      this.current = connection;
      this.successor = null;
    }
    if (connection !== this.current) return;
    this.later('rotate', this.timing.rotateMs, () => this.rotate());
    if (this.isUp) return;
    this.isUp = true;
    this.config.listener.up('the private stream is connected');
  }

  /** Opens a second connection beside the first, so that nothing is missed when that ends. */
  private rotate(): void {
    if (this.listenKey === null || this.current === null) return;
    this.successor = this.open(this.listenKey);
  }

  private retire(connection: StreamConnection | null): void {
    this.drop(this.retiring);
    this.retiring = connection;
    this.later('retire', this.timing.overlapMs, () => {
      this.drop(this.retiring);
      this.retiring = null;
    });
  }

  private ended(connection: StreamConnection, why: string): void {
    this.receivedBefore += connection.received;
    if (connection === this.retiring) this.retiring = null;
    if (connection === this.successor) {
      this.successor = null;
      this.later('rotate', this.backOff(), () => this.rotate());
    }
    if (connection !== this.current) return;
    this.current = null;
    // Whoever is turned away before the first word may have the wrong key.
    if (!connection.isProven) this.forgetKey();
    this.gap(why);
  }

  /** Whatever was connected with that key hears no more. */
  private expired(listenKey: string, why: string): void {
    // An older connection may speak of a key that was replaced since.
    if (this.isClosed || listenKey !== this.listenKey) return;
    this.forgetKey();
    this.dropAll();
    this.gap(why);
  }

  private gap(why: string): void {
    this.callOff('rotate');
    this.drop(this.successor);
    this.successor = null;
    const isNews = this.isUp || this.failures === 0;
    this.isUp = false;
    this.later('connect', this.backOff(), () => {
      this.connecting = this.connect();
    });
    // Last, since the listener may close the stream.
    if (isNews) this.config.listener.down(why);
  }

  private extendLater(): void {
    const { listenKey, timing } = this;
    this.extendedAtMs = this.config.timers.nowMs();
    this.later('extend', timing.extendMs, () => void this.extend());
    this.later('lapse', timing.keyLifeMs, () => {
      if (listenKey !== null) this.expired(listenKey, 'the listen key could not be extended in time');
    });
  }

  private async extend(): Promise<void> {
    const { listenKey } = this;
    if (listenKey === null) return;
    const outcome = await this.config.listenKeys.extend(listenKey);
    if (this.isClosed || listenKey !== this.listenKey) return;
    if (outcome === 'extended') this.extendLater();
    else if (outcome !== 'gone') this.later('extend', this.timing.extendRetryMs, () => void this.extend());
    else if (this.current !== null) this.expired(listenKey, 'the listen key expired');
    else this.forgetKey();
  }

  private forgetKey(): void {
    this.listenKey = null;
    this.callOff('extend');
    this.callOff('lapse');
  }

  private backOff(): number {
    const { backOffMs, backOffMaxMs } = this.timing;
    const longest = Math.min(backOffMaxMs, backOffMs * 2 ** this.failures);
    this.failures += 1;
    return longest * (0.5 + this.config.random.uniform() / 2);
  }

  private drop(connection: StreamConnection | null): void {
    if (connection === null) return;
    this.receivedBefore += connection.received;
    connection.close();
  }

  private dropAll(): void {
    for (const connection of [this.current, this.successor, this.retiring]) this.drop(connection);
    this.current = null;
    this.successor = null;
    this.retiring = null;
  }

  private later(what: Wait, ms: number, run: () => void): void {
    if (this.isClosed) return;
    this.callOff(what);
    this.pending.set(what, this.config.timers.after(ms, run));
  }

  private callOff(what: Wait): void {
    this.pending.get(what)?.();
  }
}

/** Whether a frame is the one that ends its listen key; a cheap look at each frame, and a second at those that hold the word. */
function saysExpired(text: string): boolean {
  return text.includes('"listenKeyExpired"') && /"e"\s*:\s*"listenKeyExpired"/.test(text);
}
