// Prices of US equities from Alpaca: split-adjusted bars within the sessions of the exchange's calendar.

import Type, { type TSchema } from 'typebox';
import { assert } from '../../domain/assert.ts';
import { orNull } from '../../domain/fields.ts';
import type { BarSeries, Session } from '../../domain/market.ts';
import { problemText } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { isoFromMs, parseInstant } from '../../domain/time.ts';
import { validate } from '../../domain/validate.ts';
import type { PriceFailure, PriceRequest, Prices } from '../../ports.ts';
import { type AlpacaAccess, type AlpacaClient, alpacaClient } from './alpaca-client.ts';
import { type BarRange, barMsOf, closedBars, openRange, type SentBar } from './closed-bars.ts';
import {
  barsInSessions,
  dateText,
  dayFromDate,
  minuteFromTime,
  newYorkDay,
  newYorkSession,
} from './us-sessions.ts';

/** 10,000 bars a page: 50 pages are two and a half years of minutes of one stock. */
const PAGES_MAX = 50;
const PAGE_BARS = 10_000;

/** Sessions are fetched this far around a range: a long weekend with holidays, and horizons that end after it. */
const CALENDAR_MARGIN_DAYS = 10;

const TIMEFRAMES: Readonly<Record<string, string>> = {
  '1m': '1Min',
  '5m': '5Min',
  '15m': '15Min',
  '30m': '30Min',
  '1h': '1Hour',
};

const BarsPage = Type.Object({
  bars: Type.Optional(
    orNull(
      Type.Array(
        Type.Object({
          t: Type.String(),
          o: Type.Number(),
          h: Type.Number(),
          l: Type.Number(),
          c: Type.Number(),
        }),
      ),
    ),
  ),
  next_page_token: Type.Optional(orNull(Type.String())),
});

const Calendar = Type.Array(
  Type.Object({
    date: Type.String(),
    open: Type.String({ description: 'HH:MM' }),
    close: Type.String({ description: 'HH:MM' }),
  }),
);

export interface AlpacaPricesOptions extends AlpacaAccess {
  readonly feed: string;
  /** `1m`, `5m`, `15m`, `30m` or `1h`. */
  readonly timeframe: string;
}

/**
 * Returns prices of US equities. Sources of the forms: Alpaca's Market Data API v2, `GET /v2/stocks/{symbol}/bars` with
 * `adjustment=split`, and its Trading API, `GET /v2/calendar` (New York local hours).
 *
 * Bars outside the sessions are dropped. No span is suspect: the source knows the splits, so what is left is the market.
 */
export function alpacaPrices(options: AlpacaPricesOptions): Prices {
  const client = alpacaClient(options);
  const calendars = new Map<string, readonly Session[]>();

  async function sessionsAround(range: BarRange): Promise<Result<readonly Session[], PriceFailure>> {
    const start = dateText(newYorkDay(range.fromMs) - CALENDAR_MARGIN_DAYS);
    const end = dateText(newYorkDay(range.toMs) + CALENDAR_MARGIN_DAYS);
    const known = calendars.get(`${start}/${end}`);
    if (known !== undefined) return ok(known);
    const fetched = await fetchSessions(client, start, end);
    if (fetched.ok) calendars.set(`${start}/${end}`, fetched.value);
    return fetched;
  }

  return {
    async bars(request) {
      assert(request.market === 'equity', `${request.market} was asked of prices for equities`);
      const barMs = barMsOf(options.timeframe);
      const timeframe = TIMEFRAMES[options.timeframe];
      if (barMs === null || timeframe === undefined) {
        const known = Object.keys(TIMEFRAMES).join(', ');
        const message = `prices.equity.timeframe "${options.timeframe}" is not known; expected one of ${known}`;
        return err({ kind: 'not_configured', message });
      }
      const askedAtMs = options.clock.nowMs();
      const range = { barMs, fromMs: request.fromMs, toMs: request.toMs, askedAtMs };
      const sessions = await sessionsAround(range);
      if (!sessions.ok) return sessions;
      const sent = await fetchPages(client, request, range, { timeframe, feed: options.feed });
      if (!sent.ok) return sent;
      const bars = closedBars(sent.value, range);
      if (!bars.ok) return err(malformed(`bars of ${request.symbol}`, bars.error));
      return ok({
        symbol: request.symbol,
        market: 'equity',
        source: `alpaca:${options.feed}:${options.timeframe}`,
        barMs,
        ...withinSessions(bars.value, barMs, sessions.value),
        sessions: sessions.value,
        funding: [],
        suspects: [],
      });
    },
    requestCount: () => client.requestCount(),
  };
}

