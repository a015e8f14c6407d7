// What the public may ask of the local exchange: contracts, prices, the book, trades, bars and funding.

import { nearest } from '../../../../domain/validate.ts';
import type { WireObject } from '../../json-text.ts';
import { type ApiAnswer, type ApiCall, apiError, data, type PublicRoute } from '../api.ts';
import { INTERVALS } from '../feed/intervals.ts';
import type { MarketHistory } from '../feed/market-history.ts';
import type { Market, Quote } from '../model/state.ts';
import type { ExchangeWorld } from '../world.ts';
import { stepsFixed } from './decimals.ts';
import {
  bookTickerRow,
  contractRow,
  depthOf,
  fundingRow,
  klineRow,
  premiumRow,
  priceRow,
  tickerRow,
  tradeRow,
} from './market-rows.ts';

const PREFIX = '/openApi/swap';
const KLINES_MAX = 1_440;
const KLINES_DEFAULT = 500;
const FIRST_CONTRACT_ID = 100;

/** One market, with all that is known of it. */
interface Shown {
  readonly market: Market;
  readonly quote: Quote;
  readonly history: MarketHistory;
}

export const MARKET_ROUTES: readonly PublicRoute[] = [
  get('/v2/server/time', (world) => data({ serverTime: world.model.nowMs })),
  get('/v2/quote/contracts', contracts),
  get('/v1/ticker/price', prices),
  get('/v2/quote/price', prices),
  get('/v2/quote/depth', depth),
  get('/v2/quote/trades', trades),
  get('/v2/quote/bookTicker', (world, call) =>
    ofOne(world, call, ({ market, quote }) =>
      data({ book_ticker: bookTickerRow(market, quote, world.model.idCounter, world.model.nowMs) }),
    ),
  ),
  get('/v2/quote/ticker', tickers),
  get('/v2/quote/premiumIndex', premiums),
  get('/v2/quote/fundingRate', fundingRates),
  get('/v2/quote/openInterest', openInterest),
  get('/v3/quote/klines', (world, call) => klines(world, call, false)),
  get('/v2/quote/klines', (world, call) => klines(world, call, true)),
  get('/v1/tradingRules', tradingRules),
];

function get(path: string, answer: PublicRoute['answer']): PublicRoute {
  return { method: 'GET', path: `${PREFIX}${path}`, access: 'public', answer };
}

function unknownSymbol(world: ExchangeWorld, symbol: string): ApiAnswer {
  const close = nearest(symbol, [...world.model.markets.keys()]);
  const hint = close === null ? '' : ` (nearest: ${close})`;
  return apiError(
    109425,
    `${symbol.slice(0, 40)},symbol not exist, please verify it in api: ${PREFIX}/v2/quote/contracts${hint}`,
  );
}

function shownOf(world: ExchangeWorld, market: Market): Shown | null {
  const history = world.history.get(market.instrument.symbol);
  return market.quote === null || history === undefined ? null : { market, quote: market.quote, history };
}

/** Answers for the symbol that is named; one that has no price yet is suspended. */
function ofOne(world: ExchangeWorld, call: ApiCall, answer: (shown: Shown) => ApiAnswer): ApiAnswer {
  const symbol = call.params.get('symbol');
  if (symbol === undefined) return apiError(109400, 'symbol: this field is required');
  const market = world.model.markets.get(symbol);
  if (market === undefined) return unknownSymbol(world, symbol);
  const shown = shownOf(world, market);
  return shown === null ? apiError(109415, `${symbol} has no price yet`) : answer(shown);
}

/** Answers with one row for the symbol that is named, or with those of all symbols that have one. */
function ofOneOrAll(
  world: ExchangeWorld,
  call: ApiCall,
  rowOf: (shown: Shown) => WireObject | null,
): ApiAnswer {
  if (call.params.has('symbol')) return ofOne(world, call, (shown) => data(rowOf(shown)));
  const shown = [...world.model.markets.values()].flatMap((market) => shownOf(world, market) ?? []);
  return data(shown.map(rowOf).filter((row) => row !== null));
}

function contracts(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  const asked = call.params.get('symbol');
  if (asked !== undefined && !world.model.markets.has(asked)) return unknownSymbol(world, asked);
  const rows = [...world.model.markets.values()].map((market, at) =>
    contractRow(market, FIRST_CONTRACT_ID + at),
  );
  return data(rows.filter(({ symbol }) => asked === undefined || symbol === asked));
}

function prices(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOneOrAll(world, call, ({ market }) => priceRow(market, world.model.nowMs));
}

function tickers(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOneOrAll(world, call, ({ market, quote, history }) => {
    const day = history.day(world.model.nowMs);
    return day === null ? null : tickerRow(market, quote, day);
  });
}

