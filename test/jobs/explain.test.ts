// What explain says about classes and agents: recorded verdicts recompute, tails add up, and wrong questions get an answer.

import { beforeAll, describe, expect, it } from 'vitest';
import { insertRows, readDay } from '../../src/adapters/state/row-store.ts';
import { saveSettings } from '../../src/adapters/state/settings-store.ts';
import { appendTelemetry } from '../../src/adapters/state/telemetry-log.ts';
import { readVerdicts } from '../../src/adapters/state/verdict-log.ts';
import { dayOf, HOUR_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import { type ExplainOptions, explain } from '../../src/jobs/explain.ts';
import type { ClassExplanation } from '../../src/supervision/explain-class.ts';
import { aRow } from '../builders.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import {
  digests,
  insertAll,
  look,
  quietPorts,
  settledMs,
  worldRows,
  worldSettings,
} from './supervise-world.ts';

const SETTINGS = worldSettings();
let files: Record<string, string> = {};

/** Looks of two weeks around the break, and rows that end long after the last of them. */
beforeAll(() => {
  const disk = memoryDisk();
  insertAll(disk, worldRows(35, 200));
  for (let day = 144; day < 172; day += 2) look(disk, settledMs(day));
  files = disk.dump();
});

function aDisk(): MemoryDisk {
  return memoryDisk(files);
}

function explained(disk: MemoryDisk, over: Partial<ExplainOptions>) {
  const fixed = {
    kind: null,
    verdict: null,
    asOfMs: settledMs(170),
    settings: SETTINGS,
    codeVersion: '1.0.0',
  };
  return explain({ disk, ...quietPorts }, { name: 'macro', ...fixed, ...over });
}

function theClass(disk: MemoryDisk, over: Partial<ExplainOptions> = {}): ClassExplanation {
  const done = explained(disk, over);
  if (!done.ok) throw new Error(done.error);
  if (done.value.subject.kind !== 'class') throw new Error('a class was asked for');
  return done.value.subject;
}

function checkOf(disk: MemoryDisk, over: Partial<ExplainOptions>) {
  const done = explained(disk, over);
  if (!done.ok || done.value.check === null) throw new Error('a verdict was asked for');
  return done.value.check;
}

