// An account at BingX as a venue: requests become calls, answers and frames become what is known, and what is not known stays unknown.

import { assert } from '../../../domain/assert.ts';
import type { Instrument } from '../../../domain/instrument.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { EpochMs } from '../../../domain/steps.ts';
import type {
  BalanceReport,
  CancelResult,
  IncomeRow,
  Known,
  OrderName,
  OrderReport,
  OrderRequest,
  Priority,
  QueryResult,
  SubmitResult,
  Unknown,
  VenueAccount,
  VenueNotice,
  VenuePosition,
  VenueQuote,
} from '../../../domain/venue.ts';
import type { Timers, Venue } from '../../../ports.ts';
import type { JsonText } from '../json-text.ts';
import { askedTogether } from './asked-together.ts';
import {
  cancelResultOf,
  type FailedReply,
  queryResultOf,
  rejected,
  submitResultOf,
  unknown,
  unknownOf,
  unsentFor,
} from './bingx-orders.ts';
import type { BingxSetup } from './bingx-setup.ts';
import { balanceFrom, incomeFrom, positionsFrom } from './codec-account.ts';
import { quoteFrom } from './codec-market.ts';
import { orderFrom, orderRowsIn } from './codec-orders.ts';
import type { Read } from './fields.ts';
import { ordersTraded } from './fills-picture.ts';
import { FrameReader } from './frame-reader.ts';
import { LeverageBook, type SymbolLeverage } from './leverage.ts';
import {
  ACT_PATIENCE_MS,
  balanceCall,
  bookTickerCall,
  cancelAllAfterCall,
  cancelCall,
  incomeCall,
  openOrdersCall,
  PAGE_ROWS,
  placeCall,
  positionsCall,
  premiumIndexCall,
  queryCall,
} from './requests.ts';
import type { RestCall, RestClient } from './rest-call.ts';
import { SettledAnswers } from './settled-answers.ts';
import { type CheckedVenue, checkVenue } from './start-checks.ts';
import type { StreamListener, UserStream } from './stream-text.ts';
import { listInSpans } from './time-spans.ts';

export interface BingxVenueConfig {
  readonly setup: BingxSetup;
  readonly rest: RestClient;
  readonly openStream: (listener: StreamListener) => UserStream;
  readonly timers: Timers;
}

/** How the connection does, for a status page. */
export interface BingxHealth {
  /** How far the venue's clock is ahead of ours. */
  readonly clockOffsetMs: number;
  readonly inFlight: number;
  /** Of any kind, pings included. */
  readonly framesReceived: number;
  /** Frames and answers that could not be read. */
  readonly malformed: number;
  /** The last frame that said something. */
  readonly lastFrameAtMs: EpochMs | null;
  readonly isStreamUp: boolean;
  /** Why a question had no answer the last time that one had none. */
  readonly lastProblem: string | null;
}

export interface BingxVenue extends Venue {
  health(): BingxHealth;
  /** The leverage of each instrument, as far as it is known. */
  leverage(): readonly SymbolLeverage[];
}

/**
 * Checks how the account is set up, and returns it ready to be used. Nothing at the venue is changed. The failure is a sentence with the
 * next step; the client is closed then.
 */
export async function openBingxVenue(config: BingxVenueConfig): Promise<Result<BingxVenue, string>> {
  const checked = await checkVenue(config.rest, config.setup, config.timers);
  if (checked.ok) return ok(new OpenVenue(config, checked.value));
  config.rest.close();
  return checked;
}

class OpenVenue implements BingxVenue {
  readonly instruments: readonly Instrument[];
  readonly account: VenueAccount;
  private readonly config: BingxVenueConfig;
  private readonly rest: RestClient;
  private readonly bySymbol: ReadonlyMap<string, Instrument>;
  private readonly leverages: LeverageBook;
  private readonly settled: SettledAnswers;
  private listen: ((notice: VenueNotice) => void) | null = null;
  private stream: UserStream | null = null;
  private receivedBefore = 0;
  private malformed = 0;
  private lastFrameAtMs: EpochMs | null = null;
  private isStreamUp = false;
  private lastProblem: string | null = null;

  constructor(config: BingxVenueConfig, { instruments, account, leverage }: CheckedVenue) {
    this.config = config;
    this.rest = config.rest;
    this.instruments = instruments;
    this.account = account;
    this.bySymbol = new Map(instruments.map((one) => [one.symbol, one]));
    this.leverages = new LeverageBook(config.rest, account.positionMode, () => config.timers.nowMs());
    this.settled = new SettledAnswers(config.rest, () => config.timers.nowMs());
    for (const one of leverage) this.leverages.learn(one);
  }

