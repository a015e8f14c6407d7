// A live market: tickers at short intervals, and the bars of all symbols shortly after they close.

import { isPrice, symbolKey } from '../../domain/market.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { FeedQuote } from '../../domain/scan.ts';
import { type EpochMs, epochMs } from '../../domain/steps.ts';
import type { Feed, Timers } from '../../ports.ts';
import { PAST_BARS_MAX } from './candle-feed.ts';
import { type ClosingBars, closingBars } from './exchange-bars.ts';
import { type FeedRun, startFeed } from './feed-run.ts';
import type { MarketSource, SentQuote } from './market-source.ts';

/** An exchange needs a moment to close a bar. */
const CLOSE_DELAY_MS = 1_500;
/** How often a bar that is not there yet is asked for. */
const MISSING_EVERY_MS = 2_000;
/** A symbol whose bars cannot be had holds up those of the others so long. */
const FAILING_MAX_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const WAIT_MAX_MS = 60_000;

export interface ExchangeFeedOptions {
  /** In words of the configuration, as `bingx`. */
  readonly name: string;
  readonly symbols: readonly string[];
  readonly barMs: number;
  readonly quotesEveryMs: number;
  readonly source: MarketSource;
  readonly timers: Timers;
  /** Uniform in `[0, 1)`, to spread what waits. */
  random(): number;
}

/** What works and what does not: the markets, the bars and the quotes are asked for each in their own time. */
class Health {
  private readonly failures = new Map<string, { readonly count: number; readonly why: string }>();
  private readonly run: FeedRun;
  private readonly name: string;
  private readonly random: () => number;

  constructor(run: FeedRun, name: string, random: () => number) {
    [this.run, this.name, this.random] = [run, name, random];
  }

  works(part: string): void {
    this.failures.delete(part);
    this.tell();
  }

  /** Returns how long to wait before it is tried again: between half and the whole of a time that doubles. */
  fails(part: string, why: string): number {
    const count = (this.failures.get(part)?.count ?? 0) + 1;
    this.failures.set(part, { count, why });
    this.tell();
    return Math.min(WAIT_MAX_MS, FIRST_WAIT_MS * 2 ** Math.min(count, 10)) * (0.5 + 0.5 * this.random());
  }

  private tell(): void {
    const [first] = this.failures.values();
    this.run.setState(first === undefined, first?.why ?? `follows ${this.name}`);
  }
}

/** Tells what is known of the bars before, at most {@link PAST_BARS_MAX}, then quotes and bars as they come. */
export function exchangeFeed(options: ExchangeFeedOptions): Feed {
  return {
    follow: (listen) =>
      startFeed(options.timers, listen, (run) => {
        const health = new Health(run, options.name, options.random);
        void open(run, options, health);
        return () => undefined;
      }),
  };
}

async function open(run: FeedRun, options: ExchangeFeedOptions, health: Health): Promise<void> {
  const { source, barMs, symbols, timers } = options;
  const opened = await source.open();
  if (!run.isOpen()) return;
  if (!opened.ok) {
    run.after('open', health.fails('markets', opened.error), () => void open(run, options, health));
    return;
  }
  health.works('markets');
  const newestMs = Math.floor(timers.nowMs() / barMs) * barMs;
  const closing = closingBars(symbols, barMs, newestMs - (PAST_BARS_MAX - 1) * barMs);
  await askBars(run, options, health, closing);
  if (run.isOpen()) await askQuotes(run, options, health);
}

async function askBars(
  run: FeedRun,
  options: ExchangeFeedOptions,
  health: Health,
  closing: ClosingBars,
  failingSinceMs: number | null = null,
): Promise<void> {
  const { symbols, barMs, source, timers, name } = options;
  const askedAtMs = timers.nowMs();
  const range = { barMs, fromMs: closing.nextMs(), toMs: askedAtMs, askedAtMs };
  const answers = await Promise.all(
    symbols.map(async (symbol) => ({ symbol, sent: await source.bars(symbol, range) })),
  );
  if (!run.isOpen()) return;
  const failures = answers.flatMap(({ sent }) => (sent.ok ? [] : [sent.error]));
  for (const { symbol, sent } of answers)
    for (const problem of sent.ok ? closing.take(symbol, sent.value, askedAtMs) : [])
      run.say({ kind: 'malformed', place: name, problem });
  const [why] = failures;
  const sinceMs = why === undefined ? null : (failingSinceMs ?? askedAtMs);
  // While nobody answers, all of it can be had later; one symbol alone holds up the others for a while only.
  const isWaiting =
    failures.length === symbols.length || (sinceMs !== null && askedAtMs - sinceMs < FAILING_MAX_MS);
  for (const closed of closing.told(askedAtMs, isWaiting)) run.say({ kind: 'candles', closed });
  const again = (): void => void askBars(run, options, health, closing, sinceMs);
  if (why !== undefined) {
    run.after('bars', health.fails('bars', why), again);
    return;
  }
  health.works('bars');
  const dueMs = closing.nextMs() + CLOSE_DELAY_MS;
  run.after('bars', dueMs > timers.nowMs() ? dueMs - timers.nowMs() : MISSING_EVERY_MS, again);
}

async function askQuotes(run: FeedRun, options: ExchangeFeedOptions, health: Health): Promise<void> {
  const { source, timers, quotesEveryMs, name } = options;
  const askedAtMs = timers.nowMs();
  const sent = await source.quotes();
  if (!run.isOpen()) return;
  const again = (): void => void askQuotes(run, options, health);
  if (!sent.ok) {
    run.after('quotes', health.fails('quotes', sent.error), again);
    return;
  }
  health.works('quotes');
  for (const one of sent.value) {
    // As old as the question: what the exchange says of the time is that of a trade.
    const quote = checked(one, epochMs(Math.round(askedAtMs)));
    if (quote.ok) run.say({ kind: 'quote', quote: quote.value });
    else run.say({ kind: 'malformed', place: name, problem: quote.error });
  }
  run.after('quotes', Math.max(1, askedAtMs + quotesEveryMs - timers.nowMs()), again);
}

function checked({ symbol, bid, ask, mark }: SentQuote, quotedAtMs: EpochMs): Result<FeedQuote, string> {
  if (!(isPrice(bid) && isPrice(ask) && isPrice(mark) && bid <= ask)) {
    const found = `bid ${shown(bid)}, ask ${shown(ask)} and mark ${shown(mark)}`;
    return err(`the ticker of ${symbol} has ${found}; expected prices above 0, the bid not above the ask`);
  }
  return ok({ key: symbolKey(symbol), bid, ask, mark, quotedAtMs });
}
