// PINK as an agent among others: one event for each entry that was decided, one record for each day of a run, both the same when they come again.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alphaEventsSink } from '../../../src/adapters/sinks/alpha-events.ts';
import { tellRun } from '../../../src/adapters/sinks/run-telemetry.ts';
import { processOwner } from '../../../src/adapters/state/lock.ts';
import { AlphaEvent } from '../../../src/domain/event.ts';
import type { SinkRow } from '../../../src/domain/sink-row.ts';
import { TelemetryEvent } from '../../../src/domain/telemetry.ts';
import { validate } from '../../../src/domain/validate.ts';
import { type MemoryDisk, memoryDisk } from '../../fakes/memory-disk.ts';
import { recorded, rowsOf } from './recorded.ts';
import { type StepRow, stepRow } from './step-row.ts';

function world() {
  const [state, data] = [memoryDisk(), memoryDisk()];
  const words: string[] = [];
  const log = { info: () => undefined, warn: (text: string) => words.push(text), error: () => undefined };
  const lock = { waitMs: 0, owner: processOwner(), sleep: () => Promise.resolve() };
  const open = () => alphaEventsSink({ openState: () => state, data, agent: 'pink', lock, log });
  return { state, data, words, open };
}

function linesIn(disk: MemoryDisk, folder: string): readonly Record<string, unknown>[] {
  return Object.entries(disk.dump())
    .filter(([path]) => path.startsWith(folder))
    .flatMap(([, text]) => text.trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

let seq = 0;
function step(at: string, over: Partial<StepRow>): SinkRow {
  seq += 1;
  return stepRow({ seq, at, ...over });
}

function start(run: string, at: string, previous: string | null, previousAt: string | null): SinkRow {
  const facts = JSON.stringify({ previous_run: previous, previous_at: previousAt });
  return step(at, { run, phase: 'recovery', action: 'START', facts });
}

function entry(over: Partial<StepRow> = {}, facts: object = {}): SinkRow {
  const intent = {
    side: 'SHORT',
    strategy_class: 'macro',
    leverage: 2,
    reference_price: 91_000,
    decision: { vel_div: -0.031, posture: 'APEX' },
    ...facts,
  };
  return step('2026-11-21T10:00:00.000Z', {
    phase: 'execution',
    action: 'ENTER',
    decision_id: 'run-1.7',
    policy: 'champion@1#0f3c0f3c',
    symbol: 'BTC-USDT',
    outcome: 'APPLIED',
    facts: JSON.stringify(intent),
    ...over,
  });
}

describe('an entry that was decided', () => {
  it('is an alpha event of PINK, with what it was decided from', async () => {
    const { state, open } = world();

    expect(await open().write([entry()])).toEqual({ ok: true, value: undefined });

    expect(linesIn(state, 'alpha/events/pink/2026-11.jsonl')).toEqual([
      {
        v: 1,
        event_id: 'pink:run-1.7',
        ts: '2026-11-21T10:00:00.000Z',
        agent: 'pink',
        run_id: 'run-1.2026-11-21',
        symbol: 'BTC/USDT:USDT',
        market: 'perp',
        direction: 'SHORT',
        score_final: 0.031,
        confidence: 0.25,
        regime: 'APEX',
        strategy_class: 'macro',
        meta: { executed: true, outcome: 'APPLIED', policy: 'champion@1#0f3c0f3c', reference_price: 91_000 },
      },
    ]);
  });

  it('and was refused is one too, and says so', async () => {
    const { state, open } = world();

    await open().write([entry({ phase: 'entry_suppressed', outcome: 'STRATEGY_DISABLED' })]);

    expect(linesIn(state, 'alpha/events')).toMatchObject([
      { meta: { executed: false, outcome: 'STRATEGY_DISABLED' } },
    ]);
  });

  it('is one event, however often it comes', async () => {
    const { state, open, words } = world();
    const sink = open();
    const row = entry();

    await sink.write([row]);
    await sink.write([row]);
    await open().write([row, entry({ phase: 'entry_suppressed', outcome: 'DUPLICATE_EVENT' })]);

    expect(linesIn(state, 'alpha/events')).toHaveLength(1);
    expect(words).toEqual([]);
  });

  it('that says nothing of its signal has no score, and an unknown regime', async () => {
    const { state, open } = world();

    await open().write([entry({}, { decision: null, leverage: null, side: 'LONG' })]);

    expect(linesIn(state, 'alpha/events')).toMatchObject([
      { direction: 'LONG', score_final: null, confidence: null, regime: 'unknown' },
    ]);
  });

  it('that is no event is told of and passed over, and the others go on', async () => {
    const { state, open, words } = world();

    expect((await open().write([entry({ symbol: '' }), entry({ decision_id: 'run-1.8' })])).ok).toBe(true);

    expect(linesIn(state, 'alpha/events')).toMatchObject([{ event_id: 'pink:run-1.8' }]);
    expect(words[0]).toMatch(/the entry run-1\.7 \(record \d+\) is no alpha event: symbol/);
  });

  it('waits where another writer has the lock', async () => {
    const { state, open } = world();
    const other = { pid: 1, host: 'another-host', since: '2026-11-21T09:00:00.000Z' };
    state.replace('.locks/events-pink.lock', JSON.stringify(other));

    const result = await open().write([entry()]);

    expect(result.ok ? '' : result.error).toMatch(
      /the lock "events-pink" is held by process 1 on host another-host/,
    );
    expect(linesIn(state, 'alpha/events')).toEqual([]);
  });
});

it('a state that cannot be written is a failure in a sentence, and the same rows are taken once it can', async () => {
  const { state, open } = world();
  const { append, replace } = state;
  state.append = state.replace = () => {
    throw new Error('ENOSPC: no space left on device, write');
  };
  const sink = open();
  const row = entry();

  expect(await sink.write([row])).toEqual({
    ok: false,
    error: expect.stringMatching(/ENOSPC: no space left on device/),
  });
  Object.assign(state, { append, replace });
  expect(await sink.write([row])).toMatchObject({ ok: true });
  expect(linesIn(state, 'alpha/events')).toHaveLength(1);
});

/** A run over two days that was stopped, one that died on its second day, and one that is under way. */
const LIVES: readonly SinkRow[] = [
  start('run-1', '2026-11-21T10:00:00.000Z', null, null),
  step('2026-11-21T18:00:00.000Z', {}),
  step('2026-11-22T00:00:07.000Z', {}),
  step('2026-11-22T03:00:00.000Z', { action: 'STOP' }),
  start('run-2', '2026-11-22T04:00:00.000Z', 'run-1', '2026-11-22T03:00:00.000Z'),
  step('2026-11-22T05:00:00.000Z', { run: 'run-2' }),
  start('run-3', '2026-11-23T09:00:00.000Z', 'run-2', '2026-11-23T06:00:00.000Z'),
  step('2026-11-23T10:00:00.000Z', { run: 'run-3' }),
];

const TOLD = [
  { ts: '2026-11-21T10:00:00.000Z', run_id: 'run-1.2026-11-21', status: 'ok', duration_ms: 14 * 3_600_000 },
  { ts: '2026-11-22T00:00:00.000Z', run_id: 'run-1.2026-11-22', status: 'ok', duration_ms: 3 * 3_600_000 },
  { ts: '2026-11-22T04:00:00.000Z', run_id: 'run-2.2026-11-22', status: 'ok', duration_ms: 20 * 3_600_000 },
  {
    ts: '2026-11-23T00:00:00.000Z',
    run_id: 'run-2.2026-11-23',
    status: 'error',
    duration_ms: 6 * 3_600_000,
    error: 'the run ended without a stop: its process was killed, or died',
  },
].map((event) => ({ v: 1, agent: 'pink', ...event }));

describe('the telemetry of PINK', () => {
  it('is one record for each day of a run, and says of the last one whether it was stopped', async () => {
    const { state, open } = world();

    await open().write(LIVES);

    expect(linesIn(state, 'telemetry/events')).toEqual(TOLD);
    expect(TOLD.map((event) => validate(TelemetryEvent, event).ok)).toEqual([true, true, true, true]);
  });

  it('is the same in whatever pieces rows come, and come again', async () => {
    const piece = fc.record({
      back: fc.nat(8),
      length: fc.integer({ min: 1, max: 8 }),
      isAnew: fc.boolean(),
    });
    const isSame = fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const { state, open } = world();
      let sink = open();
      let sent = 0;
      for (const { back, length, isAnew } of [...pieces, { back: 8, length: 8, isAnew: true }]) {
        if (isAnew) sink = open();
        const begin = Math.max(0, sent - back);
        await sink.write(LIVES.slice(begin, begin + length));
        sent = Math.max(sent, Math.min(LIVES.length, begin + length));
      }
      await sink.write(LIVES);
      expect(linesIn(state, 'telemetry/events')).toEqual(TOLD);
    });

    await fc.assert(isSame, { seed: 20261129, numRuns: 100 });
  });

  it('does not judge a run whose begin nobody heard of', () => {
    const [, , , , , late, third] = LIVES;
    if (late === undefined || third === undefined) throw new Error('no rows');

    expect(tellRun(null, third, 'pink').events).toEqual([]);
    expect(tellRun(null, late, 'pink').memory).toMatchObject({ run: 'run-2', started_at: late.at });
  });

  it('goes on from the next row where what it knew is damaged', async () => {
    const { state, data, open, words } = world();
    data.replace('cursors/alpha_events-run.json', '{"v":1');

    await open().write(LIVES.slice(5));

    expect(words[0]).toMatch(/alpha_events-run\.json is damaged/);
    expect(linesIn(state, 'telemetry/events')).toMatchObject([
      { run_id: 'run-2.2026-11-22' },
      { status: 'error' },
    ]);
  });
});

