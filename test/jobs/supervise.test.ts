// The supervise job on a world of several agents: the same rows give the same files, however many runs looked at them, and what
// is unknown or another's bears on nobody.

import { describe, expect, it } from 'vitest';
import { loadMetaReport } from '../../src/adapters/state/supervisor-files.ts';
import type { ConfidenceMultipliers, MetaReport } from '../../src/domain/supervisor.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import {
  digests,
  insertAll,
  look,
  quietPorts,
  settledMs,
  supervisorFiles,
  WORLD_AGENTS,
  worldRows,
} from './supervise-world.ts';

const ROWS = worldRows(60, 165);
const NOW_MS = settledMs(164);

/** Dozens of looks take a second, and longer on a busy machine. */
const SLOW_MS = 30_000;

function freshDisk(rows = ROWS): MemoryDisk {
  const disk = memoryDisk();
  insertAll(disk, rows);
  return disk;
}

function lines(disk: MemoryDisk, path: string): string[] {
  return (disk.dump()[path] ?? '').split('\n').filter((line) => line !== '');
}

function recordAt<T>(disk: MemoryDisk, name: string): T {
  return JSON.parse(disk.dump()[`supervisor/${name}.json`] ?? 'null');
}

describe('a line of telemetry that is none', () => {
  it('stops nothing: the error rate is unknown, and the line is named', () => {
    const [disk, none] = [freshDisk(), freshDisk()];
    const month = isoFromMs(NOW_MS).slice(0, 7);
    disk.append(`telemetry/events/${month}.jsonl`, 'garbage\n');
    const said: string[] = [];
    const log = { ...quietPorts.log, warn: (text: string) => said.push(text) };

    const { report } = look(disk, NOW_MS, {}, log);

    look(none, NOW_MS);
    expect(supervisorFiles(disk)).toEqual(supervisorFiles(none));
    expect(report.agents['steady']?.promotion.gates['error_rate_bound']).toMatchObject({
      value: null,
      pass: false,
    });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^telemetry\/events\/[\d-]+\.jsonl:1: .*is unknown/);
  });
});

describe('a class that has the name of something every object has', () => {
  it.each(['constructor', 'toString'])('is a class like any other: %s', (name) => {
    const rows = worldRows(60, 70).map((row) =>
      row.agent === 'guest' && row.horizon_hours === 1
        ? { ...row, event_id: `n-${row.event_id}`, agent: name, strategy_class: name }
        : row,
    );
    const disk = freshDisk(rows);
    const { report } = look(disk, NOW_MS);

    expect(loadMetaReport(disk)).toMatchObject({ ok: true });
    expect(recordAt<MetaReport>(disk, 'meta_report').strategies[name]?.cells).toEqual({});
    expect(report.agents[name]).toMatchObject({ n: 0, allocation: { weight: 0 } });
  });
});