async function fetchSessions(
  client: AlpacaClient,
  start: string,
  end: string,
): Promise<Result<readonly Session[], PriceFailure>> {
  const what = `calendar from ${start} to ${end}`;
  const answer = checked(Calendar, await client.get('base', '/v2/calendar', { start, end }, what), what);
  if (!answer.ok) {
    // The calendar has no symbol: whatever the words of a refusal, they cannot be about one.
    const { kind, message } = answer.error;
    return err({ kind: kind === 'unknown_symbol' ? 'malformed' : kind, message });
  }
  const sessions: Session[] = [];
  for (const { date, open, close } of answer.value) {
    const day = dayFromDate(date);
    const [openMinute, closeMinute] = [minuteFromTime(open), minuteFromTime(close)];
    if (day === null || openMinute === null || closeMinute === null || openMinute >= closeMinute) {
      return err(malformed(what, `${date} ${open} ${close}; expected YYYY-MM-DD HH:MM HH:MM`));
    }
    const session = newYorkSession(day, openMinute, closeMinute);
    if (session.openMs < (sessions.at(-1)?.closeMs ?? 0)) {
      return err(malformed(what, `${date} is out of order; expected each trading day once, sorted`));
    }
    sessions.push(session);
  }
  return ok(sessions);
}

async function fetchPages(
  client: AlpacaClient,
  { symbol }: PriceRequest,
  range: BarRange,
  { timeframe, feed }: { readonly timeframe: string; readonly feed: string },
): Promise<Result<SentBar[], PriceFailure>> {
  const what = `bars of ${symbol}`;
  const { firstMs, lastMs } = openRange(range);
  const bars: SentBar[] = [];
  if (lastMs < firstMs) return ok(bars);
  const path = `/v2/stocks/${encodeURIComponent(symbol.trim().toUpperCase())}/bars`;
  const query = {
    timeframe,
    start: isoFromMs(firstMs),
    end: isoFromMs(lastMs),
    adjustment: 'split',
    feed,
    limit: String(PAGE_BARS),
  };
  let token: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const asked: Record<string, string> = token === null ? query : { ...query, page_token: token };
    const answer = checked(BarsPage, await client.get('data', path, asked, what), what);
    if (!answer.ok) return answer;
    for (const { t, o, h, l, c } of answer.value.bars ?? []) {
      const openAt = parseInstant(t);
      if (!openAt.ok) return err(malformed(what, `t ${openAt.error}`));
      bars.push({ openAtMs: openAt.value, prices: [o, h, l, c] });
    }
    token = answer.value.next_page_token ?? null;
    if (token === null || token === '') return ok(bars);
  }
  const message = `Alpaca, ${what}: more than ${PAGES_MAX} pages; ask for a shorter range or a longer timeframe`;
  return err({ kind: 'unreachable', message });
}

function checked<S extends TSchema>(schema: S, answer: Result<unknown, PriceFailure>, what: string) {
  if (!answer.ok) return answer;
  const valid = validate(schema, answer.value);
  if (valid.ok) return valid;
  return err(malformed(what, valid.error.slice(0, 1).map(problemText).join('')));
}

function withinSessions(
  bars: Pick<BarSeries, 'closeAtMs' | 'close'>,
  barMs: number,
  sessions: readonly Session[],
): Pick<BarSeries, 'closeAtMs' | 'close'> {
  const openAtMs = bars.closeAtMs.map((ms) => ms - barMs);
  const kept = barsInSessions(openAtMs, barMs, sessions);
  return {
    closeAtMs: Float64Array.from(kept, (position) => bars.closeAtMs[position] ?? Number.NaN),
    close: Float64Array.from(kept, (position) => bars.close[position] ?? Number.NaN),
  };
}

function malformed(what: string, found: string): PriceFailure {
  return { kind: 'malformed', message: `Alpaca, ${what}: ${found}` };
}
