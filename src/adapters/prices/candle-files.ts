// Prices from a folder of candle files, for history, tests and work without a network. A file is read when its
// instrument is first asked for; a folder with one wrong line in it says so instead of serving the rest.

import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { type BarSeries, type FundingRate, type Session, symbolKey } from '../../domain/market.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { PriceFailure, PriceRequest, Prices } from '../../ports.ts';
import { CANDLE_COLUMNS, type Candles, candlesFromTables } from './candle-csv.ts';
import {
  SESSION_COLUMNS,
  type SessionsByDay,
  sessionsFromTable,
  sessionsOfCandles,
} from './candle-sessions.ts';
import { type CsvTable, readCsv } from './csv-file.ts';
import { FUNDING_COLUMNS, fundingFromTables, fundingHole } from './funding.ts';
import { nearestSymbol } from './nearest-symbol.ts';
import { jumps, SPLIT_COLUMNS, type Splits, splitAdjusted, splitsFromTable } from './splits.ts';
import { barsInSessions } from './us-sessions.ts';

/** `BTCUSDT-spot-1h-2021.csv.gz`: symbol, then what the file holds, then anything. */
const FILE_NAME = /^(.+?)-(spot|perp|equity|funding)(-.*)?\.csv(\.gz)?$/i;

const SPLITS_FILE = 'splits.csv';
const SESSIONS_FILE = 'sessions.csv';

/** Where the listing keeps the tables whose names say neither symbol nor market. */
const LEFT_ALONE = 'left alone';

/** File names by `kind:SYMBOL`, sorted. */
type Listing = ReadonlyMap<string, readonly string[]>;

interface Equities {
  readonly splits: Splits;
  readonly sessions: readonly Session[];
}

/**
 * Returns the prices of a folder of `<SYMBOL>-<market>-….csv` or `.csv.gz` files with the columns
 * `ts_ms,open,high,low,close,volume` (`ts_ms`: UTC opening time of the bar). Symbol and market both match; several files
 * of one instrument are one series. A request is answered with the whole series.
 *
 * Beside them, all optional: `splits.csv` (`symbol,date,ratio`) and `sessions.csv` (`date,open,close`) for equities,
 * `<SYMBOL>-funding-….csv[.gz]` (`ts_ms,rate`) for perpetuals; without it their funding is unknown, `null`.
 * The folder is listed once: files that arrive later are seen by the next run.
 */
export function candleFilePrices(folder: string): Prices {
  const files = candleFolder(folder);
  const series = new Map<string, Promise<Result<BarSeries, PriceFailure>>>();
  return {
    async bars(request) {
      const key = instrument(request.market, symbolKey(request.symbol));
      const known = series.get(key) ?? files.series(request);
      series.set(key, known);
      const answer = await known;
      return answer.ok ? ok({ ...answer.value, symbol: request.symbol }) : answer;
    },
    requestCount: () => 0,
  };
}

function candleFolder(folder: string) {
  let listed: Result<Listing, PriceFailure> | undefined;
  let equities: Promise<Result<Equities, PriceFailure>> | undefined;
  const candlesByInstrument = new Map<string, Promise<Result<Candles, PriceFailure>>>();

  /** Raw candles, kept: the sessions of the folder and the series of an equity are made from the same ones. */
  function candles(key: string, names: readonly string[]): Promise<Result<Candles, PriceFailure>> {
    const known = candlesByInstrument.get(key) ?? readCandles(folder, names);
    candlesByInstrument.set(key, known);
    return known;
  }

  async function readEquities(listing: Listing): Promise<Result<Equities, PriceFailure>> {
    const splits = await optionalTable(folder, listing, SPLITS_FILE, SPLIT_COLUMNS, splitsFromTable);
    if (!splits.ok) return splits;
    const declared = await optionalTable(folder, listing, SESSIONS_FILE, SESSION_COLUMNS, sessionsFromTable);
    if (!declared.ok) return declared;
    const all: Candles[] = [];
    for (const [key, names] of listing) {
      if (!key.startsWith(instrument('equity', ''))) continue;
      const one = await candles(key, names);
      if (!one.ok) return one;
      all.push(one.value);
    }
    const byDay: SessionsByDay = declared.value ?? new Map();
    return ok({ splits: splits.value ?? new Map(), sessions: sessionsOfCandles(all, byDay) });
  }

  async function series(request: PriceRequest): Promise<Result<BarSeries, PriceFailure>> {
    listed ??= listFolder(folder);
    if (!listed.ok) return listed;
    const symbol = symbolKey(request.symbol);
    const key = instrument(request.market, symbol);
    const names = listed.value.get(key);
    if (names === undefined) return err(unknownSymbol(folder, listed.value, request));
    const raw = await candles(key, names);
    if (!raw.ok) return raw;
    const { market } = request;
    const common = { symbol: request.symbol, market, source: sourceOf(names) };
    if (market === 'equity') {
      equities ??= readEquities(listed.value);
      const shared = await equities;
      return shared.ok ? ok({ ...common, ...equitySeries(raw.value, symbol, shared.value) }) : shared;
    }
    const funding =
      market === 'perp' ? await readFunding(folder, listed.value, symbol, raw.value) : ok<FundingRate[]>([]);
    if (!funding.ok) return funding;
    return ok({ ...common, ...columnsOf(raw.value), sessions: null, funding: funding.value, suspects: [] });
  }

  return { series };
}

type EquityPart = Pick<BarSeries, 'barMs' | 'closeAtMs' | 'close' | 'sessions' | 'funding' | 'suspects'>;

