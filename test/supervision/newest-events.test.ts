// The newest signals of a class: each once, in their order, whatever the order in which they became known.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CURRENT_REGIME_EVENTS } from '../../src/supervision/current-regime.ts';
import { type ClassEvent, withEvent } from '../../src/supervision/newest-events.ts';

function event(id: number, hour = id): ClassEvent {
  const ts = `2026-11-${String(1 + Math.floor(hour / 24)).padStart(2, '0')}T${String(hour % 24).padStart(2, '0')}:00:00.000Z`;
  return { event_id: `e${String(id).padStart(3, '0')}`, ts, regime: id % 2 === 0 ? 'TREND' : 'RANGE' };
}

function idsOf(events: readonly ClassEvent[]): string[] {
  return events.map(({ event_id }) => event_id);
}

describe('withEvent', () => {
  it('keeps the newest events, each once, whatever the order in which they come', () => {
    const order = fc
      .uniqueArray(fc.nat({ max: 60 }), { maxLength: 50 })
      .chain((ids) => fc.record({ ids: fc.constant(ids), again: fc.shuffledSubarray([...ids, ...ids]) }));
    fc.assert(
      fc.property(order, ({ ids, again }) => {
        // Two ids share each instant, so that the id decides among them.
        const of = (id: number) => event(id, Math.floor(id / 2));
        const kept = [...ids, ...again].map(of).reduce<readonly ClassEvent[]>(withEvent, []);

        const newest = ids.toSorted((a, b) => a - b).slice(-CURRENT_REGIME_EVENTS);
        expect(kept).toEqual(newest.map(of));
      }),
    );
  });

  it('counts an event that has rows at three horizons once', () => {
    const kept = [1, 1, 1, 2, 2, 2].map((id) => event(id)).reduce<readonly ClassEvent[]>(withEvent, []);

    expect(idsOf(kept)).toEqual(['e001', 'e002']);
  });

  it('leaves a full list as it is where an event is older than all of it', () => {
    const full = Array.from({ length: CURRENT_REGIME_EVENTS }, (_, index) => event(10 + index));

    expect(withEvent(full, event(3))).toBe(full);
    expect(idsOf(withEvent(full, event(99))).at(-1)).toBe('e099');
    expect(withEvent(full, event(99))).toHaveLength(CURRENT_REGIME_EVENTS);
  });

  it('keeps nothing of an event but what the regime needs', () => {
    const whole = { ...event(1), agent: 'a', meta: { secret: 1 } };

    expect(Object.keys(withEvent([], whole)[0] ?? {})).toEqual(['event_id', 'ts', 'regime']);
  });
});
