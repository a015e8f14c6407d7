// Prices out of candle files: each bar is walked from its opening over its extremes to its close, and what came before is the past.

import { type Instrument, stepsFrom } from '../../../../domain/instrument.ts';
import { symbolKey } from '../../../../domain/market.ts';
import { NO_MONEY } from '../../../../domain/money.ts';
import { err, ok, type Result } from '../../../../domain/result.ts';
import { type Lots, NO_LOTS, type PriceTicks } from '../../../../domain/steps.ts';
import { isoFromMs } from '../../../../domain/time.ts';
import { CANDLE_COLUMNS, candlesFromTables } from '../../../prices/candle-csv.ts';
import { type CsvTable, cell, placeOf, readCsv } from '../../../prices/csv-file.ts';
import type { ExchangeWorld } from '../world.ts';
import type { HistoryBar, LoadedBars } from './market-history.ts';
import { moveMarket } from './move-market.ts';

/** The candles of one symbol, ascending, in ticks. */
export interface SymbolCandles {
  readonly symbol: string;
  readonly barMs: number;
  readonly bars: readonly HistoryBar[];
}

/** So many bars at most are the past when the replay begins. */
const PAST_BARS_MAX = 1_000;
const STEPS_PER_BAR = 4;
const LATE_MAX_MS = 1_000;
/** What the best levels hold, and what is traded at each step: files count volume in units that nobody names. */
const LEVEL_LOTS = 10_000 as Lots;
const TRADED_LOTS = 5_000 as Lots;

/** The candles of one symbol as the file has them, ascending: prices in the quote currency. */
export interface RawCandles {
  readonly symbol: string;
  readonly barMs: number;
  readonly rows: readonly RawRow[];
}

