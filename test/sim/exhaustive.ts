// Every order in which one order's messages can come, with each of them lost, heard once or heard twice, against what truly happened.

import type { VenueOrderId } from '../../src/domain/ids.ts';
import type { Money } from '../../src/domain/money.ts';
import type { EpochMs, Lots } from '../../src/domain/steps.ts';
import type { OrderReport, OrderRequest } from '../../src/domain/venue.ts';
import { decodeState, encodeState } from '../../src/kernel/codec-state.ts';
import type { Effect } from '../../src/kernel/effect.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { KernelState, Order, Trade } from '../../src/kernel/state.ts';
import { step as kernelStep } from '../../src/kernel/step.ts';
import { BTC, CHAMPION, quote, reportOf } from '../kernel/build.ts';
import {
  copyOf,
  ENDINGS,
  eventsOf,
  finalReport,
  HAPPENINGS,
  lotsTold,
  type Message,
  markAt,
  type Opening,
  ORDERED,
  openingOf,
  positionRows,
  STORIES,
  type Story,
  truthOf,
} from './exhaustive-story.ts';
import type { NaiveAccount, NaiveTrade } from './oracle.ts';

export type StepFunction = typeof kernelStep;

export interface ExhaustiveOptions {
  /** Stands in for the kernel, to see that a wrong one is found. */
  readonly step?: StepFunction;
  readonly stories?: readonly Story[];
  /** Runs every so manieth of the beginnings that cases have, from the one of this index on: one of up to 1,500. */
  readonly shard?: { readonly index: number; readonly of: number };
  /** Called after each story. */
  readonly onProgress?: (report: ExhaustiveReport) => void;
}

export interface ExhaustiveReport {
  /** By story: orders of messages times what becomes of each. */
  readonly cases: Map<string, number>;
  /** Cases that differ: where a message is lost it does not matter when. */
  runs: number;
  steps: number;
  /** Status of the order × what was heard, and how often. */
  readonly pairs: Map<string, number>;
  readonly codes: Map<string, number>;
}

/** Told all, the kernel has asked for everything by then. */
const TURNS_MAX = 40;
const OUT_PRICE = 9_985;
/** A beginning is so many messages. */
const SHARD_DEPTH = 4;

/**
 * Runs every case of every story.
 *
 * @throws Error with the case, as the messages that were heard, where the kernel ends up believing anything but the truth.
 */
export function runExhaustive(options: ExhaustiveOptions = {}): ExhaustiveReport {
  const report: ExhaustiveReport = {
    cases: new Map(),
    runs: 0,
    steps: 0,
    pairs: new Map(),
    codes: new Map(),
  };
  for (const story of options.stories ?? STORIES) {
    const opening = openingOf(story);
    const shard = options.shard ?? { index: 0, of: 1 };
    const plot: Plot = { story, opening, step: options.step ?? kernelStep, report, shard, place: 0 };
    walk(plot, { state: copyOf(opening.state), sent: [opening.order], heardLots: 0, isOver: false }, []);
    options.onProgress?.(report);
  }
  return report;
}

interface Plot {
  readonly story: Story;
  readonly opening: Opening;
  readonly step: StepFunction;
  readonly report: ExhaustiveReport;
  readonly shard: NonNullable<ExhaustiveOptions['shard']>;
  /** How many beginnings were met. */
  place: number;
}

interface World {
  state: KernelState;
  readonly sent: readonly OrderRequest[];
  heardLots: number;
  /** Whether the venue has said that the order is over, or was. */
  isOver: boolean;
}

/** Goes on from what was heard so far with each message that was not; a case is whole once all that happens to the kernel has happened. */
function walk(plot: Plot, world: World, heard: readonly Message[]): void {
  const { messages } = plot.story;
  const isWhole = HAPPENINGS.every((one) => heard.includes(one) || !messages.includes(one));
  if (isWhole && (heard.length >= SHARD_DEPTH || isOfShard(plot))) {
    const again = heard.filter((message) => !HAPPENINGS.includes(message));
    endWith(plot, copyOfWorld(world), heard, again);
    countCases(plot, heard.length, 2 ** again.length);
  }
  for (const message of messages) {
    const told = [...heard, message];
    if (heard.includes(message) || (told.length === SHARD_DEPTH && !isOfShard(plot))) continue;
    const next = copyOfWorld(world);
    at(plot, told, () => hear(plot, next, message));
    walk(plot, next, told);
  }
}

