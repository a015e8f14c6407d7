// The modelled exchange as a venue in the same process: an account for paper trading, without a network and with its own latency.

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
  QueryResult,
  Rejected,
  SubmitResult,
  Unknown,
  VenueAccount,
  VenueNotice,
  VenuePosition,
  VenueQuote,
} from '../../../domain/venue.ts';
import type { Timers, Venue } from '../../../ports.ts';
import {
  balance,
  cancelOrder,
  drainFrames,
  income,
  openOrders,
  ordersTradedSince,
  positions,
  queryOrder,
  submitOrder,
} from './model/exchange.ts';
import type { OrderRef } from './model/reads.ts';
import { accountOf, advanceTo, type Exchange, type Frame } from './model/state.ts';

interface PaperVenueDeps {
  readonly model: Exchange;
  /** Open already. */
  readonly accountId: string;
  readonly timers: Timers;
  /** How long a request takes there and back; a frame takes the way back. Whole; default 0: a question is answered in a microtask. */
  readonly latencyMs?: number;
  /** Default `USDT`. */
  readonly marginAsset?: string;
  /** Dead man's switches by account, which outlive a venue that is closed: given to every venue of one model. Default: its own. */
  readonly cancelAllTimers?: Map<string, () => void>;
  /**
   * Makes durable what the account is by now; called before anybody hears of a change. Where it fails, nothing is answered and the stream
   * is down until it works. Default: nothing is kept.
   */
  readonly save?: () => Result<void, string>;
}

export interface PaperVenue extends Venue {
  /** Tells the listener what has happened since the last call. To be called by whoever moves prices, after moving them. */
  moved(): void;
}

/** Opens a venue over the model. It keeps nothing of its own: a second one over the same account sees the same. */
export function paperVenue(deps: PaperVenueDeps): PaperVenue {
  return new InProcessVenue(deps);
}

const CANCEL_ALL_MIN_S = 10;
const CANCEL_ALL_MAX_S = 120;

/** What is answered without the exchange: to a request that did not arrive, and to one whose answer did not. */
const DID_NOT_LEAVE: Rejected = { kind: 'REJECT', code: 'BUSY', text: 'the paper venue is closed' };
const NOT_SENT: Unknown = { kind: 'UNKNOWN', cause: 'NOT_SENT' };
const LOST: Unknown = { kind: 'UNKNOWN', cause: 'CONNECTION' };

class InProcessVenue implements PaperVenue {
  readonly instruments: readonly Instrument[];
  readonly account: VenueAccount;
  private readonly model: Exchange;
  private readonly accountId: string;
  private readonly timers: Timers;
  private readonly thereMs: number;
  private readonly backMs: number;
  private readonly cancelAllTimers: Map<string, () => void>;
  private readonly save: () => Result<void, string>;
  /** Why what changed could not be saved; `null` where everything is. */
  private unsaved: string | null = null;
  /** How to give up each message that is on its way. */
  private readonly underway = new Set<() => void>();
  private listen: ((notice: VenueNotice) => void) | null = null;
  private readonly untold: VenueNotice[] = [];
  private isTelling = false;
  private isClosed = false;

  constructor(deps: PaperVenueDeps) {
    const { model, accountId, timers, latencyMs = 0, marginAsset = 'USDT' } = deps;
    assert(Number.isSafeInteger(latencyMs) && latencyMs >= 0, () => `${latencyMs} is no latency`);
    const { positionMode } = accountOf(model, accountId);
    this.model = model;
    this.accountId = accountId;
    this.timers = timers;
    this.thereMs = Math.ceil(latencyMs / 2);
    this.backMs = latencyMs - this.thereMs;
    this.cancelAllTimers = deps.cancelAllTimers ?? new Map();
    this.save = deps.save ?? (() => ok(undefined));
    this.instruments = model.config.instruments;
    this.account = { positionMode, marginAsset };
  }

  submit(order: OrderRequest): Promise<SubmitResult> {
    const signedAtMs = this.timers.nowMs();
    const send = (nowMs: EpochMs): SubmitResult =>
      submitOrder(this.model, this.accountId, order, signedAtMs, nowMs);
    return this.ask<SubmitResult>(send, DID_NOT_LEAVE, LOST);
  }

