// Plays bars by a clock: each walked from its opening over its extremes to its close, then told as closed, as a live market has them.

import type { Step } from '../../domain/instrument.ts';
import type { Candle, FeedQuote } from '../../domain/scan.ts';
import type { EpochMs } from '../../domain/steps.ts';
import type { FeedRun } from './feed-run.ts';

/** The bars of all symbols that open at one instant, by key. */
export interface BarSlot {
  readonly openAtMs: number;
  readonly candles: Readonly<Record<string, Candle>>;
}

export interface PlayOptions {
  readonly barMs: number;
  /** Told at once, before the first live bar, so that whoever needs a history has one. */
  readonly past: readonly BarSlot[];
  /** The next bars, ascending; `null` after the last ones. */
  next(): BarSlot | null;
  /** How many times as fast as they were; of no meaning with `isAtSourceTime`. */
  readonly speed: number;
  /**
   * Whether instants are those of the bars, which the clock has to reach; a gap then lasts as long as it did. Otherwise bars follow each
   * other from now on, and a bar lasts as long as it is played: a millisecond at least.
   */
  readonly isAtSourceTime: boolean;
  /** At least so often there is a quote, on the way between two points of a bar; `null`: at its four points alone. */
  readonly quoteEveryMs: number | null;
  /** What prices of a symbol are whole steps of; `null` where nobody knows. */
  tickOf(key: string): Step | null;
}

/** A machine that has slept for longer does not make up for it. */
const LATE_MAX_MS = 1_000;
/** Opening, two extremes, close: three ways between them. */
const WAYS = 3;
/** Half of the spread where no tick is known. */
const HALF_SPREAD = 0.000_05;

/** One symbol on its way through a bar. */
interface Path {
  readonly points: readonly [number, number, number, number];
  readonly quote: (mark: number, atMs: EpochMs) => FeedQuote;
}

/** Plays until there are no more bars, and then ends the feed. */
export function playBars(run: FeedRun, options: PlayOptions): void {
  const { barMs, speed, isAtSourceTime, quoteEveryMs } = options;
  const lengthMs = isAtSourceTime ? barMs : Math.max(1, barMs / speed);
  const stepsPerWay = quoteEveryMs === null ? 1 : Math.max(1, Math.ceil(lengthMs / WAYS / quoteEveryMs));
  const steps = WAYS * stepsPerWay;
  // No longer than they are apart: whoever counts bars by the instants at which they close counts none twice.
  const toldBarMs = Math.floor(lengthMs);
  const quoterOf = quoters(options.tickOf);
  const close = (slot: BarSlot, closedAtMs: number): void =>
    run.say({
      kind: 'candles',
      closed: { closedAtMs: instant(closedAtMs), barMs: toldBarMs, candles: slot.candles },
    });

  let opensAtMs = run.timers.nowMs();
  for (const [at, slot] of options.past.entries())
    close(
      slot,
      isAtSourceTime ? slot.openAtMs + barMs : opensAtMs - (options.past.length - 1 - at) * lengthMs,
    );

  let slot = options.next();
  let paths = slot === null ? [] : pathsOf(slot, quoterOf);
  let step = 0;
  if (slot !== null && isAtSourceTime) opensAtMs = slot.openAtMs;
  const walk = (): void => {
    const nowMs = run.timers.nowMs();
    while (slot !== null && run.isOpen()) {
      const dueMs = opensAtMs + (lengthMs * step) / steps;
      if (dueMs > nowMs) {
        run.after('play', dueMs - nowMs, walk);
        return;
      }
      if (!isAtSourceTime && nowMs - dueMs > LATE_MAX_MS) {
        opensAtMs += nowMs - dueMs;
        continue;
      }
      for (const path of paths)
        run.say({ kind: 'quote', quote: path.quote(priceAt(path, step, stepsPerWay), instant(dueMs)) });
      step += 1;
      if (step <= steps) continue;
      close(slot, opensAtMs + lengthMs);
      slot = options.next();
      step = 0;
      opensAtMs = slot !== null && isAtSourceTime ? slot.openAtMs : opensAtMs + lengthMs;
      paths = slot === null ? [] : pathsOf(slot, quoterOf);
    }
    run.end();
  };
  walk();
}

/** Returns how fast bars are played, in words. */
export function paceText(speed: number): string {
  return speed === 1 ? 'in real time' : `${speed} times as fast`;
}

function instant(ms: number): EpochMs {
  return Math.round(ms) as EpochMs;
}

function pathsOf({ candles }: BarSlot, quoterOf: (key: string) => Path['quote']): readonly Path[] {
  return Object.entries(candles).map(([key, { open, high, low, close }]) => ({
    // A bar that rose was low before it was high.
    points: close >= open ? [open, low, high, close] : [open, high, low, close],
    quote: quoterOf(key),
  }));
}

function priceAt({ points }: Path, step: number, stepsPerWay: number): number {
  const way = Math.floor(step / stepsPerWay);
  const from = points[way] ?? points[WAYS];
  const part = step % stepsPerWay;
  return part === 0 ? from : from + (((points[way + 1] ?? from) - from) * part) / stepsPerWay;
}

/** Makes the quotes of a symbol: one tick to each side of the mark where a tick is known, else half a basis point. */
function quoters(tickOf: (key: string) => Step | null): (key: string) => Path['quote'] {
  const known = new Map<string, Path['quote']>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const tick = tickOf(key);
    const quoter: Path['quote'] =
      tick === null
        ? (mark, quotedAtMs) => ({
            key,
            bid: mark * (1 - HALF_SPREAD),
            ask: mark * (1 + HALF_SPREAD),
            mark,
            quotedAtMs,
          })
        : inTicks(key, tick);
    known.set(key, quoter);
    return quoter;
  };
}

function inTicks(key: string, { units, decimals }: Step): Path['quote'] {
  const scale = 10 ** decimals;
  return (price, quotedAtMs) => {
    // Two at least, so that there is a bid below it.
    const ticks = Math.max(2, Math.round((price * scale) / units));
    return {
      key,
      bid: ((ticks - 1) * units) / scale,
      ask: ((ticks + 1) * units) / scale,
      mark: (ticks * units) / scale,
      quotedAtMs,
    };
  };
}