  /** The venue's present. */
  private nowMs(): EpochMs {
    return (this.config.timers.nowMs() + this.rest.clockOffsetMs()) as EpochMs;
  }

  /** An instant that may be of our clock or of the venue's, as the venue counts it: the earlier of both. */
  private venueTimeOf(atMs: EpochMs): EpochMs {
    return (atMs + Math.min(0, this.rest.clockOffsetMs())) as EpochMs;
  }

  async submit(order: OrderRequest, priority: Priority): Promise<SubmitResult> {
    const instrument = this.bySymbol.get(order.symbol);
    if (instrument === undefined) return rejected('OTHER', `${order.symbol} is not among venue.symbols`);
    const { timers } = this.config;
    const deadlineMs = timers.nowMs() + ACT_PATIENCE_MS;
    // An exit takes the leverage as it is: nothing may stand before it.
    if (!order.reduceOnly) {
      const failed = await this.leverages.ensure(order.symbol, order.side, order.leverage, priority);
      if (failed !== null) return unsentFor(failed);
    }
    const patienceMs = deadlineMs - timers.nowMs();
    // Whoever asked takes it for lost by now, and its price is old.
    if (patienceMs < 0) return rejected('BUSY', 'the order was not sent: setting its leverage took too long');
    const mode = this.account.positionMode;
    const reply = await this.rest.call(placeCall(order, instrument, mode, priority, patienceMs));
    return submitResultOf(order, instrument, reply);
  }

  async cancel(order: OrderName, priority: Priority): Promise<CancelResult> {
    const instrument = this.bySymbol.get(order.symbol);
    if (instrument === undefined) return rejected('OTHER', `${order.symbol} is not among venue.symbols`);
    return cancelResultOf(order, instrument, await this.rest.call(cancelCall(order, priority)));
  }

  async query(order: OrderName, priority: Priority): Promise<QueryResult> {
    const instrument = this.bySymbol.get(order.symbol);
    // Nothing of it was asked, so nothing of it is known.
    if (instrument === undefined) return unknown('NOT_SENT');
    return queryResultOf(order, instrument, await this.rest.call(queryCall(order, priority)));
  }

  openOrders(priority: Priority): Promise<Known<OrderReport>> {
    return this.known(openOrdersCall(priority), (data) => {
      const rows = orderRowsIn(data);
      if (!rows.ok) return rows;
      const reports: OrderReport[] = [];
      for (const row of rows.value) {
        const report = orderFrom(row, this.bySymbol);
        if (!report.ok) return report;
        if (report.value !== null) reports.push(report.value);
      }
      return ok(reports);
    });
  }

  positions(priority: Priority): Promise<Known<VenuePosition>> {
    return this.known(positionsCall(priority), (data) => {
      const positions = positionsFrom(data, this.bySymbol, this.nowMs());
      return positions.ok ? ok(positions.value.rows) : positions;
    });
  }

  balance(priority: Priority): Promise<Known<BalanceReport>> {
    return this.known(balanceCall(priority), (data) => {
      const report = balanceFrom(data, this.account.marginAsset, this.nowMs());
      return report.ok ? ok([report.value]) : report;
    });
  }

  async ordersTradedSince(sinceMs: EpochMs, priority: Priority): Promise<Known<OrderReport>> {
    const rest = this.settled.begin();
    const traded = await askedTogether(this.instruments, (instrument) =>
      ordersTraded({
        rest,
        instrument,
        marginAsset: this.account.marginAsset,
        fromMs: this.venueTimeOf(sinceMs),
        toMs: this.nowMs(),
        priority,
      }),
    );
    if (!traded.ok) {
      if (traded.error.unknown.cause === 'UNREADABLE')
        this.unreadable('orders that traded', traded.error.problem);
      this.lastProblem = traded.error.problem;
      return traded.error.unknown;
    }
    this.settled.end();
    return { kind: 'KNOWN', rows: traded.value.flat() };
  }

  async income(sinceMs: EpochMs, priority: Priority): Promise<Known<IncomeRow>> {
    const listed = await listInSpans<IncomeRow>({
      rest: this.rest,
      fromMs: this.venueTimeOf(sinceMs),
      toMs: this.nowMs(),
      callOf: (span) => incomeCall(span, priority),
      read: (data) => {
        const page = incomeFrom(data, this.account.marginAsset);
        return page.ok
          ? { rows: page.value.lines, isFull: page.value.rows >= PAGE_ROWS }
          : { problem: page.error };
      },
      idOf: ({ kind, transactionId }) => `${kind}/${transactionId}`,
    });
    switch (listed.kind) {
      case 'rows':
        return { kind: 'KNOWN', rows: [...listed.rows].sort((a, b) => a.venueAtMs - b.venueAtMs) };
      case 'failed':
        return this.failed(listed.reply);
      case 'unreadable':
        this.unreadable('income', listed.problem);
        return unknown('UNREADABLE');
    }
  }

