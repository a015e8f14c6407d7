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

/** Build machines can be slow. */
const SLOW_MACHINE_MS = 60_000;

describe('warden demo', { timeout: SLOW_MACHINE_MS }, () => {
  it('tells in ten lines what happened, which pages to open and what to type, with the progress beside it', async () => {
    const run = await demo();
    const [story = '', pages = '', next = ''] = run.stdout.split('\n\n');

    expect(run.exitCode).toBe(EXIT.done);
    expect(story.split('\n')).toHaveLength(10);
    expect(story).toContain('3 days: 6 agents of 3 classes and PINK sent');
    expect(story).toContain('Nothing broke');
    const named = [...pages.matchAll(/(\S+\.html)/g)].map(([path]) => path);
    expect(named).toContain('.warden-demo/pages/index.html');
    // The script of the status page comes with the build, and these are the sources.
    const written = named.filter((path) => path !== '.warden-demo/pages/pink/index.html');
    expect(written.filter((path) => !existsSync(join(cwd, path)))).toEqual([]);
    expect(run.stderr).toContain('demo, simulated days: 100 % (3 of 3)');
    expect(existsSync(join(cwd, 'state'))).toBe(false);

    const commands = next.split('\n').filter((line) => line.includes('npm run -s warden -- '));
    expect(commands).toHaveLength(3);
    for (const line of commands) {
      const words = line.split(' -- ')[1]?.split(' ') ?? [];
      expect(await runInMemory(COMMANDS, words, { cwd })).toMatchObject({ exitCode: EXIT.done });
    }
  });

  it('prints the same as one object with --json, from the folder that --keep names', async () => {
    const run = await demo('--json', '--seed', '11', '--keep', 'elsewhere');

    expect(run.json()).toMatchObject({
      exit_code: 0,
      seed: 11,
      days: 3,
      break_at: null,
      horizon_hours: 24,
      outcomes: { invalid_event: 2 },
      supervision: { looks: 3, alerts: [], verdicts: [] },
      github: { repository: 'you/strategies', pulls: [] },
      acknowledgements: [{ applied: 'entries_allowed' }, {}, {}],
    });
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

  it.each([
    [['--prices', 'nowhere'], 'nowhere cannot be listed'],
    [['--from', 'x', '--prices', 'nowhere'], '--from x: expected a day as 2021-02-28'],
    [['--from', '2021-02-28'], 'name their folder with --prices'],
  ])('refuses %j, and leaves no folder behind', async (argv, sentence) => {
    const run = await demo(...argv);

    expect(run.exitCode).toBe(EXIT.usage);
    expect(run.stderr).toContain(sentence);
    expect(existsSync(join(cwd, '.warden-demo'))).toBe(false);
  });

  it('offers in its help only what it takes', async () => {
    const run = await runInMemory(COMMANDS, ['demo', '--help'], { cwd });

    expect(run.exitCode).toBe(EXIT.done);
    expect(run.stdout).toContain('--keep <dir>');
    expect(run.stdout).not.toContain('--state');
    expect(run.stdout).not.toContain('--now');
  });
});
