// History of one instrument from one exchange: bars and funding, page by page in windows of time.

import type { FundingRate } from '../../domain/market.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { isoFromMs } from '../../domain/time.ts';
import type { PriceFailure } from '../../ports.ts';
import { asAttempt, type CcxtExchange, type ExchangeFailure } from './ccxt-exchange.ts';
import { type BarRange, openRange, type SentBar } from './closed-bars.ts';
import { type RetryPolicy, withRetries } from './retry.ts';

/** An exchange that sends less than it documents is followed this far; a longer range gets twice the pages it needs. */
const PAGES_MAX = 500;

/** Rows per page where ccxt documents none: what practically every exchange grants. */
const PAGE_ROWS_DEFAULT = 100;
const PAGE_ROWS_MAX = 1000;

interface History {
  readonly exchange: CcxtExchange;
  /** Unified symbol of ccxt. */
  readonly symbol: string;
  readonly retries: RetryPolicy;
}

/**
 * Fetches the bars that open between the first and the last one wanted. Each page asks for a window that one page can
 * hold, since some exchanges fill a page from its newest end and would otherwise leave a hole at the oldest.
 */
export async function fetchBars(
  history: History,
  timeframe: string,
  range: BarRange,
): Promise<Result<SentBar[], ExchangeFailure>> {
  const { exchange, symbol, retries } = history;
  const { firstMs, lastMs } = openRange(range);
  const rowsPerPage = pageRows(history, 'fetchOHLCV');
  const pagesMax = Math.max(PAGES_MAX, Math.ceil((2 * (lastMs - firstMs)) / (rowsPerPage * range.barMs)));
  const bars: SentBar[] = [];
  let sinceMs = firstMs;
  for (let page = 0; sinceMs <= lastMs; page += 1) {
    if (page >= pagesMax) return err(tooManyPages(history, 'bars', pagesMax, firstMs, lastMs));
    const endMs = sinceMs + rowsPerPage * range.barMs;
    const params = { until: Math.min(endMs, lastMs + range.barMs) - 1 };
    const answer = await withRetries(retries, () =>
      asAttempt(`${exchange.id}, bars of ${symbol}`, () =>
        exchange.fetchOHLCV(symbol, timeframe, sinceMs, rowsPerPage, params),
      ),
    );
    if (!answer.ok) return answer;
    if (!Array.isArray(answer.value)) return err(notAList(history, 'bars', answer.value));
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const row of answer.value) {
      const bar = sentBar(row);
      if (bar === null) return err(notAList(history, 'a bar', row));
      bars.push(bar);
      if (typeof bar.openAtMs === 'number') newestMs = Math.max(newestMs, bar.openAtMs);
    }
    // A page that ends early may have been cut short: go on behind its newest bar. An empty one is a quiet market.
    sinceMs = newestMs >= sinceMs && newestMs < endMs ? newestMs + range.barMs : endMs;
  }
  return ok(bars);
}

/** Fetches the funding payments in `[fromMs, toMs]`, sorted; `null` where the exchange keeps no history of them. */
export async function fetchFunding(
  history: History,
  fromMs: number,
  toMs: number,
): Promise<Result<readonly FundingRate[] | null, ExchangeFailure>> {
  const { exchange, symbol, retries } = history;
  if (exchange.has['fetchFundingRateHistory'] !== true) return ok(null);
  const rowsPerPage = pageRows(history, 'fetchFundingRateHistory');
  const rates = new Map<number, number>();
  let sinceMs = fromMs;
  for (let page = 0; sinceMs <= toMs; page += 1) {
    if (page >= PAGES_MAX) return err(tooManyPages(history, 'funding', PAGES_MAX, fromMs, toMs));
    const answer = await withRetries(retries, () =>
      asAttempt(`${exchange.id}, funding of ${symbol}`, () =>
        exchange.fetchFundingRateHistory(symbol, sinceMs, rowsPerPage, { until: toMs }),
      ),
    );
    // A symbol whose bars were just served is known: whatever is wrong here, it is not the symbol.
    if (!answer.ok) return err({ ...answer.error, kind: 'unreachable' });
    if (!Array.isArray(answer.value)) return err(notAList(history, 'funding', answer.value));
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const row of answer.value) {
      const rate = fundingRate(row);
      if (rate === null) return err(notAList(history, 'a funding payment', row));
      newestMs = Math.max(newestMs, rate.atMs);
      if (rate.atMs >= fromMs && rate.atMs <= toMs) rates.set(rate.atMs, rate.rate);
    }
    if (newestMs < sinceMs) break;
    sinceMs = newestMs + 1;
  }
  const sorted = [...rates].sort(([a], [b]) => a - b);
  return ok(sorted.map(([atMs, rate]) => ({ atMs, rate })));
}

function pageRows({ exchange, symbol }: History, method: string): number {
  const documented = exchange.featureValue(symbol, method, 'limit', PAGE_ROWS_DEFAULT);
  return typeof documented === 'number' && documented >= 1
    ? Math.min(documented, PAGE_ROWS_MAX)
    : PAGE_ROWS_DEFAULT;
}

function sentBar(row: unknown): SentBar | null {
  return Array.isArray(row) && row.length >= 5 ? { openAtMs: row[0], prices: row.slice(1, 5) } : null;
}

function fundingRate(row: unknown): FundingRate | null {
  if (typeof row !== 'object' || row === null || !('timestamp' in row) || !('fundingRate' in row))
    return null;
  const { timestamp, fundingRate: rate } = row;
  if (typeof timestamp !== 'number' || typeof rate !== 'number') return null;
  return Number.isInteger(timestamp) && Number.isFinite(rate) ? { atMs: timestamp, rate } : null;
}

function notAList({ exchange, symbol }: History, what: string, found: unknown): PriceFailure {
  const message = `${exchange.id} sent ${shown(found)} as ${what} of ${symbol}; expected ccxt's unified form`;
  return { kind: 'malformed', message };
}

function tooManyPages(
  { exchange, symbol }: History,
  what: string,
  pagesMax: number,
  fromMs: number,
  toMs: number,
): PriceFailure {
  const message =
    `${exchange.id} needs more than ${pagesMax} pages for the ${what} of ${symbol} from ${isoFromMs(fromMs)} ` +
    `to ${isoFromMs(toMs)}; ask for a shorter range or a longer timeframe`;
  return { kind: 'unreachable', message };
}
