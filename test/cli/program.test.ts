// The frame of all commands: common options, exit codes, and how a run ends when something is wrong.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CorruptStateError } from '../../src/adapters/state/corrupt-state.ts';
import type { CommandContext } from '../../src/cli/context.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { type Outcome, refusal, report } from '../../src/cli/outcome.ts';
import type { Register } from '../../src/cli/program.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-program-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const DONE = report(EXIT.done, 'two rows', { rows: 2 });

/** A command `probe` that hands its context to `act`. */
function probe(
  act: (context: CommandContext) => Outcome | Promise<Outcome> = () => DONE,
  writes = true,
): Register {
  return (frame) => {
    frame
      .command({
        usage: 'probe',
        summary: 'Look around',
        example: 'warden probe --json',
        exitCodes: [EXIT.usage, EXIT.done],
        writes,
      })
      .action(frame.run(async (context) => await act(context)));
  };
}

async function contextOf(argv: readonly string[], env: Record<string, string> = {}): Promise<CommandContext> {
  let seen: CommandContext | null = null;
  const register = probe((context) => {
    seen = context;
    return DONE;
  });
  const { stderr } = await runInMemory([register], ['probe', ...argv], { cwd, env });
  if (seen === null) throw new Error(`the command did not run: ${stderr}`);
  return seen;
}

describe('the words of a command', () => {
  it('go to standard output', async () => {
    const run = await runInMemory([probe()], ['probe'], { cwd });

    expect(run).toMatchObject({ exitCode: 0, stdout: 'two rows\n', stderr: '' });
  });

  it('make room for one JSON object with --json', async () => {
    const run = await runInMemory([probe()], ['probe', '--json'], { cwd });

    expect(run.json()).toEqual({ exit_code: 0, rows: 2 });
    expect(run.stderr).toBe('two rows\n');
  });

  it('say that a dry run wrote nothing', async () => {
    const write = probe((context) => {
      context.disk.append('alpha/x.jsonl', 'x\n');
      return DONE;
    });

    const run = await runInMemory([write], ['probe', '--dry-run', '--json'], { cwd });

    expect(run.json()).toMatchObject({ dry_run: true });
    expect(run.stderr).toContain('dry run: nothing was written');
    expect((await contextOf([])).disk.size('alpha/x.jsonl')).toBeNull();
  });

  it('never hold a secret of the environment, in neither stream', async () => {
    const leak = probe(() => report(EXIT.done, 'key is sesame-open-1', { key: 'sesame-open-1' }));

    const run = await runInMemory([leak], ['probe', '--json'], { cwd, env: { API_KEY: 'sesame-open-1' } });

    expect(run.stdout + run.stderr).not.toContain('sesame');
    expect(run.json()).toMatchObject({ key: '***' });
  });
});

describe('the context', () => {
  it('takes state and configuration from the working directory, and the clock for now', async () => {
    const context = await contextOf([]);

    expect(context.stateDir).toBe(join(cwd, 'state/data'));
    expect(context).toMatchObject({
      nowMs: 1_795_255_200_000,
      runId: 'probe-2026-11-21T10:00:00.000Z-abababab',
      codeVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
      commit: null,
      dryRun: false,
    });
  });

  it('falls back to the configuration that is shipped', async () => {
    const context = await contextOf([]);

    expect(context.configDir).toBe(join(import.meta.dirname, '../../config'));
  });

  it('prefers a folder named config beside the user', async () => {
    mkdirSync(join(cwd, 'own/config'), { recursive: true });
    let configDir = '';
    const register = probe((context) => {
      configDir = context.configDir;
      return DONE;
    });

    await runInMemory([register], ['probe'], { cwd: join(cwd, 'own') });

    expect(configDir).toBe(join(cwd, 'own/config'));
  });

  it('works as of --now, and takes the commit from GitHub', async () => {
    const context = await contextOf(['--now', '2021-05-01T00:00:00+02:00'], { GITHUB_SHA: 'abc' });

    expect(context.nowMs).toBe(Date.parse('2021-04-30T22:00:00Z'));
    expect(context.commit).toBe('abc');
  });
});

