// The story that the demo is for, at its default seed: a class breaks, an alert tells first, it is stopped, and comes back.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BREAKING_CLASS } from '../../src/demo/agents.ts';
import { type DemoMarket, makeMarket } from '../../src/demo/market.ts';
import { marketFromCandles } from '../../src/demo/real-market.ts';
import { DAY_MS, msFromIso } from '../../src/domain/time.ts';
import { type Played, playStory } from './play-story.ts';

const [SEED, DAYS] = [7, 84];
const SLOW_MACHINE_MS = 120_000;
const SHARED = process.env['WARDEN_SHARED'] ?? join(import.meta.dirname, '../../../shared');
const DATA = join(SHARED, 'data');

function expectWholeStory(market: DemoMarket, { supervision, firstAlertDay, verdictDays }: Played): void {
  const [breakDay, recoverDay] = [market.story.breakMs, market.story.recoverMs].map(
    (ms) => (ms - market.startMs) / DAY_MS,
  );
  const { alerts, verdicts } = supervision;
  expect(alerts.length).toBeGreaterThan(0);
  for (const alert of alerts) {
    expect(alert.strategy_class).toBe(BREAKING_CLASS);
    expect(alert.days_after_break).toBeGreaterThan(0);
  }
  expect(verdictDays.map(({ said }) => said)).toEqual(['DISABLE macro', 'REENABLE macro']);
  const [disabled, enabled] = verdictDays.map(({ day }) => day);
  expect(firstAlertDay).toBeLessThan(disabled ?? 0);
  expect(disabled).toBeLessThanOrEqual((breakDay ?? 0) + 10);
  expect(enabled).toBeGreaterThan(recoverDay ?? 0);
  expect(enabled).toBeLessThanOrEqual(DAYS - 5);
  const demoted = verdicts.filter(({ kind }) => kind === 'DEMOTE');
  expect(demoted.length).toBeLessThanOrEqual(3);
  expect(demoted.every(({ ts }) => msFromIso(ts) > market.story.breakMs)).toBe(true);
  expect(verdicts).toHaveLength(demoted.length + 2);
}

it('is told by the made-up market within twelve weeks', { timeout: SLOW_MACHINE_MS }, async () => {
  const market = makeMarket(SEED, DAYS);

  expectWholeStory(market, await playStory(market, SEED, DAYS));
});

it.skipIf(!existsSync(DATA))(
  'is told by the prices of spring 2021 as well (needs the shared data)',
  { timeout: SLOW_MACHINE_MS },
  async () => {
    const startMs = msFromIso('2021-02-28T00:00:00.000Z');
    const market = await marketFromCandles(DATA, { seed: SEED, days: DAYS, startMs });
    if (!market.ok) throw new Error(market.error);

    expectWholeStory(market.value, await playStory(market.value, SEED, DAYS));
  },
);
