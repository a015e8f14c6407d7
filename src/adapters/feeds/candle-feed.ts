// Candle files played again: the bars of several symbols side by side, as fast as one likes, or at their own time by a clock of the past.

import { readdirSync } from 'node:fs';
import type { Step } from '../../domain/instrument.ts';
import { symbolKey } from '../../domain/market.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Candle } from '../../domain/scan.ts';
import type { Feed, Timers } from '../../ports.ts';
import { type RawCandles, type RawRow, readCandles } from '../prices/market-candles.ts';
import { ageText } from './age-text.ts';
import { type BarSlot, paceText, playBars } from './bar-player.ts';
import { startFeed } from './feed-run.ts';
import { disked } from './followed-files.ts';

/** So many bars at most are told as the past. */
export const PAST_BARS_MAX = 1_000;

export interface CandleFeedOptions {
  /** As the venue spells them. */
  readonly symbols: readonly string[];
  readonly dir: string;
  /** How many times as fast as they were; of no meaning with `isAtFileTime`. */
  readonly speed: number;
  readonly timers: Timers;
  /**
   * Instants are those of the files: what closed before the clock's present is the past, and the rest comes when the clock gets there.
   * Otherwise the first bars, at most {@link PAST_BARS_MAX} and half of them, are the past, the rest follows from now on, bar after bar
   * without gaps, and each lasts as long as it is played.
   */
  readonly isAtFileTime: boolean;
  readonly quoteEveryMs: number | null;
  tickOf(key: string): Step | null;
}

/** The bars of all symbols by the instant at which they open, ascending; a symbol that has none there is left out. */
interface CandleBars {
  readonly barMs: number;
  readonly slots: readonly BarSlot[];
}

/** Reads the files at once. Returns the feed, or the sentence that says which file is missing or wrong. */
export async function candleFeed(options: CandleFeedOptions): Promise<Result<Feed, string>> {
  const read = await readBars(options.dir, options.symbols);
  return read.ok ? ok(feedOf(read.value, options)) : read;
}

async function readBars(dir: string, symbols: readonly string[]): Promise<Result<CandleBars, string>> {
  const names = disked(() => readdirSync(dir));
  if (!names.ok) return err(`${dir} cannot be read: ${names.error}`);
  const read = await readCandles(dir, names.value.toSorted(), symbols);
  if (!read.ok) return err(`${dir}: ${read.error}`);
  const barMs = oneBarMs(read.value);
  return barMs.ok ? ok({ barMs: barMs.value, slots: slotsOf(read.value) }) : err(`${dir}: ${barMs.error}`);
}

function feedOf(
  { barMs, slots }: CandleBars,
  { dir, timers, speed, isAtFileTime, quoteEveryMs, tickOf }: CandleFeedOptions,
): Feed {
  const pace = isAtFileTime ? 'at their own time' : paceText(speed);
  return {
    follow: (listen) =>
      startFeed(timers, listen, (run) => {
        const from = isAtFileTime
          ? slots.findIndex(({ openAtMs }) => openAtMs + barMs > timers.nowMs())
          : Math.min(PAST_BARS_MAX, Math.floor(slots.length / 2));
        let at = from === -1 ? slots.length : from;
        const past = slots.slice(Math.max(0, at - PAST_BARS_MAX), at);
        run.setState(true, `plays ${slots.length - at} bars of ${ageText(barMs)} out of ${dir}, ${pace}`);
        const next = (): BarSlot | null => {
          const slot = slots[at] ?? null;
          at += 1;
          return slot;
        };
        playBars(run, { barMs, past, next, speed, isAtSourceTime: isAtFileTime, quoteEveryMs, tickOf });
        return () => undefined;
      }),
  };
}

function oneBarMs(series: readonly RawCandles[]): Result<number, string> {
  const [first, ...others] = series;
  if (first === undefined) return err('there is no symbol to read candles of');
  const other = others.find(({ barMs }) => barMs !== first.barMs);
  if (other === undefined) return ok(first.barMs);
  const found = `${ageText(first.barMs)}, and those of ${other.symbol} ${ageText(other.barMs)}`;
  return err(`the bars of ${first.symbol} have ${found}; expected one length for all symbols`);
}

function slotsOf(series: readonly RawCandles[]): readonly BarSlot[] {
  const slots = new Map<number, Record<string, Candle>>();
  for (const { symbol, rows } of series) {
    const key = symbolKey(symbol);
    for (const row of rows) {
      const slot = slots.get(row.openAtMs);
      if (slot === undefined) slots.set(row.openAtMs, { [key]: candleOf(row) });
      else slot[key] = candleOf(row);
    }
  }
  return [...slots]
    .sort(([one], [other]) => one - other)
    .map(([openAtMs, candles]) => ({ openAtMs, candles }));
}

function candleOf({ open, high, low, close }: RawRow): Candle {
  return { open, high, low, close };
}