  cancel(order: OrderName): Promise<CancelResult> {
    const send = (nowMs: EpochMs): CancelResult =>
      cancelOrder(this.model, this.accountId, refOf(order), nowMs);
    return this.ask<CancelResult>(send, DID_NOT_LEAVE, LOST);
  }

  query(order: OrderName): Promise<QueryResult> {
    return this.ask<QueryResult>(
      (nowMs) => queryOrder(this.model, this.accountId, refOf(order), nowMs),
      NOT_SENT,
      LOST,
    );
  }

  openOrders(): Promise<Known<OrderReport>> {
    return this.rows((nowMs) => openOrders(this.model, this.accountId, nowMs));
  }

  positions(): Promise<Known<VenuePosition>> {
    return this.rows((nowMs) => positions(this.model, this.accountId, nowMs));
  }

  ordersTradedSince(sinceMs: EpochMs): Promise<Known<OrderReport>> {
    return this.rows((nowMs) => ordersTradedSince(this.model, this.accountId, sinceMs, nowMs));
  }

  income(sinceMs: EpochMs): Promise<Known<IncomeRow>> {
    return this.rows((nowMs) => income(this.model, this.accountId, sinceMs, nowMs));
  }

  balance(): Promise<Known<BalanceReport>> {
    return this.rows((nowMs) => [balance(this.model, this.accountId, nowMs)]);
  }

  quote(symbol: string): Promise<Known<VenueQuote>> {
    return this.ask<Known<VenueQuote>>((venueAtMs) => this.quoteOf(symbol, venueAtMs), NOT_SENT, LOST);
  }

  private quoteOf(name: string, venueAtMs: EpochMs): Known<VenueQuote> {
    const market = this.model.markets.get(name);
    if (market === undefined || market.quote === null) return { kind: 'UNKNOWN', cause: 'SERVER' };
    const { bid, ask, mark } = market.quote;
    return { kind: 'KNOWN', rows: [{ symbol: market.instrument.symbol, bid, ask, mark, venueAtMs }] };
  }

  /** The stream is up from the first notice on, which comes before this returns. */
  follow(listen: (notice: VenueNotice) => void): () => Promise<void> {
    assert(this.listen === null, 'the stream has a listener already');
    assert(!this.isClosed, 'the paper venue is closed');
    this.savedFrames();
    this.listen = listen;
    const { unsaved } = this;
    this.tell(listen, [{ kind: 'stream', isUp: unsaved === null, why: unsaved ?? 'in process' }]);
    return () => {
      if (this.listen === listen) this.listen = null;
      return Promise.resolve();
    };
  }

  moved(): void {
    const frames = this.savedFrames();
    if (frames !== null) this.push(frames);
  }

  /** Takes what is to be told once it is saved; `null` where it could not be, so that it is not to be told yet. */
  private savedFrames(): readonly Frame[] | null {
    const isChanged = accountOf(this.model, this.accountId).frames.length > 0;
    if (!isChanged && this.unsaved === null) return [];
    const saved = this.save();
    const before = this.unsaved;
    this.unsaved = saved.ok ? null : saved.error;
    const { unsaved, listen } = this;
    if (listen !== null && (before === null) !== (unsaved === null))
      this.tell(listen, [{ kind: 'stream', isUp: unsaved === null, why: unsaved ?? 'saved again' }]);
    return unsaved === null ? drainFrames(this.model, this.accountId) : null;
  }

  private push(frames: readonly Frame[]): void {
    const { listen } = this;
    if (frames.length === 0 || listen === null) return;
    const notices = frames.map(noticeOf);
    if (this.backMs === 0) this.tell(listen, notices);
    else this.travel(this.backMs, () => this.tell(listen, notices));
  }

