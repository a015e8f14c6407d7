// From a person's configuration to the units of the arithmetic, and the spans that must not be too short.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WardenConfig } from '../../src/domain/config.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import { labelLifeMaxMs, lookbackMs, rulesFromConfig } from '../../src/supervision/rules.ts';
import { addOpenMs, sessionEntryMs } from '../../src/supervision/sessions.ts';
import { someRules, someSessions, T0 } from '../builders.ts';

describe('rulesFromConfig', () => {
  it('takes what a person wrote, and the documented defaults for the rest', () => {
    const config = validate(WardenConfig, {
      version: 1,
      horizons_hours: [24, 1, 4],
      prices: { give_up_after: '3d', latency_ms: 250 },
      costs: {
        spot: { fee_bps: 10, slip_bps: 1 },
        perp: { fee_bps: 5, slip_bps: 2 },
        equity: { fee_bps: 0, slip_bps: 3 },
      },
      model: { ridge: null },
    });
    if (!config.ok) return expect.unreachable(JSON.stringify(config.error));

    expect(rulesFromConfig(config.value)).toEqual({
      horizonsHours: [1, 4, 24],
      latencyMs: 250,
      settleLagMs: 2 * MINUTE_MS,
      giveUpAfterMs: 3 * DAY_MS,
      maxStaleBars: 2,
      maxLossRatio: 0.35,
      maxLossMinPairs: 20,
      costs: {
        spot: { feeBps: 10, slipBps: 1, assumedFundingBpsPer8h: null },
        perp: { feeBps: 5, slipBps: 2, assumedFundingBpsPer8h: 1 },
        equity: { feeBps: 0, slipBps: 3, assumedFundingBpsPer8h: null },
      },
      asofHalfLifeMs: 20 * DAY_MS,
      fastHalfLifeMs: 2 * DAY_MS,
      minReturns: 24,
    });
  });
});

describe('lookbackMs', () => {
  it('reaches over the longer of both volatility windows', () => {
    const window = 5 * 20 * DAY_MS;

    expect(lookbackMs(someRules())).toBeGreaterThanOrEqual(window);
    expect(lookbackMs(someRules({ fastHalfLifeMs: 30 * DAY_MS }))).toBeGreaterThanOrEqual(1.5 * window);
  });
});

describe('labelLifeMaxMs', () => {
  it('is the longest horizon and the latency where the market never closes', () => {
    expect(labelLifeMaxMs(someRules({ latencyMs: 5 }), 'spot')).toBe(24 * HOUR_MS + 5);
  });

  it('is never shorter than a label in a market that opens five days a week, with holidays', () => {
    const horizon = fc.integer({ min: 1, max: 200 });
    const holidays = fc.uniqueArray(fc.integer({ min: 0, max: 90 }), { maxLength: 3 });

    fc.assert(
      fc.property(horizon, holidays, fc.integer({ min: 0, max: 90 * 24 * 60 }), (hours, closed, minute) => {
        const sessions = someSessions(400).filter(({ openMs }) => {
          const day = Math.floor((openMs - T0) / DAY_MS);
          return !closed.includes(day);
        });
        const signalMs = T0 + minute * MINUTE_MS;
        const entryMs = sessionEntryMs(sessions, signalMs, HOUR_MS);
        const exitMs = entryMs === null ? null : addOpenMs(sessions, entryMs, hours * HOUR_MS);
        if (exitMs === null) return expect.unreachable('the calendar is long enough');

        const lifeMs = labelLifeMaxMs(someRules({ horizonsHours: [hours] }), 'equity');

        expect(exitMs - signalMs).toBeLessThanOrEqual(lifeMs);
      }),
    );
  });
});
