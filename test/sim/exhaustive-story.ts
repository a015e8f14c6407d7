// One order and everything that can be heard of it: where it begins, what truly became of it, and how each message tells a part of that.

import type { VenueOrderId } from '../../src/domain/ids.ts';
import type { EpochMs, Lots, SignedLots } from '../../src/domain/steps.ts';
import type { OrderReport, OrderRequest, VenuePosition } from '../../src/domain/venue.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { BTC, instrument, KernelDriver, quote, reportOf, usdt } from '../kernel/build.ts';
import { NaiveAccount, type NaiveTrade, type TrueFill } from './oracle.ts';

/**
 * `ack` and `silence` answer the submit, `taken` and `refusal` a cancel, `absent` a question; `partial`, `full` and `cancel` are the venue's
 * reports. `ttl` lets the order's time end; `restart` begins the kernel again, `snapshot` writes and reads it.
 */
export type Message =
  | 'ack'
  | 'silence'
  | 'partial'
  | 'full'
  | 'cancel'
  | 'taken'
  | 'refusal'
  | 'absent'
  | 'ttl'
  | 'restart'
  | 'snapshot';
export const MESSAGES = ['ack', 'partial', 'full', 'cancel', 'ttl', 'restart'] as const satisfies Message[];

/** What happens to the kernel is neither lost nor repeated. */
export const HAPPENINGS: readonly Message[] = ['restart', 'snapshot'];

/** Those after which an order may be over; nothing else proves that. */
export const ENDINGS: readonly Message[] = ['full', 'cancel'];

export const ORDERED = 50;
const PART = 20;
export const SEED = usdt(10_000);

/** What truly became of the order. In `filled` the word of its cancel was wrong, as venues' words are now and then. */
export interface Story {
  readonly name: string;
  readonly role: 'entry' | 'exit';
  readonly messages: readonly Message[];
  readonly fills: readonly TrueFill[];
  /** How many lots had been filled when the venue said that the order was canceled. */
  readonly lotsAtCancel: number;
  readonly finalStatus: 'FILLED' | 'CANCELED';
}

const PRICES = { entry: [9_999, 9_998], exit: [10_003, 10_002] } as const;
const FEES = [400_001n, 600_002n] as const;

/**
 * The order was filled whole; filled in part, then canceled; or canceled before anything was filled. Three more are filled whole:
 * while nobody answers for the order, though it was said to be canceled with nothing filled, and though a cancel was taken.
 */
export const STORIES: readonly Story[] = (['entry', 'exit'] as const).flatMap((role) => {
  const side = role === 'entry' ? 'BUY' : 'SELL';
  const [first, second] = PRICES[role];
  const part: TrueFill = { orderId: 'subject', side, lots: PART, price: first, fee: FEES[0] };
  const rest: TrueFill = { orderId: 'subject', side, lots: ORDERED - PART, price: second, fee: FEES[1] };
  const told: readonly Message[] = MESSAGES.filter((message) => message !== 'full');
  const filled: Story = {
    name: `${role} filled`,
    role,
    messages: MESSAGES,
    fills: [part, rest],
    lotsAtCancel: PART,
    finalStatus: 'FILLED',
  };
  return [
    filled,
    {
      name: `${role} filled in part`,
      role,
      messages: told,
      fills: [part],
      lotsAtCancel: PART,
      finalStatus: 'CANCELED',
    },
    {
      name: `${role} not filled`,
      role,
      messages: told.filter((message) => message !== 'partial'),
      fills: [],
      lotsAtCancel: 0,
      finalStatus: 'CANCELED',
    },
    { ...filled, name: `${role} in doubt`, messages: ['silence', 'absent', 'refusal', 'full', 'restart'] },
    {
      ...filled,
      name: `${role} said to be canceled`,
      messages: ['ack', 'cancel', 'full', 'ttl', 'restart'],
      lotsAtCancel: 0,
    },
    { ...filled, name: `${role} canceled too late`, messages: ['ack', 'taken', 'full', 'ttl', 'restart'] },
  ];
});

