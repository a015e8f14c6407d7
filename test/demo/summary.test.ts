// The numbers of the demo: worked examples over a state folder in memory, so that each is what a person would count.

import { describe, expect, it } from 'vitest';
import { appendEvents } from '../../src/adapters/state/event-log.ts';
import { saveModel, savePointer } from '../../src/adapters/state/model-store.ts';
import { savePending } from '../../src/adapters/state/pending-store.ts';
import { appendRejects } from '../../src/adapters/state/reject-log.ts';
import { insertRows } from '../../src/adapters/state/row-store.ts';
import { meanOf, summaryOf } from '../../src/demo/summary.ts';
import { type AlphaEvent, contentSha256, parseAlphaEvent } from '../../src/domain/event.ts';
import { type Reject, type RejectCode, rejectFrom } from '../../src/domain/reject.ts';
import { compareRows, type ReconciledRow } from '../../src/domain/row.ts';
import { msFromIso } from '../../src/domain/time.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { modelOf, rowOf } from './rows.ts';

const BREAK_MS = msFromIso('2026-01-15T00:00:00.000Z');
const RECOVER_MS = msFromIso('2026-01-20T00:00:00.000Z');
const OPTIONS = { horizonsHours: [1, 24], story: { breakMs: BREAK_MS, recoverMs: RECOVER_MS } };

function eventOf(agent: string, direction: string, minute: number): AlphaEvent {
  const ts = `2026-01-10T00:${String(minute).padStart(2, '0')}:00.000Z`;
  const event = parseAlphaEvent({ ts, agent, symbol: 'BTC/USDT', direction });
  if (!event.ok) throw new Error('the event of the test is valid');
  return event.value;
}

function rejectOf(code: RejectCode, eventId: string): Reject {
  return rejectFrom({
    code,
    reason: 'a reason',
    file: 'event/2026-01.jsonl',
    line: null,
    event_id: eventId,
    horizon_hours: 1,
    raw: null,
  });
}

function diskWith(rows: readonly ReconciledRow[]) {
  const disk = memoryDisk();
  const days = new Set(rows.map((row) => row.exit_at.slice(0, 10)));
  for (const day of days) {
    insertRows(disk, day, rows.filter((row) => row.exit_at.startsWith(day)).toSorted(compareRows));
  }
  return disk;
}

describe('meanOf', () => {
  it('gives the mean and a standard error that counts overlapping rows once', () => {
    const rows = [10, 20, 60].map((net, i) =>
      rowOf({ event_id: `e${i}`, net_pnl_bps: net, uniqueness: 0.5 }),
    );

    const mean = meanOf(rows, (row) => row.net_pnl_bps);

    // sd = sqrt((400 + 100 + 900) / 2) = 26.4575; se = sd / sqrt(1.5).
    expect(mean).toEqual({ n: 3, n_eff: 1.5, mean: 30, se: 21.6025 });
  });

  it('knows no mean of nothing, and no error of a single row', () => {
    expect(meanOf([], () => 1)).toEqual({ n: 0, n_eff: 0, mean: null, se: null });
    expect(meanOf([rowOf({ event_id: 'e' })], () => 5)).toEqual({ n: 1, n_eff: 1, mean: 5, se: null });
  });
});

