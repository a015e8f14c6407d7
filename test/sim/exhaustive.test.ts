// All that can be heard of one order, in every order, lost, once or twice: 174,960 cases for a way in, and parts of larger sets.

import { describe, expect, it } from 'vitest';
import type { KernelEvent } from '../../src/kernel/event.ts';
import { isFinal } from '../../src/kernel/order-fsm.ts';
import type { KernelState, Order } from '../../src/kernel/state.ts';
import { step } from '../../src/kernel/step.ts';
import { exhaustiveText, runExhaustive, type StepFunction } from './exhaustive.ts';
import { MESSAGES, STORIES, WIDE_STORIES } from './exhaustive-story.ts';

const LIVES = [
  'SENT',
  'WORKING',
  'PARTIAL',
  'IN_DOUBT',
  'CANCEL_SENT',
  'CANCEL_IN_DOUBT',
  'FILLED',
  'CANCELED',
];

function orderOf(state: KernelState, event: KernelEvent): Order | undefined {
  if (event.kind !== 'REPORT') return undefined;
  const id = state.byVenueId.get(event.report.venueOrderId);
  return id === undefined ? undefined : state.orders.get(id);
}

/** A kernel that takes cumulative facts for new fills. */
const adding: StepFunction = (state, event) => {
  const order = orderOf(state, event);
  if (order === undefined || event.kind !== 'REPORT') return step(state, event);
  const filledLots = (order.filledLots + event.report.filledLots) as Order['filledLots'];
  return step(state, { ...event, report: { ...event.report, filledLots } });
};

/** A kernel for which an order that is final has no more fills. */
const deaf: StepFunction = (state, event) => {
  const order = orderOf(state, event);
  const isLate = order !== undefined && isFinal(order.status);
  return step(state, isLate ? { kind: 'WAKE', atMs: event.atMs } : event);
};

/** A kernel that takes an order which nobody answered for, when it begins again, for one that never was. */
const forgetful: StepFunction = (state, event) => {
  if (event.kind !== 'START') return step(state, event);
  const began = step(state, event);
  const unanswered = [...state.orders.values()].filter((order) => order.venueOrderId === null);
  const { atMs } = event;
  for (const { clientOrderId } of unanswered) {
    const result = { kind: 'REJECT', code: 'OTHER', text: 'lost' } as const;
    step(state, { kind: 'SUBMIT_RESULT', atMs, clientOrderId, result });
  }
  return began;
};

const inFull = STORIES.filter(({ name }) => name === 'entry filled');
const inDoubt = STORIES.filter(({ name }) => name === 'entry in doubt');

describe('everything that can be heard of one order', () => {
  it('ends in the truth in all of 174,960 cases of a way in', () => {
    const report = runExhaustive({ stories: STORIES.filter(({ role }) => role === 'entry') });
    console.info(exhaustiveText(report));

    expect(Object.fromEntries(report.cases)).toEqual({
      'entry filled': 174_960,
      'entry filled in part': 9_720,
      'entry not filled': 648,
      'entry in doubt': 9_720,
      'entry said to be canceled': 9_720,
      'entry canceled too late': 9_720,
    });
    const met = LIVES.flatMap((status) => MESSAGES.map((message) => `${status} × ${message}`));
    // What comes a second time comes after the restart, which cancels an entry: these four are met on the way out.
    expect(met.filter((pair) => !report.pairs.has(pair))).toEqual([
      'WORKING × ack',
      'PARTIAL × ack',
      'PARTIAL × partial',
      'IN_DOUBT × ttl',
    ]);
    expect([...report.codes.keys()].sort()).toEqual([
      'APPLIED',
      'DUPLICATE_EVENT',
      'FOREIGN',
      'ILLEGAL_TRANSITION',
      'IN_DOUBT',
      'LATE_FILL',
      'PARKED',
      'STALE_REPORT',
    ]);
  });

  it('ends in the truth in a part of the cases of a way out', () => {
    const stories = STORIES.filter(({ role }) => role === 'exit');
    const report = runExhaustive({ stories, shard: { index: 2, of: 7 } });

    expect([...report.cases.keys()]).toEqual(stories.map(({ name }) => name));
    expect(report.runs).toBeGreaterThan(4_000);
  });

  it('ends in the truth in some of the 29 million cases in which a cancel is refused and the kernel is read again', () => {
    const report = runExhaustive({ stories: WIDE_STORIES, shard: { index: 211, of: 997 } });

    expect(report.runs).toBeGreaterThan(1_000);
  });

  it('finds a kernel that adds up what is cumulative', () => {
    expect(() => runExhaustive({ stories: inFull, step: adding })).toThrow(/heard .*: lots of the order/);
  });

  it('finds a kernel for which a final order cannot fill', () => {
    expect(() => runExhaustive({ stories: inFull, step: deaf })).toThrow(/heard .*: lots of the order/);
  });

  it('finds a kernel that takes no answer for a rejection', () => {
    expect(() => runExhaustive({ stories: inDoubt, step: forgetful })).toThrow(
      /heard .*: an order that filled is REJECTED/,
    );
  });
});
