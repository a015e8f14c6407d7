// What the demo tells of the supervisor is what stands in its files and in the diary, and nothing else.

import { describe, expect, it } from 'vitest';
import { saveSupervisorFiles } from '../../src/adapters/state/supervisor-files.ts';
import { appendVerdicts } from '../../src/adapters/state/verdict-log.ts';
import { supervisionOf } from '../../src/demo/supervision-summary.ts';
import type { MetaReport } from '../../src/domain/supervisor.ts';
import { DAY_MS, msFromIso } from '../../src/domain/time.ts';
import { type Diary, newDiary, noteLook } from '../../src/supervision/diary.ts';
import { aDisableVerdict, aMetaReport, anAlert } from '../domain/record-builders.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';

const SINCE = '2026-04-03T01:00:00.000Z';
const BREAK_MS = msFromIso(SINCE) - 12.04 * DAY_MS;

function diskWith(report: MetaReport): MemoryDisk {
  const disk = memoryDisk();
  saveSupervisorFiles(disk, {
    confidence: { version: 1, generated_at: null, multipliers: {}, detail: {} },
    cvar: {},
    divergence: { v: 1, generated_at: null, alerts: [], notes: [] },
    promotion: {},
    allocation: {},
    report,
    markdown: '',
  });
  return disk;
}

function diaryOf(...looks: readonly MetaReport[]): Diary {
  const diary = newDiary();
  for (const look of looks) noteLook(diary, look, []);
  return diary;
}

function reportWith(state: 'OK' | 'ALERT' | 'RESOLVED', since: string | null): MetaReport {
  const report = aMetaReport();
  const [agent] = Object.values(report.agents);
  if (agent === undefined) throw new Error('the report of the test has an agent');
  return { ...report, agents: { 'trend-ema': { ...agent, divergence: [anAlert({ state, since })] } } };
}

describe('supervisionOf', () => {
  it('is empty for a state that nobody supervised', () => {
    expect(supervisionOf(memoryDisk(), newDiary(), BREAK_MS)).toEqual({
      looks: 0,
      agents: [],
      alerts: [],
      verdicts: [],
    });
  });

  it('reads standings from the newest report and counts looks from the diary', () => {
    const report = reportWith('ALERT', SINCE);

    const { looks, agents } = supervisionOf(
      diskWith(report),
      diaryOf(reportWith('OK', null), report, report),
      BREAK_MS,
    );

    expect(looks).toBe(3);
    expect(agents).toEqual([
      {
        agent: 'trend-ema',
        strategy_class: 'macro',
        stage: 'shadow',
        base_weight: 0.2,
        multiplier: 0.95,
        divergence_factor: 0.5,
        weight: 0.095,
        alert_looks: 2,
        notes_looks: 3,
      },
    ]);
  });

  it('counts the days from the break to the signal with which an alert began, below zero before it', () => {
    const report = reportWith('ALERT', SINCE);
    const diary = diaryOf(report, reportWith('RESOLVED', '2026-04-20T00:00:00.000Z'));

    const late = supervisionOf(diskWith(report), diary, BREAK_MS).alerts;
    const early = supervisionOf(diskWith(report), diary, msFromIso(SINCE) + DAY_MS).alerts;

    expect(late).toEqual([
      {
        agent: 'trend-ema',
        strategy_class: 'macro',
        horizon_hours: 4,
        trigger: 'mean',
        since: SINCE,
        days_after_break: 12,
        ended: '2026-04-20T00:00:00.000Z',
      },
    ]);
    expect(early[0]?.days_after_break).toBe(-1);
  });

  it('reads what was proposed from the log', () => {
    const disk = diskWith(aMetaReport());
    const verdict = aDisableVerdict();
    appendVerdicts(disk, [verdict]);

    const { verdicts } = supervisionOf(disk, newDiary(), BREAK_MS);

    const { ts, kind, subject, episode } = verdict;
    expect(verdicts).toEqual([{ ts, kind, subject, episode, days_after_break: 244.4 }]);
  });
});
