// Starts the local exchange of `warden exchange`: its instruments, its key, its prices, and what goes wrong at it.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readCandles } from '../adapters/prices/market-candles.ts';
import { systemTimers } from '../adapters/system-timers.ts';
import { FAULT_NAMES, type FaultName } from '../adapters/venues/exchange/faults.ts';
import {
  candleFeed,
  candlesIn,
  pastOf,
  type SymbolCandles,
} from '../adapters/venues/exchange/feed/candle-feed.ts';
import type { LoadedBars } from '../adapters/venues/exchange/feed/market-history.ts';
import { simulatedFeed } from '../adapters/venues/exchange/feed/simulated-feed.ts';
import { readTape, type Tape, tapeFeed } from '../adapters/venues/exchange/feed/tape-feed.ts';
import {
  LISTED_SYMBOLS,
  type Listed,
  listedInstrument,
} from '../adapters/venues/exchange/listed-instruments.ts';
import { type LocalExchange, startLocalExchange } from '../adapters/venues/exchange/local-exchange.ts';
import type { ApiKey, ExchangeWorld } from '../adapters/venues/exchange/world.ts';
import { moneyFrom } from '../domain/money.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { nearest } from '../domain/validate.ts';
import type { ExchangeCliOptions } from './exchange-options.ts';
import type { Host } from './host.ts';

interface StartedExchange {
  readonly exchange: LocalExchange;
  readonly key: ApiKey & { readonly isGiven: boolean };
  /** Where the prices come from, for a person. */
  readonly feedText: string;
  /** What was set aside. */
  readonly problems: readonly string[];
  /** Ends the feed and every connection. */
  readonly stop: () => Promise<void>;
}

/** Where prices come from: begins to move a world that has been served, and returns how to stop. */
interface Prices {
  readonly listed: readonly Listed[];
  readonly past: ReadonlyMap<string, LoadedBars>;
  readonly text: string;
  readonly problems: readonly string[];
  readonly begin: (world: ExchangeWorld) => () => void;
}

const DEFAULT_SYMBOLS = ['BTC-USDT'];
/** Lines of a tape that are named where they are set aside; of more, how many. */
const PROBLEMS_SHOWN = 10;

/** Returns the exchange at work, or the sentence that says what of the options cannot be. */
export async function startExchange(
  options: ExchangeCliOptions,
  host: Host,
): Promise<Result<StartedExchange, string>> {
  const wallet = moneyFrom(options.wallet);
  if (!wallet.ok || wallet.value <= 0n)
    return err(`--wallet ${options.wallet}: expected an amount above zero, e.g. 100000`);
  const faults = faultsFrom(options.faults ?? '');
  if (!faults.ok) return faults;
  const key = keyOf(host);
  if (!key.ok) return key;
  const timers = systemTimers();
  const prices = await pricesOf(options, host, timers.nowMs());
  if (!prices.ok) return prices;
  const { listed, past, text, problems, begin } = prices.value;
  let exchange: LocalExchange;
  try {
    exchange = await startLocalExchange({
      port: options.port,
      instruments: listed.map(({ instrument }) => instrument),
      keys: [key.value],
      timers,
      seed: options.seed,
      positionMode: options.positionMode === 'hedge' ? 'hedge' : 'one_way',
      wallet: wallet.value,
      latencyMs: options.latency,
      wire: { marginAsset: options.asset },
      past,
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const why = PORT_PROBLEMS.get(code) ?? `cannot be listened on (${code})`;
    return err(`--port ${options.port} ${why}; --port 0 takes a free one`);
  }
  for (const [name, rate] of faults.value) exchange.world.faults.set(name, rate);
  const endFeed = begin(exchange.world);
  const stop = async (): Promise<void> => {
    endFeed();
    await exchange.close();
  };
  return ok({ exchange, key: key.value, feedText: text, problems, stop });
}

const PORT_PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'is in use'],
  ['EACCES', 'may not be opened by this user'],
]);

const KEY_VARIABLES = ['EXCHANGE_API_KEY', 'EXCHANGE_API_SECRET'] as const;

/** Half a key is a mistake: with one that was made instead, every call of its owner would be refused. */
function keyOf(host: Host): Result<StartedExchange['key'], string> {
  const [apiKey = '', secret = ''] = KEY_VARIABLES.map((name) => host.env[name] ?? '');
  if (apiKey === '' && secret === '')
    return ok({ apiKey: host.randomHex(16), secret: host.randomHex(32), accountId: 'own', isGiven: false });
  for (const [at, value] of [apiKey, secret].entries()) {
    const [name, other] = [KEY_VARIABLES[at], KEY_VARIABLES[1 - at]];
    if (value === '')
      return err(`${name} is not set, but ${other} is; set both, or neither to have a key made`);
    if (!/^[!-~]{1,200}$/.test(value))
      return err(`${name}: expected letters, digits and signs without spaces, 200 at most`);
  }
  return ok({ apiKey, secret, accountId: 'own', isGiven: true });
}

