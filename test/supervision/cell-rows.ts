// Rows of one cell and the shipped rules for tests of the tail: override what matters.

import { WardenConfig } from '../../src/domain/config.ts';
import type { CvarConfig } from '../../src/domain/supervisor-config.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import type { JudgedRow } from '../../src/supervision/judged-row.ts';
import { type SupervisorRules, supervisorRules } from '../../src/supervision/supervisor-rules.ts';
import { T0 } from '../builders.ts';

/** The shipped rules at a horizon of 24 hours, with fewer draws, and `over` in their section `cvar`. */
export function cvarRules(over: Partial<CvarConfig> = {}): SupervisorRules {
  const cost = () => ({ fee_bps: 0, slip_bps: 0 });
  const config = validate(WardenConfig, {
    version: 1,
    horizons_hours: [1, 4, 24],
    prices: {},
    costs: { spot: cost(), perp: cost(), equity: cost() },
    model: { ridge: null },
  });
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  const cvar = { ...config.value.cvar, bootstrap_draws: 200, ...over };
  return supervisorRules({ ...config.value, cvar });
}

/** A row of 24 hours that ends `exitHour` hours after {@link T0}, alone in its time: a loss of 100 bps at a sigma of 100. */
export function aJudgedRow(exitHour: number, over: Partial<JudgedRow> = {}): JudgedRow {
  const exitMs = T0 + exitHour * HOUR_MS;
  const errorBps = over.errorBps ?? -100;
  return {
    eventId: `e${String(exitHour).padStart(5, '0')}`,
    agent: 'momentum',
    strategyClass: 'macro',
    regime: 'TREND',
    entryMs: exitMs - DAY_MS,
    exitMs,
    realizedBps: errorBps,
    netBps: errorBps,
    errorBps,
    sigmaBps: 100,
    claimedAbsBps: null,
    uniqueness: 1,
    modelId: null,
    simVersion: 'fallback_zero',
    ...over,
  };
}

/** One row a day with the given losses, bps; the first ends at {@link T0}. */
export function dailyRows(lossesBps: readonly number[], over: Partial<JudgedRow> = {}): JudgedRow[] {
  return lossesBps.map((loss, day) => aJudgedRow(24 * day, { errorBps: -loss, ...over }));
}
