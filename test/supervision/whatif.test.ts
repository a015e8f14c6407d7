// What other limits would have done: hand-made histories of cells with sums that can be checked on paper.

import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadWardenConfig } from '../../src/adapters/config/config-files.ts';
import { type CellStatistics, cellId } from '../../src/domain/cvar.ts';
import type { KillList } from '../../src/domain/kill-list.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import { supervisorRules } from '../../src/supervision/supervisor-rules.ts';
import { replayLimits } from '../../src/supervision/whatif.ts';
import { aCellLine } from '../domain/record-builders.ts';

const loaded = loadWardenConfig(resolve(import.meta.dirname, '../../config'));
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const rules = supervisorRules(loaded.value.config);

const START = msFromIso('2026-03-01T10:00:00.000Z');
const ALWAYS = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER / 2 ** 12 };
const AT_4: KillList = { macro: { status: 'ENABLED', max_cvar_sigma: 4 } };
const AT_6: KillList = { macro: { status: 'ENABLED', max_cvar_sigma: 6 } };
const AT_2: KillList = { macro: { status: 'ENABLED', max_cvar_sigma: 2 } };

function dayAt(day: number): string {
  return isoFromMs(START + day * DAY_MS);
}

/** A day's line; its tail has the lower bound `sigma - 0.5`, and 100 bps gross (90 net) are lost on it. */
function line(day: number, sigma: number, over: Partial<CellStatistics> = {}): CellStatistics {
  const made = aCellLine({
    as_of: dayAt(day),
    window_from: dayAt(-100),
    cvar95_sigma: sigma,
    ci90_sigma: [sigma - 0.5, sigma + 0.5],
    window_to: dayAt(day),
    ...recent(sigma, -50),
    fresh_n: 2,
    fresh_pnl_bps: -100,
    fresh_net_pnl_bps: -110,
    ...over,
  });
  return { ...made, cell_id: cellId(made) };
}

function recent(sigma: number, fromDay: number): Pick<CellStatistics, 'recent'> {
  return { recent: { ...aCellLine().recent, from: dayAt(fromDay), cvar95_sigma: sigma } };
}

function replay(lines: readonly CellStatistics[], proposed: KillList, current: KillList = AT_6) {
  return replayLimits(lines, { current, proposed }, rules, ALWAYS)[0];
}