  /** In the order of the notices, even where the listener makes something happen. */
  private tell(listen: (notice: VenueNotice) => void, notices: readonly VenueNotice[]): void {
    if (this.listen !== listen) return;
    this.untold.push(...notices);
    if (this.isTelling) return;
    this.isTelling = true;
    try {
      for (let next = this.untold.shift(); next !== undefined; next = this.untold.shift())
        this.listen?.(next);
    } finally {
      this.isTelling = false;
    }
  }

  /** A venue's switch, not the client's: it goes off although the client is gone. */
  cancelAllAfter(seconds: number | null): Promise<Result<void, string>> {
    if (seconds !== null && !(seconds >= CANCEL_ALL_MIN_S && seconds <= CANCEL_ALL_MAX_S))
      return Promise.resolve(
        err(`a dead man's switch takes ${CANCEL_ALL_MIN_S} to ${CANCEL_ALL_MAX_S} seconds`),
      );
    const failure = (what: string): Result<void, string> =>
      err(`the dead man's switch ${what}, since the paper venue is closed`);
    const send = (): Result<void, string> => {
      this.arm(seconds);
      return ok(undefined);
    };
    return this.ask<Result<void, string>>(send, failure('was not set'), failure('may have been set'));
  }

  private arm(seconds: number | null): void {
    const { cancelAllTimers, accountId, timers } = this;
    cancelAllTimers.get(accountId)?.();
    cancelAllTimers.delete(accountId);
    if (seconds === null) return;
    const callOff = timers.after(seconds * 1_000, () => {
      cancelAllTimers.delete(accountId);
      this.cancelAll();
    });
    cancelAllTimers.set(accountId, callOff);
  }

  private cancelAll(): void {
    const { model, accountId } = this;
    const nowMs = this.present();
    for (const { venueOrderId } of openOrders(model, accountId, nowMs))
      cancelOrder(model, accountId, { venueOrderId }, nowMs);
    this.moved();
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.listen = null;
    for (const giveUp of [...this.underway]) giveUp();
    return Promise.resolve();
  }

  private rows<T>(read: (nowMs: EpochMs) => readonly T[]): Promise<Known<T>> {
    return this.ask<Known<T>>((nowMs) => ({ kind: 'KNOWN', rows: read(nowMs) }), NOT_SENT, LOST);
  }

  /**
   * Goes to the exchange and back.
   *
   * @param unsent the answer where the request did not arrive
   * @param lost the answer where that of the exchange did not
   */
  private ask<T>(carryOut: (nowMs: EpochMs) => T, unsent: T, lost: T): Promise<T> {
    return new Promise((resolve) => {
      const arrive = (): void => {
        const answer = carryOut(this.present());
        const frames = this.savedFrames();
        // On its way before the listener hears of anything, since the listener may close the venue.
        this.travel(
          this.backMs,
          () => resolve(frames === null ? lost : answer),
          () => resolve(lost),
        );
        if (frames !== null) this.push(frames);
      };
      this.travel(this.thereMs, arrive, () => resolve(unsent));
    });
  }

  /** Lets a message arrive later, or never where the venue is closed before. */
  private travel(ms: number, arrive: () => void, giveUp: () => void = () => undefined): void {
    if (this.isClosed) {
      giveUp();
      return;
    }
    const gone = (): void => {
      this.underway.delete(gone);
      callOff();
      giveUp();
    };
    const callOff = later(this.timers, ms, () => {
      this.underway.delete(gone);
      arrive();
    });
    this.underway.add(gone);
  }

  private present(): EpochMs {
    return advanceTo(this.model, Math.max(this.model.nowMs, this.timers.nowMs()));
  }
}

function later(timers: Timers, ms: number, run: () => void): () => void {
  if (ms > 0) return timers.after(ms, run);
  let isOff = false;
  queueMicrotask(() => {
    if (!isOff) run();
  });
  return () => {
    isOff = true;
  };
}

function refOf({ venueOrderId, clientOrderId }: OrderName): OrderRef {
  return venueOrderId === null ? { clientOrderId } : { venueOrderId };
}

function noticeOf(frame: Frame): VenueNotice {
  return frame.kind === 'order'
    ? { kind: 'order', report: frame.report }
    : { kind: 'balance', report: frame.report };
}
