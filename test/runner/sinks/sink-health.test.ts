// How a sink is told: by what fails, by what it does not answer, and by what it is behind with, each at its own time.

import { describe, expect, it } from 'vitest';
import type { SinkProgress } from '../../../src/adapters/sinks/follower.ts';
import { sinkHealth } from '../../../src/runner/sinks/sink-health.ts';

function health(over: Partial<SinkProgress>, durableSeq: number, nowMs: number) {
  const plain = { failures: 0, failure: null, lastAtMs: null, writingSinceMs: null, behindSinceMs: null };
  return sinkHealth({ name: 'ndjson', seq: 10, ...plain, ...over }, durableSeq, nowMs);
}

describe('a sink', () => {
  it('that has everything is up, however long ago something waited', () => {
    expect(health({ behindSinceMs: 0 }, 10, 1_000_000)).toMatchObject({ state: 'up', why: '', lag: 0 });
  });

  it('never lags by less than nothing, as where it has read on before it was told', () => {
    expect(health({}, 4, 0)).toMatchObject({ state: 'up', lag: 0 });
  });

  it('that is behind is stale after a minute', () => {
    expect(health({ behindSinceMs: 0 }, 15, 60_000)).toMatchObject({ state: 'up', lag: 5 });
    expect(health({ behindSinceMs: 0 }, 15, 60_001)).toMatchObject({
      state: 'stale',
      why: '5 records behind, for 60 s',
    });
  });

  it('that does not answer is down after thirty seconds', () => {
    expect(health({ writingSinceMs: 0 }, 10, 30_000)).toMatchObject({ state: 'up' });
    expect(health({ writingSinceMs: 0 }, 10, 30_001)).toMatchObject({
      state: 'down',
      why: 'it has not answered for 30 s',
    });
  });

  it('that fails is down with its own reason, before anything else', () => {
    const failing = { failure: 'no room', failures: 3, writingSinceMs: 0, behindSinceMs: 0 };
    expect(health(failing, 15, 100_000)).toMatchObject({ state: 'down', why: 'no room', failures: 3 });
  });
});
