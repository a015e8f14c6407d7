// Rejects: the same fact has one id wherever and however often it was read.

import { describe, expect, it } from 'vitest';
import { Reject, rejectFrom } from '../../src/domain/reject.ts';
import { validate } from '../../src/domain/validate.ts';

const LINE = {
  code: 'malformed_json',
  reason: 'is not JSON',
  file: 'alpha/events/emit/2026-11.jsonl',
  line: 7,
  event_id: null,
  horizon_hours: null,
  raw: '{"a":',
} as const;

const PRICE = {
  code: 'no_price',
  reason: 'BTC/USDT has no bar at 2026-11-21T10:00:00.000Z',
  file: 'alpha/events/emit/2026-11.jsonl',
  line: null,
  event_id: 'e1',
  horizon_hours: 24,
  raw: null,
} as const;

describe('rejectFrom', () => {
  it.each([
    ['a bad line', LINE],
    ['a price that was given up', PRICE],
  ])('makes a valid record of %s', (_case, facts) => {
    expect(validate(Reject, rejectFrom(facts)).ok).toBe(true);
  });

  it('gives one id to a bad line wherever it is read again', () => {
    const moved = { ...LINE, file: 'alpha/events/ingest/2026-11.jsonl', line: 90, reason: 'said otherwise' };

    expect(rejectFrom(moved).reject_id).toBe(rejectFrom(LINE).reject_id);
  });

  it('gives one id to a price however its reason is worded', () => {
    expect(rejectFrom({ ...PRICE, reason: 'nothing there' }).reject_id).toBe(rejectFrom(PRICE).reject_id);
  });

  it.each([
    ['another line', { ...LINE, raw: '{"b":' }],
    ['another code for the same line', { ...LINE, code: 'torn_tail' as const }],
    ['a price', PRICE],
  ])('gives %s another id', (_case, facts) => {
    expect(rejectFrom(facts).reject_id).not.toBe(rejectFrom(LINE).reject_id);
  });

  it('keeps horizons of one event apart', () => {
    expect(rejectFrom({ ...PRICE, horizon_hours: 4 }).reject_id).not.toBe(rejectFrom(PRICE).reject_id);
  });

  it('cuts a long line to 2,048 characters', () => {
    const reject = rejectFrom({ ...LINE, raw: 'x'.repeat(5000) });

    expect(reject.raw).toHaveLength(2048);
    expect(validate(Reject, reject).ok).toBe(true);
  });
});
