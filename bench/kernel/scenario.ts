// A day at the venue as events for a kernel, from a seed: every second one a price, the others trades from the intent to flat. It is asked
// for one event at a time, and hears what the kernel does with it, since the ids of orders are the kernel's.

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { IntentId, RunId, StrategyClass, SymbolName } from '../../src/domain/ids.ts';
import { type Instrument, stepOf } from '../../src/domain/instrument.ts';
import { money } from '../../src/domain/money.ts';
import type { EpochMs, Lots, Ppm, PriceTicks } from '../../src/domain/steps.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../../src/kernel/config.ts';
import type { Effect, FetchEffect, PublishEffect } from '../../src/kernel/effect.ts';
import type { IntentEvent, KernelEvent } from '../../src/kernel/event.ts';
import { ScriptedVenue, storyOf } from './scripted-venue.ts';

export interface ScenarioShape {
  /** Slots that trade all the time. */
  readonly busySlots: number;
  /** Slots beside them whose one quote rests for ever. */
  readonly restingSlots: number;
  /** A multiple of the busy slots; each of the resting ones has another one to itself. */
  readonly symbols: number;
  /** How many final orders the kernel remembers. */
  readonly terminalOrders: number;
  /** Virtual time between two events. */
  readonly everyMs: number;
  readonly seed: number;
}

const CHAMPION = 'champion' as StrategyClass;
const START_MS = 1_780_000_000_000;
const DAY_MS = 86_400_000;
const WALLET = money(1_000_000_000_000_000n);

/**
 * Limits that such a pace passes: nobody trades four times a second with the limits of a person. Quotes that rest for ever do not expire
 * and are not asked about in the shape that has them.
 */
export function scenarioConfig(shape: ScenarioShape): KernelConfig {
  const { limits, router, doubt, bounds } = KERNEL_DEFAULTS;
  const rests = shape.restingSlots > 0;
  return {
    ...KERNEL_DEFAULTS,
    instance: 'bench',
    maxSlots: shape.busySlots + shape.restingSlots,
    instruments: Array.from({ length: shape.symbols + shape.restingSlots }, (_, index) => instrument(index)),
    limits: {
      ...limits,
      maxPositionNotional: WALLET,
      maxDailyLoss: WALLET,
      maxEntriesPerMinute: 1_000,
      staleMarkMs: 60_000,
      hotWindowMs: 0,
    },
    router: { ...router, style: 'maker', entryTtlMs: rests ? 100 * DAY_MS : router.entryTtlMs },
    doubt: { ...doubt, restingQueryMs: rests ? 100 * DAY_MS : doubt.restingQueryMs },
    bounds: { ...bounds, terminalOrders: shape.terminalOrders },
  };
}

/** Two kinds in turn: ticks of 0.1 and lots of 0.001, and ticks of 0.0001 and whole lots. */
function instrument(index: number): Instrument {
  const isFine = index % 2 === 0;
  return {
    symbol: `C${String(index).padStart(3, '0')}-USDT` as SymbolName,
    tick: stepOf(isFine ? '0.1' : '0.0001'),
    lot: stepOf(isFine ? '0.001' : '1'),
    minLots: 1 as Lots,
    minNotional: money(200_000_000n),
    makerFeePpm: 200 as Ppm,
    takerFeePpm: 500 as Ppm,
    maxLeverage: 125,
  };
}

/** A slot whose entry is refused would do nothing for the rest of the day, and the mix would be another one. */
function notBlocked({ publication }: PublishEffect): void {
  if (publication.topic === 'router' && publication.event === 'requote_blocked')
    throw new Error(`the kernel blocks an entry of the scenario: ${publication.reason}`);
}

/** A slot that trades: how many trades it has begun, and whether an order that it asked for is still to come. */
interface Busy {
  readonly slot: number;
  trades: number;
  isAsking: boolean;
}

