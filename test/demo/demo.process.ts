// The demo as a person meets it, at its full length: the planted facts must show in the numbers it prints.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { runInMemory } from '../cli/memory-host.ts';

/** Build machines can be slow. */
const SLOW_MACHINE_MS = 180_000;

it('shows that the trend-ema broke, that it was found, and that nobody else was', {
  timeout: SLOW_MACHINE_MS,
}, async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'warden-demo-full-'));
  const config = resolve(import.meta.dirname, '../../config');

  const run = await runInMemory(COMMANDS, ['demo', '--config', config], { cwd });
  const page = readFileSync(join(cwd, '.warden-demo/github/pull-1.md'), 'utf8');
  rmSync(cwd, { recursive: true, force: true });

  expect(run.exitCode).toBe(0);
  const told = run.stdout.replaceAll('\n  ', ' ');
  expect(told).toMatch(/What broke: from day 81 .* a drop of \d+ bps, \d+\.\d standard errors\./);
  expect(told).toMatch(/What was learned: at .*24 h \(\d+ of \d+\) some versions beat a forecast of zero/);
  expect(told).toMatch(/What the supervisor found: trend-ema first alerted .* \d+\.\d days after it broke/);
  expect(told).toContain('Of what did not break nothing alerted in 120 looks.');
  expect(told).toMatch(/What was proposed: DEMOTE trend-ema \(2026-04-\d\d /);
  expect(told).toMatch(
    /What GitHub showed: .* \d+ requests, \d+ of which wrote; a second time it wrote nothing\. It opened a dashboard and pull request #1 "\[AUTO\] Demote agent: trend-ema"\. A made-up person merged #1, .* no proposal waited for a person\. The pages/,
  );
  expect(page).toContain('-  stage: live\n+  stage: shadow\n');
  expect(told).not.toContain('What failed');
  expect(run.stdout.split('\n').length).toBeLessThanOrEqual(80);
});
