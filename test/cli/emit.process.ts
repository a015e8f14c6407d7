// The built program as a real child process: pipes that close early, signals of the shell, and agents in other languages.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'dist/cli.js');
const hasPython = spawnSync('python3', ['--version']).status === 0;

beforeAll(() => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing; run \`npm run build\` first`);
});

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-process-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const GOOD = '{"ts":"2026-11-21T10:00:00Z","agent":"momo","symbol":"BTC/USDT","direction":"LONG"}\n';
const ENV = { PATH: process.env['PATH'] ?? '' };

function warden(argv: readonly string[], input: string | Buffer = '') {
  return spawnSync(process.execPath, [PROGRAM, ...argv], { cwd, input, encoding: 'utf8', env: ENV });
}

function stored(): string {
  return readFileSync(join(cwd, 'state/data/alpha/events/emit/2026-11.jsonl'), 'utf8');
}

describe('the program', () => {
  it('prints its help with a shebang line in place', () => {
    const run = warden(['--help']);

    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('Usage: warden');
    expect(readFileSync(PROGRAM, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
  });

  it('stores lines and ends with the code that says what became of them', () => {
    expect(warden(['emit'], GOOD).status).toBe(0);
    expect(warden(['emit'], `${GOOD}{bad\n`).status).toBe(2);
    expect(warden(['emit', '--now', 'soon'], GOOD).status).toBe(3);
    expect(stored().trimEnd().split('\n')).toHaveLength(1);
  });

  it('ends with 4, and without a stack, where the state folder is a file', () => {
    const run = warden(['emit', '--state', join(PROGRAM, 'x')], GOOD);

    expect(run.status).toBe(4);
    expect(run.stderr).toMatch(/^error: ENOTDIR/);
    expect(run.stderr).not.toContain('    at ');
  });

  it('refuses a line of 20 MiB and keeps the next one', () => {
    const run = warden(
      ['emit', '--json'],
      Buffer.concat([Buffer.alloc(20 * 1024 * 1024, 'x'), Buffer.from(`\n${GOOD}`)]),
    );

    expect(run.status).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({ appended: 1, rejected: 1 });
    expect(run.stderr).toContain('stdin:1 the line is longer than 1,048,576 bytes');
  });

  it('stores what an agent has sent while the agent is still running', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'emit'], {
      cwd,
      env: ENV,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill());
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));

    child.stdin.write(GOOD);
    while (!existsSync(join(cwd, 'state/data/alpha/events/emit/2026-11.jsonl'))) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error('the program ended before its input did');
      await new Promise((resolve) => setImmediate(resolve));
    }
    const exitCodeMeanwhile = child.exitCode;
    child.stdin.end();

    expect(exitCodeMeanwhile).toBeNull();
    expect(await ended).toBe(0);
  });

  it('does its work in silence for a reader that has gone away', () => {
    const command = `"${process.execPath}" "${PROGRAM}" emit --json | true; echo "\${PIPESTATUS[0]}"`;

    const run = spawnSync('bash', ['-c', command], {
      cwd,
      input: GOOD.repeat(3),
      encoding: 'utf8',
      env: ENV,
    });

    expect(run).toMatchObject({ stdout: '0\n', stderr: expect.not.stringContaining('EPIPE') });
    expect(stored()).toContain('"agent":"momo"');
  });

  it('lets two writers of one producer take turns and keeps every line once', async () => {
    const lines = Array.from({ length: 300 }, (_, at) => GOOD.replace('}', `,"score_final":${at}}`)).join('');
    const writer = async (): Promise<number | null> => {
      const child = spawn(process.execPath, [PROGRAM, 'emit'], {
        cwd,
        env: ENV,
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      child.stdin.end(lines);
      return await new Promise((resolve) => child.once('close', resolve));
    };

    const exitCodes = await Promise.all([writer(), writer()]);

    expect(exitCodes).toEqual([0, 0]);
    expect(stored().trimEnd().split('\n')).toHaveLength(300);
  });
});

describe.skipIf(!hasPython)('examples/emit.py (needs python3)', () => {
  it('hands its signal to the program', () => {
    const words = execFileSync('python3', [join(ROOT, 'examples/emit.py')], {
      cwd,
      encoding: 'utf8',
      env: { ...ENV, HOME: process.env['HOME'] ?? '', WARDEN: `"${process.execPath}" "${PROGRAM}"` },
    });

    expect(words).toMatch(/^stored [0-9a-f]{64}\n$/);
  });
});