describe('a recorded verdict', () => {
  it('recomputes to the last digit from the rows of then, under the settings of then', () => {
    const disk = aDisk();
    const [verdict] = readVerdicts(disk);
    const before = digests(disk);
    const check = checkOf(disk, { verdict: 'macro/1', settings: worldSettings({ kill_list: {} }) });

    expect(verdict?.kind).toBe('DISABLE');
    expect(check.verdict.verdict_id).toBe(verdict?.verdict_id);
    expect(check.numbers.filter(({ outcome }) => outcome !== 'same')).toEqual([]);
    expect(check.numbers.length).toBeGreaterThan(30);
    expect(check).toMatchObject({ recomputes: true, causes: [], late_rows: [] });
    expect(digests(disk)).toEqual(before);
  });

  it('recomputes where it says that a class recovered, the instant of each regime included', () => {
    const disk = memoryDisk();
    insertAll(disk, worldRows(35, 215));
    look(disk, settledMs(164));
    const said = readVerdicts(disk)[0]?.ts ?? '';
    const facts = { reason: 'r', evidence: 'e', since: said, episode: 'macro/1', max_cvar_sigma: 4 };
    const settings = worldSettings({ kill_list: { macro: { status: 'DISABLED', ...facts } } });
    for (let day = 190; day < 214; day += 4) look(disk, settledMs(day), { settings });
    const recovery = readVerdicts(disk).find(({ kind }) => kind === 'REENABLE');

    const check = checkOf(disk, { verdict: recovery?.verdict_id ?? '', settings, asOfMs: settledMs(213) });

    expect(check.numbers.filter(({ outcome }) => outcome !== 'same')).toEqual([]);
    expect(check.numbers.map(({ path }) => path)).toContain('recovered_from.TREND');
  });

  it('is named by the beginning of its id too', () => {
    const disk = aDisk();
    const id = readVerdicts(disk)[0]?.verdict_id ?? '';

    expect(checkOf(disk, { verdict: id.slice(0, 8) }).verdict.verdict_id).toBe(id);
  });

  it('differs where a row came late, and that row is named', () => {
    const disk = aDisk();
    const ts = readVerdicts(disk)[0]?.ts ?? '';
    const exitMs = msFromIso(ts) - 30 * HOUR_MS;
    const late = aRow({
      event_id: 'late',
      agent: 'break-a',
      exit_at: isoFromMs(exitMs),
      entry_at: isoFromMs(exitMs - 24 * HOUR_MS),
      ts: isoFromMs(exitMs - 24 * HOUR_MS),
      realized_pnl_bps: -777,
      pnl_error_bps: -777,
    });
    insertRows(disk, dayOf(exitMs), [late]);
    const check = checkOf(disk, { verdict: 'macro/1' });

    expect(check.recomputes).toBe(false);
    expect(check.numbers.find(({ path }) => path === 'cell.n')?.outcome).toBe('differs');
    expect(check.late_rows.map(({ event_id }) => event_id)).toEqual(['late']);
    expect(check.causes[0]).toContain('late row');
  });

  it('differs where rows are gone, and says so', () => {
    const disk = aDisk();
    const verdict = readVerdicts(disk)[0];
    const day = verdict?.ts.slice(0, 10) ?? '';
    const gone = dayOf(msFromIso(verdict?.ts ?? '') - 48 * HOUR_MS);
    disk.remove(`alpha/reconciled/${gone.slice(0, 7)}/${gone}.jsonl`);

    expect(gone).not.toBe(day);
    expect(checkOf(disk, { verdict: 'macro/1' }).causes.join()).toContain('rows are gone');
  });

  it('recomputes where it promotes, but for what rests on telemetry and on the other candidates', () => {
    const disk = memoryDisk();
    const earns = (bps: number) => bps + 400;
    const rows = worldRows(35, 160).map((row) =>
      row.agent !== 'steady'
        ? row
        : {
            ...row,
            realized_pnl_bps: earns(row.realized_pnl_bps),
            net_pnl_bps: earns(row.net_pnl_bps),
            expected_pnl_bps: earns(0),
          },
    );
    insertAll(disk, rows);
    const telemetry = Array.from({ length: 100 }, (_, index) => ({
      v: 1 as const,
      ts: isoFromMs(settledMs(159) - index * 60_000),
      agent: 'steady',
      run_id: `r${index}`,
      status: 'ok' as const,
      duration_ms: 5,
    }));
    appendTelemetry(disk, telemetry);
    const steady = { strategy_class: 'event', stage: 'shadow' as const, base_weight: 0.2 };
    const settings = worldSettings({ agents: { ...SETTINGS.agents, steady } });
    look(disk, settledMs(159), { settings });
    const verdict = readVerdicts(disk).find(({ kind }) => kind === 'PROMOTE');

    const check = checkOf(disk, { name: 'steady', verdict: verdict?.verdict_id ?? '', settings });

    const others = check.numbers.filter(({ outcome }) => outcome !== 'same');
    expect(new Set(others.map(({ outcome }) => outcome))).toEqual(new Set(['not_recorded']));
    expect(new Set(others.map(({ path }) => path.split('.')[2]))).toEqual(
      new Set(['error_rate_bound', 'error_rate']),
    );
    expect(check).toMatchObject({ recomputes: true, causes: [] });
  });

  it('is refused where its settings are not stored', () => {
    const disk = aDisk();
    disk.remove(`supervisor/settings/${SETTINGS.config_hash}.json`);

    expect(explained(disk, { verdict: 'macro/1' })).toMatchObject({ ok: false });
    saveSettings(disk, SETTINGS);
    expect(explained(disk, { verdict: 'macro/1' })).toMatchObject({ ok: true });
  });
});

