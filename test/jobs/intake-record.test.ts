// One line of input: which record it holds, and what is said where it holds none.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputLine } from '../../src/adapters/input/lines.ts';
import { placedReason, recordFromLine } from '../../src/jobs/intake-record.ts';

const SIGNAL = { ts: '2026-11-21T10:00:00Z', agent: 'momo', symbol: 'BTC/USDT', direction: 'LONG' };
const RUN = { ts: '2026-11-21T10:00:00Z', agent: 'momo', run_id: 'r1', status: 'ok', duration_ms: 12 };

function line(text: string, isTerminated = true): InputLine {
  return { kind: 'text', number: 7, text, isTerminated };
}

function rejectOf(input: InputLine, kind: 'alpha' | 'telemetry' = 'alpha') {
  const record = recordFromLine(input, kind, 'stdin', {});
  if (record.ok) throw new Error('the line was taken');
  return record.error;
}

describe('recordFromLine', () => {
  it('normalises an alpha event', () => {
    const record = recordFromLine(line(JSON.stringify(SIGNAL)), 'alpha', 'stdin', {});

    expect(record).toMatchObject({
      ok: true,
      value: { kind: 'alpha', event: { v: 1, ts: '2026-11-21T10:00:00.000Z', market: 'spot', run_id: null } },
    });
  });

  it('gives the default market to the older shape', () => {
    const older = JSON.stringify({ ...SIGNAL, symbol: 'BTCUSDT' });

    const record = recordFromLine(line(older), 'alpha', 'events.jsonl', { market: 'perp' });

    expect(record).toMatchObject({ ok: true, value: { event: { market: 'perp', symbol: 'BTCUSDT' } } });
  });

  it('normalises a telemetry event', () => {
    const record = recordFromLine(line(JSON.stringify(RUN)), 'telemetry', 'stdin', {});

    expect(record).toEqual({
      ok: true,
      value: { kind: 'telemetry', event: { ...RUN, v: 1, ts: '2026-11-21T10:00:00.000Z' } },
    });
  });

  it.each([
    ['text that is not JSON', line('{"a":NaN}'), 'malformed_json', 'column 6: NaN is not JSON'],
    ['a last line that was cut', line('{"ts":"2026', false), 'torn_tail', 'no newline'],
    [
      'a line over the limit',
      { kind: 'too_long', number: 7, head: 'xx' },
      'line_too_long',
      '1,048,576 bytes',
    ],
    ['other bytes', { kind: 'not_utf8', number: 7, head: 'xx' }, 'malformed_json', 'not UTF-8'],
    ['a JSON array', line('[1]'), 'invalid_event', 'expected a JSON object'],
    [
      'a number that JSON cannot hold',
      line(JSON.stringify(SIGNAL).replace('}', ',"confidence":1e999}')),
      'invalid_event',
      'confidence',
    ],
  ] as const)('rejects %s', (_case, input, code, words) => {
    const reject = rejectOf(input);

    expect(reject).toMatchObject({ code, file: 'stdin', line: 7, event_id: null });
    expect(reject.reason).toContain(words);
  });

  it('rejects a line that nests without end instead of running out of stack', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

    const reject = rejectOf(line(JSON.stringify(SIGNAL).replace('}', `,"meta":{"a":${deep}}}`)));

    expect(reject.reason).toContain('nested more than 64 levels');
  });

  it('takes a last line that is whole, though its newline is missing', () => {
    const record = recordFromLine(line(JSON.stringify(SIGNAL), false), 'alpha', 'stdin', {});

    expect(record.ok).toBe(true);
  });

  it('names every problem of an event at once', () => {
    const reject = rejectOf(
      line('{"agent":"","direction":"LNG","symbol":"BTC/USDT","ts":"2026-11-21T10:00:00"}'),
    );

    expect(reject.reason).toContain('ts: "2026-11-21T10:00:00" has no zone');
    expect(reject.reason).toContain('direction: "LNG" is not a direction');
    expect(reject.reason).toContain('agent: ');
  });

  it('rejects an event that would outgrow the line limit when its numbers are spelled out', () => {
    const numbers = Array.from({ length: 60_000 }, () => '1e20').join(',');
    const input = line(JSON.stringify(SIGNAL).replace('}', `,"meta":{"path":[${numbers}]}}`));

    const reject = rejectOf(input);

    expect(reject.code).toBe('line_too_long');
  });

  it('keeps at most 2,048 characters of a rejected line', () => {
    const reject = rejectOf(line(`{${'x'.repeat(5000)}`));

    expect(reject.raw?.length).toBe(2048);
  });

  it('never throws, whatever the line', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.constantFrom('alpha', 'telemetry'), (text, kind) => {
        const record = recordFromLine(line(text), kind, 'stdin', {});

        expect(record.ok || record.error.reason.length > 0).toBe(true);
      }),
    );
  });
});

describe('placedReason', () => {
  it('is written as compilers do', () => {
    expect(placedReason(rejectOf(line('[1]')))).toMatch(/^stdin:7 expected a JSON object/);
  });
});