function equitySeries(raw: Candles, symbol: string, { splits, sessions }: Equities): EquityPart {
  const own = splits.get(symbol) ?? [];
  const traded = barsInSessions(raw.openAtMs, raw.barMs, sessions);
  const candles = splitAdjusted(
    {
      barMs: raw.barMs,
      openAtMs: picked(raw.openAtMs, traded),
      open: picked(raw.open, traded),
      close: picked(raw.close, traded),
    },
    own,
  );
  return { ...columnsOf(candles), sessions, funding: [], suspects: jumps(candles, own) };
}

function columnsOf({ barMs, openAtMs, close }: Candles) {
  return { barMs, closeAtMs: openAtMs.map((ms) => ms + barMs), close };
}

function picked(values: Float64Array, positions: Uint32Array): Float64Array {
  return Float64Array.from(positions, (position) => values[position] ?? Number.NaN);
}

function listFolder(folder: string): Result<Listing, PriceFailure> {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const message = `the candle folder ${folder} cannot be listed (${cause}); expected a folder of <SYMBOL>-<market>-….csv files`;
    return err({ kind: 'not_configured', message });
  }
  const listing = new Map<string, string[]>();
  for (const name of names) {
    const parts = FILE_NAME.exec(name);
    if (parts === null && !/\.csv(\.gz)?$/i.test(name)) continue;
    const isExtra = name === SPLITS_FILE || name === SESSIONS_FILE;
    const keyOfOther = isExtra ? name : LEFT_ALONE;
    const key =
      parts === null ? keyOfOther : instrument((parts[2] ?? '').toLowerCase(), symbolKey(parts[1] ?? ''));
    listing.set(key, [...(listing.get(key) ?? []), name]);
  }
  return ok(listing);
}

function instrument(kind: string, symbol: string): string {
  return `${kind}:${symbol}`;
}

/** Names the folder without where it lies: the message becomes a reject's reason, which is kept on every machine. */
function unknownSymbol(folder: string, listing: Listing, request: PriceRequest): PriceFailure {
  const prefix = instrument(request.market, '');
  const known = [...listing.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  const symbol = symbolKey(request.symbol);
  const close = nearestSymbol(request.symbol, known);
  const has = known.length === 0 ? 'no symbol' : known.slice(0, 20).join(', ');
  const hint = close === null ? `it has ${has} of that market` : `did you mean ${close}?`;
  const [stray] = listing.get(LEFT_ALONE) ?? [];
  const strayHint =
    stray === undefined
      ? ''
      : `; ${stray} is left alone, expected a name like ${symbol}-${request.market}-1h.csv`;
  const message = `the candle folder ${basename(folder)} has no ${symbol}-${request.market}-….csv for ${shown(request.symbol)}; ${hint}${strayHint}`;
  return { kind: 'unknown_symbol', message };
}

async function readCandles(folder: string, names: readonly string[]): Promise<Result<Candles, PriceFailure>> {
  const tables = await readTables(folder, names, CANDLE_COLUMNS);
  return tables.ok ? malformedOr(folder, candlesFromTables(tables.value)) : tables;
}

/** Returns `null` where there is no funding file, and a failure where the file does not cover all bars. */
async function readFunding(
  folder: string,
  listing: Listing,
  symbol: string,
  candles: Candles,
): Promise<Result<readonly FundingRate[] | null, PriceFailure>> {
  const names = listing.get(instrument('funding', symbol));
  if (names === undefined) return ok(null);
  const tables = await readTables(folder, names, FUNDING_COLUMNS);
  if (!tables.ok) return tables;
  const funding = malformedOr(folder, fundingFromTables(tables.value));
  if (!funding.ok) return funding;
  const fromMs = candles.openAtMs[0] ?? 0;
  const toMs = (candles.openAtMs.at(-1) ?? 0) + candles.barMs;
  const hole = fundingHole(funding.value, fromMs, toMs);
  if (hole === null) return funding;
  const fix = 'complete the file, or remove it to have funding assumed';
  return malformedOr(folder, err(`${names.join(', ')}: ${hole}, though there are bars; ${fix}`));
}

async function optionalTable<T>(
  folder: string,
  listing: Listing,
  name: string,
  columns: readonly string[],
  parsed: (table: CsvTable) => Result<T, string>,
): Promise<Result<T | null, PriceFailure>> {
  if (!listing.has(name)) return ok(null);
  const table = await readCsv(folder, name, columns);
  return malformedOr(folder, table.ok ? parsed(table.value) : table);
}

async function readTables(
  folder: string,
  names: readonly string[],
  columns: readonly string[],
): Promise<Result<CsvTable[], PriceFailure>> {
  const tables: CsvTable[] = [];
  for (const name of names) {
    const table = await readCsv(folder, name, columns);
    if (!table.ok) return malformedOr(folder, table);
    tables.push(table.value);
  }
  return ok(tables);
}

function malformedOr<T>(folder: string, result: Result<T, string>): Result<T, PriceFailure> {
  if (result.ok) return result;
  return err({ kind: 'malformed', message: `candle folder ${folder}: ${result.error}` });
}

/** `file:BTCUSDT-spot-1h-2021`; several files are named by what they share, so that a new month renames nothing. */
function sourceOf(names: readonly string[]): string {
  const stems = [...new Set(names.map((name) => basename(name).replace(/\.csv(\.gz)?$/i, '')))];
  let shared = stems[0] ?? '';
  for (const stem of stems) {
    while (!`${stem}-`.startsWith(`${shared}-`))
      shared = shared.slice(0, Math.max(0, shared.lastIndexOf('-')));
  }
  return stems.length === 1 ? `file:${shared}` : `file:${shared}-*`;
}
