// What the public may ask of the local exchange: contracts, prices, the book, trades, bars and funding.

import { quoteOf } from '../../../../domain/instrument.ts';
import { moneyText, NO_MONEY, plus } from '../../../../domain/money.ts';
import { ok } from '../../../../domain/result.ts';
import { type Lots, PPM_ONE } from '../../../../domain/steps.ts';
import type { WireObject } from '../../json-text.ts';
import { type ApiAnswer, type ApiCall, apiError, data, type PublicRoute } from '../api.ts';
import { INTERVALS } from '../feed/intervals.ts';
import type { MarketHistory } from '../feed/market-history.ts';
import type { Market, Quote } from '../model/state.ts';
import type { ExchangeWorld } from '../world.ts';
import { anyMarketIn, invalid, marketIn, type Read, type Span, wholeIn, wordIn } from './call-params.ts';
import { moneyFixed, stepsFixed } from './decimals.ts';
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

function shownOf(world: ExchangeWorld, market: Market): Shown | null {
  const history = world.history.get(market.instrument.symbol);
  return market.quote === null || history === undefined ? null : { market, quote: market.quote, history };
}

/** Answers for the symbol that is named; one that has no price yet is suspended. */
function ofOne(world: ExchangeWorld, call: ApiCall, answer: (shown: Shown) => ApiAnswer): ApiAnswer {
  const market = marketIn(world, call.params);
  if (!market.ok) return market.error;
  const shown = shownOf(world, market.value);
  return shown === null
    ? apiError(109415, `${market.value.instrument.symbol} has no price yet`)
    : answer(shown);
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
  const asked = anyMarketIn(world, call.params);
  if (!asked.ok) return asked.error;
  const rows = [...world.model.markets.values()].map((market, at) =>
    contractRow(market, FIRST_CONTRACT_ID + at),
  );
  const symbol = asked.value?.instrument.symbol;
  return data(rows.filter((row) => symbol === undefined || row['symbol'] === symbol));
}

function prices(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOneOrAll(world, call, ({ market, quote }) => priceRow(market, quote, world.model.nowMs));
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
    const limit = wholeIn(call.params, 'limit', 1, 1_000, 20);
    if (!limit.ok) return limit.error;
    return data(depthOf(market, quote, slippageTicks, limit.value, world.model.nowMs));
  });
}

function trades(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOne(world, call, ({ market, history }) => {
    const limit = wholeIn(call.params, 'limit', 1, 1_000, 500);
    if (!limit.ok) return limit.error;
    return data(history.trades(limit.value).map((trade) => tradeRow(market, trade)));
  });
}

/** Newest first; where there is none, nothing instead of an empty list. */
function fundingRates(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOne(world, call, ({ market, history }) => {
    const limit = wholeIn(call.params, 'limit', 1, 1_000, 100);
    const range = rangeOf(call);
    if (!limit.ok) return limit.error;
    if (!range.ok) return range.error;
    const { fromMs, toMs } = range.value;
    const rows = history
      .funding()
      .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
      .slice(-limit.value)
      .reverse()
      .map((payment) => fundingRow(market, payment));
    return data(rows.length === 0 ? null : rows);
  });
}

/** What all that the accounts hold is worth at the mark, longs and shorts alike. */
function openInterest(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOne(world, call, ({ market: { instrument }, quote }) => {
    const { symbol } = instrument;
    let worth = NO_MONEY;
    for (const { holdings } of world.model.accounts.values()) {
      const held = holdings.get(symbol);
      if (held === undefined) continue;
      for (const leg of [held.net, held.long, held.short])
        worth = plus(worth, quoteOf(instrument, Math.abs(leg.lots) as Lots, quote.mark));
    }
    return data({ openInterest: moneyFixed(worth, 2), symbol, time: world.model.nowMs });
  });
}

/** Newest first, half open: `startTime ≤ t < endTime`. The older path answers with one bar where no range is asked for. */
function klines(world: ExchangeWorld, call: ApiCall, isOlder: boolean): ApiAnswer {
  return ofOne(world, call, ({ market, history }) => {
    const { params } = call;
    const interval = wordIn(params, 'interval', INTERVALS, null);
    const limit = wholeIn(params, 'limit', 1, KLINES_MAX, KLINES_DEFAULT);
    const range = rangeOf(call);
    if (!interval.ok) return interval.error;
    if (interval.value === null) return invalid(`interval is one of ${INTERVALS.join(', ')}`);
    if (!limit.ok) return limit.error;
    if (!range.ok) return range.error;
    const isOne = isOlder && !params.has('startTime') && !params.has('endTime');
    const { fromMs, toMs } = range.value;
    const bars = history.bars(interval.value, fromMs, toMs, isOne ? 1 : limit.value);
    const rows = bars.map((bar) => klineRow(market, bar)).reverse();
    return data(isOne ? (rows[0] ?? null) : rows);
  });
}

function tradingRules(world: ExchangeWorld, call: ApiCall): ApiAnswer {
  return ofOne(world, call, ({ market, quote }) => {
    const { tick, lot, minLots, minNotional } = market.instrument;
    const { priceBandPpm, marketBoundPpm, openOrdersMax } = world.model.config;
    const away = Math.floor((quote.mark * priceBandPpm) / PPM_ONE);
    const [highest, lowest] = [stepsFixed(tick, quote.mark + away), stepsFixed(tick, quote.mark - away)];
    return data({
      minSizeCoin: stepsFixed(lot, minLots),
      minSizeUsd: moneyText(minNotional),
      maxNumOrder: String(openOrdersMax),
      protectionThreshold: String(marketBoundPpm / PPM_ONE),
      buyMaxPrice: highest,
      buyMinPrice: lowest,
      sellMaxPrice: highest,
      sellMinPrice: lowest,
      marketRatio: String(marketBoundPpm / PPM_ONE),
    });
  });
}

/** Returns the time that is asked about, all of it where nothing is said. */
function rangeOf({ params }: ApiCall): Read<Span> {
  const fromMs = wholeIn(params, 'startTime', 0, Number.MAX_SAFE_INTEGER, 0);
  const toMs = wholeIn(params, 'endTime', 0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  if (!fromMs.ok) return fromMs;
  return toMs.ok ? ok({ fromMs: fromMs.value, toMs: toMs.value }) : toMs;
}
