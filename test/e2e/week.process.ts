// Scheduled jobs that are dropped, late and doubled leave the state of jobs that are not.

import { expect, it } from 'vitest';
import { stormyDays } from './stormy-days.ts';
import { IS_WHOLE } from './whole.ts';

/** By this seed two hours at which something falls due have no reconcile before the next. */
const PART = {
  ...{ name: 'a day', stormyHours: 24, calmHours: 8, fateMin: 2, seed: 20_261_139 },
  starts: { ingest: 5, reconcile: 64, train: 2, supervise: 2 },
};
const WEEK = {
  ...{ name: 'a week', stormyHours: 6 * 24, calmHours: 24, fateMin: 20, seed: 20_261_121 },
  starts: { ingest: 28, reconcile: 336, train: 7, supervise: 7 },
};
const { name, fateMin, ...taken } = IS_WHOLE ? WEEK : PART;

it(`${name} of jobs that are dropped, late and doubled leaves the state of an undisturbed one (seed ${taken.seed})`, async () => {
  const { starts, fates, files, faults } = await stormyDays(taken);

  expect(faults).toEqual([]);
  expect(starts).toEqual(taken.starts);
  expect(Math.min(...Object.values(fates))).toBeGreaterThan(fateMin);
  expect(files).toBeGreaterThan(10);
});