describe('summaryOf', () => {
  it('is empty for an empty folder, and says so of each model', () => {
    const summary = summaryOf(memoryDisk(), OPTIONS);

    expect(summary).toMatchObject({ horizon_hours: 24, events: 0, agents: [] });
    expect(Object.values(summary.outcomes)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(summary.models.map((model) => [model.horizon_hours, model.used, model.reason])).toEqual([
      [1, false, 'nothing was trained'],
      [24, false, 'nothing was trained'],
    ]);
  });

  it('judges agents at the longest horizon, and counts their rows at all', () => {
    const disk = diskWith([
      rowOf({ event_id: 'a', realized_pnl_bps: 30, net_pnl_bps: 6 }),
      rowOf({ event_id: 'b', realized_pnl_bps: -10, net_pnl_bps: -34 }),
      rowOf({ event_id: 'c', realized_pnl_bps: 0, net_pnl_bps: -24 }),
      rowOf({ event_id: 'a', horizon_hours: 1, realized_pnl_bps: 999, net_pnl_bps: 999 }),
    ]);

    const [agent] = summaryOf(disk, OPTIONS).agents;

    expect(agent).toMatchObject({ agent: 'trend-ema', strategy_class: 'event', rows: 4, hit_rate: 0.3333 });
    expect(agent?.net_bps).toMatchObject({ n: 3, mean: -17.3333 });
  });

  it('parts the errors at the break and at its end by when the signal was made, not by when it ended', () => {
    const disk = diskWith([
      rowOf({ event_id: 'a', ts: '2026-01-13T23:00:00.000Z', pnl_error_bps: 40 }),
      rowOf({ event_id: 'b', ts: '2026-01-14T23:00:00.000Z', pnl_error_bps: 60 }),
      rowOf({ event_id: 'c', ts: '2026-01-15T00:00:00.000Z', pnl_error_bps: -80 }),
      rowOf({ event_id: 'd', ts: '2026-01-19T23:00:00.000Z', pnl_error_bps: -20 }),
      rowOf({ event_id: 'e', ts: '2026-01-20T00:00:00.000Z', pnl_error_bps: 10 }),
    ]);

    const [agent] = summaryOf(disk, OPTIONS).agents;

    expect(agent?.error_bps_before).toMatchObject({ n: 2, mean: 50 });
    expect(agent?.error_bps_broken).toMatchObject({ n: 2, mean: -50 });
    expect(agent?.error_bps_since).toMatchObject({ n: 1, mean: 10 });
  });

  it('lists agents by class, then name', () => {
    const disk = diskWith([
      rowOf({ event_id: 'a', agent: 'z', strategy_class: 'arb' }),
      rowOf({ event_id: 'b', agent: 'b', strategy_class: 'macro' }),
      rowOf({ event_id: 'c', agent: 'a', strategy_class: 'macro' }),
    ]);

    expect(summaryOf(disk, OPTIONS).agents.map((each) => each.agent)).toEqual(['z', 'a', 'b']);
  });

  it('counts every outcome where it is kept', () => {
    const disk = diskWith([rowOf({ event_id: 'a' }), rowOf({ event_id: 'b' })]);
    const open = eventOf('trend-ema', 'LONG', 1);
    appendEvents(disk, 'event', [open, eventOf('trend-ema', 'SHORT', 2), eventOf('trend-ema', 'FLAT', 3)]);
    appendRejects(disk, 'event', '2026-01', [
      rejectOf('stale_price', 'x'),
      rejectOf('stale_price', 'y'),
      rejectOf('no_price', 'z'),
      rejectFrom({ ...rejectOf('invalid_event', 'w'), event_id: null, horizon_hours: null, raw: 'line' }),
    ]);
    savePending(disk, {
      v: 1,
      generated_at: open.ts,
      horizons_hours: [1, 24],
      context_from: null,
      files: {},
      events: [
        { event: open, content_sha256: contentSha256(open), shard: 'event/2026-01.jsonl', open: [1, 24] },
      ],
    });

    const summary = summaryOf(disk, OPTIONS);

    expect(summary.events).toBe(3);
    expect(summary.agents[0]?.signals).toBe(2);
    expect(summary.outcomes).toEqual({
      reconciled: 2,
      pending: 2,
      stale_price: 2,
      no_price: 1,
      invalid_event: 1,
      flat: 1,
    });
  });

  it('tells of the model in use, in and out of sample, and of the gate', () => {
    const disk = memoryDisk();
    const model = modelOf();
    const older = modelOf({
      model_id: '20260125T001000Z-bbbbbbbbbbbbbbbb',
      content_sha256: 'b'.repeat(64),
      trained_at: '2026-01-25T00:10:00.000Z',
    });
    saveModel(disk, older);
    saveModel(disk, model);
    const { model_id, trained_at, used, reason, n } = model;
    savePointer(disk, { v: 1, ok: true, horizon_hours: 24, model_id, trained_at, used, reason, n });

    const [hour, day] = summaryOf(disk, OPTIONS).models;

    expect(hour).toMatchObject({ horizon_hours: 1, versions: 0, model_id: null, rmse_bps_in_sample: null });
    expect(day).toEqual({
      horizon_hours: 24,
      versions: 2,
      versions_used: 2,
      model_id,
      n: 900,
      n_eff: 600,
      rmse_bps_in_sample: 400,
      rmse_bps_out_of_sample: 410,
      r2_vs_zero: 0.02,
      p_value: 0.006,
      used: true,
      reason: 'beats zero out of sample',
    });
  });
});
