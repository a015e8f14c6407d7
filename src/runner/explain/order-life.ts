// The lives of trades, as the records of a journal tell them one after the other: what happened, what the kernel did, and how orders moved.

import type { ClientOrderId, SymbolName, TradeId } from '../../domain/ids.ts';
import { type Money, moneyText } from '../../domain/money.ts';
import type { Effect } from '../../kernel/effect.ts';
import type { DecisionEvent, IntentEvent, KernelEvent } from '../../kernel/event.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { KernelState, Order, Slot, Trade } from '../../kernel/state.ts';
import { effectWords, eventWords, quantityText } from './event-words.ts';

/** One record that a life has a part in. */
export interface LifeRecord {
  readonly seq: number;
  readonly atMs: number;
  /** What happened. */
  readonly what: string;
  readonly outcome: Outcome;
  /** What the kernel did for it, and how its orders stand since. */
  readonly did: readonly string[];
}

/** A trade from its intent to its end, or an intent that no trade came of. */
export interface Life {
  /** As the journal leaves it; `null`: no trade was begun. */
  readonly trade: Trade | null;
  /** The slot that holds it; `null`: it is over, or there is none. */
  readonly slot: Slot | null;
  readonly records: readonly LifeRecord[];
}

export interface Lives {
  /** Sees every record of a replay, whose state nobody else goes on with. */
  watch(event: KernelEvent, outcome: Outcome, effects: readonly Effect[], state: KernelState): void;
  /** Returns the life that an intent, an order (ours or the venue's id) or a trade belongs to; `null`: there is none. */
  find(id: string): Life | null;
  /** Every id that there is a life of. */
  ids(): readonly string[];
}

/** Decisions that wait for their intent, which comes right behind. */
const DECISIONS_KEPT = 64;

interface OpenLife {
  trade: Trade | null;
  readonly records: LifeRecord[];
}

interface Stood {
  readonly status: Order['status'];
  readonly filledLots: number;
  readonly feeLots: number;
  readonly fee: Money;
}

export function livesOfOrders(): Lives {
  return new Collector();
}

class Collector implements Lives {
  private readonly byId = new Map<string, OpenLife>();
  private readonly stood = new Map<ClientOrderId, Stood>();
  /** Status of each slot at its trade's last record. */
  private readonly slots = new Map<TradeId, string>();
  private readonly decisions = new Map<string, LifeRecord>();
  private state: KernelState | null = null;

  watch(event: KernelEvent, outcome: Outcome, effects: readonly Effect[], state: KernelState): void {
    this.state = state;
    if (event.kind === 'DECISION') this.keepDecision(event, outcome, state);
    if (event.kind === 'MARK' || event.kind === 'DECISION') return;
    const named = this.namedBy(event, outcome, state);
    const lives = new Set(named);
    for (const effect of effects) {
      const life = this.ofEffect(effect, state);
      if (life !== null) lives.add(life);
    }
    const moved = new Map<OpenLife, string[]>();
    for (const slot of state.slots) if (slot.trade !== null) this.compare(slot, slot.trade, state, moved);
    for (const life of [...lives])
      if (life.trade?.isClosed === true) this.compare(null, life.trade, state, moved);
    for (const life of moved.keys()) lives.add(life);
    const { seq, nowMs } = state;
    const what = lives.size === 0 ? '' : eventWords(event, state);
    for (const life of lives) {
      const isAlone = lives.size === 1;
      const mine = effects.filter((effect) => this.isOf(effect, life, isAlone, named.includes(life), state));
      const did = [...mine.flatMap((effect) => effectWords(effect, state) ?? []), ...(moved.get(life) ?? [])];
      life.records.push({ seq, atMs: nowMs, what, outcome, did });
    }
  }

  find(id: string): Life | null {
    const life = this.byId.get(id);
    if (life === undefined) return null;
    const { trade, records } = life;
    const slot = this.state?.slots.find((each) => trade !== null && each.trade === trade) ?? null;
    return { trade, slot, records };
  }

  ids(): readonly string[] {
    return [...this.byId.keys()];
  }

  private keepDecision(event: DecisionEvent, outcome: Outcome, state: KernelState): void {
    const { seq, nowMs } = state;
    const facts = event.facts === '' || event.facts === '{}' ? [] : [`from ${event.facts}`];
    this.decisions.set(event.decisionId, {
      seq,
      atMs: nowMs,
      what: eventWords(event, state),
      outcome,
      did: facts,
    });
    const [oldest] = this.decisions.keys();
    if (this.decisions.size > DECISIONS_KEPT && oldest !== undefined) this.decisions.delete(oldest);
  }

  /** The lives that an event itself is about. */
  private namedBy(event: KernelEvent, outcome: Outcome, state: KernelState): OpenLife[] {
    switch (event.kind) {
      case 'INTENT':
        return this.ofIntent(event, outcome, state);
      case 'SUBMIT_RESULT':
      case 'CANCEL_RESULT':
      case 'QUERY_RESULT':
        return this.ofOrder(event.clientOrderId, state);
      case 'REPORT': {
        const { clientOrderId, venueOrderId } = event.report;
        const known = state.byVenueId.get(venueOrderId) ?? clientOrderId;
        const own = known === null ? [] : this.ofOrder(known, state);
        const life = own.length > 0 ? undefined : this.byId.get(venueOrderId);
        return life === undefined ? own : [life];
      }
      default:
        return [];
    }
  }

