// A state that verifies, and every kind of damage and delay: found, named, and told apart.

import { beforeAll, describe, expect, it } from 'vitest';
import { appendEvents } from '../../src/adapters/state/event-log.ts';
import { saveModel, savePointer } from '../../src/adapters/state/model-store.ts';
import { appendReceipts } from '../../src/adapters/state/receipt-log.ts';
import { appendRun } from '../../src/adapters/state/run-log.ts';
import { receiptId } from '../../src/domain/verdict.ts';
import { type VerifyOptions, verify } from '../../src/jobs/verify.ts';
import { aModel, anEvent, T0 } from '../builders.ts';
import { aReceipt } from '../domain/record-builders.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import { emit, at as hoursAfter, run, signal } from './reconcile-world.ts';
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
const NOW_MS = settledMs(170);
const REPORT = 'supervisor/meta_report.json';
const LOG = 'supervisor/verdicts.jsonl';
let files: Record<string, string> = {};

beforeAll(() => {
  const disk = memoryDisk();
  insertAll(disk, worldRows(60, 150));
  look(disk, settledMs(149));
  files = disk.dump();
});

function aDisk(): MemoryDisk {
  return memoryDisk(files);
}

function verified(disk: MemoryDisk, over: Partial<VerifyOptions> = {}) {
  const fixed = { nowMs: NOW_MS, settings: SETTINGS, codeVersion: '1.0.0' };
  const done = verify({ disk, ...quietPorts }, { ...fixed, ...over });
  const verdictOf = (file: string) => done.lines.find((line) => line.file === file);
  return { ...done, verdictOf };
}

function change(disk: MemoryDisk, path: string, from: string | RegExp, to: string): void {
  const text = disk.read(path)?.toString() ?? '';
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  disk.replace(path, changed);
}

describe('a whole state', () => {
  it('verifies, and nothing is written', () => {
    const disk = aDisk();
    const before = digests(disk);
    const { lines, differs, remarks } = verified(disk);

    expect(lines.filter(({ verdict }) => verdict !== 'same')).toEqual([]);
    expect(differs).toBe(false);
    expect(remarks).toEqual([]);
    expect(digests(disk)).toEqual(before);
    expect(disk.read(LOG)?.length).toBeGreaterThan(100);
  });

  it('verifies under the settings of its report after the configuration changed, and says so', () => {
    const { differs, remarks } = verified(aDisk(), { settings: worldSettings({ kill_list: {} }) });

    expect(differs).toBe(false);
    expect(remarks.join()).toContain('the configuration changed since the last supervise');
  });

  it('verifies with the warning that a configuration was refused', () => {
    const disk = aDisk();
    look(disk, settledMs(149), { lastGood: 'warden.yaml:3:1 unknown key "horizon"' });
    const { differs, verdictOf } = verified(disk);

    expect(differs).toBe(false);
    expect(verdictOf('supervisor/meta_report.md')?.findings.join()).toContain('but for the warning');
  });

  it('is not called wrong before supervise has run', () => {
    const disk = memoryDisk();
    insertAll(disk, worldRows(60, 62));
    const { differs, verdictOf } = verified(disk);

    expect(differs).toBe(false);
    expect(verdictOf(REPORT)).toMatchObject({ verdict: 'missing', findings: ['run warden supervise'] });
  });
});

describe('a delay', () => {
  it('is no damage: rows that ended after the last supervise', () => {
    const disk = aDisk();
    insertAll(disk, worldRows(152, 154));
    const { differs, verdictOf } = verified(disk);

    expect(differs).toBe(false);
    expect(verdictOf(REPORT)).toMatchObject({ verdict: 'behind' });
    look(disk, NOW_MS);
    expect(verified(disk).lines.every(({ verdict }) => verdict === 'same')).toBe(true);
  });

  it('is no damage where the log of runs says that late rows came after the last supervise', () => {
    const disk = aDisk();
    const [row] = worldRows(100, 101).filter(({ horizon_hours }) => horizon_hours === 24);
    if (row === undefined) throw new Error('there is a row');
    insertAll(disk, [{ ...row, event_id: 'late' }]);

    expect(verified(disk).verdictOf(REPORT)?.verdict).toBe('differs');
    appendRun(disk, aRun('supervise', { rows: 1 }));
    appendRun(disk, aRun('reconcile', { reconciled: 1 }));
    expect(verified(disk)).toMatchObject({ differs: false });
    expect(verified(disk).verdictOf(REPORT)?.verdict).toBe('behind');
  });
});

