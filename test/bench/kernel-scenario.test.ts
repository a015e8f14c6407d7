// The day that the kernel's benchmark measures: always the same, as varied as it says, and counted by somebody who is not the kernel.

import { describe, expect, it } from 'vitest';
import { LotsCounter } from '../../bench/kernel/lots-counter.ts';
import { play } from '../../bench/kernel/recorded-day.ts';
import { Scenario, type ScenarioShape } from '../../bench/kernel/scenario.ts';
import { spreadOf, tailOf } from '../../bench/kernel/spread.ts';
import { eventFrom, frameText } from '../../bench/kernel/venue-frames.ts';
import { encodeEvent } from '../../src/kernel/codec.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';

const SHAPE: ScenarioShape = {
  busySlots: 4,
  restingSlots: 0,
  symbols: 8,
  terminalOrders: 50,
  everyMs: 10,
  seed: 20_261_128,
};
const COUNT = 6_000;

function played(shape: ScenarioShape) {
  const scenario = new Scenario(shape);
  const counter = new LotsCounter();
  const events: KernelEvent[] = [];
  const state = play(scenario, COUNT, (event, after) => {
    counter.count(event, after);
    events.push(event);
  });
  return { scenario, counter, events, state };
}

function textOf(events: readonly KernelEvent[]): readonly string[] {
  return events.map((event) => {
    const text = encodeEvent(event);
    return text.ok ? text.value : `${event.kind} cannot be written`;
  });
}

describe('a day from a seed', () => {
  it('is the same event by event, and another one from another seed', () => {
    const one = textOf(played(SHAPE).events);
    expect(textOf(played(SHAPE).events)).toEqual(one);
    expect(textOf(played({ ...SHAPE, seed: 2 }).events)).not.toEqual(one);
  });

  it('is half prices, and has fills that come twice, early, late, and before a cancel', () => {
    const { events, state } = played(SHAPE);
    const marks = events.filter(({ kind }) => kind === 'MARK').length;
    expect(marks / events.length).toBeCloseTo(0.5, 1);
    expect(state.tradesClosed).toBeGreaterThan(100);
    for (const code of ['DUPLICATE_EVENT', 'PARKED', 'STALE_REPORT'] as const)
      expect(state.outcomes.get(code)).toBeGreaterThan(0);
    const canceled = events.filter(
      (event) =>
        event.kind === 'CANCEL_RESULT' && event.result.kind === 'ACK' && event.result.report?.filledLots,
    );
    expect(canceled.length).toBeGreaterThan(0);
  });

  it('leaves the kernel with every lot and every cent of the venue, and flat', () => {
    const { scenario, counter, state } = played(SHAPE);
    expect(counter.lots).toBe(scenario.venue.truth.filledLots);
    expect(state.ledger.wallet).toBe(scenario.venue.walletNow());
    expect(state.liveOrders).toBe(0);
  });

  it('keeps the quotes that are to rest at the venue for as long as it lasts', () => {
    const { state } = played({ ...SHAPE, busySlots: 1, restingSlots: 20 });
    expect(state.liveOrders).toBe(20);
    expect(state.slots.filter(({ status }) => status === 'ENTERING')).toHaveLength(20);
  });
});

describe('a frame', () => {
  it('brings back the facts that it was written from', () => {
    const { scenario, events } = played(SHAPE);
    const instruments = new Map(scenario.config.instruments.map((one) => [one.symbol, one]));
    for (const event of events) {
      const text = frameText(event, instruments);
      if (text === null) continue;
      const back = eventFrom(text, instruments, event.atMs);
      if (event.kind !== 'REPORT') expect(back).toEqual(event);
      // An average price is no sum of trades, and a frame of the stream says nothing of maker and taker.
      else
        expect(back).toEqual({ ...event, report: { ...event.report, isQuoteExact: false, isMaker: null } });
    }
  });
});

describe('figures', () => {
  it('are the middle and the ends of their runs', () => {
    expect(spreadOf([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9, runs: 3 });
  });

  it('have a tail by nearest rank', () => {
    const values = Float64Array.from({ length: 1_000 }, (_, index) => 1_000 - index);
    expect(tailOf(values)).toEqual({ p50: 500, p99: 990, p999: 999, max: 1_000, samples: 1_000 });
  });
});