  private ofIntent(event: IntentEvent, outcome: Outcome, state: KernelState): OpenLife[] {
    const { intentId, action, slot, tradeId } = event;
    if (action === 'MARK_PRICE' || outcome.code === 'DUPLICATE_EVENT') return [];
    const held = state.slots[slot]?.trade ?? null;
    const isBegun = action === 'ENTER' && outcome.isAccepted && held !== null;
    const known = tradeId ?? (action === 'ENTER' ? null : (held?.tradeId ?? null));
    const life = isBegun
      ? this.ofTrade(held)
      : ((known === null ? undefined : this.byId.get(known)) ?? { trade: null, records: [] });
    if (intentId !== '' && !this.byId.has(intentId)) this.byId.set(intentId, life);
    const decision = this.decisions.get(intentId);
    if (decision !== undefined) life.records.push(decision);
    this.decisions.delete(intentId);
    return [life];
  }

  private ofOrder(id: ClientOrderId, state: KernelState): OpenLife[] {
    const tradeId = state.orders.get(id)?.tradeId;
    const trade = tradeId === undefined ? undefined : state.trades.get(tradeId);
    const life = trade === undefined ? this.byId.get(id) : this.ofTrade(trade);
    return life === undefined ? [] : [life];
  }

  private ofTrade(trade: Trade): OpenLife {
    const life = this.byId.get(trade.tradeId) ?? { trade, records: [] };
    life.trade = trade;
    this.byId.set(trade.tradeId, life);
    return life;
  }

  private ofEffect(effect: Effect, state: KernelState): OpenLife | null {
    const { orderId, tradeId } = namesOf(effect);
    const trade = tradeId === null ? undefined : state.trades.get(tradeId);
    if (trade !== undefined) return this.ofTrade(trade);
    const known = tradeId === null ? undefined : this.byId.get(tradeId);
    return known ?? (orderId === null ? null : (this.ofOrder(orderId, state)[0] ?? null));
  }

  /** What a person is told, and what is asked of the venue as a whole, names no trade: it belongs to the only one that there is. */
  private isOf(
    effect: Effect,
    life: OpenLife,
    isAlone: boolean,
    isNamed: boolean,
    state: KernelState,
  ): boolean {
    const owner = this.ofEffect(effect, state);
    if (owner !== null) return owner === life;
    if (effect.kind === 'NOTIFY') return isAlone;
    return effect.kind === 'FETCH' && isNamed;
  }

  /** Notes how the orders of a trade, and the slot that holds it, stand since the record before. */
  private compare(slot: Slot | null, trade: Trade, state: KernelState, moved: Map<OpenLife, string[]>): void {
    const words: string[] = [];
    for (const order of trade.orders) {
      const before = this.stood.get(order.clientOrderId);
      const { status, filledLots, feeLots, fee } = order;
      if (
        before?.status === status &&
        before.filledLots === filledLots &&
        before.feeLots === feeLots &&
        before.fee === fee
      )
        continue;
      this.stood.set(order.clientOrderId, { status, filledLots, feeLots, fee });
      this.nameOrder(order, trade);
      const said = orderWords(order, before ?? null, state);
      if (said !== null) words.push(said);
    }
    for (const order of trade.orders) if (order.venueOrderId !== null) this.nameOrder(order, trade);
    if (slot !== null) {
      const now = `${slot.status}${slot.quarantine === '' ? '' : `, ${slot.quarantine}`}`;
      const before = this.slots.get(trade.tradeId);
      if (before !== now) words.push(`slot ${slot.id} is ${now}`);
      this.slots.set(trade.tradeId, now);
    }
    if (words.length > 0) moved.set(this.ofTrade(trade), words);
  }

  private nameOrder({ clientOrderId, venueOrderId }: Order, trade: Trade): void {
    const life = this.ofTrade(trade);
    this.byId.set(clientOrderId, life);
    if (venueOrderId !== null) this.byId.set(venueOrderId, life);
  }
}

interface Names {
  readonly orderId: ClientOrderId | null;
  readonly tradeId: TradeId | null;
}

function namesOf(effect: Effect): Names {
  switch (effect.kind) {
    case 'SUBMIT':
      return { orderId: effect.order.clientOrderId, tradeId: null };
    case 'CANCEL':
    case 'QUERY':
      return { orderId: effect.clientOrderId, tradeId: null };
    case 'PUBLISH': {
      const { publication } = effect;
      if (publication.topic === 'posting') return { orderId: null, tradeId: publication.posting.tradeId };
      if (publication.topic === 'router')
        return { orderId: publication.clientOrderId, tradeId: publication.tradeId };
      return { orderId: null, tradeId: publication.topic === 'trade_closed' ? publication.tradeId : null };
    }
    default:
      return { orderId: null, tradeId: null };
  }
}

/** That an order is sent is said by the effect which sends it. */
function orderWords(order: Order, before: Stood | null, state: KernelState): string | null {
  const { clientOrderId, status, symbol, quantity, filledLots, filledQuote, fee } = order;
  if (before === null && filledLots === 0 && (status === 'SENT' || status === 'INTENDED')) return null;
  const turned = before === null || before.status === status ? status : `${status}, was ${before.status}`;
  const filled =
    filledLots === (before?.filledLots ?? 0)
      ? ''
      : `; ${filledText(state, symbol, filledLots, quantity)} for ${moneyText(filledQuote)}`;
  const paid = fee === (before?.fee ?? 0n) ? '' : `; fee ${moneyText(fee)}`;
  return `the order ${clientOrderId} is ${turned}${filled}${paid}`;
}

function filledText(state: KernelState, symbol: SymbolName, filled: number, quantity: number): string {
  return `${quantityText(state, symbol, filled)} of ${quantityText(state, symbol, quantity)} filled`;
}
