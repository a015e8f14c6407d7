// Prices of spot markets and perpetuals from the exchanges that ccxt speaks, one after the other until one answers.

import { assert } from '../../domain/assert.ts';
import { type BarSeries, type FundingRate, symbolKey } from '../../domain/market.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Clock, PriceFailure, PriceRequest, Prices } from '../../ports.ts';
import {
  asAttempt,
  type CcxtExchange,
  type CcxtMarket,
  type ExchangeFailure,
  openExchange,
} from './ccxt-exchange.ts';
import { fetchBars, fetchFunding } from './ccxt-history.ts';
import { barMsOf, closedBars } from './closed-bars.ts';
import { fundingHole } from './funding.ts';
import { nearestSymbol } from './nearest-symbol.ts';
import { DEFAULT_RETRIES, type RetryPolicy, withRetries } from './retry.ts';

const TIMEOUT_MS = 10_000;

/** An exchange that did not answer after all retries is left alone this long, so that 100 symbols do not wait 100 times. */
const REST_MS = 60_000;

export interface CcxtPricesOptions {
  /** ccxt ids, tried in this order. */
  readonly exchanges: readonly string[];
  /** Length of a bar as ccxt writes it: `1m`, `5m`, `15m`, `30m` or `1h`. */
  readonly timeframe: string;
  readonly market: 'spot' | 'perp';
  readonly clock: Clock;
  readonly retries?: RetryPolicy;
  readonly timeoutMs?: number;
  /** `false` switches ccxt's throttler off; for servers of one's own. */
  readonly throttled?: boolean;
  /** Origin by exchange id, as a regional mirror; paths stay those of the exchange. */
  readonly baseUrls?: Readonly<Record<string, string>>;
}

interface OpenExchange {
  readonly exchange: CcxtExchange;
  readonly markets: readonly CcxtMarket[];
}

/**
 * Returns prices of one market from the first exchange that knows the symbol and answers. An exchange that cannot be
 * reached, or does not know the symbol, hands over to the next; a malformed answer does not, because a person should
 * look at it. `unknown_symbol` needs the word of every exchange, and bars from behind one that cannot be reached say so.
 *
 * Nothing is imported before the first request. Each request is one series of pages for its symbol and range.
 */
export function ccxtPrices(options: CcxtPricesOptions): Prices {
  const sources = options.exchanges.map((id) => exchangeSource(id, options));
  return {
    async bars(request) {
      assert(
        request.market === options.market,
        `${request.market} was asked of prices for ${options.market}`,
      );
      const failures: PriceFailure[] = [];
      for (const source of sources) {
        const answer = await source.bars(request);
        const isStandIn = failures.some((failure) => failure.kind === 'unreachable');
        if (answer.ok) return isStandIn ? ok({ ...answer.value, isStandIn }) : answer;
        const { kind, message } = answer.error;
        if (kind !== 'unreachable' && kind !== 'unknown_symbol') return err({ kind, message });
        failures.push({ kind, message });
      }
      const unreachable = failures.some((failure) => failure.kind === 'unreachable');
      const message = failures.map((failure) => failure.message).join('; ');
      return err({ kind: unreachable ? 'unreachable' : 'unknown_symbol', message });
    },
    requestCount: () => sources.reduce((sum, source) => sum + source.requestCount(), 0),
  };
}

/** One exchange of the list: opened on first use, rested after it failed to answer. */
function exchangeSource(id: string, options: CcxtPricesOptions) {
  const { clock, retries = DEFAULT_RETRIES } = options;
  let requests = 0;
  let opening: Promise<Result<OpenExchange, ExchangeFailure>> | undefined;
  let rest: { readonly untilMs: number; readonly failure: ExchangeFailure } | undefined;

  async function open(): Promise<Result<OpenExchange, ExchangeFailure>> {
    const opened = await openExchange(id, {
      market: options.market,
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      throttled: options.throttled ?? true,
      baseUrl: options.baseUrls?.[id] ?? null,
      onRequest: () => {
        requests += 1;
      },
    });
    if (!opened.ok) return opened;
    const exchange = opened.value;
    // ccxt remembers a failed load for ever unless it is told to reload.
    const markets = await withRetries(retries, (tryNumber) =>
      asAttempt(`${id}, list of markets`, () => exchange.loadMarkets(tryNumber > 0)),
    );
    if (!markets.ok) return markets;
    const all = Object.values(markets.value);
    if (all.length > 0) return ok({ exchange, markets: all });
    return err({ kind: 'unreachable', message: `${id} lists no markets at all; try again later` });
  }

  return {
    async bars(request: PriceRequest): Promise<Result<BarSeries, ExchangeFailure>> {
      if (rest !== undefined && clock.nowMs() < rest.untilMs) return err(rest.failure);
      opening ??= open();
      const opened = await opening;
      const answer = opened.ok ? await seriesFrom(opened.value, request, options, retries) : opened;
      if (!opened.ok) opening = undefined;
      if (!answer.ok && answer.error.isDown) {
        rest = { untilMs: clock.nowMs() + REST_MS, failure: answer.error };
      }
      return answer;
    },
    requestCount: () => requests,
  };
}

