// A real runner on a paper account, killed with SIGKILL at random moments again and again: no order is lost or sent twice, and K is E.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { live } from './lives.ts';
import { paperAccount, verdictOf } from './verdict.ts';

const SEED = 20_261_128;
const KILLS = 10;

const folder = mkdtempSync(join(tmpdir(), 'warden-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it(`is killed ${KILLS} times (seed ${SEED}), and ends flat, explained, and without a double order`, async () => {
  const lives = await live({ folder, kills: KILLS, seed: SEED, lifeMsMax: 2_500 });

  const verdict = verdictOf(lives, paperAccount(lives));
  expect(verdict.faults).toEqual([]);
  expect(verdict.orders).toBeGreaterThan(KILLS);
  expect(verdict.trades).toBeGreaterThan(KILLS / 4);
});
