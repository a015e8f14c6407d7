// The judge of a simulated world: it keeps its own books from what went in and what came out, and compares them with the kernel after every event.

import { accountOf, type Exchange, type ModelOrder } from '../../src/adapters/venues/exchange/model/state.ts';
import type { ClientOrderId, SymbolName, TradeId, VenueOrderId } from '../../src/domain/ids.ts';
import type { OrderReport, OrderRequest } from '../../src/domain/venue.ts';
import { encodeState } from '../../src/kernel/codec-state.ts';
import { createKernel } from '../../src/kernel/create.ts';
import { hashText } from '../../src/kernel/digest.ts';
import type { Effect, SubmitEffect } from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { step } from '../../src/kernel/step.ts';
import { checkSubmit } from './admission.ts';
import { Exits } from './exits.ts';
import { Gates } from './gates.ts';
import type { Watcher } from './host.ts';
import { checkEvery, type Problem } from './invariants.ts';
import { LedgerBook } from './ledger-book.ts';
import { toldProblem } from './liveness.ts';
import type { Schedule } from './schedule.ts';
import { OWN_ACCOUNT, type Settings } from './settings.ts';
import type { SimulationOptions } from './simulation.ts';
import { eventLine } from './trace.ts';

/** An invariant that does not hold. */
export class Violation extends Error {
  readonly invariant: string;

  constructor(invariant: string, text: string) {
    super(text);
    this.invariant = invariant;
  }
}

/** An order that was released to the venue. */
interface Sent {
  readonly request: OrderRequest;
  readonly text: string;
  readonly tradeId: TradeId;
  readonly slot: number;
  /** When it left the gateway; `null`: not yet, or never. */
  leftAtMs: number | null;
}

/** What the judge was told by the events themselves. */
export interface Told {
  isStreamUp: boolean;
  command: string;
  readonly enabled: Set<string>;
  hasPermissions: boolean;
  /** Kernel time of the newest price that was taken, and of the newest fill that was. */
  readonly markAtMs: Map<SymbolName, number>;
  readonly fillAtMs: Map<SymbolName, number>;
  published: string;
}

export class Judge implements Watcher {
  readonly sentOrders = new Map<ClientOrderId, Sent>();
  told: Told = nothingTold();
  readonly applied = new Map<ClientOrderId, number>();
  readonly settings: Settings;
  readonly exchange: Exchange;
  ledger = new LedgerBook();
  gates: Gates;
  exits = new Exits();
  lastHash = '';
  /** A person took the residual as it was, so that what it was is not known any more. */
  isResidualAccepted = false;
  hasOverfill = false;
  /** A disk that lied has lost a part of the journal, once or again. */
  hasLost = false;
  private isLosing = false;
  private readonly schedule: Schedule;
  private readonly options: SimulationOptions;
  private readonly requests: number[] = [];
  private readonly frames = new Map<VenueOrderId, string>();
  private walletBefore = 0n;

  constructor(settings: Settings, exchange: Exchange, schedule: Schedule, options: SimulationOptions) {
    this.settings = settings;
    this.gates = new Gates(settings.kernel);
    this.exchange = exchange;
    this.schedule = schedule;
    this.options = options;
  }

  violated(invariant: string, text: string): never {
    throw new Violation(invariant, text);
  }

  lost(): void {
    this.hasLost = true;
    this.isLosing = true;
  }

  truthOf(id: VenueOrderId): ModelOrder | undefined {
    return accountOf(this.exchange, OWN_ACCOUNT).byVenueId.get(id);
  }

  isOwn(clientOrderId: string): boolean {
    return this.sentOrders.has(clientOrderId as ClientOrderId);
  }

  beforeEvent(event: KernelEvent, state: KernelState): void {
    this.walletBefore = state.ledger.wallet;
    this.options.coverage?.before(event, state);
  }

