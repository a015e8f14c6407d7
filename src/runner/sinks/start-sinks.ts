// The sinks of a runner, in a thread of their own: the thread that trades writes one number, and reads how they are.

import { Worker } from 'node:worker_threads';
import type { SinkProgress } from '../../adapters/sinks/follower.ts';
import { isoFromMs } from '../../domain/time.ts';
import type { Log, Timers } from '../../ports.ts';
import type { SinkHealth } from '../record.ts';
import { sinkNames } from './open-sinks.ts';
import type { RunSinks } from './run-sinks.ts';
import { sinkHealth } from './sink-health.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';

export interface Sinks {
  /** The journal is durable up to this record. Costs less than a microsecond. */
  sealed(seq: number): void;
  /** In the order of the configuration. */
  health(): readonly SinkHealth[];
  /** Lets the sinks follow what there is, as long as that takes at most, and ends them. What is left is told, and followed after the next start. */
  close(withinMs: number): Promise<void>;
}

/** A thread as it is seen from outside. */
export interface SinkThread {
  say(message: ToThread): void;
  /** Ends it at once. */
  kill(): Promise<void>;
}

export interface ThreadListener {
  heard(message: FromThread): void;
  /** It is gone. `why`: in a sentence. Once. */
  ended(why: string): void;
}

export interface StartSinks extends RunSinks {
  readonly timers: Timers;
  readonly log: Log;
  /** Begins the thread; default: a worker of this process. */
  readonly begin?: (data: ThreadData, listener: ThreadListener) => SinkThread;
}

const RESTART_FIRST_MS = 5_000;
const RESTART_MAX_MS = 60_000;
/** A thread that has lived for so long is restarted as if it were the first. */
const SOUND_MS = 600_000;
/** Beyond what the sinks themselves may take to close. */
const CLOSE_SLACK_MS = 5_000;
const HEAP_MAX_MB = 512;

/** Begins the sinks that are configured. It never throws, and whatever becomes of them, whoever trades is not told to wait. */
export function startSinks(options: StartSinks): Sinks {
  const names = sinkNames(options.settings);
  return names.length === 0 ? NONE : new ThreadedSinks(options, names);
}

const NONE: Sinks = { sealed: () => undefined, health: () => [], close: () => Promise.resolve() };

class ThreadedSinks implements Sinks {
  private readonly options: StartSinks;
  private readonly durable = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  private readonly sealedSeq = new BigInt64Array(this.durable);
  private readonly names: readonly string[];
  private known = new Map<string, SinkProgress>();
  private thread: SinkThread | null = null;
  /** Why there is no thread just now; `null` while there is one. */
  private ending: string | null = null;
  private deaths = 0;
  private deathsInARow = 0;
  private beganAtMs = 0;
  private isClosing = false;
  private closing: ((progress: readonly SinkProgress[] | null) => void) | null = null;
  private callOffRestart: () => void = () => undefined;

  constructor(options: StartSinks, names: readonly string[]) {
    this.options = options;
    this.names = names;
    this.begin();
  }

  sealed(seq: number): void {
    Atomics.store(this.sealedSeq, 0, BigInt(seq));
  }

  health(): readonly SinkHealth[] {
    const nowMs = this.options.timers.nowMs();
    const durableSeq = Number(Atomics.load(this.sealedSeq, 0));
    return this.names.map((name) => {
      const { ending, deaths } = this;
      const progress = this.known.get(name) ?? unheard(name);
      const health = sinkHealth(progress, durableSeq, nowMs);
      const failures = health.failures + deaths;
      if (ending !== null) return { ...health, failures, state: 'down', why: ending };
      if (this.known.has(name)) return { ...health, failures };
      return { ...health, failures, state: 'stale', why: 'it has not begun yet' };
    });
  }

  async close(withinMs: number): Promise<void> {
    const { timers, log } = this.options;
    this.isClosing = true;
    this.callOffRestart();
    const { thread } = this;
    const progress = thread === null ? null : await this.closed(thread, withinMs);
    this.thread = null;
    for (const one of progress ?? []) this.known.set(one.name, one);
    await thread?.kill();
    for (const { name, lag, why } of this.health()) {
      const reason = why === '' ? '' : `: ${why}`;
      if (lag > 0)
        log.warn(`sink ${name} ended ${lag} records behind, which it takes after the next start${reason}`);
    }
    this.ending ??= `it was closed at ${isoFromMs(timers.nowMs())}`;
  }

  private async closed(thread: SinkThread, withinMs: number): Promise<readonly SinkProgress[] | null> {
    const { timers } = this.options;
    return await new Promise((resolve) => {
      const callOff = timers.after(withinMs + CLOSE_SLACK_MS, () => this.closing?.(null));
      this.closing = (progress) => {
        callOff();
        this.closing = null;
        resolve(progress);
      };
      thread.say({ kind: 'close', withinMs });
    });
  }

  private begin(): void {
    const { begin = workerThread, timers } = this.options;
    const { settings, journalDir, dataDir, stateDir, agent, seed } = this.options;
    const options: RunSinks = { settings, journalDir, dataDir, stateDir, agent, seed };
    this.beganAtMs = timers.nowMs();
    this.ending = null;
    const data = { options, durable: this.durable };
    try {
      this.thread = begin(data, {
        heard: (message) => this.heard(message),
        ended: (why) => this.died(why),
      });
    } catch (error) {
      // A machine that has no thread to give may have one later.
      this.deaths += 1;
      this.beginLater(`cannot be begun: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private heard(message: FromThread): void {
    if (message.kind === 'log') this.options.log[message.level](message.text);
    else if (message.kind === 'closed') this.closing?.(message.progress);
    else for (const progress of message.progress) this.known.set(progress.name, progress);
  }

  private died(why: string): void {
    if (this.thread === null) return;
    this.thread = null;
    if (this.isClosing) {
      // Its last word and its end may come in one turn.
      this.closing?.(null);
      return;
    }
    this.deaths += 1;
    this.beginLater(`ended: ${why}`);
  }

  private beginLater(what: string): void {
    const { timers, log } = this.options;
    if (timers.nowMs() - this.beganAtMs >= SOUND_MS) this.deathsInARow = 0;
    const waitMs = Math.min(RESTART_MAX_MS, RESTART_FIRST_MS * 2 ** Math.min(this.deathsInARow, 10));
    this.deathsInARow += 1;
    this.ending = `the thread of the sinks ${what}`;
    log.error(`${this.ending}; it begins again in ${waitMs / 1_000} s, and trading goes on`);
    this.callOffRestart = timers.after(waitMs, () => this.begin());
  }
}

function unheard(name: string): SinkProgress {
  const none = { failure: null, lastAtMs: null, writingSinceMs: null, behindSinceMs: null };
  return { name, seq: 0, failures: 0, ...none };
}

/** Begins the thread of this very build. It keeps no process alive. */
function workerThread(data: ThreadData, listener: ThreadListener): SinkThread {
  const worker = new Worker(new URL('./sink-thread.js', import.meta.url), {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB },
  });
  worker.unref();
  let why: string | null = null;
  worker.on('message', (message: FromThread) => listener.heard(message));
  worker.on('error', (error: unknown) => {
    why = error instanceof Error ? error.message : String(error);
  });
  worker.on('exit', (code) => listener.ended(why ?? `it ended with code ${code}`));
  return {
    say(message) {
      // Whoever says something waits for the answer.
      worker.ref();
      worker.postMessage(message);
    },
    async kill() {
      await worker.terminate();
    },
  };
}
