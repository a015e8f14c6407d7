// The demo as a person meets it, at its full length: the planted facts must show in the numbers it prints.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { runInMemory } from '../cli/memory-host.ts';

/** Nearly 3,000 syncs each wait for the disk. */
const SLOW_DISK_MS = 180_000;

it('shows that the breaker broke, and that a model of the rest beats zero', {
  timeout: SLOW_DISK_MS,
}, async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'warden-demo-full-'));
  const config = resolve(import.meta.dirname, '../../config');

  const run = await runInMemory(COMMANDS, ['demo', '--config', config], { cwd });
  rmSync(cwd, { recursive: true, force: true });

  expect(run.exitCode).toBe(0);
  const told = run.stdout.replaceAll('\n  ', ' ');
  expect(told).toMatch(/What broke: from day 81 .* a drop of \d+ bps, \d+\.\d standard errors\./);
  expect(told).toMatch(/What was learned: at .*24 h the model beats a forecast of zero/);
});