  afterEvent(event: KernelEvent, outcome: Outcome, effects: readonly Effect[], state: KernelState): void {
    this.options.coverage?.after(event, outcome, effects, state);
    this.options.onEvent?.(eventLine(state.seq, this.schedule.nowMs, event, outcome, effects));
    this.hear(event, outcome, state);
    this.take(effects, state);
    this.check(checkEvery(this, event, outcome, state));
    this.checkForeignAndRepeated(event, state);
    if (event.kind === 'MARK') return;
    this.gates.settle(state);
    this.check(this.exits.problem(state, this.schedule.nowMs));
  }

  /** What a process begins with is what its journal replays to, byte by byte. */
  afterStart(events: readonly KernelEvent[], effects: readonly Effect[], state: KernelState): void {
    const replayed = createKernel(this.settings.kernel);
    this.ledger = new LedgerBook();
    this.gates = new Gates(this.settings.kernel);
    this.exits = new Exits();
    const { fillAtMs } = this.told;
    this.told = nothingTold();
    const began = events.findLastIndex(({ kind }) => kind === 'START');
    events.forEach((event, at) => {
      if (at === began) this.options.coverage?.before(event, replayed);
      const { effects: again, outcome } = step(replayed, event);
      this.hear(event, outcome, replayed);
      for (const effect of again) {
        this.check(this.ledger.take(effect));
        if (at !== began) this.gates.take(effect, replayed.nowMs);
        if (effect.kind === 'PUBLISH' && effect.publication.topic === 'kernel_state')
          this.told.published = effect.publication.state;
      }
    });
    if (hashText(replayed) !== hashText(state))
      this.violated(
        'I10',
        `the journal replays to ${hashText(replayed)}, the kernel holds ${hashText(state)}`,
      );
    const start = events[began];
    const outcome: Outcome = { isAccepted: true, code: 'APPLIED', details: '' };
    if (start !== undefined) {
      this.options.coverage?.after(start, outcome, effects, state);
      this.options.onEvent?.(eventLine(state.seq, this.schedule.nowMs, start, outcome, effects));
    }
    for (const [id, { request }] of this.sentOrders) {
      if (state.orders.has(id)) continue;
      if (this.isLosing) this.sentOrders.delete(id);
      else this.violated('I7', `${request.side} order ${id} was sent, and the journal does not know it`);
    }
    if (!this.isLosing) for (const [symbol, atMs] of fillAtMs) this.told.fillAtMs.set(symbol, atMs);
    this.isLosing = false;
    this.told.isStreamUp = false;
    this.applied.clear();
    for (const [id, { filledLots }] of state.orders) this.applied.set(id, filledLots);
    this.take(effects, state, true);
    if (start !== undefined) this.check(checkEvery(this, start, outcome, state));
  }

  /** A request leaves: no budget is exceeded in any window. */
  sent(effect: Effect): void {
    const { nowMs } = this.schedule;
    this.requests.push(nowMs);
    while ((this.requests[0] ?? nowMs) < nowMs - 1_000) this.requests.shift();
    // Ten at once, and five for each second after.
    if (this.requests.length > 15) this.violated('I14', `${this.requests.length} requests within a second`);
    if (effect.kind !== 'SUBMIT') return;
    const sent = this.sentOrders.get(effect.order.clientOrderId);
    if (sent === undefined) this.violated('I7', `${effect.order.clientOrderId} left before it was durable`);
    else sent.leftAtMs = nowMs;
  }

  atTheEnd(events: readonly KernelEvent[], state: KernelState | null): void {
    if (state === null) return;
    const replayed = createKernel(this.settings.kernel);
    const told: string[] = [];
    for (const event of events) {
      for (const effect of step(replayed, event).effects)
        if (effect.kind === 'NOTIFY' && effect.severity === 'critical')
          told.push(`${effect.code}: ${effect.text}`);
    }
    if (hashText(replayed) !== hashText(state) || encodeState(replayed) !== encodeState(state))
      this.violated('I10', 'the journal does not replay to the state that the kernel holds');
    this.lastHash = hashText(state);
    this.check(toldProblem(told, state));
  }

