// The time of PINK and of its exchange: it leaps from bar to bar, and both ends of their sockets agree before it goes on.

import type { LocalExchange } from '../../adapters/venues/exchange/local-exchange.ts';
import { CALM_TURNS_OF_LEAPS, leapt, settled } from '../../adapters/venues/exchange/settle.ts';
import type { VirtualTimers } from '../../adapters/virtual-timers.ts';
import { assert } from '../../domain/assert.ts';

/** How far time goes at once where answers are waited for: a little more than the second of the limits of the venue. */
const STEP_MS = 1_100;
/** Whatever is waited for takes minutes at most. */
const STEPS_MAX = 600;

export class BarClock {
  private readonly exchange: LocalExchange;
  private readonly timers: VirtualTimers;
  /** Changes while PINK is at work. */
  private readonly activity: () => number;

  constructor(exchange: LocalExchange, timers: VirtualTimers, activity: () => number) {
    this.exchange = exchange;
    this.timers = timers;
    this.activity = activity;
  }

  get nowMs(): number {
    return this.timers.nowMs();
  }

  /** Waits, without any time passing, until both ends have heard everything. */
  async settle(): Promise<void> {
    await settled(this.exchange, this.activity, CALM_TURNS_OF_LEAPS);
  }

  /** Leaps to an instant, unless it has passed, and runs what fell due until then. */
  async leapTo(atMs: number): Promise<void> {
    await leapt(this.exchange, this.timers, this.activity, atMs - this.nowMs);
  }

  /** Lets time pass and runs nothing; what fell due is run by whatever comes next. */
  sleepUntil(atMs: number): void {
    this.timers.leap(atMs - this.nowMs);
  }

  /** Lets a second pass, and a little more, for answers that are waited for. */
  async step(): Promise<void> {
    await this.leapTo(this.nowMs + STEP_MS);
  }

  /** Lets seconds pass until a promise is kept. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isKept = false;
    const kept = promise.finally(() => {
      isKept = true;
    });
    // Whoever awaits it below hears of a failure.
    kept.catch(() => undefined);
    await this.settle();
    for (let steps = 0; !isKept; steps += 1) {
      assert(steps < STEPS_MAX, 'whatever is waited for comes within minutes');
      await this.step();
    }
    return await kept;
  }
}
