// The order of rows: total, by exit first, so that a file of rows has one text.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRows, rowKey } from '../../src/domain/row.ts';

const place = fc.record({
  exit_at: fc.constantFrom('2026-11-21T10:00:00.000Z', '2026-11-21T11:00:00.000Z'),
  event_id: fc.constantFrom('a', 'B', 'b', 'ä'),
  horizon_hours: fc.constantFrom(1, 4, 24),
});

describe('compareRows', () => {
  it('orders by exit, then event, then horizon as a number', () => {
    const rows = [
      { exit_at: '2026-11-21T11:00:00.000Z', event_id: 'a', horizon_hours: 1 },
      { exit_at: '2026-11-21T10:00:00.000Z', event_id: 'b', horizon_hours: 24 },
      { exit_at: '2026-11-21T10:00:00.000Z', event_id: 'b', horizon_hours: 4 },
      { exit_at: '2026-11-21T10:00:00.000Z', event_id: 'B', horizon_hours: 24 },
    ];

    const keys = rows.sort(compareRows).map((row) => `${row.event_id}${row.horizon_hours}`);

    expect(keys).toEqual(['B24', 'b4', 'b24', 'a1']);
  });

  it('is the same order for every input order', () => {
    fc.assert(
      fc.property(fc.array(place), fc.infiniteStream(fc.nat()), (rows, random) => {
        const shuffled = rows
          .map((row) => ({ row, at: random.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ row }) => row);

        expect(shuffled.sort(compareRows)).toEqual([...rows].sort(compareRows));
      }),
    );
  });

  it('calls two rows equal only where event and horizon are', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const isSame =
          a.exit_at === b.exit_at &&
          rowKey(a.event_id, a.horizon_hours) === rowKey(b.event_id, b.horizon_hours);

        expect(compareRows(a, b) === 0).toBe(isSame);
        expect(Math.sign(compareRows(a, b)) + Math.sign(compareRows(b, a))).toBe(0);
      }),
    );
  });
});
