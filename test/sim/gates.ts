// The judge's own books for the gates of an entry: what was asked for, what was shown, and what was sent, from events and effects alone.

import type { IntentId, StrategyClass, SymbolName, TradeId } from '../../src/domain/ids.ts';
import { type Instrument, quoteOf } from '../../src/domain/instrument.ts';
import type { PriceTicks } from '../../src/domain/steps.ts';
import type { BalanceReport, OrderRequest } from '../../src/domain/venue.ts';
import type { KernelConfig } from '../../src/kernel/config.ts';
import type { Effect } from '../../src/kernel/effect.ts';
import type { BalanceEvent, IntentEvent, KernelEvent, MarkEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { KernelState, Trade } from '../../src/kernel/state.ts';
import { type Problem, sumOf } from './invariants.ts';

/** What an entry may be at most, as the policy and the permissions of that moment say. */
interface Wanted {
  readonly lots: number;
  readonly reference: number;
}

interface Act {
  readonly clientOrderId: string;
  readonly atMs: number;
  readonly beforeMs: number;
}

const MINUTE_MS = 60_000;
const NEVER = Number.NEGATIVE_INFINITY;

export class Gates {
  private readonly config: KernelConfig;
  private readonly shares = new Map<StrategyClass, number>();
  private readonly wanted = new Map<IntentId, Wanted>();
  private readonly abandoned = new Set<TradeId>();
  private readonly firstCosts = new Map<TradeId, bigint>();
  private readonly marks = new Map<SymbolName, MarkEvent>();
  private readonly acts = new Map<SymbolName, Act>();
  private readonly entriesMs: number[] = [];
  private shownMs = NEVER;
  private wallet: bigint | null = null;
  private walletAtMs = NEVER;
  private margin: bigint | null = null;
  private marginAtMs = NEVER;
  private isJournalFull = false;
  private isResidualTooLarge = false;

  constructor(config: KernelConfig) {
    this.config = config;
  }

  /** Takes what came in, after the kernel did. */
  hear(event: KernelEvent, { isAccepted, code }: Outcome, state: KernelState): Problem | null {
    if (event.kind === 'MARK') return isAccepted ? this.hearMark(event) : null;
    if (event.kind === 'INTENT' && isAccepted) this.hearIntent(event, state);
    if (event.kind === 'PERMISSIONS' && isAccepted && event.permissions !== null) {
      this.shares.clear();
      for (const { strategyClass, sizePpm } of event.permissions) this.shares.set(strategyClass, sizePpm);
    }
    if (event.kind === 'JOURNAL') this.isJournalFull = event.isFull;
    if (event.kind === 'POSITIONS' && isAccepted && event.result.kind === 'KNOWN')
      this.shownMs = Math.max(this.shownMs, event.askedAtMs);
    if (event.kind === 'SUBMIT_RESULT' && event.result.kind === 'REJECT')
      this.forgetAct(event.clientOrderId, state);
    if (event.kind === 'BALANCE' && code !== 'STALE_PICTURE') return this.hearBalance(event, state);
    return null;
  }

  private hearMark(event: MarkEvent): Problem | null {
    const known = this.marks.get(event.symbol);
    if (known !== undefined && event.quotedAtMs < known.quotedAtMs)
      return { invariant: 'I5', text: `the price of ${event.symbol} went back to an older one` };
    this.marks.set(event.symbol, event);
    return null;
  }

  private hearIntent(event: IntentEvent, state: KernelState): void {
    const trade = state.slots[event.slot]?.trade;
    if (event.action !== 'ENTER') {
      if (event.action !== 'MARK_PRICE' && trade) this.abandoned.add(trade.tradeId);
      return;
    }
    const instrument = trade && this.instrumentOf(trade.symbol);
    if (!instrument || event.size === null || event.referencePrice === null) return;
    const { lot, tick } = instrument;
    const whole = Math.floor(((event.size * 10 ** lot.decimals) / lot.units) * (1 + 1e-9));
    const share = this.shares.get(event.strategyClass) ?? 0;
    this.wanted.set(event.intentId, {
      lots: Math.floor((whole * Math.min(share, 1_000_000)) / 1_000_000),
      reference: Math.round((event.referencePrice * 10 ** tick.decimals) / tick.units),
    });
  }

  /** An older figure changes nothing, and a frame that speaks of margin alone is no wallet. */
  private hearBalance({ requestId, result }: BalanceEvent, { ledger, nowMs }: KernelState): Problem | null {
    const [row] = result.kind === 'KNOWN' ? result.rows : [];
    if (row === undefined || row.venueAtMs > nowMs + this.config.resync.overlapMs) return null;
    this.takeBalance(row, requestId !== null);
    if (ledger.venueWallet !== this.wallet)
      return { invariant: 'I8', text: `E is ${ledger.venueWallet}, the newest wallet ${this.wallet}` };
    if (ledger.availableMargin === this.margin) return null;
    return { invariant: 'I8', text: `${ledger.availableMargin} is free, the venue said ${this.margin}` };
  }

  private takeBalance(
    { wallet, availableMargin, usedMargin, venueAtMs }: BalanceReport,
    isAsked: boolean,
  ): void {
    if (wallet !== null && (wallet > 0n || isAsked) && venueAtMs >= this.walletAtMs) {
      this.wallet = wallet;
      this.walletAtMs = venueAtMs;
    }
    if ((availableMargin === null && usedMargin === null) || venueAtMs < this.marginAtMs) return;
    this.margin = availableMargin ?? this.margin;
    this.marginAtMs = venueAtMs;
  }

  /** An order that was rejected moved nothing. */
  private forgetAct(clientOrderId: string, state: KernelState): void {
    const symbol = state.orders.get(clientOrderId as never)?.symbol;
    const act = symbol === undefined ? undefined : this.acts.get(symbol);
    if (symbol === undefined || act?.clientOrderId !== clientOrderId) return;
    this.acts.set(symbol, { clientOrderId: '', atMs: act.beforeMs, beforeMs: act.beforeMs });
  }

  /** Takes what goes out, after it was judged. */
  take(effect: Effect, nowMs: number): void {
    if (effect.kind !== 'SUBMIT' && effect.kind !== 'CANCEL') return;
    const { symbol, clientOrderId } = effect.kind === 'SUBMIT' ? effect.order : effect;
    const beforeMs = this.acts.get(symbol)?.atMs ?? NEVER;
    this.acts.set(symbol, {
      clientOrderId: effect.kind === 'SUBMIT' ? clientOrderId : '',
      atMs: nowMs,
      beforeMs,
    });
    if (effect.kind === 'SUBMIT' && !effect.order.reduceOnly) this.entriesMs.push(nowMs);
  }

  /** Looks at E − K − explained once an event is over: from then on entries are frozen. */
  settle(state: KernelState): void {
    this.isResidualTooLarge = this.isTooLarge(state);
  }

  private isTooLarge({ ledger }: KernelState): boolean {
    if (this.wallet === null || ledger.seededAtMs === null) return false;
    const { errorFrom, errorSharePpm } = this.config.ledger;
    const residual = this.wallet - ledger.wallet - ledger.explained;
    const size = residual < 0n ? -residual : residual;
    return size >= errorFrom && size * 1_000_000n > this.wallet * BigInt(errorSharePpm + 1);
  }

  /** I5 and I12: each gate again, for an entry that goes out. */
  entryProblem(trade: Trade, request: OrderRequest, state: KernelState): Problem | null {
    const text =
      this.frozenText(trade, state) ??
      this.rateText(state.nowMs) ??
      this.proofText(request, state.nowMs) ??
      this.sizeText(trade, request) ??
      this.moneyText(trade, request, state);
    return text === null ? null : { invariant: 'I5', text: `${request.clientOrderId}: ${text}` };
  }

  private frozenText(trade: Trade, state: KernelState): string | null {
    if (this.isJournalFull) return 'an entry while the journal is full';
    if (this.abandoned.has(trade.tradeId)) return 'an entry that was given up goes on';
    const isFrozen = this.isResidualTooLarge && this.isTooLarge(state);
    return isFrozen ? 'an entry while the wallets differ by too much' : null;
  }

  private rateText(nowMs: number): string | null {
    while ((this.entriesMs[0] ?? nowMs) <= nowMs - MINUTE_MS) this.entriesMs.shift();
    const { maxEntriesPerMinute: most } = this.config.limits;
    return this.entriesMs.length < most ? null : `more than ${most} entries within a minute`;
  }

  private proofText({ symbol }: OrderRequest, nowMs: number): string | null {
    const { proofMaxAgeMs } = this.config.limits;
    if (nowMs - this.shownMs > proofMaxAgeMs) return `the venue was looked at ${nowMs - this.shownMs} ms ago`;
    const actedMs = this.acts.get(symbol)?.atMs ?? NEVER;
    return this.shownMs < actedMs ? 'the venue was not looked at since the last order or cancel' : null;
  }

  private sizeText(trade: Trade, request: OrderRequest): string | null {
    const wanted = trade.entry === null ? undefined : this.wanted.get(trade.entry.intentId);
    const instrument = this.instrumentOf(request.symbol);
    const mark = this.marks.get(request.symbol);
    if (wanted === undefined || instrument === undefined || mark === undefined)
      return 'nobody asked for it, or it has no price';
    if (request.quantity > wanted.lots) return `${request.quantity} lots, ${wanted.lots} were allowed`;
    const price = priceOf(request, mark);
    const { priceBandPpm } = this.config.limits;
    for (const one of [wanted.reference, price])
      if (offPpm(one, mark.mark) > priceBandPpm) return `${one} is far from the mark ${mark.mark}`;
    const cost = quoteOf(instrument, request.quantity, price);
    const first = this.firstCosts.get(trade.tradeId);
    if (first === undefined) {
      this.firstCosts.set(
        trade.tradeId,
        quoteOf(instrument, wanted.lots as never, Math.max(price, wanted.reference) as never),
      );
      return null;
    }
    if (cost > first) return `a retry costs ${cost}, the first ${first}`;
    const { maxChasePpm } = this.config.router;
    return offPpm(price, wanted.reference) > maxChasePpm ? `a retry chases to ${price}` : null;
  }

  private moneyText(trade: Trade, request: OrderRequest, state: KernelState): string | null {
    const instrument = this.instrumentOf(request.symbol);
    const mark = this.marks.get(request.symbol);
    if (instrument === undefined || mark === undefined) return 'it has no price';
    const dearer = Math.max(priceOf(request, mark), mark.mark) as PriceTicks;
    const cost = quoteOf(instrument, request.quantity, dearer);
    const fee = (cost * BigInt(Math.max(0, instrument.takerFeePpm))) / 1_000_000n;
    const needed = cost / BigInt(request.leverage) + fee;
    if (this.margin === null || this.margin < needed) return `it needs ${needed} of ${this.margin} free`;
    const loss = -this.dayResult(trade, state);
    const { maxDailyLoss } = this.config.limits;
    return loss >= maxDailyLoss + 1_000n ? `the day has lost ${loss}` : null;
  }

  /** Of K since the day began, and of all that is open at its marks. */
  private dayResult(own: Trade, { slots, ledger, nowMs }: KernelState): bigint {
    let result: bigint = 0n;
    if (ledger.day === Math.floor(nowMs / 86_400_000)) result += ledger.wallet - ledger.dayStartWallet;
    for (const { trade } of slots) {
      if (trade === null || trade === own) continue;
      const instrument = this.instrumentOf(trade.symbol);
      const mark = this.marks.get(trade.symbol);
      if (instrument === undefined || mark === undefined || sumOf(trade) === 0) continue;
      if (trade.orders.some(({ pricedLots, filledLots }) => pricedLots < filledLots)) return 0n;
      const held = sumOf(trade);
      const worth = quoteOf(instrument, Math.abs(held) as never, mark.mark);
      let cash = trade.adopted.sellQuote - trade.adopted.buyQuote - trade.bookedRealized;
      for (const { side, filledQuote } of trade.orders)
        cash = (cash + (side === 'BUY' ? -filledQuote : filledQuote)) as never;
      result += cash + (held > 0 ? worth : -worth);
    }
    return result;
  }

  private instrumentOf(symbol: SymbolName): Instrument | undefined {
    return this.config.instruments.find((one) => one.symbol === symbol);
  }
}

function priceOf({ limit, side }: OrderRequest, { bid, ask }: MarkEvent): PriceTicks {
  return limit ?? (side === 'BUY' ? ask : bid);
}

function offPpm(price: number, from: number): number {
  return (Math.abs(price - from) * 1_000_000) / from;
}
