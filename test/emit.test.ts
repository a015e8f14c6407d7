// The library for agents: what is on disk when a call returns, and that it never comes between an agent and its result.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AlphaSignal,
  AlphaSignalRefused,
  emitAlphaSignal,
  runWithTelemetry,
  StateLocked,
} from '../src/emit.ts';

let state = '';
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'warden-library-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const SIGNAL: AlphaSignal = {
  ts: '2026-11-21T10:00:00Z',
  agent: 'momo',
  symbol: 'BTC/USDT',
  direction: 'BUY',
  score_final: 0.4,
  meta: { note: 'first' },
};

function events(producer = 'emit'): unknown[] {
  const path = join(state, `alpha/events/${producer}/2026-11.jsonl`);
  return existsSync(path) ? recordsOf(path) : [];
}

function recordsOf(path: string): unknown[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The telemetry of all months: the runs of these tests happen whenever the tests do. */
function telemetry(): unknown[] {
  const month = new Date().toISOString().slice(0, 7);
  const path = join(state, `telemetry/events/${month}.jsonl`);
  return existsSync(path) ? recordsOf(path) : [];
}

function lockByOther(name: string): void {
  mkdirSync(join(state, '.locks'), { recursive: true });
  const owner = { pid: 1, host: 'another-host', since: '2026-11-21T09:00:00.000Z' };
  writeFileSync(join(state, `.locks/${name}.lock`), JSON.stringify(owner));
}

describe('emitAlphaSignal', () => {
  it('has the signal on disk when it returns, with a stable id', async () => {
    const first = await emitAlphaSignal(SIGNAL, { state });
    const again = await emitAlphaSignal(SIGNAL, { state });

    expect(again.eventId).toBe(first.eventId);
    expect(events()).toMatchObject([
      {
        event_id: first.eventId,
        direction: 'LONG',
        market: 'spot',
        confidence: null,
        meta: { note: 'first' },
      },
    ]);
  });

  it('stores signals that are emitted at the same time, each once', async () => {
    const signals = Array.from({ length: 12 }, (_, at) => ({ ...SIGNAL, score_final: at % 6 }));

    await Promise.all(signals.map((signal) => emitAlphaSignal(signal, { state })));

    expect(events()).toHaveLength(6);
  });

  it('writes under the producer it is given', async () => {
    await emitAlphaSignal(SIGNAL, { state, producer: 'desk-7' });

    expect(events('desk-7')).toHaveLength(1);
  });

  it('refuses a bad signal with every problem, and stores nothing', async () => {
    const bad = { ...SIGNAL, ts: '2026-11-21 10:00', agent: '' };

    const refused = emitAlphaSignal(bad, { state });

    await expect(refused).rejects.toBeInstanceOf(AlphaSignalRefused);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining('has no zone'),
      problems: [{ path: 'ts' }, { path: 'agent' }],
    });
    expect(existsSync(join(state, 'alpha'))).toBe(false);
  });

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
  ])('refuses %s as a score, because unknown is null', async (_case, score) => {
    await expect(emitAlphaSignal({ ...SIGNAL, score_final: score }, { state })).rejects.toMatchObject({
      problems: [{ path: 'score_final', message: expect.stringContaining('not a finite number') }],
    });
  });

  it('refuses an id that belongs to another content', async () => {
    await emitAlphaSignal({ ...SIGNAL, event_id: 'x', agent: 'a' }, { state });
    const outcomes = await Promise.allSettled(
      ['b', 'c', 'd', 'e'].map((agent) => emitAlphaSignal({ ...SIGNAL, event_id: 'x', agent }, { state })),
    );

    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');

    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject({ problems: [{ path: 'event_id' }] });
  });

  it('says who holds the lock when it waited in vain', async () => {
    lockByOther('events-emit');

    const locked = emitAlphaSignal(SIGNAL, { state, waitMs: 0 });

    await expect(locked).rejects.toBeInstanceOf(StateLocked);
    await expect(locked).rejects.toThrow('another-host');
  });

  it('refuses a producer that is no folder name', async () => {
    await expect(emitAlphaSignal(SIGNAL, { state, producer: '../x' })).rejects.toThrow(TypeError);
  });

  it('finds the state by WARDEN_STATE where none is named', async () => {
    const before = process.env['WARDEN_STATE'];
    process.env['WARDEN_STATE'] = state;

    await emitAlphaSignal(SIGNAL).finally(() => {
      if (before === undefined) delete process.env['WARDEN_STATE'];
      else process.env['WARDEN_STATE'] = before;
    });

    expect(events()).toHaveLength(1);
  });
});

describe('runWithTelemetry', () => {
  it('returns the result and records a run that worked', async () => {
    let seen = '';

    const result = await runWithTelemetry(
      'momo',
      ({ runId }) => {
        seen = runId;
        return 42;
      },
      { state },
    );

    expect(result).toBe(42);
    expect(seen).toMatch(/^momo-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z-[0-9a-f]{8}$/);
    expect(telemetry()).toMatchObject([{ v: 1, agent: 'momo', run_id: seen, status: 'ok' }]);
  });

  it('throws the very error of the agent, and records its message', async () => {
    const failure = new Error('feed is down');

    const run = runWithTelemetry('momo', () => Promise.reject(failure), { state });

    await expect(run).rejects.toBe(failure);
    expect(telemetry()).toMatchObject([{ status: 'error', error: 'feed is down' }]);
  });

  it('cuts a long message by character', async () => {
    const run = runWithTelemetry('momo', () => Promise.reject('😀'.repeat(3000)), { state });

    await expect(run).rejects.toBe('😀'.repeat(3000));
    expect(telemetry()).toMatchObject([{ error: '😀'.repeat(2000) }]);
  });

  it('gives an agent with the longest name a run id that still is one', async () => {
    const agent = '漢'.repeat(128);

    const runId = await runWithTelemetry(agent, (context) => context.runId, { state });

    expect(runId.length).toBeLessThanOrEqual(128);
    expect(telemetry()).toMatchObject([{ agent, run_id: runId }]);
  });

  it('returns the result though the record cannot be written, and says so', async () => {
    lockByOther('telemetry');
    const told: Error[] = [];
    const onTelemetryFailure = (error: Error): void => {
      told.push(error);
    };

    const result = await runWithTelemetry('momo', () => 42, { state, waitMs: 0, onTelemetryFailure });

    expect(result).toBe(42);
    expect(told).toMatchObject([
      { message: expect.stringContaining('could not be recorded'), cause: expect.any(StateLocked) },
    ]);
  });

  it('throws the error of the agent though neither the record nor the report of it works', async () => {
    lockByOther('telemetry');
    const failure = new Error('feed is down');
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));

    const run = runWithTelemetry('momo', () => Promise.reject(failure), {
      state,
      waitMs: 0,
      onTelemetryFailure: () => {
        throw new Error('no pager');
      },
    });

    await expect(run).rejects.toBe(failure);
    expect((await warned).message).toContain('no pager');
  });

  it('refuses an agent without a name before it runs anything', async () => {
    let ran = false;

    const run = runWithTelemetry(
      '',
      () => {
        ran = true;
      },
      { state },
    );

    await expect(run).rejects.toThrow(TypeError);
    expect(ran).toBe(false);
  });
});