describe('what a run did not see yet', () => {
  const month = new Date(settledMs(149)).toISOString().slice(0, 7);
  const event = (ts: string, run_id: string) =>
    `${JSON.stringify({ v: 1, ts, agent: 'steady', run_id, status: 'ok', duration_ms: 5 })}\n`;
  const at = (ms: number) => new Date(ms).toISOString();

  /** A state with telemetry, and a multiplier that nobody computed. */
  function damaged(): MemoryDisk {
    const disk = aDisk();
    change(disk, 'supervisor/confidence_multipliers.json', /"break-a": [\d.]+/, '"break-a": 0.5');
    return disk;
  }

  it('is no damage: telemetry that was emitted after it, of an earlier instant', () => {
    const disk = aDisk();
    disk.append(`telemetry/events/${month}.jsonl`, event(at(settledMs(149) - 7_200_000), 'r1'));
    const { telemetryBytes } = look(disk, settledMs(149));
    const run = { ...aRun('supervise', { telemetry_bytes: telemetryBytes }), now: at(settledMs(149)) };
    appendRun(disk, run);
    expect(verified(disk).differs).toBe(false);
    expect(verified(disk).verdictOf(REPORT)?.verdict).toBe('same');

    disk.append(`telemetry/events/${month}.jsonl`, event(at(settledMs(149) - 3_600_000), 'r2'));

    expect(verified(disk).differs).toBe(false);
    expect(verified(disk).verdictOf(REPORT)).toMatchObject({
      verdict: 'behind',
      findings: [expect.stringMatching(/^not checked, behind: /), expect.stringContaining('is stored')],
    });
  });

  it.each([
    ['a reconcile that took signals and wrote no row', 'reconcile', { reconciled: 0 }, 'behind'],
    ['a replay that did not supervise', 'replay', { reconciled: 3, supervised: 0 }, 'behind'],
    ['a replay that supervised', 'replay', { reconciled: 3, supervised: 1 }, 'differs'],
    ['a training', 'train', {}, 'differs'],
  ] as const)('is told by the log of runs: %s', (_case, job, counts, verdict) => {
    const disk = damaged();
    appendRun(disk, aRun('supervise', {}));
    expect(verified(disk).differs).toBe(true);
    appendRun(disk, aRun(job, counts));

    expect(verified(disk).verdictOf('supervisor/confidence_multipliers.json')?.verdict).toBe(verdict);
  });
});

function aRun(job: 'supervise' | 'reconcile' | 'replay' | 'train', counts: Record<string, number>) {
  const now = new Date(NOW_MS).toISOString();
  return {
    v: 1 as const,
    run_id: `${job}-1`,
    job,
    now,
    started_at: now,
    duration_ms: 1,
    code_version: '1.0.0',
    commit: null,
    config_sha256: null,
    counts,
    price_requests: 0,
  };
}