describe('supervise on the same rows', () => {
  it(
    'leaves the same bytes after 48 runs in a day as after one, and decides once',
    () => {
      const rows = worldRows(115, 165).filter(({ strategy_class }) => strategy_class === 'macro');
      const [once, often] = [freshDisk(rows), freshDisk(rows)];
      const first = look(once, NOW_MS);

      const runs = Array.from({ length: 48 }, (_, half) => look(often, NOW_MS + half * (HOUR_MS / 2)));

      expect(supervisorFiles(often)).toEqual(supervisorFiles(once));
      expect(first.newVerdicts.filter(({ subject }) => subject === 'macro')).toHaveLength(1);
      expect(lines(often, 'supervisor/verdicts.jsonl')).toHaveLength(first.newVerdicts.length);
      expect(runs.map(({ newVerdicts }) => newVerdicts.length).slice(1)).toEqual(Array(47).fill(0));
    },
    SLOW_MS,
  );

  it('writes nothing at all in a second run, the checkpoint included', () => {
    const disk = freshDisk();
    const first = look(disk, NOW_MS);
    const before = digests(disk);

    const second = look(disk, NOW_MS + DAY_MS);

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect([second.cellLines, second.newVerdicts.length]).toEqual([0, 0]);
    expect(digests(disk)).toEqual(before);
  });

  it(
    'leaves the same numbers whether it looked after every day or once at the end',
    () => {
      const once = freshDisk();
      look(once, NOW_MS);

      const daily = memoryDisk();
      for (let day = 60; day < 165; day += 1) {
        insertAll(daily, worldRows(day, day + 1));
        if (day > 145 || day % 20 === 0) look(daily, settledMs(day));
      }

      const names = ['confidence_multipliers', 'divergence_alerts', 'strategy_cvar_regime'];
      for (const name of names) {
        const path = `supervisor/${name}.json`;
        expect(daily.dump()[path], name).toBe(once.dump()[path]);
      }
      expect(lines(daily, 'supervisor/verdicts.jsonl').length).toBeGreaterThan(0);
    },
    SLOW_MS,
  );

  it('finds what the world holds: a broken class and an agent that lost its edge, and nothing else', () => {
    const disk = freshDisk();
    const { report, newVerdicts } = look(disk, NOW_MS);

    const inAlert = WORLD_AGENTS.filter((agent) =>
      report.agents[agent]?.divergence.some(({ state }) => state === 'ALERT'),
    );
    expect(inAlert).toEqual(['break-a', 'break-b', 'drop']);
    expect(report.agents['drop']?.divergence).toContainEqual(
      expect.objectContaining({ horizon_hours: 24, trigger: 'mean', state: 'ALERT' }),
    );
    expect(newVerdicts.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'DISABLE macro',
      'DEMOTE break-a',
      'DEMOTE break-b',
    ]);
    expect(report.strategies['macro']).toMatchObject({ current_regime: 'TREND', open_episode: 'macro/1' });
    expect(report.strategies['arb']?.open_episode).toBeNull();
  });
});

describe('the rows of one agent', () => {
  const disk = freshDisk();
  const whole = look(disk, NOW_MS).report;
  const files = disk.dump();
  const withoutAgent = (agent: string) => {
    const other = freshDisk(ROWS.filter((row) => row.agent !== agent));
    return { other, report: look(other, NOW_MS).report };
  };

  it.each(WORLD_AGENTS)('of %s never change confidence, divergence and gates of the others', (agent) => {
    const { other, report } = withoutAgent(agent);
    const multipliers = recordAt<ConfidenceMultipliers>(other, 'confidence_multipliers');
    const expected: ConfidenceMultipliers = JSON.parse(files['supervisor/confidence_multipliers.json'] ?? '');
    let compared = 0;

    for (const name of WORLD_AGENTS.filter((each) => each !== agent)) {
      compared += 1;
      expect(multipliers.multipliers[name]).toBe(expected.multipliers[name]);
      expect(multipliers.detail[name]).toEqual(expected.detail[name]);
      expect(divergenceOf(report, name)).toEqual(divergenceOf(whole, name));
      expect(report.agents[name]?.notes_divergence).toEqual(whole.agents[name]?.notes_divergence);
      const isMate = report.agents[name]?.strategy_class === whole.agents[agent]?.strategy_class;
      expect(gatesOf(report, name, isMate)).toEqual(gatesOf(whole, name, isMate));
    }
    expect(compared).toBe(WORLD_AGENTS.length - 1);
  });

  it.each(WORLD_AGENTS)('of %s never change the cells of classes it has no part in', (agent) => {
    const { report } = withoutAgent(agent);
    const others = Object.keys(whole.strategies).filter(
      (name) => name !== whole.agents[agent]?.strategy_class,
    );

    expect(others).toHaveLength(2);
    for (const name of others) {
      expect(report.strategies[name]?.cells).toEqual(whole.strategies[name]?.cells);
      expect(report.strategies[name]?.days).toEqual(whole.strategies[name]?.days);
    }
  });
});

/** Everything but the adjusted p-value of the snapshot, on which all agents bear. */
function divergenceOf(report: MetaReport, agent: string) {
  const alerts = report.agents[agent]?.divergence.filter(({ trigger }) => trigger !== 'snapshot') ?? [];
  expect(alerts).toHaveLength(18);
  return alerts;
}

