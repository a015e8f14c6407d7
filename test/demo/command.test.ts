// `warden demo` on the command line: what it prints, for people and for programs, and what it refuses.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { runInMemory } from '../cli/memory-host.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-demo-command-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

const CONFIG = ['--config', resolve(import.meta.dirname, '../../config')];

function demo(...argv: string[]) {
  return runInMemory(COMMANDS, ['demo', '--days', '3', ...CONFIG, ...argv], { cwd });
}

/** Every write waits for the disk, and disks of build machines can be slow. */
const SLOW_DISK_MS = 60_000;

describe('warden demo', { timeout: SLOW_DISK_MS }, () => {
  it('tells what happened, where to look and what to type, with the progress beside it', async () => {
    const run = await demo();

    expect(run.exitCode).toBe(EXIT.done);
    for (const beginning of [
      'What happened',
      'What broke',
      'What went wrong',
      'What was learned',
      'What the supervisor found',
      'What was proposed',
      'What plain thresholds would have done',
      'Where to look',
    ]) {
      expect(run.stdout).toContain(beginning);
    }
    expect(run.stdout).toContain('--state .warden-demo/state');
    expect(run.stderr).toContain('demo, simulated days: 100 % (3 of 3)');
    expect(existsSync(join(cwd, '.warden-demo/state/alpha/reconciled'))).toBe(true);
    expect(existsSync(join(cwd, 'state'))).toBe(false);
  });

  it('prints the same numbers as one object with --json', async () => {
    const run = await demo('--json', '--seed', '11');

    expect(run.json()).toMatchObject({
      exit_code: 0,
      seed: 11,
      days: 3,
      break_at: '2026-02-12T00:00:00.000Z',
      horizon_hours: 24,
      outcomes: { invalid_event: 2 },
      models: [{ horizon_hours: 1 }, { horizon_hours: 4 }, { horizon_hours: 24 }],
      supervision: { looks: 3, alerts: [], verdicts: [] },
    });
    expect(run.stderr).toContain('What happened');
  });

  it('names commands that work as they stand: the first writes nothing, the second writes rows, the rest judge and explain', async () => {
    const { stdout } = await demo();
    const lines = stdout.split('\n').filter((line) => line.includes('npm run -s warden -- '));
    const words = (at: number) => lines[at]?.split(' -- ')[1]?.split(' ') ?? [];

    const same = await runInMemory(COMMANDS, [...words(0), '--json'], { cwd });
    const later = await runInMemory(COMMANDS, [...words(1), '--json'], { cwd });
    const judged = await runInMemory(COMMANDS, [...words(2), '--json'], { cwd });
    const explained = await runInMemory(COMMANDS, [...words(3), '--json'], { cwd });

    expect(same.json()).toMatchObject({ exit_code: 0, changed: false });
    expect(later.json()).toMatchObject({ exit_code: 0, changed: true });
    expect(judged.json()).toMatchObject({ exit_code: 0, changed: true, configuration_problems: null });
    expect(explained.exitCode).toBe(EXIT.done);
  });

  it('writes the folder that --keep names', async () => {
    const run = await demo('--keep', 'elsewhere');

    expect(run.exitCode).toBe(EXIT.done);
    expect(existsSync(join(cwd, 'elsewhere/candles'))).toBe(true);
    expect(existsSync(join(cwd, '.warden-demo'))).toBe(false);
  });

  it('refuses a folder that is not its own', async () => {
    writeFileSync(join(cwd, 'mine.txt'), 'mine');

    const run = await demo('--keep', '.');

    expect(run.exitCode).toBe(EXIT.usage);
    expect(run.stderr).toContain('was not made by the demo');
    expect(run.stdout).toBe('');
  });

  it.each([
    ['--state', 'somewhere'],
    ['--now', '2026-01-01T00:00:00Z'],
  ])('refuses %s, which it would not use', async (option, value) => {
    const run = await demo(option, value);

    expect(run.exitCode).toBe(EXIT.usage);
    expect(run.stderr).toContain('leave out --state and --now');
    expect(existsSync(join(cwd, '.warden-demo'))).toBe(false);
  });

  it.each([
    ['--days', '2'],
    ['--days', 'many'],
    ['--seed', '-1'],
    ['--seed', '1.5'],
  ])('refuses %s %s', async (option, value) => {
    const run = await demo(option, value);

    expect(run.exitCode).toBe(EXIT.usage);
    expect(run.stderr).toContain('Expected a whole number from');
  });

  it('offers in its help only what it takes', async () => {
    const run = await runInMemory(COMMANDS, ['demo', '--help'], { cwd });

    expect(run.exitCode).toBe(EXIT.done);
    expect(run.stdout).toContain('--keep <dir>');
    expect(run.stdout).not.toContain('--state');
    expect(run.stdout).not.toContain('--now');
  });
});
