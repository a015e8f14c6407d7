// The memory of all rows: it goes on from where it was stored, and forgets only what no window of its own agent or class reaches.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReconciledRow } from '../../src/domain/row.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import {
  asOfText,
  foldRows,
  type History,
  historyFromJson,
  historyToJson,
  inFairOrder,
  newHistory,
  prune,
  rowsInWindow,
} from '../../src/supervision/history.ts';
import { aRow, T0 } from '../builders.ts';
import { aJudgedRow, cvarRules } from './cell-rows.ts';

const rules = cvarRules();

function rowAt(hour: number, over: Partial<ReconciledRow> = {}): ReconciledRow {
  const exit_at = isoFromMs(T0 + hour * HOUR_MS);
  const entry_at = isoFromMs(T0 + (hour - 24) * HOUR_MS);
  return aRow({ event_id: `e${String(hour).padStart(5, '0')}`, ts: entry_at, entry_at, exit_at, ...over });
}

function fold(history: History, rows: readonly ReconciledRow[]): History {
  foldRows(history, rows, rules, () => null);
  return history;
}

function bytesOf(history: History): string {
  return JSON.stringify(historyToJson(history));
}

const anyRow = fc.record({
  agent: fc.constantFrom('a', 'b', '__proto__'),
  strategy_class: fc.constantFrom('macro', 'arb'),
  regime: fc.constantFrom('TREND', 'RANGE'),
  horizon_hours: fc.constantFrom(1, 4, 24),
  pnl_error_bps: fc.double({ min: -5000, max: 5000, noNaN: true }),
  expected_sigma_bps: fc.option(fc.double({ min: 1, max: 900, noNaN: true })),
  expected_abs_bps: fc.option(fc.double({ min: 1, max: 900, noNaN: true })),
  sigma_asof_bps: fc.option(fc.double({ min: 1, max: 900, noNaN: true })),
});
const anyRows = fc
  .array(anyRow, { maxLength: 40 })
  .map((all) => all.map((over, index) => rowAt(24 + 5 * index, over)));

describe('the memory', () => {
  it('goes on from its stored form as if it had never been stored', () => {
    fc.assert(
      fc.property(anyRows, fc.nat({ max: 40 }), (rows, cut) => {
        const straight = fold(newHistory(), rows);

        const half = fold(newHistory(), rows.slice(0, cut));
        const restored = historyFromJson(JSON.parse(bytesOf(half)));
        expect(bytesOf(fold(restored, rows.slice(cut)))).toBe(bytesOf(straight));
      }),
      { numRuns: 50 },
    );
  });

  it('is the same however often it is pruned in between', () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 0, max: 10 * 24 }), (rows, hours) => {
        const windowMs = hours * HOUR_MS;
        const once = fold(newHistory(), rows);
        prune(once, windowMs);

        const often = newHistory();
        for (const row of rows) {
          fold(often, [row]);
          prune(often, windowMs);
        }
        expect(bytesOf(often)).toBe(bytesOf(once));
      }),
      { numRuns: 50 },
    );
  });

  it('holds rows of the deciding horizon, and streams of every horizon', () => {
    const history = fold(newHistory(), [rowAt(24, { horizon_hours: 1 }), rowAt(25, { horizon_hours: 24 })]);

    expect(history.rows.map(({ eventId }) => eventId)).toEqual(['e00025']);
    expect([...history.streams.keys()]).toEqual(['1 momentum', '24 momentum']);
    expect(history.days.get('macro')?.map(({ n }) => n)).toEqual([1]);
  });

  it('counts a row of a horizon that is no longer configured, and nothing else of it', () => {
    const history = fold(newHistory(), [rowAt(24, { horizon_hours: 7 })]);

    expect(history).toMatchObject({ rowCount: 1, rows: [] });
    expect([history.streams.size, history.confidence.size, history.newestEvents.size]).toEqual([0, 0, 0]);
    expect(asOfText(history)).toBe(isoFromMs(T0 + 24 * HOUR_MS));
    expect(asOfText(newHistory())).toBeNull();
  });

  it('adds up the days of a class, and leaves a row without a sigma out of the error in sigma only', () => {
    const history = fold(newHistory(), [
      rowAt(24, { pnl_error_bps: -300, realized_pnl_bps: -300, net_pnl_bps: -320 }),
      rowAt(25, { pnl_error_bps: 900, realized_pnl_bps: 900, net_pnl_bps: 880, expected_sigma_bps: null }),
      rowAt(48, { pnl_error_bps: 150, realized_pnl_bps: 150, net_pnl_bps: 130 }),
    ]);

    expect(history.days.get('macro')).toEqual([
      { day: '2021-03-02', n: 2, pnlBps: 600, netBps: 560, absErrorSigma: 1, nSigma: 1 },
      { day: '2021-03-03', n: 1, pnlBps: 150, netBps: 130, absErrorSigma: 0.5, nSigma: 1 },
    ]);
  });

  it('keeps the class of the newest row of an agent', () => {
    const rows = [rowAt(24), rowAt(25, { horizon_hours: 1, strategy_class: 'arb' })];

    expect(fold(newHistory(), rows).classes.get('momentum')).toBe('arb');
  });
});

