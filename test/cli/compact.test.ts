// `warden compact` from the command line: what it packs, what it says, and that it waits for writers.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { newestRuns } from '../../src/adapters/state/run-log.ts';
import { registerCompact } from '../../src/cli/compact.ts';
import { emitAlphaSignal } from '../../src/emit.ts';
import type { Disk } from '../../src/ports.ts';
import { anEvent } from '../builders.ts';
import { emit } from '../jobs/reconcile-world.ts';
import { runInMemory } from './memory-host.ts';

const OLD = 'alpha/events/emit/2026-07.jsonl';
const RECENT = 'alpha/events/emit/2026-08.jsonl';
const MODEL = 'alpha/models/ridge_h24/20260701T000000Z-0123456789abcdef.json';
const POINTER = 'alpha/models/ridge_h24.json';
let cwd = '';
let disk: Disk;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-compact-'));
  disk = nodeDisk(join(cwd, 'state/data'), { durable: false });
  emit(disk, [
    anEvent({ event_id: 'old', ts: '2026-07-31T23:59:59.000Z' }),
    anEvent({ event_id: 'recent', ts: '2026-08-31T23:59:59.000Z' }),
  ]);
  disk.replace(MODEL, '{}\n');
  disk.replace(POINTER, '{}\n');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function warden(...argv: string[]) {
  return await runInMemory([registerCompact], argv, { cwd });
}

describe('warden compact', () => {
  it('packs what is older than the configuration says, and records the run', async () => {
    const run = await warden('compact', '--json');

    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ months: ['2026-07'], files: 2, changed: true });
    expect([OLD, MODEL].map((path) => disk.size(path))).toEqual([null, null]);
    expect(disk.size(POINTER)).not.toBeNull();
    expect(disk.size(RECENT)).not.toBeNull();
    expect(newestRuns(disk)).toMatchObject([{ job: 'compact', counts: { months: 1, files: 2 } }]);
  });

  it('takes the age from --after, says what it packed, and leaves no lock', async () => {
    const run = await warden('compact', '--after', '30d');

    expect(run.stdout).toMatch(/^packed 2 months, 2026-07 to 2026-08: 3 files, \d+\.\d KiB before, /);
    expect(nodeDisk(join(cwd, 'state/data/.locks')).list('')).toEqual([]);
  });

  it('writes everything loose again with --undo', async () => {
    const before = disk.read(OLD);
    await warden('compact');

    const run = await warden('compact', '--undo');

    expect(run.stdout).toMatch(/^unpacked 2026-07: 2 files/);
    expect(disk.read(OLD)).toEqual(before);
    expect(disk.list('packs')).toEqual([]);
  });

  it.each([
    [[], 'no month is over for long enough that has loose files'],
    [['--undo'], 'nothing is packed'],
  ])('says so where there is nothing to do: %j', async (flags, said) => {
    for (const path of [OLD, MODEL]) rmSync(join(cwd, 'state/data', path));

    const run = await warden('compact', ...flags);

    expect(run).toMatchObject({ exitCode: 0, stdout: `${said}\n` });
    expect(disk.list('runs')).toEqual([]);
  });

  it('tells with --dry-run what it would pack, and writes nothing', async () => {
    const run = await warden('compact', '--dry-run', '--json');

    expect(run.json()).toMatchObject({ dry_run: true, months: ['2026-07'], files: 2 });
    expect(disk.list('')).toEqual(['alpha']);
    expect(disk.size(OLD)).not.toBeNull();
  });

  it('refuses an age that is none', async () => {
    const run = await warden('compact', '--after', 'soon');

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('Expected a number and ms, s, m, h or d, as 92d');
  });

  it('is refused where a file and its pack contradict each other', async () => {
    await warden('compact');
    disk.replace(OLD, '{}\n');

    const run = await warden('compact');

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain(`${OLD}: lacks line 1 of the same file in its pack`);
  });
});

describe('a signal of a packed month that an agent emits late', () => {
  it('is stored behind those that are packed, and one of those is known', async () => {
    const before = disk.read(OLD)?.toString() ?? '';
    await warden('compact');
    const state = join(cwd, 'state/data');
    const late = anEvent({ event_id: 'late', ts: '2026-07-30T00:00:00.000Z' });
    const again = anEvent({ event_id: 'old', ts: '2026-07-31T23:59:59.000Z' });

    for (const signal of [late, again]) await emitAlphaSignal(signal, { state });

    const after = disk.read(OLD)?.toString() ?? '';
    expect(after.startsWith(before)).toBe(true);
    expect(after.trimEnd().split('\n')).toHaveLength(2);
  });
});