describe('a class', () => {
  it('has tails whose losses and weights add up to the CVaR that is printed', () => {
    const { cells } = theClass(aDisk());
    const tails = cells.flatMap(({ cell, tails: tables }) =>
      tables.map((table) => ({
        table,
        cvar: table.unit === 'bps' ? cell.cvar95_error_bps : cell.cvar95_sigma,
      })),
    );

    expect(tails.length).toBeGreaterThanOrEqual(4);
    for (const { table, cvar } of tails) {
      const sum = table.lines.reduce((total, { loss, weight }) => total + loss * weight, 0);
      const weights = table.lines.reduce((total, { weight }) => total + weight, 0);
      expect(weights).toBeCloseTo(table.size, 6);
      expect(sum / weights).toBeCloseTo(cvar ?? Number.NaN, 5);
      expect(table.lines.at(-1)?.running_cvar).toBeCloseTo(cvar ?? Number.NaN, 5);
    }
  });

  it('has every row of a tail in the file that is named, with its symbol', () => {
    const disk = aDisk();
    const lines = theClass(disk).cells.flatMap(({ tails }) => tails.flatMap(({ lines: rows }) => rows));

    for (const { event_id, horizon_hours, file, symbol, error_bps } of lines) {
      const row = readDay(disk, file.slice(-16, -6)).find(
        (each) => each.event_id === event_id && each.horizon_hours === horizon_hours,
      );
      expect(row).toMatchObject({ pnl_error_bps: error_bps, symbol });
    }
  });

  it('shares its rows and its tail out to its agents', () => {
    for (const { agents, cell } of theClass(aDisk()).cells) {
      expect(agents.map(({ agent }) => agent).sort()).toEqual(['break-a', 'break-b']);
      expect(agents.reduce((sum, { n }) => sum + n, 0)).toBe(cell.n);
      expect(agents.reduce((sum, each) => sum + (each.tail_share ?? 0), 0)).toBeCloseTo(1, 6);
    }
  });

  it('says what was decided, what is open, and what a recovery needs', () => {
    const { decision, recovery, verdicts, open_episode } = theClass(aDisk());

    expect(open_episode).toBe('macro/1');
    expect(decision[0]).toContain('Episode macro/1 is open');
    expect(recovery[0]).toMatch(/^TREND: (KILL|WATCH); OK is needed/);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['DISABLE']);
  });

  it('says what a disabled class still lacks', () => {
    const macro = {
      status: 'DISABLED' as const,
      max_cvar_sigma: 4,
      reason: 'a tail beyond its model',
      evidence: 'the verdict',
      since: isoFromMs(settledMs(168)),
      episode: 'macro/1',
    };
    const settings = worldSettings({ kill_list: { macro } });

    expect(theClass(aDisk(), { settings }).recovery.join()).toContain('TREND: The cool-down of 7d ends at');
  });

  it('is explained as of an earlier instant with what was known then', () => {
    const then = theClass(aDisk(), { asOfMs: settledMs(100) });

    expect(then.as_of).toBe(isoFromMs(msFromIso(then.as_of ?? '')));
    expect(msFromIso(then.as_of ?? '')).toBeLessThanOrEqual(settledMs(100));
    expect(then.verdicts).toEqual([]);
    expect(then.decision[0]).toMatch(/nothing is proposed/);
  });
});

describe('an agent', () => {
  it('has a multiplier that follows from the numbers beside it, and the signals behind its alert', () => {
    const done = explained(aDisk(), { name: 'drop' });
    if (!done.ok || done.value.subject.kind !== 'agent') throw new Error('an agent was asked for');
    const { confidence, divergence, alert_windows: windows, allocation } = done.value.subject;
    const { shrink, full, boost, target, multiplier } = confidence;

    expect(divergence.some(({ state }) => state === 'ALERT')).toBe(true);
    expect(windows[0]?.signals).toHaveLength(80);
    for (const { horizon_hours: horizon, signals } of windows) {
      const alert = divergence.find((each) => each.horizon_hours === horizon);
      const mean = (signals.reduce((sum, { z }) => sum + z, 0) / signals.length) * 300;
      expect(mean).toBeCloseTo(alert?.mean_error_bps ?? Number.NaN, 1);
    }
    expect(1 + shrink * ((full ?? 0) + boost - 1)).toBeCloseTo(target ?? Number.NaN, 6);
    expect(Math.abs(multiplier - (target ?? 0))).toBeLessThan(0.01);
    expect(allocation).toMatchObject({ status: 'SHADOW', wanted: 0, weight: 0 });
  });
});

describe('a wrong question', () => {
  it.each([
    [
      'a name that nobody knows',
      { name: 'marco' },
      /there is no strategy class or agent "marco"; did you mean "macro"/,
    ],
    ['a class that is asked for as an agent', { kind: 'agent' as const }, /there is no agent "macro"/],
    [
      'a verdict that is not there',
      { verdict: 'macro/7' },
      /no verdict on "macro".* recorded on it: .*DISABLE macro\/1/,
    ],
    ['a verdict on a name without any', { name: 'steady', verdict: 'x' }, /there is none on that name/],
  ])('says so of %s', (_case, over, message) => {
    const done = explained(aDisk(), over);

    expect(done.ok ? '' : done.error).toMatch(message);
  });

  it('asks which is meant where a class and an agent have one name', () => {
    const agents = {
      ...SETTINGS.agents,
      macro: { strategy_class: 'arb', stage: 'shadow' as const, base_weight: 0.1 },
    };
    const settings = worldSettings({ agents });
    const done = explained(aDisk(), { settings });

    expect(done.ok ? '' : done.error).toContain('say --kind class or --kind agent');
    expect(explained(aDisk(), { settings, kind: 'agent' })).toMatchObject({
      ok: true,
      value: { subject: { kind: 'agent' } },
    });
  });
});