export class Scenario {
  readonly config: KernelConfig;
  readonly venue: ScriptedVenue;
  private readonly shape: ScenarioShape;
  private readonly random: () => number;
  private readonly busy: Busy[];
  private readonly prices: number[];
  private readonly answers: KernelEvent[];
  private nowMs = START_MS;
  private wakeAtMs: number | null = null;
  private turn = 0;
  private marks = 0;
  private intents = 0;
  private resting = 0;
  private lastSlot = -1;
  private isClosing = false;

  constructor(shape: ScenarioShape) {
    this.shape = shape;
    this.config = scenarioConfig(shape);
    const source = xoroshiro128plus(shape.seed);
    this.random = () => uniformFloat64(source);
    this.venue = new ScriptedVenue(this.config.instruments, WALLET, this.random);
    this.busy = Array.from({ length: shape.busySlots }, (_, slot) => ({ slot, trades: 0, isAsking: false }));
    this.prices = this.config.instruments.map(() => 10_000 + Math.floor(this.random() * 1_000));
    this.answers = this.beginning();
  }

  /** The next event; {@link heard} has to be told what came of the one before. */
  next(): KernelEvent {
    this.nowMs += this.shape.everyMs;
    this.turn += 1;
    if (this.turn % 2 === 0) return this.mark();
    if (this.wakeAtMs !== null && this.wakeAtMs <= this.nowMs) {
      this.wakeAtMs = null;
      return { kind: 'WAKE', atMs: this.now };
    }
    const answer = this.answers.shift();
    if (answer !== undefined) return { ...answer, atMs: this.now };
    const rest = this.restingEntry();
    return rest ?? this.oneOfBusy() ?? this.mark();
  }