/** Where a message is lost it does not matter when, so a run stands for every place that the lost ones could have had. */
function countCases({ report, story }: Plot, heard: number, runs: number): void {
  const places = factorial(story.messages.length) / factorial(heard);
  report.cases.set(story.name, (report.cases.get(story.name) ?? 0) + runs * places);
}

function isOfShard(plot: Plot): boolean {
  const { index, of } = plot.shard;
  const isOf = plot.place % of === index;
  plot.place += 1;
  return isOf;
}

/** Everything else was lost; of what was heard, any part comes a second time, in the same order. The world is used up. */
function endWith(plot: Plot, world: World, told: readonly Message[], again: readonly Message[]): void {
  for (const [place, message] of again.entries()) {
    const next = copyOfWorld(world);
    const then = [...told, message];
    at(plot, then, () => hear(plot, next, message));
    endWith(plot, next, then, again.slice(place + 1));
  }
  at(plot, told, () => judge(plot, world));
  plot.report.runs += 1;
}

function at(plot: Plot, told: readonly Message[], act: () => void): void {
  try {
    act();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`${plot.story.name}, heard ${told.join(', ')}: ${text}`, { cause: error });
  }
}

function copyOfWorld(world: World): World {
  return { ...world, state: copyOf(world.state), sent: [...world.sent] };
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

function hear(plot: Plot, world: World, message: Message): void {
  const { pairs } = plot.report;
  const { status } = subjectOf(plot, world);
  const pair = `${status} × ${message}`;
  pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  world.heardLots = Math.max(world.heardLots, lotsTold(plot.story, message));
  world.isOver ||= ENDINGS.includes(message);
  if (message === 'snapshot') world.state = readAgain(world.state);
  for (const event of eventsOf(plot.story, plot.opening, world.state, message)) apply(plot, world, event);
  const isQuoteOver = message === 'ttl' && (status === 'WORKING' || status === 'PARTIAL');
  if (isQuoteOver) expectSame('a quote whose time is over', subjectOf(plot, world).status, 'CANCEL_SENT');
}

function readAgain(state: KernelState): KernelState {
  const again = decodeState(encodeState(state));
  if (!again.ok) throw new Error(again.error.message);
  return again.value;
}

function apply(plot: Plot, world: World, event: KernelEvent): readonly Effect[] {
  const { report } = plot;
  const { effects, outcome } = plot.step(world.state, event);
  report.steps += 1;
  report.codes.set(outcome.code, (report.codes.get(outcome.code) ?? 0) + 1);
  for (const effect of effects) if (effect.kind === 'SUBMIT') noteSent(plot, world, effect.order);
  checkAlways(plot, world);
  for (const effect of effects)
    if (effect.kind === 'FETCH') answerProof(plot, world, effect.requestId, effect.part);
  return effects;
}

function noteSent(plot: Plot, world: World, order: OrderRequest): void {
  const same = world.sent.find((sent) => sent.clientOrderId === order.clientOrderId);
  expectSame('an id that was sent before', same, undefined);
  if (order.quantity > ORDERED) throw new Error(`an order of ${order.quantity} lots`);
  const isBeside = order.side === 'BUY' && truthOf(plot.story, plot.opening).trade.position() !== 0;
  if (isBeside) throw new Error('an entry beside what the venue holds');
  expectSame('reduce-only', order.reduceOnly, order.side === 'SELL');
  (world.sent as OrderRequest[]).push(order);
}

/** Positions that are asked for beside a round prove something for an order: those the venue answers at once, and truly. */
function answerProof(plot: Plot, world: World, requestId: number, part: string): void {
  const { resync, nowMs } = world.state;
  if (part !== 'POSITIONS' || requestId === resync.requestId) return;
  const rows = positionRows(truthOf(plot.story, plot.opening).trade, nowMs);
  apply(plot, world, {
    kind: 'POSITIONS',
    atMs: nowMs,
    requestId,
    askedAtMs: nowMs,
    result: { kind: 'KNOWN', rows },
  });
}

function checkAlways(plot: Plot, world: World): void {
  const order = subjectOf(plot, world);
  const { orders, ledger } = world.state;
  expectSame('lots of the order', order.filledLots, order.venueOrderId === null ? 0 : world.heardLots);
  if (plot.story.fills.length > 0 && order.status === 'REJECTED')
    throw new Error('an order that filled is REJECTED');
  if (isFinal(order) && !world.isOver) throw new Error(`nobody said that the order is over: ${order.status}`);
  const live = { entry: 0, exit: 0 };
  for (const one of orders.values()) if (!isFinal(one)) live[one.role] += 1;
  if (live.entry > 1 || live.exit > 2)
    throw new Error(`${live.entry} entries and ${live.exit} exits are out`);
  const balances = Object.values(ledger.balances).reduce((sum, balance) => sum + balance, 0n);
  expectSame('sum of the ledger', ledger.wallet + ledger.explained + balances, 0n);
}

function isFinal({ status }: Order): boolean {
  return status === 'FILLED' || status === 'CANCELED' || status === 'EXPIRED' || status === 'REJECTED';
}

function subjectOf(plot: Plot, { state }: World): Order {
  const order = state.orders.get(plot.opening.order.clientOrderId);
  if (order === undefined) throw new Error('the order is gone');
  return order;
}

function tradeOf(plot: Plot, world: World): Trade {
  const trade = world.state.trades.get(subjectOf(plot, world).tradeId);
  if (trade === undefined) throw new Error('the trade is gone');
  return trade;
}

function expectSame<T>(what: string, found: T, expected: T): void {
  if (found !== expected) throw new Error(`${what}: ${String(found)}, expected ${String(expected)}`);
}

/** The venue says all that is true; then the position is closed, and everything is said once more. */
function judge(plot: Plot, world: World): void {
  const { account, trade: truth } = truthOf(plot.story, plot.opening);
  tellTruth(plot, world, truth, account);
  if (plot.story.role === 'entry') {
    checkHeld(plot, world, truth);
    if (truth.position() !== 0) closeByIntent(plot, world, truth);
  }
  checkFlat(plot, world, account, truth);
  checkRepeated(plot, world);
}

/** The stream is back, questions are answered, and time passes until nothing is open any more. */
function tellTruth(plot: Plot, world: World, truth: NaiveTrade, account: NaiveAccount): void {
  const { state } = world;
  apply(plot, world, { kind: 'STREAM', atMs: state.nowMs, isUp: true });
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    if (state.resync.part !== null) answerPart(plot, world, truth, account);
    else if (state.liveOrders > 0) answerOrders(plot, world, truth);
    else if (tradeOf(plot, world).entry === null && tradeOf(plot, world).exit === null) return;
    else wakeNext(plot, world);
  }
  throw new Error(`told all for ${TURNS_MAX} turns, something is still under way`);
}

