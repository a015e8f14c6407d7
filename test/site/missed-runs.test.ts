// Missed runs by the records that runs left: what is owed from when to when, and what nobody can know.

import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { runQuality } from '../../src/site/missed-runs.ts';
import { T0 } from '../builders.ts';
import { aScheduledRun } from './site-world.ts';

const hours = (...of: readonly number[]) => of.map((hour) => aScheduledRun(T0 + hour * HOUR_MS));

describe('missed runs', () => {
  it('are the ticks between the first and the newest run that no record tells of, newest first', () => {
    const [schedule] = runQuality(hours(0, 1, 4, 6)).schedules;

    expect(schedule).toMatchObject({
      job: 'reconcile',
      cron: '13 * * * *',
      due: 7,
      missed: 3,
      medianLateMs: 180_000,
    });
    expect(schedule?.newestMissed).toEqual([
      '2021-03-01T05:13:00.000Z',
      '2021-03-01T03:13:00.000Z',
      '2021-03-01T02:13:00.000Z',
    ]);
  });

  it('are owed until the newest run of any job', () => {
    const train = aScheduledRun(T0 + 5 * HOUR_MS, {
      job: 'train',
      schedule: { cron: '0 5 * * *', expected_at: '2021-03-01T05:00:00.000Z' },
    });

    expect(runQuality([...hours(0, 1), train]).schedules.map(({ job, missed }) => [job, missed])).toEqual([
      ['reconcile', 3],
      ['train', 0],
    ]);
  });

  it('are not owed by a line that another one replaced', () => {
    const later = [0, 1, 2].map((day) => {
      const expectedMs = T0 + DAY_MS + day * DAY_MS;
      return aScheduledRun(expectedMs, {
        schedule: { cron: '0 0 * * *', expected_at: new Date(expectedMs).toISOString() },
      });
    });
    const found = runQuality([...hours(0, 1, 2), ...later]).schedules;

    expect(found.find(({ cron }) => cron === '0 0 * * *')).toMatchObject({ due: 3, missed: 0 });
    // Twenty-one hours from the last run by the old line to the first by the new one.
    expect(found.find(({ cron }) => cron === '13 * * * *')?.due).toBe(24);
  });

  it('are counted once where a tick was run twice', () => {
    expect(runQuality([...hours(0, 1, 1), ...hours(2)]).schedules[0]).toMatchObject({ due: 3, missed: 0 });
  });

  it('are not known of runs that nobody scheduled, which are counted all the same', () => {
    const { schedule: _, ...byHand } = aScheduledRun(T0);
    const found = runQuality([byHand]);

    expect(found.schedules).toEqual([]);
    expect(found.jobs).toEqual([{ job: 'reconcile', runs: 1, newest: '2021-03-01T00:13:00.000Z' }]);
  });

  it('names a line that is none', () => {
    const odd = aScheduledRun(T0, { schedule: { cron: 'at noon', expected_at: '2021-03-01T12:00:00.000Z' } });

    expect(runQuality([odd])).toMatchObject({ schedules: [], unreadable: ['at noon'] });
  });
});
