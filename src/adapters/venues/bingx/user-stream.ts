// The private stream over the days: its listen key is kept alive, its connection replaced before the venue ends it, and every gap is told.

import type { Random } from '../../../domain/random.ts';
import type { Timers } from '../../../ports.ts';
import { StreamConnection } from './stream-connection.ts';
import type { ListenKeyCalls, StreamListener, UserStream } from './stream-text.ts';

interface StreamTiming {
  /** Between two extensions of the listen key, which lives an hour. */
  readonly extendMs: number;
  /** After an extension that failed. */
  readonly extendRetryMs: number;
  /** Without a frame for so long a connection is dead; the venue pings every five seconds. */
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

/** Begins to connect, and goes on until it is closed. */
export function openUserStream(config: UserStreamConfig): UserStream {
  return new Stream(config);
}

class Stream implements UserStream {
  private readonly config: UserStreamConfig;
  private readonly timing: StreamTiming;
  private listenKey: string | null = null;
  private current: StreamConnection | null = null;
  /** Takes over from `current` as soon as it is proven. */
  private successor: StreamConnection | null = null;
  /** Goes on for a while beside the one that took over. */
  private retiring: StreamConnection | null = null;
  private isUp = false;
  private isClosed = false;
  private failures = 0;
  private receivedBefore = 0;
  private readonly pending = new Map<'connect' | 'extend' | 'rotate' | 'retire', () => void>();

  constructor(config: UserStreamConfig) {
    this.config = config;
    this.timing = { ...STREAM_TIMING, ...config.timing };
    void this.connect();
  }

  received(): number {
    const open = [this.current, this.successor, this.retiring];
    return open.reduce((sum, connection) => sum + (connection?.received ?? 0), this.receivedBefore);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const callOff of this.pending.values()) callOff();
    for (const connection of [this.current, this.successor, this.retiring]) this.drop(connection);
    const { listenKey, timing } = this;
    if (listenKey === null) return;
    this.listenKey = null;
    await Promise.race([
      this.config.listenKeys.remove(listenKey),
      new Promise<void>((resolve) => this.config.timers.after(timing.closeMs, resolve)),
    ]);
  }

  /** Opens the first connection, or one after a gap. */
  private async connect(): Promise<void> {
    const key = await this.key();
    if (this.isClosed) return;
    if ('problem' in key) {
      this.gap(key.problem);
      return;
    }
    this.current = this.open(key.listenKey);
  }

  private async key(): Promise<{ readonly listenKey: string } | { readonly problem: string }> {
    if (this.listenKey !== null) return { listenKey: this.listenKey };
    const made = await this.config.listenKeys.create();
    if ('problem' in made) return made;
    if (this.isClosed) {
      await this.config.listenKeys.remove(made.listenKey);
      return made;
    }
    this.listenKey = made.listenKey;
    this.extendLater(this.timing.extendMs);
    return made;
  }

  private open(listenKey: string): StreamConnection {
    const { url, timers, listener } = this.config;
    const connection: StreamConnection = new StreamConnection({
      url: `${url}?listenKey=${encodeURIComponent(listenKey)}`,
      timers,
      silenceMs: this.timing.silenceMs,
      events: {
        proven: () => this.proven(connection),
        text: (text) => {
          listener.text(text);
          if (text.includes('"listenKeyExpired"')) this.expired(connection);
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

  /** The venue has taken the key back: whatever was connected with it hears no more. */
  private expired(connection: StreamConnection): void {
    this.forgetKey();
    if (connection !== this.current && connection !== this.successor) return;
    for (const one of [this.current, this.successor]) this.drop(one);
    this.current = null;
    this.successor = null;
    this.gap('the listen key expired');
  }

  private gap(why: string): void {
    this.pending.get('rotate')?.();
    this.drop(this.successor);
    this.successor = null;
    if (this.isUp || this.failures === 0) this.config.listener.down(why);
    this.isUp = false;
    this.later('connect', this.backOff(), () => void this.connect());
  }

  private extendLater(ms: number): void {
    this.later('extend', ms, () => void this.extend());
  }

  private async extend(): Promise<void> {
    const { listenKey } = this;
    if (listenKey === null) return;
    const outcome = await this.config.listenKeys.extend(listenKey);
    if (this.isClosed || listenKey !== this.listenKey) return;
    if (outcome === 'extended') this.extendLater(this.timing.extendMs);
    else if (outcome !== 'gone') this.extendLater(this.timing.extendRetryMs);
    else if (this.current !== null) this.expired(this.current);
    else this.forgetKey();
  }

  private forgetKey(): void {
    this.listenKey = null;
    this.pending.get('extend')?.();
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

  private later(what: 'connect' | 'extend' | 'rotate' | 'retire', ms: number, run: () => void): void {
    this.pending.get(what)?.();
    this.pending.set(what, this.config.timers.after(ms, run));
  }
}