  async quote(symbol: string, priority: Priority): Promise<Known<VenueQuote>> {
    const instrument = this.bySymbol.get(symbol);
    if (instrument === undefined) return unknown('NOT_SENT');
    const premium = await this.rest.call(premiumIndexCall(symbol, priority));
    if (premium.kind !== 'data') return this.failed(premium);
    return this.known(bookTickerCall(symbol, priority), (ticker) => {
      const quote = quoteFrom(premium.data, ticker, instrument, this.nowMs());
      return quote.ok ? ok([quote.value]) : quote;
    });
  }

  private async known<T>(call: RestCall, read: (data: JsonText) => Read<readonly T[]>): Promise<Known<T>> {
    const reply = await this.rest.call(call);
    if (reply.kind !== 'data') return this.failed(reply);
    const rows = read(reply.data);
    if (rows.ok) return { kind: 'KNOWN', rows: rows.value };
    this.unreadable(`${call.method} ${call.path}`, rows.error);
    return unknown('UNREADABLE');
  }

  private failed(reply: FailedReply): Unknown {
    this.lastProblem = reply.kind === 'error' ? `${reply.code} ${reply.text}`.trim() : reply.text;
    return unknownOf(reply);
  }

  private unreadable(what: string, problem: string): void {
    this.malformed += 1;
    this.lastProblem = `${what}: ${problem}`;
    this.listen?.({ kind: 'malformed', what, problem });
  }

  follow(listen: (notice: VenueNotice) => void): () => Promise<void> {
    assert(this.listen === null, 'a venue has one listener at a time');
    this.listen = listen;
    const reader = new FrameReader(this.bySymbol, this.account.marginAsset);
    this.stream = this.config.openStream({
      text: (text) => this.take(reader, text),
      up: (why) => this.streamIs(true, why),
      down: (why) => {
        reader.gap();
        this.streamIs(false, why);
      },
      malformed: (what, problem) => this.unreadable(what, problem),
    });
    return () => this.unfollow(listen);
  }

  private streamIs(isUp: boolean, why: string): void {
    this.isStreamUp = isUp;
    this.listen?.({ kind: 'stream', isUp, why });
  }

  private take(reader: FrameReader, text: string): void {
    this.lastFrameAtMs = this.config.timers.nowMs() as EpochMs;
    for (const news of reader.read(text, this.nowMs())) {
      switch (news.kind) {
        case 'order':
        case 'balance':
          this.listen?.(news);
          break;
        case 'leverage': {
          const drift = this.leverages.observe(news);
          if (drift !== null) this.listen?.({ kind: 'leverage_drift', ...drift, symbol: news.symbol });
          break;
        }
        case 'malformed':
          this.unreadable(news.what, news.problem);
          break;
      }
    }
  }

  private async unfollow(listen: (notice: VenueNotice) => void): Promise<void> {
    if (this.listen !== listen) return;
    const { stream } = this;
    this.listen = null;
    this.stream = null;
    this.isStreamUp = false;
    this.receivedBefore += stream?.received() ?? 0;
    await stream?.close();
  }

  async cancelAllAfter(seconds: number | null): Promise<Result<void, string>> {
    if (this.config.setup.account === 'shared')
      return err('the account is shared, and the venue would cancel the orders of others too');
    if (seconds !== null && !(Number.isInteger(seconds) && seconds >= 10 && seconds <= 120))
      return err(`${seconds} s: the venue takes whole seconds from 10 to 120`);
    const reply = await this.rest.call(cancelAllAfterCall(seconds));
    if (reply.kind === 'data') return ok(undefined);
    return err(reply.kind === 'error' ? `the venue refused: ${reply.code} ${reply.text}`.trim() : reply.text);
  }

  health(): BingxHealth {
    return {
      clockOffsetMs: this.rest.clockOffsetMs(),
      inFlight: this.rest.inFlight(),
      framesReceived: this.receivedBefore + (this.stream?.received() ?? 0),
      malformed: this.malformed,
      lastFrameAtMs: this.lastFrameAtMs,
      isStreamUp: this.isStreamUp,
      lastProblem: this.lastProblem,
    };
  }

  leverage(): readonly SymbolLeverage[] {
    return this.instruments.flatMap(({ symbol }) => this.leverages.of(symbol) ?? []);
  }

  async close(): Promise<void> {
    if (this.listen !== null) await this.unfollow(this.listen);
    this.rest.close();
  }
}
