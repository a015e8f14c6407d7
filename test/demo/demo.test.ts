// The whole demo on a few days: equal bytes from equal seeds, nothing lost, nothing left to do, and nobody disturbed.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAgents, loadKillList, loadWardenConfig } from '../../src/adapters/config/config-files.ts';
import { candleFilePrices } from '../../src/adapters/prices/candle-files.ts';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { readDay, rowDays } from '../../src/adapters/state/row-store.ts';
import { silentProgress } from '../../src/adapters/terminal/progress.ts';
import { type DemoOptions, type DemoPorts, runDemo } from '../../src/demo/demo.ts';
import type { DemoDone } from '../../src/demo/demo-done.ts';
import { demoSettings } from '../../src/demo/demo-settings.ts';
import { type Settings, settingsFrom } from '../../src/domain/settings.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import { reconcile } from '../../src/jobs/reconcile.ts';
import { supervise } from '../../src/jobs/supervise.ts';
import type { Progress } from '../../src/ports.ts';
import { rulesFromConfig } from '../../src/supervision/rules.ts';

const DAYS = 14;
/** Every write waits for the disk, and disks of build machines can be slow. */
const SLOW_DISK_MS = 60_000;
const CLOCK_MS = msFromIso('2026-11-21T10:00:00.000Z');

let top: string;
let settings: Settings;
let done: DemoDone;
let again: DemoDone;
let bytesOfFirstRun: Record<string, string>;
let remarks: string[];

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'warden-demo-'));
  const configDir = resolve(import.meta.dirname, '../../config');
  const loaded = loadWardenConfig(configDir);
  const killList = loadKillList(configDir);
  if (!loaded.ok || !killList.ok) throw new Error('the shipped configuration is valid');
  // A fortnight has few rows: less evidence is asked for, so that models are made and joined all the same.
  const model = { ...loaded.value.config.model, min_rows: 60, min_train_n_eff: 15 };
  const warden = { ...loaded.value.config, model };
  settings = settingsFrom({ warden, agents: {}, kill_list: killList.value.killList });
  remarks = [];
  done = await doneIn('demo');
  bytesOfFirstRun = bytesOf(done.folder.dir);
  // On another day: what is the same must not come from the clock of the machine.
  again = await doneIn('demo', {}, CLOCK_MS + DAY_MS);
}, SLOW_DISK_MS);

afterAll(() => {
  rmSync(top, { recursive: true, force: true });
});

function portsWith(progress: Progress = silentProgress, clockMs: number = CLOCK_MS): DemoPorts {
  const note = (message: string): void => void remarks.push(message);
  return {
    clock: { nowMs: () => clockMs },
    log: { info: note, warn: note, error: note },
    progress,
    sleep: async () => {},
  };
}

function optionsFor(name: string, changes: Partial<DemoOptions> = {}): DemoOptions {
  return {
    dir: join(top, name),
    seed: 7,
    days: DAYS,
    candles: null,
    settings,
    codeVersion: '0.1.0',
    ...changes,
  };
}

async function doneIn(
  name: string,
  changes: Partial<DemoOptions> = {},
  clockMs: number = CLOCK_MS,
): Promise<DemoDone> {
  const result = await runDemo(portsWith(silentProgress, clockMs), optionsFor(name, changes));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** What tells of the runs themselves, who is at work, and how git keeps what it is given: commits are compared by their ids. */
const NOT_COMPARED = /(^|\/)(\.locks|\.cache|\.git|github|state\/data\/runs)\//;

/** Every file of the folder that has to be the same, by path. */
function bytesOf(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => relative(dir, join(entry.parentPath, entry.name))).sort();
  const kept = paths.filter((path) => !NOT_COMPARED.test(path) && !path.endsWith('.git'));
  return Object.fromEntries(kept.map((path) => [path, readFileSync(join(dir, path), 'utf8')]));
}

function rowsOf({ stateDir }: DemoDone) {
  const disk = nodeDisk(stateDir);
  return rowDays(disk).flatMap((day) => readDay(disk, day));
}

