// What the kernel tells other processes: exact amounts as text, unknown as null, and one id per applied decision.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ackId, KernelAck, KernelSummary } from '../../src/domain/kernel-records.ts';
import { decimal } from '../../src/domain/supervisor-fields.ts';
import { validate } from '../../src/domain/validate.ts';
import { anAck, aSummary } from './record-builders.ts';

describe('the records of the kernel', () => {
  it.each([
    ['acknowledgement', KernelAck, anAck()],
    [
      'acknowledgement of a list that is in no commit',
      KernelAck,
      anAck({ episode: null, kill_list_commit: null }),
    ],
    ['summary', KernelSummary, aSummary()],
    [
      'summary of a start without a kill list and without an answer of the venue',
      KernelSummary,
      aSummary({ kill_list: null, positions: null, strategies: {} }),
    ],
  ])('%s fits its schema', (_case, schema, record) => {
    expect(validate(schema, record)).toEqual({ ok: true, value: record });
  });

  it.each([
    [
      'a quantity as a number',
      { open_positions_left: [{ instrument: 'BTC-USDT', side: 'LONG', quantity: 0.015 }] },
    ],
    ['a permission nobody knows', { applied: 'exits_blocked' }],
    ['a trading state nobody knows', { trading_state: 'paused' }],
    ['a count below zero', { open_orders_canceled: -1 }],
    ['a runner whose name could be a path', { runner_id: '../pink' }],
  ])('refuse %s', (_case, fields) => {
    expect(validate(KernelAck, { ...anAck(), ...fields }).ok).toBe(false);
  });

  it('tell unknown positions from no positions', () => {
    const { positions: _, ...silent } = aSummary();

    expect(validate(KernelSummary, silent).ok).toBe(false);
    expect(validate(KernelSummary, aSummary({ positions: [] })).ok).toBe(true);
  });
});

describe('ackId', () => {
  it('is the same for a runner that restarts and applies the same list again', () => {
    const again = anAck({ ts: '2026-11-22T00:00:00.000Z', sequence: 9000, open_orders_canceled: 0 });

    expect(ackId(again)).toBe(ackId(anAck()));
  });

  it.each([
    ['another runner', { runner_id: 'pink-2' }],
    ['the way back', { applied: 'entries_allowed' }],
    ['another list', { kill_list_sha256: 'c'.repeat(64) }],
    ['the same list merged again', { kill_list_commit: 'c'.repeat(40) }],
    ['another class', { strategy_class: 'arb' }],
    ['another episode', { episode: 'macro/2' }],
  ] as const)('is another for %s', (_case, fields) => {
    expect(ackId(anAck(fields))).not.toBe(ackId(anAck()));
  });
});

describe('a decimal', () => {
  it.each(['0', '0.00', '12', '-12.50', '0.015', '123456789012345678901234567890.12'])(
    'can be %s',
    (text) => {
      expect(validate(decimal, text).ok).toBe(true);
    },
  );

  it.each(['', '-0', '-0.00', '1e5', '+1', '.5', '5.', '01', ' 1', '1 ', 'NaN', 'Infinity', '1,5', '0x10'])(
    'cannot be "%s"',
    (text) => {
      expect(validate(decimal, text).ok).toBe(false);
    },
  );

  it('holds every amount of whole units and digits after the point', () => {
    const digits = fc.stringMatching(/^\d{1,8}$/);
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), digits, (whole, fraction) => {
        if (whole === 0n) return;

        expect(validate(decimal, `${whole}.${fraction}`).ok).toBe(true);
      }),
    );
  });
});