describe('damage', () => {
  it.each([
    [
      'a changed multiplier',
      'supervisor/confidence_multipliers.json',
      /"break-a": [\d.]+/,
      '"break-a": 0.5',
      'multipliers.break-a: 0.5 is stored',
    ],
    ['a changed report', REPORT, /"n_eff": \d+/, '"n_eff": 1', 'n_eff: 1 is stored; the rows give'],
    ['another layout', 'supervisor/allocation.json', '{\n', '{ \n', 'the same values in other words'],
    [
      'a changed page',
      'supervisor/meta_report.md',
      '# Meta report',
      '# Report',
      'line 1: # Report is stored',
    ],
    [
      'a page that was changed far into a long line',
      'supervisor/meta_report.md',
      /(\n[^\n]{100})[^\n]{3}(?=[^\n]{20})/,
      '$1xyz',
      /^line \d+: ….{20}xyz.{20}.* is stored; the rows give ….{20}(?!xyz)/,
    ],
    ['a file that is no JSON', 'supervisor/promotion.json', '{', '', 'is not JSON'],
  ])('of a derived file is found: %s', (_case, path, from, to, finding) => {
    const disk = aDisk();
    change(disk, path, from, to);
    const { differs, verdictOf } = verified(disk);

    expect(differs).toBe(true);
    expect(verdictOf(path)?.verdict).toBe('differs');
    expect(verdictOf(path)?.findings.join()).toMatch(finding);
  });

  it('is no file that the next run of its job makes first: a state that was never reconciled is whole', () => {
    const disk = aDisk();
    disk.remove('alpha/pending.json');
    appendEvents(disk, 'emit', [anEvent({ event_id: 'waits' })]);

    expect(verified(disk).verdictOf('alpha/pending.json')?.verdict).toBe('missing');
    expect(verified(disk)).toMatchObject({ differs: false });
  });

  it('is a derived file that is gone', () => {
    const disk = aDisk();
    disk.remove('supervisor/allocation.json');

    expect(verified(disk)).toMatchObject({ differs: true });
    expect(verified(disk).verdictOf('supervisor/allocation.json')?.verdict).toBe('missing');
  });

  it.each([
    [
      'a row that is no row',
      'alpha/reconciled',
      'alpha/reconciled/2021-05/2021-05-10.jsonl',
      '"v":1',
      '"v":2',
      '2021-05-10.jsonl:1',
    ],
    ['a changed verdict', LOG, LOG, /"n":\d+/, '"n":1', 'has another id than its evidence gives'],
    [
      'another chain',
      LOG,
      LOG,
      '"prev_sha256":null',
      `"prev_sha256":"${'a'.repeat(64)}"`,
      'was changed, removed or inserted',
    ],
    [
      'a changed cell',
      'supervisor/cells',
      'supervisor/cells/2021-07.jsonl',
      /"regime":"TREND"/,
      '"regime":"OTHER"',
      'another id than its place gives',
    ],
    [
      'a changed figure of a cell',
      'supervisor/cells',
      'supervisor/cells/2021-07.jsonl',
      /"fresh_net_pnl_bps":-?[\d.]+/,
      '"fresh_net_pnl_bps":1000000',
      'another digest than its content gives',
    ],
    [
      'changed settings',
      'supervisor/settings',
      `supervisor/settings/${SETTINGS.config_hash}.json`,
      '"max_cvar_sigma": 4',
      '"max_cvar_sigma": 9',
      'holds settings whose hash is',
    ],
  ])('of ground is found: %s', (_case, file, path, from, to, finding) => {
    const disk = aDisk();
    change(disk, path, from, to);
    const { differs, verdictOf } = verified(disk);

    expect(differs).toBe(true);
    expect(verdictOf(file)?.verdict).toBe('differs');
    expect(verdictOf(file)?.findings.join()).toContain(finding);
    expect(verdictOf(REPORT)?.verdict).toBe('not_checked');
  });

  it('is a line of telemetry that is none, and what is derived without it is checked all the same', () => {
    const disk = aDisk();
    disk.append('telemetry/events/2021-08.jsonl', 'garbage\n');
    const { differs, verdictOf } = verified(disk);

    expect(differs).toBe(true);
    expect(verdictOf('telemetry/events')).toMatchObject({ kind: 'ground', verdict: 'differs' });
    expect(verdictOf('telemetry/events')?.findings.join()).toContain('2021-08.jsonl:1');
    expect(verdictOf(REPORT)?.verdict).toBe('same');
  });

  it('is a day of rows that is gone', () => {
    const disk = aDisk();
    disk.remove('alpha/reconciled/2021-06/2021-06-01.jsonl');

    expect(verified(disk)).toMatchObject({ differs: true });
    expect(verified(disk).verdictOf('supervisor/confidence_multipliers.json')?.verdict).toBe('differs');
  });

  it('is a last verdict that was taken away, which breaks no chain', () => {
    const disk = aDisk();
    disk.replace(LOG, '');
    const { differs, verdictOf } = verified(disk);

    expect(differs).toBe(true);
    expect(verdictOf(REPORT)?.findings.join()).toMatch(/the figures call for .*DISABLE macro \(macro\/1\)/);
  });

  it('is settings that a verdict names and nobody stored', () => {
    const disk = aDisk();
    disk.remove(`supervisor/settings/${SETTINGS.config_hash}.json`);

    expect(verified(disk).verdictOf('supervisor/settings')?.findings.join()).toContain(
      'is not there, and verdicts',
    );
  });

  it('is a receipt for a verdict that is not in the log, and one with another id', () => {
    const disk = aDisk();
    const stray = aReceipt();
    appendReceipts(disk, [
      { ...stray, receipt_id: receiptId(stray) },
      { ...aReceipt(), verdict_id: null },
    ]);
    const found = verified(disk).verdictOf('supervisor/sent.jsonl')?.findings ?? [];

    expect(found).toHaveLength(2);
    expect(found[0]).toContain('names a verdict that the log does not hold');
    expect(found[1]).toContain('another id than its content gives');
  });

  it('is a receipt that says something else was done', () => {
    const disk = aDisk();
    const receipt = { ...aReceipt(), verdict_id: null };
    appendReceipts(disk, [{ ...receipt, receipt_id: receiptId(receipt) }]);
    expect(verified(disk).verdictOf('supervisor/sent.jsonl')?.verdict).toBe('same');
    change(disk, 'supervisor/sent.jsonl', '"outcome":"done"', '"outcome":"vetoed"');

    expect(verified(disk).verdictOf('supervisor/sent.jsonl')?.findings.join()).toContain('another digest');
  });

  it('is a model whose content is another, and a pointer that is not at the newest', () => {
    const disk = aDisk();
    const model = aModel(T0);
    saveModel(disk, model);
    const { model_id: id, trained_at, used, reason, n } = model;
    savePointer(disk, { v: 1, ok: true, horizon_hours: 24, model_id: id, trained_at, used, reason, n });
    const first = verified(disk);

    expect(first.verdictOf('alpha/models')?.findings.join()).toContain('another digest than it says');
    expect(first.verdictOf('alpha/models/ridge_h24.json')?.verdict).toBe('same');
    saveModel(disk, aModel(T0 + 1000));
    expect(verified(disk).verdictOf('alpha/models/ridge_h24.json')?.verdict).toBe('differs');
  });
});

