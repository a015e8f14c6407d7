// An id belongs to one signal: a second one is told from the first by everything that its row repeats.

import { describe, expect, it } from 'vitest';
import { eventLine } from '../../src/domain/event.ts';
import { reusedIdReject } from '../../src/supervision/reused-id.ts';
import { anOpenEvent, aRow } from '../builders.ts';

describe('reusedIdReject', () => {
  it.each([1, 24])('is none for the row of the event itself at %d h, whatever its class became', (hours) => {
    const row = aRow({ horizon_hours: hours, strategy_class: 'other' });

    expect(reusedIdReject(anOpenEvent(), row)).toBeNull();
  });

  it.each([
    { ts: '2021-03-01T10:00:00.001Z' },
    { agent: 'reversal' },
    { run_id: 'r2' },
    { symbol: 'BTCUSDT' },
    { market: 'perp' as const },
    { direction: 'SHORT' as const },
    { regime: 'RANGE' },
    { score_final: null },
    { confidence: 0.61 },
  ])('names both signals where the event has %j', (over) => {
    const open = anOpenEvent(over);

    const reject = reusedIdReject(open, aRow());

    expect(reject).toMatchObject({ code: 'conflicting_duplicate', event_id: 'e1', file: open.shard });
    expect(reject?.raw).toBe(eventLine(open.event));
    expect(reject?.reason).toContain('momentum');
  });

  it('is one reject, whichever row is compared', () => {
    const open = anOpenEvent({ direction: 'SHORT' });

    const ids = [1, 4, 24].map((hours) => reusedIdReject(open, aRow({ horizon_hours: hours }))?.reject_id);

    expect(new Set(ids).size).toBe(1);
  });
});