describe('replayLimits', () => {
  it('has nothing to say about nothing', () => {
    expect(replayLimits([], { current: {}, proposed: {} }, rules, ALWAYS)).toEqual([]);
    expect(replay([line(0, 9, { horizon_hours: 4 })], AT_4)).toBeUndefined();
  });

  it('stops a class from the look of the breach, and adds up what came after', () => {
    const lines = [
      line(0, 3),
      line(1, 5),
      line(2, 5.5),
      line(3, 7, { regime: 'RANGE', is_current: false }),
      line(4, 5),
    ];
    const early = line(0, 3, { regime: 'RANGE', is_current: false });
    const found = replay([...lines, early].reverse(), AT_4);

    expect(found).toMatchObject({
      strategy_class: 'macro',
      first_look: dayAt(0),
      last_look: dayAt(4),
      looks: 5,
      current: { stops: [], total: { stops: 0, days: 0, pnl_bps: 0, net_pnl_bps: 0 } },
      difference: { stops: 1, days: 3, pnl_bps: -300, net_pnl_bps: -330 },
    });
    expect(found?.proposed.stops).toEqual([
      {
        disabled_from: dayAt(1),
        disabled_until: null,
        days: 3,
        regime: 'TREND',
        unit: 'sigma',
        limit: 4,
        cvar: 5,
        cvar_low: 4.5,
        worst_cvar: 7,
        rows_not_taken: 6,
        pnl_bps: -300,
        net_pnl_bps: -330,
      },
    ]);
  });

  it('asks for the lower bound, enough rows, and the current regime, as live', () => {
    expect(replay([line(0, 4.4)], AT_4)?.proposed.stops).toEqual([]);
    expect(replay([line(0, 9, { n_eff: 20, n_eff_sigma: 20 })], AT_4)?.proposed.stops).toEqual([]);
    expect(replay([line(0, 9, { is_current: false })], AT_4)?.proposed.stops).toEqual([]);
    expect(
      replay([line(0, 9), line(0, 1, { regime: 'RANGE', as_of: dayAt(1) })], AT_4)?.proposed.stops,
    ).toHaveLength(1);
  });

  it('believes the newest line that says its regime is current', () => {
    const lines = [line(0, 3, { regime: 'RANGE' }), line(1, 9)];
    expect(replay(lines, AT_4)?.proposed.stops).toMatchObject([{ disabled_from: dayAt(1), regime: 'TREND' }]);
  });

  it('forgets a cell whose rows are all older than the window of its class, as live', () => {
    const stopsOf = (day: number) => {
      const calm = { regime: 'RANGE', is_current: false, ...recent(1, 50) };
      const breached = [line(0, 9, { regime: 'RANGE' }), line(1, 9)];
      return replay([...breached, line(day, 1, calm), line(day + 1, 1, calm)], AT_4)?.proposed.stops;
    };

    expect(stopsOf(180)).toMatchObject([{ regime: 'RANGE' }, { regime: 'TREND' }]);
    expect(stopsOf(181)).toMatchObject([{ regime: 'RANGE' }]);
  });

  it('lets a class in again where the cell that breached has recovered, after the cool-down', () => {
    const days = Array.from({ length: 12 }, (_, day) => line(day, 5, day < 3 ? {} : recent(1, 1)));
    const [stop, ...more] = replay(days, AT_4)?.proposed.stops ?? [];

    expect(stop).toMatchObject({ disabled_from: dayAt(0), disabled_until: dayAt(7), days: 7, pnl_bps: -700 });
    expect(more).toEqual([]);
  });

  it('counts the cool-down to the newest look of the class, whichever cell has the news', () => {
    const breached = line(0, 5);
    const healthy = line(3, 1, recent(1, 1));
    const other = [6, 7, 8].map((day) => line(day, 1, { regime: 'RANGE', is_current: false }));

    expect(replay([breached, healthy, ...other], AT_4)?.proposed.stops).toMatchObject([
      { disabled_from: dayAt(0), disabled_until: dayAt(7) },
    ]);
  });

  it('stops it again for new losses, not for those that the recovery set aside', () => {
    const days = Array.from({ length: 12 }, (_, day) => line(day, 5, day < 3 ? {} : recent(1, 1)));
    const relapse = [...days, line(12, 5, recent(5, 9))];

    expect(replay(relapse, AT_4)?.proposed.stops.map((stop) => stop.disabled_from)).toEqual([
      dayAt(0),
      dayAt(12),
    ]);
  });

  it('passes over a status in the lists, since limits are compared', () => {
    const disabled: KillList = {
      macro: {
        status: 'DISABLED',
        reason: 'r',
        evidence: 'e',
        since: dayAt(0),
        episode: 'macro/1',
        max_cvar_sigma: 4,
      },
    };
    const lines = [line(0, 3), line(1, 5), line(2, 5)];

    expect(replay(lines, disabled)?.proposed).toEqual(replay(lines, AT_4)?.proposed);
  });

  it('takes the default limit for a class that a list does not know', () => {
    expect(replay([line(0, 5)], {})?.proposed.stops).toMatchObject([
      { limit: 4, days: 0, rows_not_taken: 0 },
    ]);
  });

  it('reports in the unit of the limit that was breached', () => {
    const inBps: KillList = { macro: { status: 'ENABLED', max_cvar_error_bps: 2000 } };
    expect(replay([line(0, 3)], inBps)?.proposed.stops).toMatchObject([
      { unit: 'bps', limit: 2000, cvar: 2451.2 },
    ]);
  });

  it('does not count the history before the breach that the first line of a cell calls fresh', () => {
    const lines = [
      line(0, 5),
      line(1, 1, { regime: 'RANGE', is_current: false, fresh_n: 500, fresh_pnl_bps: -9000 }),
    ];
    const born = { ...line(1, 1), regime: 'NEW', is_current: false, window_from: dayAt(0.5) };

    expect(replay(lines, AT_4)?.proposed.total).toMatchObject({ pnl_bps: 0 });
    expect(replay([...lines, born], AT_4)?.proposed.total).toMatchObject({ pnl_bps: -100 });
  });

  it('replays only the span it is asked for', () => {
    const lines = [line(0, 5), line(1, 5), line(2, 5), line(3, 5)];
    const span = { fromMs: START + DAY_MS, toMs: START + 2 * DAY_MS };
    const [found] = replayLimits(lines, { current: AT_6, proposed: AT_4 }, rules, span);

    expect(found).toMatchObject({ looks: 2, proposed: { total: { stops: 1, days: 1, pnl_bps: -100 } } });
  });
});

describe('whatever was recorded', () => {
  const histories = fc.array(
    fc.record({
      sigma: fc.double({ min: 0, max: 9, noNaN: true }),
      recent: fc.double({ min: 0, max: 9, noNaN: true }),
      regime: fc.constantFrom('TREND', 'RANGE'),
      isCurrent: fc.boolean(),
      pnl: fc.integer({ min: -500, max: 500 }),
    }),
    { maxLength: 40 },
  );
  const linesOf = histories.map((days) =>
    days.map((day, index) =>
      line(index, day.sigma, {
        ...recent(day.recent, index - 5),
        regime: day.regime,
        is_current: day.isCurrent,
        fresh_pnl_bps: day.pnl,
        fresh_net_pnl_bps: day.pnl - 10,
      }),
    ),
  );

  it('equal lists differ in nothing, in whatever order the lines come', () => {
    fc.assert(
      fc.property(linesOf, (lines) => {
        const found = replay(lines, AT_4, AT_4);
        expect(replay([...lines].reverse(), AT_4, AT_4)).toEqual(found);
        if (found !== undefined)
          expect(found.difference).toEqual({ stops: 0, days: 0, pnl_bps: 0, net_pnl_bps: 0 });
      }),
    );
  });

  it('stops follow one another, and hold only rows after their breach', () => {
    fc.assert(
      fc.property(linesOf, (lines) => {
        const stops = replay(lines, AT_2)?.proposed.stops ?? [];
        stops.forEach((stop, index) => {
          const next = stops[index + 1];
          if (next !== undefined) expect((stop.disabled_until ?? '') < next.disabled_from).toBe(true);
          const end = stop.disabled_until ?? '9999';
          const held = lines.filter(({ as_of }) => as_of > stop.disabled_from && as_of <= end);
          const skipped = held.filter((each) => each === lines.find(({ regime }) => regime === each.regime));
          const sum = held.reduce((total, each) => total + each.fresh_pnl_bps, 0);
          const left = skipped.reduce((total, each) => total + each.fresh_pnl_bps, 0);
          expect(stop.pnl_bps).toBeCloseTo(sum - left, 6);
          expect(stop.worst_cvar).toBeGreaterThanOrEqual(stop.cvar);
        });
      }),
    );
  });
});