function faultsFrom(text: string): Result<readonly (readonly [FaultName, number])[], string> {
  const faults: (readonly [FaultName, number])[] = [];
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [name = '', rateText = ''] = part.split('=').map((one) => one.trim());
    const fault = FAULT_NAMES.find((one) => one === name);
    if (fault === undefined) {
      const close = nearest(name, FAULT_NAMES);
      return err(
        `--faults: ${name} is not known${close === null ? '' : ` (nearest: ${close})`}; known: ${FAULT_NAMES.join(', ')}`,
      );
    }
    const rate = Number(rateText);
    if (rateText === '' || !(rate >= 0 && rate <= 1))
      return err(`--faults: ${name}: expected a share from 0 to 1, e.g. ${name}=0.1`);
    faults.push([fault, rate]);
  }
  return ok(faults);
}

const PRICES_EXPECTED = 'expected a folder of candle files, or a .jsonl tape';

function paceText(speed: number): string {
  return speed === 1 ? 'at their own pace' : `${speed} times as fast`;
}

async function pricesOf(
  options: ExchangeCliOptions,
  host: Host,
  nowMs: number,
): Promise<Result<Prices, string>> {
  const symbols = options.symbols ?? DEFAULT_SYMBOLS;
  if (options.prices === undefined) return simulatedPrices(symbols, options.seed);
  const path = resolve(host.cwd, options.prices);
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind === undefined)
    return err(`--prices ${options.prices}: there is no such file or folder; ${PRICES_EXPECTED}`);
  if (!kind.isDirectory() && !path.endsWith('.jsonl'))
    return err(`--prices ${options.prices}: ${PRICES_EXPECTED}`);
  try {
    return kind.isDirectory()
      ? await candlePrices(path, symbols, options, nowMs)
      : tapePrices(path, symbols, options);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return err(`--prices ${options.prices}: cannot be read (${code}); look at its permissions`);
  }
}

function listedOr(symbol: string, price: number | null): Result<Listed, string> {
  const listed = listedInstrument(symbol, price);
  if (listed !== null) return ok(listed);
  const close = nearest(symbol, LISTED_SYMBOLS);
  return err(
    `--symbols: ${symbol} is not listed${close === null ? '' : ` (nearest: ${close})`}; without --prices these are: ${LISTED_SYMBOLS.join(', ')}`,
  );
}

function allListed(
  symbols: readonly string[],
  priceOf: (symbol: string) => number | null,
): Result<readonly Listed[], string> {
  const listed: Listed[] = [];
  for (const symbol of symbols) {
    const one = listedOr(symbol, priceOf(symbol));
    if (!one.ok) return one;
    listed.push(one.value);
  }
  return ok(listed);
}

function simulatedPrices(symbols: readonly string[], seed: number): Result<Prices, string> {
  const listed = allListed(symbols, () => null);
  if (!listed.ok) return listed;
  const first = new Map(
    listed.value.map(({ instrument, firstTicks }) => [instrument.symbol as string, firstTicks]),
  );
  return ok({
    listed: listed.value,
    past: new Map(),
    text: `simulated, seed ${seed}`,
    problems: [],
    begin: (world) => simulatedFeed(world, seed, first),
  });
}

async function candlePrices(
  folder: string,
  symbols: readonly string[],
  { prices = '', speed }: ExchangeCliOptions,
  nowMs: number,
): Promise<Result<Prices, string>> {
  const raw = await readCandles(folder, readdirSync(folder), symbols);
  if (!raw.ok) return err(`--prices ${prices}: ${raw.error}`);
  const lastOf = new Map(raw.value.map(({ symbol, rows }) => [symbol, rows.at(-1)?.close ?? null]));
  const listed = allListed(symbols, (symbol) => lastOf.get(symbol) ?? null);
  if (!listed.ok) return listed;
  const starts: { readonly candles: SymbolCandles; readonly past: ReturnType<typeof pastOf> }[] = [];
  for (const [at, { instrument }] of listed.value.entries()) {
    const one = raw.value[at];
    if (one === undefined) continue;
    const candles = candlesIn(one, instrument);
    if (!candles.ok) return err(`--prices ${prices}: ${candles.error}`);
    starts.push({ candles: candles.value, past: pastOf(candles.value, nowMs) });
  }
  return ok({
    listed: listed.value,
    past: new Map(starts.map(({ candles, past }) => [candles.symbol, past])),
    text: `candles of ${prices}, ${paceText(speed)}`,
    problems: [],
    begin: (world) => {
      const ends = starts.map(({ candles, past }) => candleFeed(world, candles, past.from, speed));
      return () => {
        for (const end of ends) end();
      };
    },
  });
}

function tapePrices(
  path: string,
  symbols: readonly string[],
  { prices = '', speed }: ExchangeCliOptions,
): Result<Prices, string> {
  const listed = allListed(symbols, () => null);
  if (!listed.ok) return listed;
  const tape: Tape = readTape(
    readFileSync(path, 'utf8'),
    listed.value.map(({ instrument }) => instrument),
  );
  const [first = 'it is empty'] = tape.problems;
  if (tape.entries.length === 0) return err(`--prices ${prices}: has no line that can be played: ${first}`);
  const shown = tape.problems.slice(0, PROBLEMS_SHOWN).map((problem) => `${prices}: ${problem}; set aside`);
  const more = tape.problems.length - shown.length;
  return ok({
    listed: listed.value,
    past: new Map(),
    text: `tape ${prices} of ${tape.entries.length} lines, ${paceText(speed)}`,
    problems: more === 0 ? shown : [...shown, `${prices}: ${more} more lines were set aside`],
    begin: (world) => tapeFeed(world, tape, speed),
  });
}