/** Everything but what is adjusted over all candidates, and for mates of a class but the state of that class. */
function gatesOf(report: MetaReport, agent: string, isMate: boolean) {
  const { bh_q: _, ...gates } = report.agents[agent]?.promotion.gates ?? {};
  if (!isMate) return gates;
  const { class_kills: _class, ...own } = gates;
  return own;
}

describe('rows whose sigma is unknown', () => {
  const UNKNOWN_FROM = 165;
  const unknown = worldRows(UNKNOWN_FROM, UNKNOWN_FROM + 40).map((row) => ({
    ...row,
    expected_sigma_bps: null,
    expected_abs_bps: null,
    sigma_asof_bps: null,
    sigma_fast_bps: null,
    realized_pnl_bps: 5,
    pnl_error_bps: 5,
    abs_error_bps: 5,
  }));
  const before = look(freshDisk(), NOW_MS).report;
  const after = look(freshDisk([...ROWS, ...unknown]), settledMs(UNKNOWN_FROM + 39)).report;

  it('leave an ALERT standing, with the same beginning', () => {
    const alertsOf = (report: MetaReport) =>
      Object.values(report.agents).flatMap(({ divergence }) =>
        divergence
          .filter(({ state }) => state === 'ALERT')
          .map(({ agent, horizon_hours, trigger, since }) => ({ agent, horizon_hours, trigger, since })),
      );

    expect(alertsOf(before).length).toBeGreaterThan(3);
    expect(alertsOf(after)).toEqual(alertsOf(before));
  });

  it.each(WORLD_AGENTS)('are counted beside what is known of %s, and move no multiplier', (agent) => {
    const [was, is] = [before.agents[agent], after.agents[agent]];

    expect(is?.multiplier).toBe(was?.multiplier);
    expect(is?.confidence).toEqual({
      ...was?.confidence,
      n_excluded: (was?.confidence.n_excluded ?? 0) + 40,
    });
    expect(is?.divergence.map(({ n_unusable }) => n_unusable)).toEqual(Array(21).fill(40));
    expect(is?.allocation.divergence_factor).toBe(was?.allocation.divergence_factor);
  });

  it('make nobody OK by silence', () => {
    const states = (report: MetaReport) => report.agents['steady']?.divergence.map(({ state }) => state);

    expect(states(before)).toContain('OK');
    expect(states(after)).not.toContain('OK');
  });

  it('are counted in the cells, whose figures in sigma they do not enter', () => {
    const [was, is] = [before, after].map((report) => report.strategies['arb']?.cells['TREND']);

    expect(was?.n_without_sigma).toBe(0);
    expect(is?.n_without_sigma).toBe(unknown.filter(isArbTrendDay).length);
    expect(is?.cvar95_sigma).toBe(was?.cvar95_sigma);
    expect(is?.n_eff_sigma).toBe(was?.n_eff_sigma);
  });

  function isArbTrendDay({ agent, regime, horizon_hours }: (typeof unknown)[number]): boolean {
    return agent === 'drop' && regime === 'TREND' && horizon_hours === 24;
  }
});

describe('supervise without evidence', () => {
  it('says so of an empty state, and changes nothing the second time', () => {
    const disk = memoryDisk();
    const first = look(disk, NOW_MS);
    const before = digests(disk);

    expect(first.report).toMatchObject({ generated_at: null });
    expect(Object.values(first.report.agents).map(({ multiplier }) => multiplier)).toEqual([1, 1, 1, 1]);
    expect(look(disk, NOW_MS).changed).toBe(false);
    expect(digests(disk)).toEqual(before);
  });

  it('knows the class of an agent that has no row at the deciding horizon yet', () => {
    const disk = freshDisk(worldRows(0, 1).filter(({ horizon_hours }) => horizon_hours === 1));

    const { report } = look(disk, settledMs(0));

    expect(report.agents['guest']).toMatchObject({ n: 0, hit_rate: null, pnl_sum_bps: null });
    expect(report.agents['guest']?.strategy_class).toBe('event');
  });
});
