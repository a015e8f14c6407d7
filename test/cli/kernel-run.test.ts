// `warden kernel run` before it begins: what it cannot do is refused by name, and nothing is written.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerKernel } from '../../src/cli/kernel.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-run-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function run(...argv: readonly string[]): ReturnType<typeof runInMemory> {
  return runInMemory([registerKernel], ['kernel', 'run', ...argv], { cwd });
}

describe('kernel run', () => {
  it('trades by the clock, and refuses another instant', async () => {
    const { exitCode, stderr } = await run('--now', '2026-11-21T10:00:00Z');

    expect(exitCode).toBe(3);
    expect(stderr).toContain('leave out --now, and run the past with warden kernel backtest');
    expect(existsSync(join(cwd, 'state'))).toBe(false);
  });

  it('does not offer another instant', async () => {
    expect((await run('--help')).stdout).not.toContain('--now');
  });

  it('holds neither the process nor its socket where the folder cannot be written while it begins', async () => {
    mkdirSync(join(cwd, 'config'));
    writeFileSync(join(cwd, 'config/pink.yaml'), 'version: 1\nvenue: { symbols: [BTC-USDT] }\n');
    mkdirSync(join(cwd, 'data/environment.json'), { recursive: true });
    const listeners = process.listenerCount('SIGTERM');

    const { exitCode, stderr } = await run('--data', 'data', '--socket', 'control.sock');

    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('environment.json')]);
    expect(process.listenerCount('SIGTERM')).toBe(listeners);
    expect(existsSync(join(cwd, 'control.sock'))).toBe(false);
  });
});
