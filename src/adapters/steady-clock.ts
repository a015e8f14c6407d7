// The machine's clock without its jumps: it follows the system time slowly, never goes back, and says where that was set to another.

import { performance } from 'node:perf_hooks';
import type { Log, Timers } from '../ports.ts';
import { systemTimers } from './system-timers.ts';

/** What a clock is made from. */
export interface TimeSource {
  /** The system time, epoch ms: anybody may set it. */
  wallMs(): number;
  /** Since whenever, in ms with a fraction: it only goes on, and may stand still while the machine sleeps. */
  monotonicMs(): number;
  /** Calls `run` after that much of {@link monotonicMs}. Returns how to call it off. */
  after(ms: number, run: () => void): () => void;
}

const SYSTEM: TimeSource = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: systemTimers().after,
};

/** A system time that is further away than this was set, or the machine slept: it did not drift. */
const SET_MS = 2_000;
/** By how much of the time that passes the clock follows: a second in twenty. */
const FOLLOWED_SHARE = 0.05;
/** A wait looks at the clock at least so often, since that may have gone ahead. */
const LOOK_EVERY_MS = 30_000;

/**
 * Returns timers that count from the system time of now by the monotonic clock. Where the system time differs, they follow it by a
 * twentieth of what passes; where it is more than two seconds ahead, at once, which is told. That it is more than two seconds
 * behind is told once: then time passes slower until the system time has come so far, since kernels' time never goes back.
 */
export function steadyTimers(log: Pick<Log, 'warn'>, source: TimeSource = SYSTEM): Timers {
  const clock = new SteadyClock(source, log);
  return {
    nowMs: () => clock.nowMs(),
    after(ms, run) {
      const dueMs = clock.nowMs() + ms;
      let callOff: () => void = () => undefined;
      const wait = (): void => {
        const left = dueMs - clock.nowMs();
        callOff = source.after(Math.min(Math.max(0, left), LOOK_EVERY_MS), () => {
          if (clock.nowMs() >= dueMs) run();
          else wait();
        });
      };
      wait();
      return () => callOff();
    },
  };
}

class SteadyClock {
  private readonly source: TimeSource;
  private readonly log: Pick<Log, 'warn'>;
  /** With a fraction. */
  private lastMs: number;
  private lastMonotonicMs: number;
  /** Whether it was told that the system time is behind. */
  private isBehind = false;

  constructor(source: TimeSource, log: Pick<Log, 'warn'>) {
    this.source = source;
    this.log = log;
    this.lastMs = source.wallMs();
    this.lastMonotonicMs = source.monotonicMs();
  }

  nowMs(): number {
    const monotonicMs = this.source.monotonicMs();
    const passedMs = Math.max(0, monotonicMs - this.lastMonotonicMs);
    const awayMs = this.source.wallMs() - (this.lastMs + passedMs);
    this.lastMonotonicMs = monotonicMs;
    this.lastMs += passedMs + (awayMs > SET_MS ? awayMs : followed(awayMs, passedMs));
    if (awayMs > SET_MS)
      this.log.warn(
        `the system time is ${seconds(awayMs)} ahead of what passed: it was set, or the machine slept; counting from it now`,
      );
    this.tellWhetherBehind(awayMs);
    return Math.floor(this.lastMs);
  }

  private tellWhetherBehind(awayMs: number): void {
    if (this.isBehind) {
      if (awayMs > -SET_MS / 2) this.isBehind = false;
      return;
    }
    if (awayMs >= -SET_MS) return;
    this.isBehind = true;
    this.log.warn(
      `the system time was set back by ${seconds(-awayMs)}: time is counted 5 % slower until it agrees; look after the time service of this machine`,
    );
  }
}

function followed(awayMs: number, passedMs: number): number {
  const most = passedMs * FOLLOWED_SHARE;
  return Math.max(-most, Math.min(most, awayMs));
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
