// Runs of agents as they report them: which are taken, and what is said of those that are not.

import { describe, expect, it } from 'vitest';
import { parseTelemetryEvent } from '../../src/domain/telemetry.ts';

const RUN = { ts: '2026-11-21T10:00:00Z', agent: 'momo', run_id: 'r1', status: 'ok', duration_ms: 12 };

describe('parseTelemetryEvent', () => {
  it.each([
    ['no time', { ...RUN, ts: undefined }, 'ts', 'is missing'],
    ['a time without zone', { ...RUN, ts: '2026-11-21 10:00' }, 'ts', 'has no zone'],
    ['a negative duration', { ...RUN, duration_ms: -1 }, 'duration_ms', 'must be >= 0'],
    ['another status', { ...RUN, status: 'okay' }, 'status', 'did you mean "ok"?'],
    ['an unknown key', { ...RUN, durations: 1 }, 'durations', 'unknown key'],
    ['another version', { ...RUN, v: 2 }, 'v', 'expected 1'],
  ])('refuses %s', (_case, raw, path, words) => {
    const event = parseTelemetryEvent(raw);

    expect(event).toMatchObject({ ok: false, error: [{ path, message: expect.stringContaining(words) }] });
  });

  it.each([null, 'text', [RUN], 3])('refuses %j, which is no object', (raw) => {
    expect(parseTelemetryEvent(raw)).toMatchObject({ ok: false, error: [{ path: '' }] });
  });
});
