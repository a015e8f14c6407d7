// The watchdog: quiet while everything keeps its time, exact about what does not, and silent about what it does not know.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, isoFromMs, MINUTE_MS, msFromIso } from '../../src/domain/time.ts';
import { watchdogFindings, watchedSchedules } from '../../src/supervision/watchdog.ts';
import type { WatchFacts } from '../../src/supervision/watchdog-facts.ts';
import { aRun, aWorkflow, facts, NOW_MS, RULES, ticksUntil, timetable } from './watchdog-builders.ts';

const [T0 = 0, T1 = 0] = ticksUntil(timetable('13,43 * * * *'), NOW_MS, 2);

function found(over: Partial<WatchFacts>, latePeriods = 2) {
  return watchdogFindings(facts(over), { ...RULES, latePeriods });
}

function kindsOf(over: Partial<WatchFacts>, latePeriods = 2) {
  return found(over, latePeriods).map(({ kind }) => kind);
}

const CRONS = [['13,43 * * * *'], ['27 2 * * *'], ['3 1,7,13,19 * * *'], ['0 9 * * 1-5'], ['*/5 * * * *']];

describe('a schedule that is kept', () => {
  it('is never a finding, at whatever instant and however late runs begin before the next tick', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CRONS),
        fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
        fc.integer({ min: 2, max: 6 }),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 14, maxLength: 14 }),
        (crons, nowMs, latePeriods, shares) => {
          const table = timetable(...crons);
          const runs = ticksUntil(table, nowMs, 14).flatMap((tick, at) => {
            const gap = (table.nextTickMs(tick) ?? tick) - tick;
            const madeMs = tick + Math.floor((shares[at] ?? 0) * gap);
            return madeMs > nowMs ? [] : [aRun(madeMs)];
          });

          expect(kindsOf({ nowMs, workflows: [aWorkflow({ crons, runs })] }, latePeriods)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is never a finding where GitHub leaves one tick out and is as late as it commonly is with the next', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CRONS),
        fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (crons, atMs, share) => {
          const table = timetable(...crons);
          const [next = 0, , last = 0] = ticksUntil(table, atMs, 3);
          const nowMs = next + Math.floor(share * Math.min(table.periodMs, HOUR_MS));
          const runs = [aRun(last)];

          expect(kindsOf({ nowMs, workflows: [aWorkflow({ crons, runs })] })).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is never a finding where every run begins on time, however little patience there is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CRONS),
        fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        (crons, nowMs, latePeriods) => {
          const runs = ticksUntil(timetable(...crons), nowMs, 14).map((tick) => aRun(tick));

          expect(kindsOf({ nowMs, workflows: [aWorkflow({ crons, runs })] }, latePeriods)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a schedule that stops', () => {
  it('is missed exactly after the periods that are waited for, and the hour that GitHub is commonly late', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CRONS),
        fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
        fc.integer({ min: 1, max: 6 }),
        (crons, atMs, latePeriods) => {
          const table = timetable(...crons);
          const [last = 0] = ticksUntil(table, atMs, 1);
          const limitMs = last + latePeriods * table.periodMs + Math.min(table.periodMs, HOUR_MS);
          const workflows = [aWorkflow({ crons, runs: [aRun(last)], changedAt: isoFromMs(0) })];

          expect(kindsOf({ nowMs: limitMs, workflows }, latePeriods)).toEqual([]);
          const [missed, ...others] = found({ nowMs: limitMs + 1, workflows }, latePeriods);
          expect(others).toEqual([]);
          expect(missed).toMatchObject({
            kind: 'missed',
            since: isoFromMs(table.nextTickMs(last) ?? 0),
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('owes nothing before it was made, changed or turned on', () => {
    const before = NOW_MS - 91 * MINUTE_MS;
    const workflow = (changedMs: number) => aWorkflow({ runs: [], changedAt: isoFromMs(changedMs) });

    expect(kindsOf({ workflows: [workflow(before)] })).toEqual(['missed']);
    expect(kindsOf({ workflows: [workflow(NOW_MS - 90 * MINUTE_MS)] })).toEqual([]);
  });

  it('is not missed while a run of it waits, which is late', () => {
    const tick = NOW_MS - 5 * HOUR_MS - 7 * MINUTE_MS;
    const waiting = aRun(tick, { status: 'waiting', conclusion: null });
    const later = ticksUntil(timetable('13,43 * * * *'), NOW_MS, 3).map((at) =>
      aRun(at, { status: 'waiting', conclusion: null }),
    );

    expect(kindsOf({ workflows: [aWorkflow({ runs: [...later, waiting] })] })).toEqual([]);
    expect(found({ workflows: [aWorkflow({ crons: ['43 5 * * *'], runs: [waiting] })] }, 0.1)).toMatchObject([
      {
        kind: 'late',
        what: 'the run of .github/workflows/reconcile.yml that was due at 2026-11-28 05:43 UTC has not begun to work',
        evidence: 'GitHub has made the run, and it waits',
      },
    ]);
  });

  it('is not missed where it is not known which runs there were', () => {
    expect(kindsOf({ workflows: [aWorkflow({ runs: null })] })).toEqual([]);
  });
});

describe('a run that began too late', () => {
  it('is told until the next one begins in time', () => {
    const late = aRun(T0, { startedAt: isoFromMs(T0 + 5 * MINUTE_MS) });

    expect(found({ workflows: [aWorkflow({ runs: [late] })] }, 0.1)).toMatchObject([
      {
        kind: 'late',
        since: isoFromMs(T0),
        what: '.github/workflows/reconcile.yml ran 5 min after its time',
        evidence: 'it was due at 2026-11-28 10:43 UTC and began at 2026-11-28 10:48 UTC',
      },
    ]);
    const before = aRun(T1, { startedAt: isoFromMs(T1 + 5 * MINUTE_MS) });
    expect(kindsOf({ workflows: [aWorkflow({ runs: [aRun(T0), before] })] }, 0.1)).toEqual([]);
  });
});

describe('runs that fail', () => {
  const failed = (at: number, conclusion = 'failure') => aRun(at, { conclusion });

  it.each(['failure', 'timed_out', 'startup_failure'])(
    'are told once two in a row did, since the first of them, with the newest: %s',
    (conclusion) => {
      const runs = [failed(T0), failed(T1, conclusion), aRun(T1 - HOUR_MS), failed(T1 - 2 * HOUR_MS)];

      expect(found({ workflows: [aWorkflow({ runs })] })).toMatchObject([
        {
          kind: 'failing',
          since: isoFromMs(T1),
          what: 'the last 2 runs of .github/workflows/reconcile.yml by its schedule failed',
          url: runs[0]?.url,
          evidence: 'the newest one was made at 2026-11-28 10:43 UTC and ended with failure',
        },
      ]);
    },
  );

  it.each([
    ['one alone', [failed(T0), aRun(T1)]],
    ['those before one that went well', [aRun(T0), failed(T1), failed(T1 - HOUR_MS)]],
    ['cancelled and skipped ones', [failed(T0, 'cancelled'), failed(T1, 'skipped'), aRun(T1 - HOUR_MS)]],
    ['one that is still running', [aRun(T0, { status: 'running', conclusion: null }), failed(T1)]],
  ])('are no finding: %s', (_case, runs) => {
    expect(kindsOf({ workflows: [aWorkflow({ runs })] })).toEqual([]);
  });

  it('are counted across cancelled ones, and told beside a schedule that stopped', () => {
    const runs = [
      failed(T1 - 9 * HOUR_MS),
      failed(T1 - 10 * HOUR_MS, 'cancelled'),
      failed(T1 - 11 * HOUR_MS),
    ];

    expect(kindsOf({ workflows: [aWorkflow({ runs })] })).toEqual(['missed', 'failing']);
  });
});

describe('a workflow that is off', () => {
  it.each([
    ['disabled_manually', 'turned off by a person', 'does not turn on what a person turned off'],
    ['disabled_inactivity', 'nothing happened in this public repository', 'could not turn it on'],
    ['other', 'is turned off', 'neither as active'],
  ] as const)('as %s says so, and nothing else', (state, what, evidence) => {
    const [off, ...others] = found({ workflows: [aWorkflow({ state, runs: [] })] });

    expect(others).toEqual([]);
    expect(off).toMatchObject({ kind: 'disabled', since: '2026-11-01T00:00:00.000Z' });
    expect(off?.what).toContain(what);
    expect(off?.evidence).toContain(evidence);
    expect(off?.nextStep).toContain('gh workflow enable reconcile.yml');
  });

  it('is no finding where nothing is due by the clock', () => {
    const byHand = aWorkflow({ state: 'disabled_manually', timetable: null, crons: [], runs: null });

    expect(kindsOf({ workflows: [byHand] })).toEqual([]);
  });
});

describe('a workflow file that cannot run', () => {
  it('is told with the reason', () => {
    const fault = 'it is no YAML: bad indentation in line 3';
    const broken = aWorkflow({ timetable: null, crons: [], runs: null, fault });

    expect(found({ workflows: [broken] })).toMatchObject([{ kind: 'broken', evidence: fault }]);
  });
});

describe('a job that waits for a runner of one’s own', () => {
  const queuedFor = (...ms: readonly number[]) =>
    aWorkflow({
      ...{ path: '.github/workflows/kernel.yml', timetable: null, crons: [], runs: null },
      queued: ms.map((each) => aRun(NOW_MS - each, { status: 'waiting', conclusion: null })),
    });

  it('is told after half an hour, by the oldest', () => {
    expect(kindsOf({ workflows: [queuedFor(30 * MINUTE_MS)] })).toEqual([]);
    expect(found({ workflows: [queuedFor(MINUTE_MS, 30 * MINUTE_MS + 1)] })).toMatchObject([
      {
        ...{ kind: 'queued', subject: '.github/workflows/kernel.yml', since: '2026-11-28T10:19:59.999Z' },
        evidence: '2 runs wait, and a runner that is up takes a job within 30 min',
      },
    ]);
    expect(found({ workflows: [queuedFor(HOUR_MS)] })[0]?.evidence).toContain('one run waits');
  });

  it.each([
    ['keeps its time', {}, ['queued']],
    ['is off', { state: 'disabled_manually' }, ['disabled', 'queued']],
    ['is missed', { runs: [] }, ['missed', 'queued']],
  ] as const)('is told beside its schedule, which %s', (_case, over, kinds) => {
    const { queued } = queuedFor(HOUR_MS);

    expect(kindsOf({ workflows: [aWorkflow({ ...over, queued })] })).toEqual(kinds);
  });
});

describe('the kernel', () => {
  const heartbeat = { runnerId: 'pink-1', at: '2026-11-28T10:30:00.000Z', nextDueAt: isoFromMs(NOW_MS) };

  it('is silent once its next heartbeat is overdue', () => {
    expect(kindsOf({ heartbeat })).toEqual([]);
    expect(found({ heartbeat, nowMs: NOW_MS + 1 })).toMatchObject([
      { kind: 'kernel_silent', subject: 'pink-1', since: isoFromMs(NOW_MS) },
    ]);
  });
});

describe('what ends', () => {
  const endMs = msFromIso('2026-12-15T00:00:00.000Z');

  it('is told the configured time before, and after', () => {
    const secretDays = { APCA_API_SECRET_KEY: '2026-12-14' };
    const at = (nowMs: number) => found({ nowMs, workflows: [], secretDays });

    expect(at(endMs - 14 * DAY_MS - 1)).toEqual([]);
    expect(at(endMs - 14 * DAY_MS)).toMatchObject([
      {
        kind: 'secret_ending',
        subject: 'APCA_API_SECRET_KEY',
        what: 'APCA_API_SECRET_KEY ends on 2026-12-14',
        since: isoFromMs(endMs - 14 * DAY_MS),
      },
    ]);
    expect(at(endMs)[0]?.what).toBe('APCA_API_SECRET_KEY ended on 2026-12-14, and what needs it fails');
    expect(at(endMs + 365 * DAY_MS)).toHaveLength(1);
  });

  it('may be the token itself', () => {
    const tokenEndsAt = isoFromMs(NOW_MS + 3 * DAY_MS);

    expect(found({ tokenEndsAt })).toMatchObject([
      { kind: 'secret_ending', subject: 'GITHUB_TOKEN', what: 'GITHUB_TOKEN ends on 2026-12-01' },
    ]);
    expect(kindsOf({ tokenEndsAt: isoFromMs(NOW_MS + 30 * DAY_MS) })).toEqual([]);
  });
});

describe('the findings', () => {
  it('stand in one order, whatever order the facts come in', () => {
    const paths = ['b.yml', 'a.yml', 'c.yml'];
    const workflows = paths.map((path) => aWorkflow({ path, runs: [] }));
    const off = aWorkflow({ path: 'z.yml', state: 'disabled_manually' });
    const heartbeat = { runnerId: 'pink-1', at: isoFromMs(0), nextDueAt: isoFromMs(0) };
    const tokenEndsAt = isoFromMs(0);

    const listed = (order: typeof workflows) =>
      found({ workflows: order, heartbeat, tokenEndsAt }).map(({ kind, subject }) => `${kind} ${subject}`);

    expect(listed([...workflows, off])).toEqual([
      'kernel_silent pink-1',
      'disabled z.yml',
      'missed a.yml',
      'missed b.yml',
      'missed c.yml',
      'secret_ending GITHUB_TOKEN',
    ]);
    expect(listed([off, ...workflows.toReversed()])).toEqual(listed([...workflows, off]));
  });
});

describe('the table of schedules', () => {
  it('holds when each was due and began, and when it is due next', () => {
    const train = aWorkflow({ path: '.github/workflows/train.yml', crons: ['27 2 * * *'], runs: null });
    const byHand = aWorkflow({ path: '.github/workflows/kernel.yml', timetable: null });

    const [first, second, ...others] = watchedSchedules(facts({ workflows: [train, byHand, aWorkflow()] }));

    expect(others).toEqual([]);
    expect(first).toMatchObject({
      path: '.github/workflows/reconcile.yml',
      crons: ['13,43 * * * *'],
      lateness: { medianMs: 0, worstMs: 0 },
      nextAt: '2026-11-28T11:13:00.000Z',
    });
    expect(first?.starts).toHaveLength(10);
    expect(second).toMatchObject({ starts: null, lateness: null, nextAt: '2026-11-29T02:27:00.000Z' });
  });

  it('is in the order of their paths, whatever order they come in', () => {
    const workflows = ['b.yml', 'a.yml', 'c.yml'].map((path) => aWorkflow({ path }));
    const listed = (order: typeof workflows) =>
      watchedSchedules(facts({ workflows: order })).map(({ path }) => path);

    expect(listed(workflows)).toEqual(['a.yml', 'b.yml', 'c.yml']);
    expect(listed(workflows.toReversed())).toEqual(['a.yml', 'b.yml', 'c.yml']);
  });
});