/** The stories of an order that was filled, with all eight messages: 8! × 3⁶ cases each, which takes minutes. */
export const WIDE_STORIES: readonly Story[] = STORIES.filter(({ messages }) => messages === MESSAGES).map(
  (story) => ({
    ...story,
    name: `${story.name}, widely`,
    messages: [...MESSAGES, 'refusal', 'snapshot'],
  }),
);

/** A kernel that has just sent the order that a story is about. */
export interface Opening {
  readonly state: KernelState;
  readonly order: OrderRequest;
  /** Fills of the trade before that order. */
  readonly before: readonly TrueFill[];
}

const ENTERED: TrueFill = { orderId: 'entered', side: 'BUY', lots: ORDERED, price: 9_990, fee: 990_003n };

export function openingOf(story: Story): Opening {
  const driver = new KernelDriver({
    instruments: [instrument(BTC)],
    router: { style: 'maker', entryMiss: 'retry' },
  }).ready();
  driver.enter();
  if (story.role === 'exit') {
    driver.ack();
    driver.report(ORDERED, ENTERED.price, { fee: ENTERED.fee as OrderReport['fee'] });
    driver.hold(ORDERED, ENTERED.price);
    driver.exit();
  }
  const { state, lastSent: order } = driver;
  return { state, order, before: story.role === 'exit' ? [ENTERED] : [] };
}

const VENUE_ID = '1990000000000000001' as VenueOrderId;

/** What the venue says of the order once `lots` of it were filled: the stream by an average and without fee or our id, a query in full. */
function reported(story: Story, opening: Opening, lots: number, isExact: boolean, atMs: number): OrderReport {
  const isPart = lots < ORDERED;
  const fills = story.fills.slice(0, lots === 0 ? 0 : isPart ? 1 : 2);
  const cost = fills.reduce((sum, fill) => sum + quote(fill.lots, fill.price), 0n);
  const average =
    lots === 0 ? 0 : Math.round(fills.reduce((sum, fill) => sum + fill.lots * fill.price, 0) / lots);
  const fee = fills.reduce((sum, fill) => sum + fill.fee, 0n);
  return reportOf(opening.order, VENUE_ID, {
    clientOrderId: isExact ? opening.order.clientOrderId : null,
    status: isPart ? 'PARTIALLY_FILLED' : 'FILLED',
    filledLots: lots as Lots,
    filledQuote: (isExact ? cost : quote(lots, average)) as OrderReport['filledQuote'],
    isQuoteExact: isExact,
    fee: isExact || !isPart ? (fee as OrderReport['fee']) : null,
    venueAtMs: atMs as EpochMs,
  });
}

/** The whole truth of the order, as an answer to a question says it. */
export function finalReport(story: Story, opening: Opening, atMs: number): OrderReport {
  const lots = story.fills.reduce((sum, fill) => sum + fill.lots, 0);
  return { ...reported(story, opening, lots, true, atMs), status: story.finalStatus };
}

/** How many lots a message says are filled. */
export function lotsTold(story: Story, message: Message): number {
  if (message === 'full') return ORDERED;
  if (message === 'partial') return PART;
  return message === 'cancel' ? story.lotsAtCancel : 0;
}