  heard(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'WAKE_AT') this.wakeAtMs = effect.atMs;
      else if (effect.kind === 'FETCH') this.answers.push(this.pictureOf(effect));
      else if (effect.kind === 'SUBMIT') this.submitted(effect);
      else if (effect.kind === 'CANCEL')
        this.answers.push(this.venue.cancel(effect.symbol, effect.clientOrderId, this.now));
      else if (effect.kind === 'QUERY')
        this.answers.push(this.venue.query(effect.symbol, effect.clientOrderId, this.now));
      else if (effect.kind === 'PUBLISH') notBlocked(effect);
    }
  }

  /** No more entries: what is open is closed. */
  close(): void {
    this.isClosing = true;
  }

  /** Whether everything that was begun has come to its end. */
  get isOver(): boolean {
    const isBusy = this.busy.some(
      (busy) => busy.isAsking || this.venue.isOpen(this.symbolAt(this.indexOf(busy))),
    );
    return this.isClosing && this.answers.length === 0 && !isBusy;
  }

  private get now(): EpochMs {
    return this.nowMs as EpochMs;
  }

  private beginning(): KernelEvent[] {
    const atMs = this.now;
    const permissions = [{ strategyClass: CHAMPION, isEnabled: true, sizePpm: 1_000_000 as Ppm }];
    return [
      { kind: 'START', atMs, runId: 'bench-1' as RunId },
      { kind: 'ACCOUNT', atMs, positionMode: 'one_way' },
      { kind: 'STREAM', atMs, isUp: true },
      { kind: 'PERMISSIONS', atMs, version: 'v1', permissions },
      ...this.config.instruments.map((_, index) => this.markOf(index)),
    ];
  }

  private mark(): KernelEvent {
    const { symbols } = this.shape;
    this.marks = (this.marks + 1) % symbols;
    const price = this.prices[this.marks] ?? 10_000;
    const moved = price + Math.round((this.random() - 0.5) * 20);
    this.prices[this.marks] = Math.min(20_000, Math.max(5_000, moved));
    return this.markOf(this.marks);
  }

  private markOf(index: number): KernelEvent {
    const price = this.prices[index] ?? 10_000;
    return {
      kind: 'MARK',
      atMs: this.now,
      symbol: this.symbolAt(index),
      bid: price as PriceTicks,
      ask: (price + 1) as PriceTicks,
      mark: price as PriceTicks,
      quotedAtMs: this.now,
    };
  }

  private symbolAt(index: number): SymbolName {
    return this.config.instruments[index]?.symbol ?? ('' as SymbolName);
  }

  private pictureOf({ part, requestId }: FetchEffect): KernelEvent {
    return this.venue.picture(part, requestId, this.now);
  }

  private submitted(effect: Extract<Effect, { readonly kind: 'SUBMIT' }>): void {
    const index = this.config.instruments.findIndex(({ symbol }) => symbol === effect.order.symbol);
    const rests = index >= this.shape.symbols;
    const busy = rests ? undefined : this.busy[index % this.shape.busySlots];
    if (busy !== undefined) busy.isAsking = false;
    const price = effect.order.limit ?? this.prices[index] ?? 10_000;
    this.venue.submit(effect.order, price as PriceTicks, rests ? 'rest' : storyOf(busy?.trades ?? 0));
    const answer = rests ? this.venue.tell(effect.order.symbol, this.now) : null;
    if (answer !== null && answer !== 'cancel') this.answers.push(answer);
  }

  private restingEntry(): KernelEvent | null {
    const { busySlots, restingSlots, symbols } = this.shape;
    if (this.resting >= restingSlots) return null;
    const index = this.resting;
    this.resting += 1;
    // Its price was last heard of at the beginning, which may be too long ago by now.
    this.answers.push(this.intent('ENTER', busySlots + index, symbols + index));
    return this.markOf(symbols + index);
  }

  /** The next slot in turn that has something to say. */
  private oneOfBusy(): KernelEvent | null {
    for (let tried = 0; tried < this.busy.length; tried += 1) {
      this.lastSlot = (this.lastSlot + 1) % this.busy.length;
      const busy = this.busy[this.lastSlot];
      const event = busy === undefined ? null : this.ofBusy(busy);
      if (event !== null) return event;
    }
    return null;
  }

  private ofBusy(busy: Busy): KernelEvent | null {
    if (busy.isAsking) return null;
    const index = this.indexOf(busy);
    const symbol = this.symbolAt(index);
    const told = this.venue.tell(symbol, this.now);
    if (told === 'cancel') return this.intent('CANCEL', busy.slot, index);
    if (told !== null) return told;
    if (this.isClosing && !this.venue.holds(symbol)) return null;
    busy.isAsking = true;
    if (this.venue.holds(symbol)) return this.intent('EXIT', busy.slot, index);
    busy.trades += 1;
    return this.intent('ENTER', busy.slot, this.indexOf(busy));
  }

  /** Which symbol a slot trades: another one for each trade. */
  private indexOf({ slot, trades }: Busy): number {
    const { busySlots, symbols } = this.shape;
    return (slot + busySlots * trades) % symbols;
  }

  private intent(action: 'ENTER' | 'EXIT' | 'CANCEL', slot: number, index: number): IntentEvent {
    this.intents += 1;
    const isFine = index % 2 === 0;
    const lots = 20 + Math.floor(this.random() * 80);
    return {
      kind: 'INTENT',
      atMs: this.now,
      intentId: `intent-${this.intents}` as IntentId,
      action,
      slot,
      tradeId: null,
      symbol: this.symbolAt(index),
      side: this.random() < 0.5 ? 'LONG' : 'SHORT',
      strategyClass: CHAMPION,
      decidedAtMs: this.now,
      referencePrice: (this.prices[index] ?? 10_000) * (isFine ? 0.1 : 0.0001),
      size: action === 'ENTER' ? lots * (isFine ? 0.001 : 1) : null,
      leverage: 2,
      exitLegRatios: [],
      isUrgent: false,
      reason: 'bench',
    };
  }
}
