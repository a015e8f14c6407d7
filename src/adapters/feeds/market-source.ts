// What a live market is asked for, and the exchange that answers through ccxt.

import { fieldOf } from '../../domain/field-of.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { PriceFailure } from '../../ports.ts';
import { asAttempt, type CcxtExchange, openExchange } from '../prices/ccxt-exchange.ts';
import { fetchBars } from '../prices/ccxt-history.ts';
import { ccxtSymbol } from '../prices/ccxt-prices.ts';
import type { BarRange, SentBar } from '../prices/closed-bars.ts';

const TIMEOUT_MS = 10_000;

/** The prices of one symbol as they came: not yet checked. */
export interface SentQuote {
  readonly symbol: string;
  readonly bid: unknown;
  readonly ask: unknown;
  /** The mark, else the last price. */
  readonly mark: unknown;
}

/** Every failure is one sentence. Symbols are those of the venue. */
export interface MarketSource {
  /** Learns which of its markets the symbols are; before anything else, and again where that failed. */
  open(): Promise<Result<void, string>>;
  /** Bars of a range, closed or not, each as it came. */
  bars(symbol: string, range: BarRange): Promise<Result<readonly SentBar[], string>>;
  /** Of every symbol that it was opened with and has a price of. */
  quotes(): Promise<Result<readonly SentQuote[], string>>;
}

export interface CcxtSourceOptions {
  /** ccxt's id of the exchange. */
  readonly id: string;
  readonly timeframe: string;
  readonly symbols: readonly string[];
  /** An origin of this machine in place of the exchange's own, which nobody has to be gentle with; `null`: the exchange's own. */
  readonly url: string | null;
}

interface Opened {
  readonly exchange: CcxtExchange;
  /** Symbol of the venue → unified symbol of ccxt. */
  readonly symbols: ReadonlyMap<string, string>;
}

/** Asks an exchange for its perpetuals. ccxt is imported with the first request. */
export function ccxtSource(options: CcxtSourceOptions): MarketSource {
  const { id, timeframe } = options;
  let opened: Opened | null = null;
  return {
    async open() {
      const answer = await openMarkets(options);
      if (answer.ok) opened = answer.value;
      return answer.ok ? ok(undefined) : answer;
    },
    async bars(symbol, range) {
      const unified = opened?.symbols.get(symbol);
      if (opened === null || unified === undefined) return err(`${id} was not asked for ${symbol} yet`);
      // The feed asks again by itself, so one try is enough.
      const retries = {
        attempts: 1,
        firstWaitMs: 0,
        longestWaitMs: 0,
        wait: async () => undefined,
        random: () => 0,
      };
      const sent = await fetchBars({ exchange: opened.exchange, symbol: unified, retries }, timeframe, range);
      return sent.ok ? sent : failed(sent.error);
    },
    async quotes() {
      return opened === null ? err(`${id} was not asked for its markets yet`) : await tickers(id, opened);
    },
  };
}

async function openMarkets({
  id,
  timeframe,
  symbols,
  url,
}: CcxtSourceOptions): Promise<Result<Opened, string>> {
  const throttled = url === null;
  const onRequest = (): void => undefined;
  const opening = await openExchange(id, {
    market: 'perp',
    timeoutMs: TIMEOUT_MS,
    throttled,
    baseUrl: url,
    onRequest,
  });
  if (!opening.ok) return failed(opening.error);
  const exchange = opening.value;
  // A server of this machine lists perpetuals alone, and in its sandbox ccxt's BingX asks for no others.
  if (url !== null) exchange.options['sandboxMode'] = true;
  if (!Object.hasOwn(exchange.timeframes, timeframe))
    return err(`${id} has no bars of ${timeframe}; set feed.exchange.timeframe to one that it has`);
  const listed = await asAttempt(`${id}, list of markets`, () => exchange.loadMarkets(true));
  if (listed.kind !== 'value') return failed(listed.error);
  const markets = Object.values(listed.value);
  const unified = new Map<string, string>();
  for (const symbol of symbols) {
    const found = ccxtSymbol(id, markets, { symbol, market: 'perp' });
    if (!found.ok) return err(found.error.message);
    unified.set(symbol, found.value);
  }
  return ok({ exchange, symbols: unified });
}

/** All at once where the exchange can, else one after the other. */
async function tickers(
  id: string,
  { exchange, symbols }: Opened,
): Promise<Result<readonly SentQuote[], string>> {
  if (exchange.has['fetchTickers'] === true) {
    const all = await asAttempt(`${id}, tickers`, () => exchange.fetchTickers([...symbols.values()]));
    if (all.kind !== 'value') return failed(all.error);
    if (typeof all.value !== 'object' || all.value === null)
      return err(`${id} sent ${shown(all.value)} as tickers; expected ccxt's unified form`);
    const quotes: SentQuote[] = [];
    for (const [symbol, unified] of symbols) {
      const ticker = fieldOf(all.value, unified);
      if (ticker !== undefined) quotes.push(quoteOf(symbol, ticker));
    }
    return ok(quotes);
  }
  const quotes: SentQuote[] = [];
  for (const [symbol, unified] of symbols) {
    const one = await asAttempt(`${id}, ticker of ${unified}`, () => exchange.fetchTicker(unified));
    if (one.kind !== 'value') return failed(one.error);
    quotes.push(quoteOf(symbol, one.value));
  }
  return ok(quotes);
}

function quoteOf(symbol: string, ticker: unknown): SentQuote {
  const mark = fieldOf(ticker, 'markPrice') ?? fieldOf(ticker, 'last');
  return { symbol, bid: fieldOf(ticker, 'bid'), ask: fieldOf(ticker, 'ask'), mark };
}

/** Without the queries of addresses: they hold the time, and would make of one failure another each time. */
function failed({ message }: PriceFailure): Result<never, string> {
  return err(message.replaceAll(/(https?:\/\/[^\s?]+)\?\S*/g, '$1'));
}