describe('runDemo', { timeout: SLOW_DISK_MS }, () => {
  it('leaves the same bytes from the same seed', () => {
    expect(Object.keys(bytesOfFirstRun).length).toBeGreaterThan(20);
    expect(bytesOf(again.folder.dir)).toEqual(bytesOfFirstRun);
    expect(again.summary).toEqual(done.summary);
    expect(again.supervision).toEqual(done.supervision);
    expect(again.stateCommit).toBe(done.stateCommit);
    expect(again.chronicle).toEqual(done.chronicle);
    expect(again.pink).toEqual(done.pink);
  });

  it('leaves other rows from another seed', async () => {
    const other = await doneIn('other', { seed: 8, days: 1 });
    const same = await doneIn('same', { seed: 7, days: 1 });

    expect(other.stateCommit).not.toBe(same.stateCommit);
  });

  it('has every pair of a scored signal and a horizon in exactly one place', () => {
    const { events, outcomes } = done.summary;
    const { reconciled, pending, stale_price, no_price, flat } = outcomes;

    expect(reconciled + pending + stale_price + no_price).toBe(
      (events - flat) * settings.warden.horizons_hours.length,
    );
    expect(reconciled).toBeGreaterThan(500);
    expect(flat).toBeGreaterThan(0);
  });

  it('refuses the broken lines, gives up the outage and the unknown coin, and waits for what is to come', () => {
    const { outcomes } = done.summary;

    expect(outcomes.invalid_event).toBe(2);
    expect(outcomes.no_price).toBe(settings.warden.horizons_hours.length);
    expect(outcomes.stale_price).toBeGreaterThan(0);
    expect(outcomes.pending).toBeGreaterThan(0);
  });

  it('has nothing to remark, and nothing left to do at the instant of its last run', async () => {
    const before = bytesOf(done.folder.dir);

    const repeated = await reconcile(
      {
        ...portsWith(),
        disk: nodeDisk(done.stateDir),
        prices: candleFilePrices(done.folder.candleDir),
      },
      {
        nowMs: done.lastRunMs,
        rules: rulesFromConfig(settings.warden),
        agents: demoSettings(settings).agents,
      },
    );

    expect(repeated.changed).toBe(false);
    expect(bytesOf(done.folder.dir)).toEqual(before);
    expect(remarks).toEqual([]);
  });

  it('turns what waits for its horizon into rows when a day has passed', async () => {
    const copyDir = join(top, 'later');
    cpSync(done.stateDir, copyDir, { recursive: true });

    const later = await reconcile(
      { ...portsWith(), disk: nodeDisk(copyDir), prices: candleFilePrices(done.folder.candleDir) },
      {
        nowMs: done.lastRunMs + DAY_MS,
        rules: rulesFromConfig(settings.warden),
        agents: demoSettings(settings).agents,
      },
    );

    expect(later.due.reconciled).toBe(done.summary.outcomes.pending);
    expect(later.open_pairs).toBe(0);
  });

  it('trains every week, and expects of a signal only what a model before it said', () => {
    const rows = rowsOf(done);
    const withModel = rows.filter((row) => row.model_id !== null);

    expect(done.summary.models.map((model) => model.versions)).toEqual([2, 2, 2]);
    expect(withModel.length).toBeGreaterThan(100);
    expect(withModel.every((row) => (row.trained_at ?? '9') <= row.entry_at)).toBe(true);
    expect(
      rows
        .filter((row) => row.entry_at < isoFromMs(done.startMs + 7 * DAY_MS))
        .every((row) => row.model_id === null),
    ).toBe(true);
  });

  it('supervises every night, and has nothing new to say of the same instant', () => {
    const disk = nodeDisk(done.stateDir);
    const repeated = supervise(
      { ...portsWith(), disk },
      {
        nowMs: done.lastRunMs,
        settings: demoSettings(settings),
        codeVersion: '0.1.0',
        stateCommit: null,
        lastGood: null,
        useCheckpoint: false,
      },
    );

    expect(repeated).toMatchObject({ ok: true, value: { newVerdicts: [], rows: rowsOf(done).length } });
    expect(done.supervision.looks).toBe(DAYS);
    expect(done.supervision.agents.map(({ agent }) => agent)).toContain('trend-ema');
  });

  it('records a run of supervise for every night that changed something', () => {
    const runs = readFileSync(join(done.stateDir, 'runs/2026-11.jsonl'), 'utf8').trim().split('\n');
    const supervised = runs.map((line) => JSON.parse(line)).filter(({ job }) => job === 'supervise');

    expect(supervised).toHaveLength(DAYS);
    expect(supervised.at(-1)).toMatchObject({
      now: isoFromMs(done.lastRunMs),
      config_sha256: demoSettings(settings).config_hash,
      counts: { rows: rowsOf(done).length },
    });
  });

  it('names no address of this machine in any page, mail or state', () => {
    const texts = Object.entries(bytesOfFirstRun).filter(([path]) => !path.startsWith('pink/'));
    expect(texts.filter(([, text]) => /127\.0\.0\.1|localhost/.test(text)).map(([path]) => path)).toEqual([]);
    expect(Object.keys(bytesOfFirstRun)).toEqual(
      expect.arrayContaining([
        'pages/index.html',
        'pages/site/index.html',
        'pages/pink/index.html',
        'pages/mail.html',
      ]),
    );
  });

  it('says what is missing where git is not installed, and makes nothing', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = top;
    try {
      const refused = await runDemo(portsWith(), optionsFor('without'));

      expect(refused).toMatchObject({
        ok: false,
        error: { kind: 'not_here', message: expect.stringContaining('git') },
      });
      expect(existsSync(join(top, 'without'))).toBe(false);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('gives the live agents of the class that breaks a weight to lose, and the others none', () => {
    const weights = done.supervision.agents.map(({ agent, weight }) => [agent, weight > 0]);

    expect(Object.fromEntries(weights)).toEqual({
      'breakout-donchian': false,
      'coin-flip': false,
      'pairs-btc': false,
      pink: true,
      'revert-zscore': false,
      'trend-ema': true,
      'volume-spike': false,
    });
  });

  it('leaves its settings as files that say the same when they are read', () => {
    const configDir = join(done.checkoutDir, 'config');
    const [warden, agents, killList] = [
      loadWardenConfig(configDir),
      loadAgents(configDir),
      loadKillList(configDir),
    ];
    if (!warden.ok || !agents.ok || !killList.ok) throw new Error('the settings of the demo can be read');

    expect(
      settingsFrom({
        warden: warden.value.config,
        agents: agents.value,
        kill_list: killList.value.killList,
      }),
    ).toEqual(demoSettings(settings));
  });

  it('makes its folder anew, as one step of as many parts as there are days', async () => {
    const seen: string[] = [];
    const progress: Progress = {
      start: (_, total) => void seen.push(`start ${total}`),
      advance: (by) => void seen.push(`+${by}`),
      done: () => void seen.push('done'),
    };
    const leftOver = join(top, 'same', 'repository', 'state', 'data', 'alpha', 'left-over.json');
    writeFileSync(leftOver, '{}');

    await runDemo(portsWith(progress), optionsFor('same', { days: 2 }));

    expect(existsSync(leftOver)).toBe(false);
    expect(seen).toEqual(['start 2', '+1', '+1', 'done']);
  });

  it('leaves a folder alone that it did not make', async () => {
    mkdirSync(join(top, 'foreign'));
    writeFileSync(join(top, 'foreign', 'rows.jsonl'), 'precious');

    const refused = await runDemo(portsWith(), optionsFor('foreign'));

    expect(refused).toMatchObject({ ok: false, error: { kind: 'not_ours' } });
    expect(bytesOf(join(top, 'foreign'))).toEqual({ 'rows.jsonl': 'precious' });
  });

  it('gives way to another demo in the same folder, and touches nothing of it', async () => {
    const before = bytesOf(join(top, 'same'));
    const other = { pid: process.ppid, host: hostname(), since: isoFromMs(CLOCK_MS) };
    const locks = nodeDisk(join(top, 'same'));
    locks.createExclusive('.locks/demo.lock', `${JSON.stringify(other)}\n`);

    const refused = await runDemo(portsWith(), optionsFor('same', { days: 1 }));

    expect(refused).toMatchObject({ ok: false, error: { kind: 'locked' } });
    expect(bytesOf(join(top, 'same'))).toEqual(before);
  });
});