function wakeNext(plot: Plot, world: World): void {
  const { state } = world;
  const atMs = Math.max(state.nowMs, state.timers[0]?.atMs ?? 0) as EpochMs;
  apply(plot, world, markAt(atMs));
  apply(plot, world, { kind: 'WAKE', atMs });
}

function answerPart(plot: Plot, world: World, truth: NaiveTrade, account: NaiveAccount): void {
  const { nowMs, resync } = world.state;
  const { requestId } = resync;
  const asked = { atMs: nowMs, requestId, askedAtMs: nowMs };
  switch (resync.part) {
    case 'POSITIONS': {
      const rows = positionRows(truth, nowMs);
      return void apply(plot, world, { kind: 'POSITIONS', ...asked, result: { kind: 'KNOWN', rows } });
    }
    case 'FILLS': {
      const final = finalReport(plot.story, plot.opening, nowMs);
      const rows = final.filledLots > 0 ? [final] : [];
      world.heardLots = final.filledLots;
      world.isOver ||= final.filledLots > 0;
      return void apply(plot, world, { kind: 'FILLS', ...asked, result: { kind: 'KNOWN', rows } });
    }
    case 'BALANCE': {
      const wallet = account.wallet() as Money;
      const rows = [{ wallet, availableMargin: wallet, usedMargin: 0n as Money, venueAtMs: nowMs }];
      return void apply(plot, world, { kind: 'BALANCE', ...asked, result: { kind: 'KNOWN', rows } });
    }
    case 'OPEN_ORDERS':
    case 'INCOME':
      return void apply(plot, world, { kind: resync.part, ...asked, result: { kind: 'KNOWN', rows: [] } });
    default:
      throw new Error('no part is asked for');
  }
}

