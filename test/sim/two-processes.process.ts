// M1: one seed in two processes is one world, byte by byte: every event, outcome, effect and state hash.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function digest(seed: number, seeds: number): string {
  const args = ['--import', 'tsx', 'scripts/sim.ts', '--digest', '--seed', `${seed}`, '--seeds', `${seeds}`];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim();
}

it('runs the same seeds in two processes to the same digest, and others to another', () => {
  const first = digest(1, 30);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(digest(1, 30)).toBe(first);
  expect(digest(2, 30)).not.toBe(first);
});