interface RawRow {
  readonly openAtMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * Reads the files of each symbol, `<SYMBOL>-<market>-….csv` or `.csv.gz`, as one series: those of the perpetual, else of spot.
 *
 * @param names of the files in `folder`.
 * @returns the candles, or the sentence that says which file is missing or what is wrong with one.
 */
export async function readCandles(
  folder: string,
  names: readonly string[],
  symbols: readonly string[],
): Promise<Result<readonly RawCandles[], string>> {
  const read: RawCandles[] = [];
  for (const symbol of symbols) {
    const own = filesOf(names, symbol);
    if (own.length === 0)
      return err(`there is no candle file of ${symbol}; expected one as ${symbolKey(symbol)}-perp-1m.csv`);
    const tables: CsvTable[] = [];
    for (const name of own) {
      const table = await readCsv(folder, name, CANDLE_COLUMNS);
      if (!table.ok) return table;
      tables.push(table.value);
    }
    const checked = candlesFromTables(tables);
    if (!checked.ok) return checked;
    const rows = rowsOf(tables);
    if (!rows.ok) return rows;
    read.push({ symbol, barMs: checked.value.barMs, rows: rows.value });
  }
  return ok(read);
}

/** The rows of tables whose prices have been checked one by one, ascending, each instant once. */
function rowsOf(tables: readonly CsvTable[]): Result<readonly RawRow[], string> {
  const rows = new Map<number, RawRow>();
  for (const table of tables)
    for (const row of table.rows.keys()) {
      const [openAtMs = 0, open = 0, high = 0, low = 0, close = 0] = [0, 1, 2, 3, 4].map((column) =>
        Number(cell(table, row, column)),
      );
      if (high < Math.max(open, close) || low > Math.min(open, close))
        return err(`${placeOf(table.name, row)} has prices beyond its high or low`);
      rows.set(openAtMs, { openAtMs, open, high, low, close });
    }
  return ok([...rows.values()].sort((a, b) => a.openAtMs - b.openAtMs));
}

const FILE_NAME = /^(.+?)-(perp|spot)(-.*)?\.csv(\.gz)?$/i;

/** The files of the perpetual, or where there are none those of the spot market. */
function filesOf(names: readonly string[], symbol: string): readonly string[] {
  const of = (market: string): readonly string[] =>
    names.filter((name) => {
      const [, key = '', kind = ''] = FILE_NAME.exec(name) ?? [];
      return key.toUpperCase() === symbolKey(symbol) && kind.toLowerCase() === market;
    });
  const perp = of('perp');
  return perp.length > 0 ? perp : of('spot');
}

/** Returns candles in the ticks of an instrument, or says which bar has a price that is too small for them. */
export function candlesIn(
  { symbol, barMs, rows }: RawCandles,
  { tick }: Instrument,
): Result<SymbolCandles, string> {
  const bars: HistoryBar[] = [];
  for (const { openAtMs, ...prices } of rows) {
    const ticksOf = (price: number): PriceTicks => {
      const ticks = stepsFrom(tick, price, 'nearest');
      return (ticks.ok ? ticks.value : 0) as PriceTicks;
    };
    const [open, high, low, close] = [prices.open, prices.high, prices.low, prices.close].map(ticksOf) as [
      PriceTicks,
      PriceTicks,
      PriceTicks,
      PriceTicks,
    ];
    if (Math.min(open, high, low, close) < 2)
      return err(`${symbol}: the bar at ${isoFromMs(openAtMs)} has a price of less than two ticks`);
    bars.push({ openAtMs, open, high, low, close, volume: NO_LOTS, quoteVolume: NO_MONEY });
  }
  return ok({ symbol, barMs, bars });
}

/** Where a replay begins: what comes before is the past, moved to end at `nowMs`. */
export function pastOf(
  { barMs, bars }: SymbolCandles,
  nowMs: number,
): LoadedBars & { readonly from: number } {
  const from = Math.min(PAST_BARS_MAX, Math.floor(bars.length / 2));
  const first = bars[from]?.openAtMs ?? 0;
  const shiftMs = Math.floor(nowMs / barMs) * barMs - first;
  const past = bars.slice(0, from).map((bar) => ({ ...bar, openAtMs: bar.openAtMs + shiftMs }));
  return { barMs, bars: past, from };
}

/**
 * Walks the bars of one symbol from `from` on, each in four steps, `speed` times as fast as they were; where bars are missing in the file
 * the price stands still for no longer than one. Begins again at the end. Returns how to stop.
 */
export function candleFeed(
  world: ExchangeWorld,
  candles: SymbolCandles,
  from: number,
  speed: number,
): () => void {
  const { symbol, barMs, bars } = candles;
  const stepMs = barMs / STEPS_PER_BAR / speed;
  const { timers } = world;
  let callOff: () => void = () => undefined;
  let at = from;
  let part = 0;
  let dueMs = timers.nowMs();
  const walk = (): void => {
    // A machine that has slept does not make up for it.
    if (timers.nowMs() - dueMs > LATE_MAX_MS) dueMs = timers.nowMs();
    for (; dueMs <= timers.nowMs(); dueMs += stepMs) {
      const bar = bars[at];
      if (bar !== undefined) quoteAt(world, symbol, pathOf(bar)[part] ?? bar.close);
      part = (part + 1) % STEPS_PER_BAR;
      if (part === 0) at = at + 1 < bars.length ? at + 1 : 0;
    }
    callOff = timers.after(dueMs - timers.nowMs(), walk);
  };
  walk();
  return () => callOff();
}

/** A bar that rose was low before it was high. */
function pathOf({ open, high, low, close }: HistoryBar): readonly PriceTicks[] {
  return close >= open ? [open, low, high, close] : [open, high, low, close];
}

function quoteAt(world: ExchangeWorld, symbol: string, mark: PriceTicks): void {
  const [bid, ask] = [mark - 1, mark + 1].map((ticks) => ticks as PriceTicks) as [PriceTicks, PriceTicks];
  const last = world.model.markets.get(symbol)?.quote?.mark ?? mark;
  const isBuyerMaker = mark < last;
  moveMarket(
    world,
    symbol,
    { bid, ask, mark, bidLots: LEVEL_LOTS, askLots: LEVEL_LOTS },
    { price: mark, lots: TRADED_LOTS, isBuyerMaker },
  );
}