describe('wrong usage', () => {
  it.each([
    ['an unknown command', ['prob'], 'Did you mean probe?'],
    ['an unknown option', ['probe', '--stat', 'x'], 'Did you mean --state?'],
    ['an argument too many', ['probe', 'x'], 'too many arguments'],
    ['a time without zone', ['probe', '--now', '2026-11-21T10:00:00'], 'has no zone'],
    ['a configuration folder that is not there', ['probe', '--config', 'nowhere'], 'there is no folder'],
  ])('ends %s with 3 before anything is done', async (_case, argv, words) => {
    let ran = false;
    const register = probe(() => {
      ran = true;
      return DONE;
    });

    const run = await runInMemory([register], argv, { cwd });

    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    expect(run.stderr).toContain(words);
    expect(ran).toBe(false);
  });

  it('shows the help where no command is named', async () => {
    const run = await runInMemory([probe()], [], { cwd });

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('Usage: warden');
  });

  it('is a JSON object too where one was asked for', async () => {
    const run = await runInMemory([probe()], ['probe', '--json', '--now', 'soon'], { cwd });

    expect(run.json()).toEqual({
      exit_code: 3,
      error: expect.stringMatching(
        /^option '--now <iso>' argument 'soon' is invalid\. "soon" is not RFC 3339/,
      ),
    });
  });

  it('is an annotation in GitHub Actions, where nobody looks for an error first in the log', async () => {
    const run = await runInMemory([probe()], ['probe', '--now', 'soon'], {
      cwd,
      env: { GITHUB_ACTIONS: 'true' },
    });

    expect(run.stderr).toMatch(/^::error::option '--now <iso>' argument 'soon' is invalid/);
  });

  it('includes --dry-run for a command that writes nothing', async () => {
    const run = await runInMemory([probe(() => DONE, false)], ['probe', '--dry-run'], { cwd });

    expect(run.exitCode).toBe(3);
  });
});

describe('help', () => {
  it('lists every exit code', async () => {
    const run = await runInMemory([probe()], ['--help'], { cwd });

    expect(run.exitCode).toBe(0);
    for (const code of Object.values(EXIT)) expect(run.stdout).toMatch(new RegExp(`^  ${code}  \\w`, 'm'));
  });

  it('of a command has its example and its own exit codes, in order', async () => {
    const run = await runInMemory([probe()], ['probe', '--help'], { cwd });

    expect(run.stdout).toContain('Example:\n  warden probe --json\n');
    expect(run.stdout).toMatch(/Exit codes:\n {2}0 {2}done\n {2}3 {2}wrong usage.*\n$/);
  });
});

describe('a run that fails', () => {
  it('is refused with its own code, reason and next step', async () => {
    const run = await runInMemory(
      [probe(() => refusal(EXIT.noPrices, 'no source answered'))],
      ['probe', '--json'],
      {
        cwd,
      },
    );

    expect(run.exitCode).toBe(6);
    expect(run.json()).toEqual({ exit_code: 6, error: 'no source answered' });
    expect(run.stderr).toBe('error: no source answered\n');
  });

  it('is a defect with its stack where nobody expected the error, and hides secrets in it', async () => {
    const defect = probe(() => {
      throw new Error('token sesame-open-1 was lost');
    });

    const run = await runInMemory([defect], ['probe', '--json'], { cwd, env: { MY_TOKEN: 'sesame-open-1' } });

    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('please report it');
    expect(run.stderr).toMatch(/at .*program\.test\.ts/);
    expect(run.json()).toEqual({ exit_code: 1, error: 'Error: token *** was lost' });
    expect(run.stdout + run.stderr).not.toContain('sesame');
  });

  it('is an annotation inside GitHub Actions', async () => {
    const refuse = probe(() => refusal(EXIT.stateRefused, 'locked\nby another'));

    const run = await runInMemory([refuse], ['probe'], { cwd, env: { GITHUB_ACTIONS: 'true' } });

    expect(run.stderr).toBe('::error::locked%0Aby another\n');
  });

  it.each([
    [
      'a corrupt state',
      new CorruptStateError('alpha/x.jsonl:3', 'is not JSON'),
      'alpha/x.jsonl:3: is not JSON',
    ],
    [
      'a full disk',
      Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC', syscall: 'write' }),
      'make room',
    ],
  ])('ends with 4 for %s, without a stack', async (_case, error, words) => {
    const refuse = probe(() => {
      throw error;
    });

    const run = await runInMemory([refuse], ['probe'], { cwd });

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain(words);
    expect(run.stderr).not.toContain('    at ');
  });

  it('is a defect for an operating error that no command expects', async () => {
    const defect = probe(() => {
      throw Object.assign(new Error('EBADF: read'), { code: 'EBADF', syscall: 'read' });
    });

    expect((await runInMemory([defect], ['probe'], { cwd })).exitCode).toBe(1);
  });
});