describe('signals that end at one instant', () => {
  const symbols = ['AAVE', 'BTC', 'ETH', 'SOL', 'XRP'];
  const sameHour = (hour: number): ReconciledRow[] =>
    symbols.map((symbol) =>
      rowAt(hour, {
        event_id: `${symbol}-${hour}`,
        symbol,
        pnl_error_bps: symbol === 'AAVE' ? 0 : -600,
        abs_error_bps: symbol === 'AAVE' ? 0 : 600,
      }),
    );

  it('are admitted by turns, whatever their ids: one healthy symbol hides no sick one', () => {
    const rows = Array.from({ length: 60 }, (_, day) => sameHour(24 * (day + 1))).flat();

    const stream = fold(newHistory(), rows).streams.get('24 momentum')?.stream;

    expect(stream?.recent.n).toBe(60);
    expect(stream?.triggers.mean.state).toBe('ALERT');
  });

  it('keep the order of their instants, and are the same rows', () => {
    const rows = [...sameHour(24), rowAt(30), ...sameHour(48)];
    const ordered = inFairOrder(rows);

    expect(ordered.map(({ exit_at }) => exit_at)).toEqual(rows.map(({ exit_at }) => exit_at));
    expect(ordered.map(({ event_id }) => event_id).sort()).toEqual(
      rows.map(({ event_id }) => event_id).sort(),
    );
    expect(ordered).not.toEqual(rows);
  });
});

describe('prune', () => {
  it('keeps the rows of an agent that paused, though others went on', () => {
    const history = fold(newHistory(), [
      rowAt(24, { agent: 'paused', strategy_class: 'arb' }),
      rowAt(24 * 300, { agent: 'busy' }),
    ]);
    prune(history, DAY_MS);

    expect(history.rows.map(({ agent }) => agent)).toEqual(['paused', 'busy']);
  });

  it('forgets a row that neither its agent nor its class reaches', () => {
    const history = fold(newHistory(), [rowAt(24), rowAt(24 * 10), rowAt(24 * 11)]);
    prune(history, DAY_MS);

    expect(history.rows.map(({ eventId }) => eventId)).toEqual(['e00240', 'e00264']);
    expect(history.rowCount).toBe(3);
    expect(history.days.get('macro')?.map(({ day }) => day)).toEqual(['2021-03-11', '2021-03-12']);
  });
});

describe('prune, within a class', () => {
  it('forgets the rows of a regime that the class has left long ago', () => {
    const history = fold(newHistory(), [
      rowAt(24, { regime: 'RANGE', agent: 'retired' }),
      rowAt(24 * 10, { agent: 'retired' }),
      rowAt(24 * 20),
    ]);
    prune(history, 11 * DAY_MS);

    expect(history.rows.map(({ regime }) => regime)).toEqual(['RANGE', 'TREND', 'TREND']);
    prune(history, 8 * DAY_MS);
    expect(history.rows.map(({ eventId }) => eventId)).toEqual(['e00240', 'e00480']);
  });
});

describe('rowsInWindow', () => {
  it('ends at the newest of the rows and includes its far end', () => {
    const rows = [0, 1, 24, 25].map((hour) => aJudgedRow(hour));

    expect(rowsInWindow(rows, DAY_MS).map(({ exitMs }) => (exitMs - T0) / HOUR_MS)).toEqual([1, 24, 25]);
    expect(rowsInWindow([], DAY_MS)).toEqual([]);
  });
});