function answerOrders(plot: Plot, world: World, truth: NaiveTrade): void {
  for (const order of [...world.state.orders.values()]) {
    if (isFinal(order)) continue;
    const isSubject = order.clientOrderId === plot.opening.order.clientOrderId;
    const report = isSubject
      ? finalReport(plot.story, plot.opening, world.state.nowMs)
      : otherReport(world, order, truth);
    if (isSubject && report !== null) {
      world.heardLots = report.filledLots;
      world.isOver = true;
    }
    answerOrder(plot, world, order, report);
  }
}

/** `null`: the venue refused the order, since there was nothing to reduce. */
function answerOrder(plot: Plot, world: World, { clientOrderId }: Order, report: OrderReport | null): void {
  const { nowMs: atMs } = world.state;
  if (report === null) {
    const result = { kind: 'REJECT', code: 'NO_POSITION', text: 'no position' } as const;
    apply(plot, world, { kind: 'SUBMIT_RESULT', atMs, clientOrderId, result });
  } else {
    const result = { kind: 'FOUND', report } as const;
    apply(plot, world, { kind: 'QUERY_RESULT', atMs, clientOrderId, askedAtMs: atMs, result });
  }
}

/** What becomes of any other order that the kernel sent: a quote is never filled, a market order fills what there is to reduce. */
function otherReport(world: World, order: Order, truth: NaiveTrade): OrderReport | null {
  const { nowMs } = world.state;
  const venueOrderId = `299000000000000000${order.attempt}` as VenueOrderId;
  const { clientOrderId, quantity, side } = order;
  const request = world.sent.find((sent) => sent.clientOrderId === clientOrderId);
  if (request === undefined) throw new Error('an order that was never sent');
  const known = { clientOrderId, fee: 0n as Money, venueAtMs: nowMs };
  if (order.type === 'LIMIT') return reportOf(request, venueOrderId, { ...known, status: 'CANCELED' });
  const filled = Math.min(quantity, truth.position());
  if (filled <= 0) return null;
  const fee = 30_007n * BigInt(filled);
  truth.fills.push({ orderId: clientOrderId, side, lots: filled, price: OUT_PRICE, fee });
  return reportOf(request, venueOrderId, {
    ...known,
    status: filled < quantity ? 'CANCELED' : 'FILLED',
    filledLots: filled as Lots,
    filledQuote: quote(filled, OUT_PRICE),
    fee: fee as Money,
  });
}

function checkHeld(plot: Plot, world: World, truth: NaiveTrade): void {
  const order = subjectOf(plot, world);
  const trade = tradeOf(plot, world);
  const [slot] = world.state.slots;
  const position = trade.orders.reduce((sum, one) => sum + (one.side === 'BUY' ? 1 : -1) * one.filledLots, 0);
  const { top, bottom } = truth.openQuote();
  expectSame('position', position, truth.position());
  expectSame('cost of what is held', order.filledQuote as bigint, top / bottom);
  expectSame('settled fee', order.bookedSettled as bigint, truth.fees());
  expectSame('predicted fee', order.bookedPredicted as bigint, 0n);
  if (truth.position() !== 0) expectSame('status of the slot', slot?.status, 'OPEN');
  else if (slot?.status !== 'FREE') expectSame('status of the slot', slot?.status, 'CLOSED');
}

