// The diary of many looks: an alert is one entry from its beginning to its end, and counts say on how many looks who stood where.

import { describe, expect, it } from 'vitest';
import type { DivergenceAlert } from '../../src/domain/divergence.ts';
import type { MetaReport } from '../../src/domain/supervisor.ts';
import { newDiary, noteLook } from '../../src/supervision/diary.ts';
import { aCell, aDisableVerdict, aMetaReport, anAlert } from '../domain/record-builders.ts';
import { aQuietAgent, aStrategy } from './report-world.ts';

const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T10:00:00.000Z`;

function withAlerts(...divergence: DivergenceAlert[]): MetaReport {
  return aMetaReport({ agents: { 'trend-ema': aQuietAgent({ divergence }) } });
}

function diaryOf(...reports: MetaReport[]) {
  const diary = newDiary();
  for (const report of reports) noteLook(diary, report, []);
  return diary;
}

const alert = (since: string, over: Partial<DivergenceAlert> = {}) => anAlert({ since, ...over });
const resolved = (since: string) => anAlert({ state: 'RESOLVED', severity: 'none', action: 'NONE', since });

describe('the alerts of a diary', () => {
  it('have one entry from the beginning to the end, with the figure that was seen first', () => {
    const diary = diaryOf(
      withAlerts(alert(day(1), { statistic: 6000 })),
      withAlerts(alert(day(1), { statistic: 9000 })),
      withAlerts(resolved(day(5))),
      withAlerts(resolved(day(5))),
    );

    expect([...diary.alerts.values()]).toEqual([
      {
        agent: 'trend-ema',
        horizon_hours: 4,
        trigger: 'mean',
        since: day(1),
        statistic: 6000,
        limit: 5000,
        ended: day(5),
      },
    ]);
    expect(diary.looks).toBe(4);
    expect(diary.agents.get('trend-ema')).toEqual({ alert: 2, notes: 0 });
  });

  it('have another entry where the trigger is raised again', () => {
    const diary = diaryOf(withAlerts(alert(day(1))), withAlerts(resolved(day(5))), withAlerts(alert(day(8))));

    expect([...diary.alerts.values()].map(({ since, ended }) => [since, ended])).toEqual([
      [day(1), day(5)],
      [day(8), null],
    ]);
  });

  it('tell streams and triggers of one agent apart', () => {
    const diary = diaryOf(
      withAlerts(
        alert(day(1)),
        alert(day(1), { trigger: 'scale' }),
        alert(day(1), { horizon_hours: 24 }),
        alert(day(1), { state: 'WARN', trigger: 'mean_cusum' }),
      ),
      withAlerts(resolved(day(5))),
    );

    expect([...diary.alerts.values()].map(({ ended }) => ended)).toEqual([day(5), null, null]);
  });

  it('end only after they began, and not by the end of one that nobody saw', () => {
    const diary = diaryOf(
      withAlerts(resolved(day(1))),
      withAlerts(alert(day(3))),
      withAlerts(resolved(day(1))),
    );

    expect([...diary.alerts.values()].map(({ since, ended }) => [since, ended])).toEqual([[day(3), null]]);
  });
});

describe('the cells of a diary', () => {
  it('count looks by status, and keep the largest figure that was known', () => {
    const look = (over: Parameters<typeof aCell>[0]) =>
      aMetaReport({ strategies: { macro: aStrategy({ cells: { TREND: aCell(over) } }) } });
    const unknown = { cvar95_sigma: null, cvar95_error_bps: null, notes_cvar95_error_bps: null };
    const diary = diaryOf(
      look({ ...unknown, status: 'INSUFFICIENT', is_current: false }),
      look({ status: 'WATCH', cvar95_sigma: 5, cvar95_error_bps: 900, notes_cvar95_error_bps: -40 }),
      look({ status: 'KILL', cvar95_sigma: 4, cvar95_error_bps: 950, notes_cvar95_error_bps: 10 }),
    );

    expect(diary.cells.get('macro')?.get('TREND')).toMatchObject({
      current: 2,
      watch: 1,
      kill: 1,
      maxCvarSigma: 5,
      maxCvarBps: 950,
      maxNotesBps: 10,
    });
  });

  it('have no figure where there never was one', () => {
    const cell = aCell({ cvar95_sigma: null, cvar95_error_bps: null, notes_cvar95_error_bps: null });
    const diary = diaryOf(aMetaReport({ strategies: { macro: aStrategy({ cells: { TREND: cell } }) } }));

    expect(diary.cells.get('macro')?.get('TREND')).toMatchObject({ maxCvarSigma: null, maxNotesBps: null });
  });
});

it('a diary keeps the verdicts of every look in their order', () => {
  const diary = newDiary();
  const [first, second] = [aDisableVerdict(), aDisableVerdict({ kind: 'REENABLE' })];
  noteLook(diary, aMetaReport(), [first]);
  noteLook(diary, aMetaReport(), [second]);

  expect(diary.verdicts).toEqual([first, second]);
});