/** The events that a message is, at the kernel's next moment. */
export function eventsOf(
  story: Story,
  opening: Opening,
  state: KernelState,
  message: Message,
): readonly KernelEvent[] {
  const { clientOrderId } = opening.order;
  const order = state.orders.get(clientOrderId);
  const atMs = (state.nowMs + 100) as EpochMs;
  const report = reported(story, opening, lotsTold(story, message), false, atMs);
  switch (message) {
    case 'ack':
      return [
        {
          kind: 'SUBMIT_RESULT',
          atMs,
          clientOrderId,
          result: { kind: 'ACK', venueOrderId: VENUE_ID, report: null },
        },
      ];
    case 'cancel': {
      const canceled: OrderReport = { ...report, status: 'CANCELED' };
      if (order?.cancelSentAtMs === null) return [{ kind: 'REPORT', atMs, report: canceled }];
      return [{ kind: 'CANCEL_RESULT', atMs, clientOrderId, result: { kind: 'ACK', report: canceled } }];
    }
    case 'ttl': {
      const deadlineMs = Math.max(atMs, order?.expiresAtMs ?? 0, state.timers[0]?.atMs ?? 0) as EpochMs;
      return [markAt(deadlineMs), { kind: 'WAKE', atMs: deadlineMs }];
    }
    case 'restart':
      return [{ kind: 'START', atMs, runId: 'run-2' as never }];
    case 'silence': {
      const reused = { kind: 'REJECT', code: 'CLIENT_ID_REUSED', text: 'it is there' } as const;
      const result = story.role === 'entry' ? ({ kind: 'UNKNOWN', cause: 'TIMEOUT' } as const) : reused;
      return [{ kind: 'SUBMIT_RESULT', atMs, clientOrderId, result }];
    }
    case 'absent':
      return [{ kind: 'QUERY_RESULT', atMs, clientOrderId, askedAtMs: atMs, result: { kind: 'NOT_FOUND' } }];
    case 'taken':
      return [{ kind: 'CANCEL_RESULT', atMs, clientOrderId, result: { kind: 'ACK', report: null } }];
    case 'refusal': {
      const code = story.role === 'entry' ? 'ORDER_UNKNOWN' : 'ORDER_FINAL';
      const result = { kind: 'REJECT', code, text: 'no such order is open' } as const;
      return [{ kind: 'CANCEL_RESULT', atMs, clientOrderId, result }];
    }
    case 'snapshot':
      return [];
    default:
      return [{ kind: 'REPORT', atMs, report }];
  }
}

export function markAt(atMs: EpochMs): KernelEvent {
  const price = { bid: 10_000, ask: 10_001, mark: 10_000 } as unknown as Record<
    'bid' | 'ask' | 'mark',
    never
  >;
  return { kind: 'MARK', atMs, symbol: BTC, ...price, quotedAtMs: atMs };
}

/** What the venue holds, as its picture says it. */
export function positionRows(trade: NaiveTrade, atMs: EpochMs): readonly VenuePosition[] {
  const position = trade.position();
  if (position === 0) return [];
  const { top, bottom } = trade.openQuote();
  const entryQuote = (top / bottom) as VenuePosition['entryQuote'];
  return [{ symbol: BTC, position: position as SignedLots, entryQuote, venueAtMs: atMs }];
}

/** The truth to judge by: what was filled before, and all of the order. */
export function truthOf(story: Story, opening: Opening): { account: NaiveAccount; trade: NaiveTrade } {
  const account = new NaiveAccount(SEED);
  const trade = account.trade('the trade', { tick: '0.1', lot: '0.001' });
  trade.fills.push(...opening.before, ...story.fills);
  return { account, trade };
}

/** A deep copy in which what was one object stays one; the configuration never changes, so it is shared. */
export function copyOf(state: KernelState): KernelState {
  return copied(state, new Map<object, object>([[state.config, state.config]])) as KernelState;
}

function copied(value: unknown, known: Map<object, object>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const done = known.get(value);
  if (done !== undefined) return done;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    known.set(value, list);
    for (const item of value) list.push(copied(item, known));
    return list;
  }
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>();
    known.set(value, map);
    for (const [key, item] of value) map.set(key, copied(item, known));
    return map;
  }
  const fields: Record<string, unknown> = {};
  known.set(value, fields);
  for (const name in value) fields[name] = copied((value as Record<string, unknown>)[name], known);
  return fields;
}