  private check(problem: Problem | null): void {
    if (problem !== null) this.violated(problem.invariant, problem.text);
  }

  private hear(event: KernelEvent, outcome: Outcome, state: KernelState): void {
    this.check(this.gates.hear(event, outcome, state));
    this.exits.hear(event, outcome.isAccepted, state, this.schedule.nowMs);
    const { told } = this;
    const { isAccepted } = outcome;
    if (event.kind === 'STREAM') told.isStreamUp = event.isUp;
    if (event.kind === 'MARK' && isAccepted) told.markAtMs.set(event.symbol, state.nowMs);
    if (event.kind === 'COMMAND' && isAccepted && event.command !== 'RESOLVE') told.command = event.command;
    if (event.kind === 'COMMAND' && event.command === 'RESOLVE' && event.slot === null)
      this.isResidualAccepted = true;
    if (event.kind === 'PERMISSIONS' && isAccepted && event.permissions !== null) {
      told.enabled.clear();
      for (const one of event.permissions)
        if (one.isEnabled && one.sizePpm > 0) told.enabled.add(one.strategyClass);
    }
    if (event.kind === 'PERMISSIONS') told.hasPermissions = event.permissions !== null;
  }

  private take(effects: readonly Effect[], state: KernelState, isReplayed = false): void {
    for (const effect of effects) {
      if (effect.kind === 'SUBMIT') this.takeSubmit(effect, state);
      this.gates.take(effect, state.nowMs);
      this.exits.take(effect);
      if (effect.kind !== 'PUBLISH') continue;
      if (!isReplayed) this.check(this.ledger.take(effect));
      if (effect.publication.topic === 'kernel_state') this.told.published = effect.publication.state;
    }
    this.check(this.ledger.compare(state));
  }

  private takeSubmit(effect: SubmitEffect, state: KernelState): void {
    const { order } = effect;
    const text = JSON.stringify(order);
    const known = this.sentOrders.get(order.clientOrderId);
    if (known !== undefined && known.text !== text)
      this.violated('I7', `${order.clientOrderId} is used twice: ${known.text} and ${text}`);
    const held = state.orders.get(order.clientOrderId);
    const trade = held === undefined ? undefined : state.trades.get(held.tradeId);
    if (held === undefined || trade === undefined) {
      this.violated('I7', `the kernel does not know ${order.clientOrderId}, which it sends`);
      return;
    }
    this.check(checkSubmit(this, held, trade, order, state));
    this.sentOrders.set(order.clientOrderId, {
      request: order,
      text,
      tradeId: trade.tradeId,
      slot: trade.slot,
      leftAtMs: null,
    });
  }

  /** I9 and the second half of I8, for what the stream brings. */
  private checkForeignAndRepeated(event: KernelEvent, state: KernelState): void {
    if (event.kind !== 'REPORT') return;
    const { report } = event;
    const id = this.truthOf(report.venueOrderId)?.clientOrderId ?? null;
    const isOurs = id !== null && this.sentOrders.has(id);
    const isSame = this.frames.get(report.venueOrderId) === factsOf(report);
    this.frames.set(report.venueOrderId, factsOf(report));
    if (state.ledger.wallet === this.walletBefore) return;
    if (!isOurs) this.violated('I9', `the order ${report.venueOrderId} of somebody else moved K`);
    if (isSame && state.orders.get(id)?.venueOrderId === report.venueOrderId)
      this.violated('I8', `the frame of ${report.venueOrderId} moved K again`);
  }
}

function nothingTold(): Told {
  return {
    isStreamUp: false,
    command: 'RUN',
    enabled: new Set(),
    hasPermissions: false,
    markAtMs: new Map(),
    fillAtMs: new Map(),
    published: '',
  };
}

function factsOf(report: OrderReport): string {
  return `${report.side}/${report.status}/${report.filledLots}/${report.filledQuote}/${report.fee}`;
}