function premiums(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOneOrAll(world, call, ({ market, quote, history }) =>
    premiumRow(market, quote, history.fundingRate, world.model.nowMs),
  );
}

function depth(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  const { slippageTicks } = world.model.config;
  return ofOne(world, call, ({ market, quote }) => {
    const limit = countOf(call, 'limit', 20, 1_000);
    if (limit === null) return apiError(109400, 'limit: expected a whole number from 1 to 1000');
    return data(depthOf(market, quote, slippageTicks, limit, world.model.nowMs));
  });
}

function trades(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOne(world, call, ({ market, history }) => {
    const limit = countOf(call, 'limit', 500, 1_000);
    if (limit === null) return apiError(109400, 'limit: expected a whole number from 1 to 1000');
    return data(history.trades(limit).map((trade) => tradeRow(market, trade)));
  });
}

/** Newest first; where there is none, nothing instead of an empty list. */
function fundingRates(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOne(world, call, ({ market, history }) => {
    const limit = countOf(call, 'limit', 100, 1_000);
    const range = rangeOf(call);
    if (limit === null) return apiError(109400, 'limit: expected a whole number from 1 to 1000');
    if (range === null) return apiError(109400, 'startTime, endTime: expected epoch milliseconds');
    const rows = history
      .funding()
      .filter(({ atMs }) => atMs >= range.fromMs && atMs <= range.toMs)
      .slice(-limit)
      .reverse()
      .map((payment) => fundingRow(market, payment));
    return data(rows.length === 0 ? null : rows);
  });
}

/** What all accounts hold, longs and shorts alike, at the mark. */
function openInterest(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOne(world, call, ({ market }) => {
    const { symbol, lot } = market.instrument;
    let lots = 0;
    for (const { holdings } of world.model.accounts.values()) {
      const held = holdings.get(symbol);
      if (held !== undefined) for (const leg of [held.net, held.long, held.short]) lots += Math.abs(leg.lots);
    }
    return data({ openInterest: stepsFixed(lot, lots), symbol, time: world.model.nowMs });
  });
}

/** Newest first, half open: `startTime ≤ t < endTime`. The older path answers with one bar where no range is asked for. */
function klines(world: ExchangeWorld, call: ApiCall, isOlder: boolean): ApiAnswer {
  return ofOne(world, call, ({ market, history }) => {
    const interval = INTERVALS.find((one) => one === call.params.get('interval'));
    if (interval === undefined) return apiError(109400, `interval: expected one of ${INTERVALS.join(', ')}`);
    const limit = countOf(call, 'limit', KLINES_DEFAULT, KLINES_MAX);
    const range = rangeOf(call);
    if (limit === null) return apiError(109400, `limit: expected a whole number from 1 to ${KLINES_MAX}`);
    if (range === null) return apiError(109400, 'startTime, endTime: expected epoch milliseconds');
    const hasRange = call.params.has('startTime') || call.params.has('endTime');
    const bars = history.bars(interval, range.fromMs, range.toMs, isOlder && !hasRange ? 1 : limit);
    const rows = bars.map((bar) => klineRow(market, bar)).reverse();
    return data(isOlder && !hasRange ? (rows[0] ?? null) : rows);
  });
}

function tradingRules(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOne(world, call, ({ market, quote }) => {
    const { tick, lot, minLots } = market.instrument;
    const away = Math.floor((quote.mark * world.model.config.priceBandPpm) / 1_000_000);
    const [highest, lowest] = [stepsFixed(tick, quote.mark + away), stepsFixed(tick, quote.mark - away)];
    return data({
      minSizeCoin: stepsFixed(lot, minLots),
      minSizeUsd: '2',
      maxNumOrder: '200',
      protectionThreshold: String(world.model.config.marketBoundPpm / 1_000_000),
      buyMaxPrice: highest,
      buyMinPrice: lowest,
      sellMaxPrice: highest,
      sellMinPrice: lowest,
      marketRatio: String(world.model.config.marketBoundPpm / 1_000_000),
    });
  });
}

/** Returns a whole number from 1 to `most`, the default where none is given, or `null` for what is neither. */
function countOf({ params }: ApiCall, name: string, byDefault: number, most: number): number | null {
  const text = params.get(name);
  if (text === undefined) return byDefault;
  const count = Number(text);
  return Number.isInteger(count) && count >= 1 && count <= most ? count : null;
}

function rangeOf({ params }: ApiCall): { readonly fromMs: number; readonly toMs: number } | null {
  const fromMs = Number(params.get('startTime') ?? 0);
  const toMs = Number(params.get('endTime') ?? Number.MAX_SAFE_INTEGER);
  return Number.isFinite(fromMs) && Number.isFinite(toMs) ? { fromMs, toMs } : null;
}