it('rows of simulated worlds are events and records that fit their schemas', async () => {
  let records = 0;
  for (const seed of [3, 27, 41]) {
    const { state, open } = world();
    const rows = rowsOf(recorded(seed));
    expect((await open().write(rows)).ok).toBe(true);

    const events = linesIn(state, 'alpha/events');
    const entries = rows.filter(
      (row) => row.table === 'steps' && row.action === 'ENTER' && row.outcome !== 'DUPLICATE_EVENT',
    );
    expect(events).not.toEqual([]);
    expect(events.length).toBeLessThanOrEqual(entries.length);
    expect(events.filter((event) => !validate(AlphaEvent, event).ok)).toEqual([]);
    const told = linesIn(state, 'telemetry/events');
    expect(told.filter((record) => !validate(TelemetryEvent, record).ok)).toEqual([]);
    records += told.length;
  }
  expect(records).toBeGreaterThan(0);
});

describe('a run that was stopped', () => {
  it('is over: what its journal holds after that is of no day', async () => {
    const { state, open } = world();
    await open().write([
      start('run-1', '2026-11-21T10:00:00.000Z', null, null),
      step('2026-11-21T12:00:00.000Z', { action: 'STOP' }),
      step('2026-11-22T12:00:00.000Z', {}),
      step('2026-11-23T12:00:00.000Z', { action: 'STOP' }),
    ]);

    expect(linesIn(state, 'telemetry/events')).toMatchObject([{ duration_ms: 2 * 3_600_000, status: 'ok' }]);
  });

  it('is not one whose policy says the word', async () => {
    const { state, open } = world();
    await open().write([
      start('run-1', '2026-11-21T10:00:00.000Z', null, null),
      step('2026-11-21T12:00:00.000Z', { action: 'STOP', policy: 'mine@1#0f3c0f3c' }),
    ]);

    expect(Object.keys(state.dump()).filter((path) => path.startsWith('telemetry'))).toEqual([]);
  });
});