function closeByIntent(plot: Plot, world: World, truth: NaiveTrade): void {
  const { state } = world;
  const effects = apply(plot, world, {
    kind: 'INTENT',
    atMs: state.nowMs,
    intentId: 'out' as never,
    action: 'EXIT',
    slot: 0,
    tradeId: null,
    symbol: BTC,
    side: 'LONG',
    strategyClass: CHAMPION,
    decidedAtMs: state.nowMs,
    referencePrice: 1_000,
    size: null,
    leverage: null,
    exitLegRatios: [],
    isUrgent: true,
    reason: 'end of the case',
  });
  const out = effects.find((effect) => effect.kind === 'SUBMIT');
  expectSame('lots of the way out', out?.order.quantity as number | undefined, truth.position());
  answerOrders(plot, world, truth);
}

/** Flat, the ledger is the second opinion's to the last digit, and nothing of the venue's wallet is left to explain. */
function checkFlat(plot: Plot, world: World, account: NaiveAccount, truth: NaiveTrade): void {
  const { state } = world;
  const { ledger } = state;
  const wallet = account.wallet() as Money;
  const frame = { wallet, availableMargin: wallet, usedMargin: 0n as Money, venueAtMs: state.nowMs };
  apply(plot, world, {
    kind: 'BALANCE',
    atMs: state.nowMs,
    requestId: null,
    result: { kind: 'KNOWN', rows: [frame] },
  });
  expectSame('true position', truth.position(), 0);
  expectSame('wallet', ledger.wallet as bigint, account.wallet());
  expectSame('residual', ledger.residual as bigint, 0n);
  expectSame('explained by others', ledger.explained as bigint, 0n);
  expectSame('realized', -ledger.balances.realized, account.realized());
  expectSame('settled fees', ledger.balances.fee_settled as bigint, account.fees());
  expectSame('predicted fees', ledger.balances.fee_predicted as bigint, 0n);
  if (!isFinal(subjectOf(plot, world))) throw new Error('the order is not over');
  wakeNext(plot, world);
  while (state.timers[0] !== undefined && state.slots[0]?.status === 'CLOSED') wakeNext(plot, world);
  expectSame('status of the slot', state.slots[0]?.status, 'FREE');
  expectSame('slots', state.slots.length, 1);
}

/** What was said of the order is said again when all is over: nothing is sent, and nothing is booked. */
function checkRepeated(plot: Plot, world: World): void {
  const { ledger } = world.state;
  const [wallet, postings, { status }] = [ledger.wallet, ledger.postings, subjectOf(plot, world)];
  for (const message of plot.story.messages.filter((one) => one !== 'ttl' && !HAPPENINGS.includes(one))) {
    for (const event of eventsOf(plot.story, plot.opening, world.state, message)) {
      const acts = apply(plot, world, event).filter(({ kind }) => kind !== 'WAKE_AT' && kind !== 'FETCH');
      expectSame(`effects of another ${message}`, acts.map(({ kind }) => kind).join(), '');
    }
  }
  expectSame('wallet after all was said again', ledger.wallet, wallet);
  expectSame('postings after all was said again', ledger.postings, postings);
  expectSame('status after all was said again', subjectOf(plot, world).status, status);
}

/** What was run, for a person: cases, and which status of the order met which message how often. */
export function exhaustiveText({ cases, runs, steps, pairs, codes }: ExhaustiveReport): string {
  const line = ([name, times]: readonly [string, number]): string =>
    `  ${name.padEnd(28)}${times.toLocaleString('en').padStart(12)}`;
  const sorted = (counts: ReadonlyMap<string, number>): string[] => [...counts].sort().map(line);
  return [
    `${runs.toLocaleString('en')} different runs, ${steps.toLocaleString('en')} events; cases of each story:`,
    ...[...cases].map(line),
    'status × message:',
    ...sorted(pairs),
    'outcomes:',
    ...sorted(codes),
  ].join('\n');
}