describe('what reconcile remembers', () => {
  const warden = { ...SETTINGS.warden, horizons_hours: [1, 24] };
  const settings = worldSettings({ warden });

  async function reconciled(): Promise<MemoryDisk> {
    const disk = memoryDisk();
    emit(disk, [signal('e1', 1), signal('e2', 30), signal('e3', 40)]);
    await run(disk, hoursAfter(35));
    return disk;
  }

  it('verifies, and is behind where events came', async () => {
    const disk = await reconciled();
    const options = { settings, nowMs: hoursAfter(35) };

    expect(verified(disk, options).verdictOf('alpha/pending.json')).toMatchObject({ verdict: 'same' });
    emit(disk, [signal('e4', 41)]);
    expect(verified(disk, options).verdictOf('alpha/pending.json')?.verdict).toBe('behind');
    expect(verified(disk, options).differs).toBe(false);
  });

  it('differs where an event was forgotten, or is open that has its row', async () => {
    const options = { settings, nowMs: hoursAfter(35) };
    const forgotten = await reconciled();
    change(forgotten, 'alpha/pending.json', '"open":[24]', '"open":[]');
    const again = await reconciled();
    change(again, 'alpha/pending.json', '"open":[24]', '"open":[1,24]');

    expect(verified(forgotten, options).verdictOf('alpha/pending.json')?.findings.join()).toContain(
      'is not remembered',
    );
    expect(verified(again, options).verdictOf('alpha/pending.json')?.findings.join()).toContain(
      'owes no row',
    );
  });
});
