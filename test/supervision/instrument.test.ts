// When labels live and how much they overlap on one instrument, in markets that never close and in those that do.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/assert.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import { prepareInstrument } from '../../src/supervision/instrument.ts';
import { anEvent, aSeries, someSessions, T0 } from '../builders.ts';

const at = (id: string, atMs: number, agent = 'momentum') =>
  anEvent({ event_id: id, ts: isoFromMs(atMs), agent });
const [FRIDAY, MONDAY, OPEN] = [T0 + 4 * DAY_MS, T0 + 7 * DAY_MS, 14.5 * HOUR_MS];

describe('span', () => {
  it('begins the latency after the signal and lasts for the horizon', () => {
    const event = at('e1', T0);
    const instrument = prepareInstrument(aSeries(), [event], 500, 2);

    expect(instrument.span(event, 4)).toEqual({ startMs: T0 + 500, endMs: T0 + 500 + 4 * HOUR_MS });
  });

  it('counts open time only where the market has sessions', () => {
    const event = at('e1', FRIDAY + 19 * HOUR_MS);
    const instrument = prepareInstrument(aSeries({}, { sessions: someSessions(14) }), [event], 0, 2);

    expect(instrument.span(event, 4)).toEqual({
      startMs: FRIDAY + 19 * HOUR_MS,
      endMs: MONDAY + OPEN + 2 * HOUR_MS,
    });
  });

  it('begins after the first bar of the next session for a signal on a weekend', () => {
    const event = at('e1', FRIDAY + DAY_MS);
    const instrument = prepareInstrument(aSeries({}, { sessions: someSessions(14) }), [event], 0, 2);

    expect(instrument.span(event, 1)).toEqual({
      startMs: MONDAY + OPEN + HOUR_MS,
      endMs: MONDAY + OPEN + 2 * HOUR_MS,
    });
  });

  it('is unknown where the calendar ends before the exit or the entry', () => {
    const [late, later] = [at('e1', FRIDAY + 20 * HOUR_MS), at('e2', FRIDAY + DAY_MS)];
    const instrument = prepareInstrument(aSeries({}, { sessions: someSessions(5) }), [late, later], 0, 2);

    expect(instrument.span(late, 1)).not.toBeNull();
    expect(instrument.span(late, 2)).toBeNull();
    expect(instrument.span(later, 1)).toBeNull();
  });
});

describe('uniqueness', () => {
  it('is shared only by labels of one agent', () => {
    const events = [at('a', T0), at('b', T0), at('c', T0, 'another')];
    const instrument = prepareInstrument(aSeries(), events, 0, 2);

    expect(events.map((event) => instrument.uniqueness(event, 1))).toEqual([0.5, 0.5, 1]);
  });

  it('is shared across spellings of one symbol', () => {
    const events = [at('a', T0), { ...at('b', T0), symbol: 'btcusdt' }];
    const instrument = prepareInstrument(aSeries(), events, 0, 2);

    expect(events.map((event) => instrument.uniqueness(event, 1))).toEqual([0.5, 0.5]);
  });

  it('is a matter of the horizon', () => {
    const events = [at('a', T0), at('b', T0 + 2 * HOUR_MS)];
    const instrument = prepareInstrument(aSeries(), events, 0, 2);

    expect(events.map((event) => instrument.uniqueness(event, 1))).toEqual([1, 1]);
    expect(events.map((event) => instrument.uniqueness(event, 4))).toEqual([0.75, 0.75]);
  });

  it('does not depend on the order of the events, nor on those that do not overlap', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 40 * 60 }), { minLength: 1, maxLength: 25 });

    fc.assert(
      fc.property(minutes, fc.integer(), (starts, seed) => {
        const events = starts.map((start, index) => at(`e${index}`, T0 + start * 60_000));
        const shuffled = events.toSorted(
          (a, b) => ((a.event_id.length * 7919 + seed) % 13) - ((b.event_id.length * 7919 + seed) % 13),
        );
        const [subject] = events;
        if (subject === undefined) return;
        const startMs = Date.parse(subject.ts);
        const near = events.filter((each) => Math.abs(Date.parse(each.ts) - startMs) < 4 * HOUR_MS);

        const all = prepareInstrument(aSeries(), events, 0, 2).uniqueness(subject, 4);
        const other = prepareInstrument(aSeries(), shuffled.toReversed(), 0, 2).uniqueness(subject, 4);
        const local = prepareInstrument(aSeries(), near, 0, 2).uniqueness(subject, 4);

        expect(other).toBe(all);
        expect(local).toBe(all);
      }),
    );
  });

  it('stays the same when the calendar grows', () => {
    const events = [
      at('a', FRIDAY + 17 * HOUR_MS),
      at('b', FRIDAY + 19 * HOUR_MS),
      at('c', FRIDAY + 26 * HOUR_MS),
      at('d', MONDAY + OPEN + HOUR_MS),
    ];
    const uniquenessUntil = (days: number) => {
      const series = aSeries({}, { sessions: someSessions(days) });
      const instrument = prepareInstrument(series, events, 0, 2);
      return events.map((event) =>
        instrument.span(event, 6) === null ? null : instrument.uniqueness(event, 6),
      );
    };

    const [a, b, ...unknown] = uniquenessUntil(8);

    expect([a, b]).toEqual(uniquenessUntil(14).slice(0, 2));
    expect([a, b]).toEqual(uniquenessUntil(40).slice(0, 2));
    expect(unknown).toEqual([null, null]);
  });

  it('takes the question about an event that was not given as our own defect', () => {
    const instrument = prepareInstrument(aSeries(), [at('a', T0)], 0, 2);

    expect(() => instrument.uniqueness(at('b', T0), 1)).toThrow(InvariantError);
  });
});
