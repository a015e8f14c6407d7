// One ccxt exchange, imported alone: the whole of ccxt takes three times as long to load and twice the memory.
// What ccxt throws is sorted here into what may pass, what is final, and what no retry can mend.

import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvariantError } from '../../domain/assert.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { nearest } from '../../domain/validate.ts';
import type { PriceFailure } from '../../ports.ts';
import type { Attempt } from './retry.ts';

const MESSAGE_CHARS_MAX = 200;

/** The part of a ccxt market that symbols are matched by. */
export interface CcxtMarket {
  readonly symbol: string;
  readonly spot?: boolean;
  readonly swap?: boolean;
  readonly linear?: boolean;
  readonly quote?: string;
  readonly settle?: string;
  readonly active?: boolean;
}

/** The part of ccxt's unified interface that is used here. Answers are unknown until they are checked. */
export interface CcxtExchange {
  readonly id: string;
  readonly urls: Record<string, unknown>;
  readonly options: Record<string, unknown>;
  readonly has: Readonly<Record<string, unknown>>;
  readonly timeframes: Readonly<Record<string, unknown>>;
  fetch(...request: readonly unknown[]): Promise<unknown>;
  loadMarkets(reload: boolean): Promise<Readonly<Record<string, CcxtMarket>>>;
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    sinceMs: number,
    limit: number,
    params: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  /** By unified symbol. */
  fetchTickers(symbols: readonly string[]): Promise<unknown>;
  fetchTicker(symbol: string): Promise<unknown>;
  fetchFundingRateHistory(
    symbol: string,
    sinceMs: number,
    limit: number,
    params: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  /** What ccxt documents of an exchange, as the rows per page of a call; `fallback` where it documents nothing. */
  featureValue(symbol: string, method: string, parameter: string, fallback: number): unknown;
}

interface ExchangeSettings {
  readonly market: 'spot' | 'perp';
  readonly timeoutMs: number;
  /** ccxt's own throttler, which keeps to the documented rate of the exchange. */
  readonly throttled: boolean;
  /** Origin to use instead of the exchange's own, as `http://127.0.0.1:8080`; paths stay. */
  readonly baseUrl: string | null;
  /** Called once for every request that goes over the network. */
  onRequest(): void;
}

/** A failure of one exchange; `isDown` where it did not answer after all retries, whatever was asked. */
export interface ExchangeFailure extends PriceFailure {
  readonly isDown?: true;
}

/** An answer that is not JSON: a proxy's error page, or a body that was cut off. */
class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
}

/** Returns what is wrong with an id that ccxt does not know, with the nearest one; `null` of one that it knows. Asks no network. */
export function unknownExchange(id: string): string | null {
  const folder = sourceFolder();
  if (/^[a-z0-9]+$/.test(id) && existsSync(join(folder, `${id}.js`))) return null;
  const ids = readdirSync(folder).filter((name) => /^[a-z0-9]+\.js$/.test(name));
  const close = nearest(
    id,
    ids.map((name) => name.slice(0, -3)),
  );
  const hint = close === null ? 'see the list of ccxt' : `did you mean "${close}"?`;
  return `"${id}" is no exchange id of ccxt; ${hint}`;
}

/**
 * Imports and constructs one exchange. ccxt's `exports` hide its files, so the file is found beside its entry.
 *
 * @returns the exchange, or `not_configured` with the nearest id.
 */
export async function openExchange(
  id: string,
  settings: ExchangeSettings,
): Promise<Result<CcxtExchange, PriceFailure>> {
  const message = unknownExchange(id);
  if (message !== null) return err({ kind: 'not_configured', message });
  const loaded: unknown = await import(pathToFileURL(join(sourceFolder(), `${id}.js`)).href);
  const exchange = constructed(loaded, {
    timeout: settings.timeoutMs,
    enableRateLimit: settings.throttled,
  });
  if (settings.baseUrl !== null) exchange.urls['api'] = rebased(exchange.urls['api'], settings.baseUrl);
  listOnly(exchange, settings.market);
  const send = exchange.fetch.bind(exchange);
  exchange.fetch = async (...request) => {
    settings.onRequest();
    const answer = await send(...request);
    // ccxt hands a body that is no JSON on as text, and its parsers then find no rows in it: an empty market.
    if (typeof answer !== 'object' || answer === null) throw new NotJsonError('the answer is not JSON');
    return answer;
  };
  return ok(exchange);
}

