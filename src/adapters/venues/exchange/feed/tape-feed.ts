// Prices out of a tape: quotes and trades as they were recorded, a line of JSON each.

import { type Instrument, stepsFromText } from '../../../../domain/instrument.ts';
import { err, ok, type Result } from '../../../../domain/result.ts';
import type { Lots, PriceTicks } from '../../../../domain/steps.ts';
import { type JsonTextObject, readJsonText } from '../../json-text.ts';
import type { Quote } from '../model/state.ts';
import type { ExchangeWorld } from '../world.ts';
import { moveMarket } from './move-market.ts';
import type { OthersTrade } from './step-market.ts';

/** One line: a quote, or a trade between others. */
export interface TapeEntry {
  readonly atMs: number;
  readonly symbol: string;
  readonly quote: Quote | null;
  readonly trade: OthersTrade | null;
}

export interface Tape {
  /** Ascending by time. */
  readonly entries: readonly TapeEntry[];
  /** Lines that were set aside, as `line 7: …`. */
  readonly problems: readonly string[];
}

const QUOTED_LOTS = 10_000 as Lots;
/** 1973-03-03: epoch seconds are smaller, and so is what is not there. */
const EARLIEST_MS = 1e11;

/**
 * Reads lines such as `{"ts_ms":…,"symbol":"BTC-USDT","bid":"…","ask":"…","mark":"…"}` with optional `bid_qty` and `ask_qty`, or
 * `{"ts_ms":…,"symbol":"BTC-USDT","price":"…","qty":"…","is_buyer_maker":false}`. A line that cannot be read is set aside.
 */
export function readTape(text: string, instruments: readonly Instrument[]): Tape {
  const bySymbol = new Map<string, Instrument>(instruments.map((one) => [one.symbol, one]));
  const read: { readonly line: number; readonly entry: TapeEntry }[] = [];
  const problems: string[] = [];
  for (const [at, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue;
    const entry = entryOf(row, bySymbol);
    if (entry.ok) read.push({ line: at + 1, entry: entry.value });
    else problems.push(`line ${at + 1}: ${entry.error}`);
  }
  read.sort((a, b) => a.entry.atMs - b.entry.atMs);
  const entries: TapeEntry[] = [];
  const quoted = new Set<string>();
  for (const { line, entry } of read) {
    if (entry.quote !== null) quoted.add(entry.symbol);
    // Before its first quote a symbol has no market yet.
    if (quoted.has(entry.symbol)) entries.push(entry);
    else problems.push(`line ${line}: is a trade of ${entry.symbol} before its first quote`);
  }
  return { entries, problems };
}

function entryOf(line: string, instruments: ReadonlyMap<string, Instrument>): Result<TapeEntry, string> {
  const read = readJsonText(line);
  if (!read.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value))
    return err('is no JSON object');
  const row = read.value as JsonTextObject;
  const textOf = (name: string): string => (Object.hasOwn(row, name) ? String(row[name]) : '');
  const atMs = Number(textOf('ts_ms'));
  if (!Number.isSafeInteger(atMs) || atMs < EARLIEST_MS) return err('ts_ms: expected epoch milliseconds');
  const symbol = textOf('symbol');
  const instrument = instruments.get(symbol);
  if (instrument === undefined)
    return err(`symbol: expected one of ${[...instruments.keys()].join(', ')}, not "${symbol.slice(0, 40)}"`);
  const priceOf = (name: string): PriceTicks | null => {
    const ticks = stepsFromText(instrument.tick, textOf(name));
    return ticks.ok && ticks.value >= 1 ? (ticks.value as PriceTicks) : null;
  };
  const lotsOf = (name: string): Lots | null => {
    const lots = stepsFromText(instrument.lot, textOf(name));
    return lots.ok && lots.value >= 1 ? (lots.value as Lots) : null;
  };
  if (textOf('price') !== '') {
    const [price, lots] = [priceOf('price'), lotsOf('qty')];
    if (price === null || lots === null) return err('price, qty: expected whole ticks and lots above zero');
    const trade = { price, lots, isBuyerMaker: textOf('is_buyer_maker') === 'true' };
    return ok({ atMs, symbol, quote: null, trade });
  }
  const [bid, ask] = [priceOf('bid'), priceOf('ask')];
  const mark = textOf('mark') === '' ? bid : priceOf('mark');
  if (bid === null || ask === null || mark === null || bid >= ask)
    return err('bid, ask, mark: expected whole ticks, the bid below the ask');
  const quotedOf = (name: string): Lots | null => (textOf(name) === '' ? QUOTED_LOTS : lotsOf(name));
  const [bidLots, askLots] = [quotedOf('bid_qty'), quotedOf('ask_qty')];
  if (bidLots === null || askLots === null)
    return err('bid_qty, ask_qty: expected whole lots above zero, or neither');
  return ok({ atMs, symbol, quote: { bid, ask, mark, bidLots, askLots }, trade: null });
}

/** Plays a tape `speed` times as fast as it was, once. Returns how to stop. */
export function tapeFeed(world: ExchangeWorld, { entries }: Tape, speed: number): () => void {
  const begunAtMs = world.timers.nowMs();
  const [first] = entries;
  let callOff: () => void = () => undefined;
  let at = 0;
  const dueInMs = (entry: TapeEntry): number =>
    begunAtMs + (entry.atMs - (first?.atMs ?? 0)) / speed - world.timers.nowMs();
  const step = (): void => {
    for (let entry = entries[at]; entry !== undefined; entry = entries[at]) {
      const waitMs = dueInMs(entry);
      if (waitMs > 0) {
        callOff = world.timers.after(waitMs, step);
        return;
      }
      at += 1;
      play(world, entry);
    }
  };
  step();
  return () => callOff();
}

function play(world: ExchangeWorld, { symbol, quote, trade }: TapeEntry): void {
  const known = quote ?? world.model.markets.get(symbol)?.quote ?? null;
  if (known !== null) moveMarket(world, symbol, known, trade);
}