async function seriesFrom(
  { exchange, markets }: OpenExchange,
  request: PriceRequest,
  options: CcxtPricesOptions,
  retries: RetryPolicy,
): Promise<Result<BarSeries, ExchangeFailure>> {
  const { timeframe, market } = options;
  const barMs = barMsOf(timeframe);
  if (barMs === null || !Object.hasOwn(exchange.timeframes, timeframe)) {
    const message = `${exchange.id} has no bars of "${timeframe}"; set prices.${market}.timeframe to one that it has`;
    return err({ kind: 'not_configured', message });
  }
  const symbol = ccxtSymbol(exchange.id, markets, request);
  if (!symbol.ok) return symbol;
  const history = { exchange, symbol: symbol.value, retries };
  const range = { barMs, fromMs: request.fromMs, toMs: request.toMs, askedAtMs: options.clock.nowMs() };
  const sent = await fetchBars(history, timeframe, range);
  if (!sent.ok) return sent;
  const bars = closedBars(sent.value, range);
  if (!bars.ok) {
    return err({ kind: 'malformed', message: `${exchange.id}, bars of ${symbol.value}: ${bars.error}` });
  }
  const { closeAtMs } = bars.value;
  let funding: Result<readonly FundingRate[] | null, ExchangeFailure> = ok([]);
  const [firstCloseMs, lastCloseMs] = [closeAtMs[0], closeAtMs.at(-1)];
  if (market === 'perp' && firstCloseMs !== undefined && lastCloseMs !== undefined) {
    const heldFromMs = Math.max(firstCloseMs - barMs, request.fundingFromMs ?? firstCloseMs - barMs);
    funding = await fetchFunding(history, heldFromMs, lastCloseMs);
    if (!funding.ok) return funding;
    const hole = funding.value === null ? null : fundingHole(funding.value, heldFromMs, lastCloseMs);
    if (hole !== null) {
      return err({ kind: 'unreachable', message: `${exchange.id}, funding of ${symbol.value}: ${hole}` });
    }
  }
  return ok({
    symbol: request.symbol,
    market,
    source: `ccxt:${exchange.id}:${timeframe}`,
    barMs,
    ...bars.value,
    sessions: null,
    funding: funding.value,
    suspects: [],
  });
}

/**
 * Returns ccxt's symbol for `BTC/USDT`, `BTCUSDT` or `BTC/USDT:USDT`. A perpetual is the linear swap of base and quote,
 * unless the part behind the colon asks for another settlement, as `BTC/USD:BTC`.
 */
export function ccxtSymbol(
  id: string,
  markets: readonly CcxtMarket[],
  { symbol, market }: Pick<PriceRequest, 'symbol' | 'market'>,
): Result<string, PriceFailure> {
  const ofMarket = markets.filter((one) => (market === 'perp' ? one.swap === true : one.spot === true));
  const settle = market === 'perp' ? symbol.split(':')[1]?.trim().toUpperCase() : undefined;
  const matching = ofMarket.filter(
    (one) =>
      symbolKey(one.symbol) === symbolKey(symbol) &&
      (market === 'spot' || (settle === undefined ? one.linear === true : one.settle === settle)),
  );
  // Two pairs can share their letters (AB/CUSDT, ABC/USDT): the exact spelling wins, then a pair that is traded.
  const spelled = symbol.trim().toUpperCase();
  const [first] = matching.toSorted((a, b) => rank(a, spelled) - rank(b, spelled));
  if (first !== undefined) return ok(first.symbol);
  const close = nearestSymbol(
    symbol,
    ofMarket.map((one) => one.symbol),
  );
  const hint = close === null ? 'write it as BASE/QUOTE' : `did you mean ${close}?`;
  return err({ kind: 'unknown_symbol', message: `${id} has no ${market} market ${shown(symbol)}; ${hint}` });
}

function rank(market: CcxtMarket, spelled: string): number {
  const pair = market.symbol.split(':')[0];
  if (market.symbol === spelled || pair === spelled) return 0;
  const isInactive = market.active === false ? 2 : 0;
  return 1 + isInactive + (market.settle === undefined || market.settle === market.quote ? 0 : 1);
}