/** Runs one call of ccxt as one try of a retry loop. A defect of ours goes through. */
export async function asAttempt<T>(
  what: string,
  call: () => Promise<T>,
): Promise<Attempt<T, ExchangeFailure>> {
  try {
    return { kind: 'value', value: await call() };
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    const names = classNames(error);
    const message = `${what}: ${words(error)}`;
    if (names.includes('BadSymbol')) return { kind: 'final', error: { kind: 'unknown_symbol', message } };
    // OperationFailed is ccxt's word for everything that may succeed later: network, 5xx, rate limits, DDoS guards.
    if (names.includes('OperationFailed') || names.includes('NotJsonError')) {
      return { kind: 'transient', error: { kind: 'unreachable', message, isDown: true }, askedWaitMs: null };
    }
    // A plain error comes from ccxt's parsers, which expect the answer to have its documented shape.
    const kind = names.includes('BaseError') ? 'unreachable' : 'malformed';
    return { kind: 'final', error: { kind, message } };
  }
}

function sourceFolder(): string {
  const entry = createRequire(import.meta.url).resolve('ccxt');
  const mark = join('node_modules', 'ccxt') + sep;
  return join(entry.slice(0, entry.lastIndexOf(mark) + mark.length), 'js', 'src');
}

function constructed(loaded: unknown, options: Readonly<Record<string, unknown>>): CcxtExchange {
  if (!hasExchangeClass(loaded)) throw new InvariantError('a file of ccxt exports no exchange class');
  return new loaded.default(options);
}

function hasExchangeClass(
  loaded: unknown,
): loaded is { default: new (options: Readonly<Record<string, unknown>>) => CcxtExchange } {
  return (
    typeof loaded === 'object' &&
    loaded !== null &&
    'default' in loaded &&
    typeof loaded.default === 'function'
  );
}

/**
 * Leaves the lists of other markets out where ccxt fetches one list per type: they cost requests, and a region that is
 * barred from derivatives would lose the spot market with them.
 */
function listOnly(exchange: CcxtExchange, market: 'spot' | 'perp'): void {
  const wanted = exchange.options['fetchMarkets'];
  if (typeof wanted !== 'object' || wanted === null || !('types' in wanted) || !Array.isArray(wanted.types))
    return;
  const isWanted = (type: unknown) =>
    market === 'spot' ? type === 'spot' : type !== 'spot' && type !== 'option';
  const types = wanted.types.filter(isWanted);
  if (types.length > 0) exchange.options['fetchMarkets'] = { ...wanted, types };
}

/** Replaces the origin of every address in ccxt's (nested) `urls.api`. */
function rebased(urls: unknown, baseUrl: string): unknown {
  if (typeof urls === 'string') return urls.replace(/^https?:\/\/[^/]+/, baseUrl.replace(/\/+$/, ''));
  if (typeof urls !== 'object' || urls === null) return urls;
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, rebased(url, baseUrl)]));
}

/** Names of an error's classes, own first: ccxt's hierarchy without importing its error file. */
function classNames(error: unknown): string[] {
  const names: string[] = [];
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    names.push(at.constructor.name);
  }
  return names;
}

/** An error in one line that is short enough for a log: ccxt quotes whole answers. */
function words(error: unknown): string {
  const text = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll(
    /\s+/g,
    ' ',
  );
  return text.length > MESSAGE_CHARS_MAX ? `${text.slice(0, MESSAGE_CHARS_MAX)}…` : text;
}
