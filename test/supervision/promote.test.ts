// Promotion: every gate by name, which of them decide, and that nothing unknown passes.

import type { Static, TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { AgentPromotion } from '../../src/domain/supervisor.ts';
import { CvarConfig, DivergenceConfig, PromotionConfig } from '../../src/domain/supervisor-config.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';
import { type JudgedRow, judgedRow } from '../../src/supervision/judged-row.ts';
import { promotionOf } from '../../src/supervision/promote.ts';
import type { PromotionEvidence, PromotionRules } from '../../src/supervision/promotion-gates.ts';
import { aRow, T0 } from '../builders.ts';

function valid<S extends TSchema>(schema: S, value: unknown): Static<S> {
  const checked = validate(schema, value);
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return checked.value;
}

function rules(over: Partial<PromotionConfig> = {}, cvar: Partial<CvarConfig> = {}): PromotionRules {
  return {
    promotion: valid(PromotionConfig, over),
    cvar: valid(CvarConfig, cvar),
    divergence: valid(DivergenceConfig, {}),
  };
}

/**
 * One row a day. All win 150 bps but each `loses`th, which loses as much; sigma is 300 bps and the model claims the error it
 * makes.
 */
function goodRows(count = 120, loses = 3): JudgedRow[] {
  return Array.from({ length: count }, (_, index) => {
    const pnl = index % loses === loses - 1 ? -150 : 150;
    const row = { realized_pnl_bps: pnl, net_pnl_bps: pnl - 5, pnl_error_bps: pnl };
    const judged = judgedRow(aRow({ ...row, expected_sigma_bps: 300, expected_abs_bps: 150 }));
    return { ...judged, entryMs: T0 + index * DAY_MS, exitMs: T0 + (index + 1) * DAY_MS };
  });
}

/** Every row on `symbols` instruments: the same side of the same market move, as often. */
function onInstruments(rows: readonly JudgedRow[], symbols: number): JudgedRow[] {
  return rows.flatMap((row) => new Array<JudgedRow>(symbols).fill(row));
}

function withPnl(rows: readonly JudgedRow[], pnlOf: (index: number) => number): JudgedRow[] {
  return rows.map((row, index) => {
    const pnl = pnlOf(index);
    return { ...row, realizedBps: pnl, netBps: pnl, errorBps: pnl };
  });
}

function evidence(over: Partial<PromotionEvidence> = {}): PromotionEvidence {
  const runs = { runs: 60, errors: 0 };
  const clean = { divergenceSignals: 30, openAlerts: 0, classKills: 0, runs, adjustedP: 0.01 };
  return { rows: goodRows(), ...clean, ...over };
}

function promoted(over: Partial<PromotionEvidence> = {}, config = rules()): AgentPromotion {
  return promotionOf('shadow', evidence(over), config);
}

function namesWhere(promotion: AgentPromotion, test: (gate: AgentPromotion['gates'][string]) => boolean) {
  return Object.entries(promotion.gates).flatMap(([name, gate]) =>
    gate !== undefined && test(gate) ? [name] : [],
  );
}

/** The deciding gates that do not pass. */
function failing(over: Partial<PromotionEvidence>, config = rules()): string[] {
  const promotion = promoted(over, config);
  const names = namesWhere(promotion, ({ pass, decides }) => decides && !pass);
  expect(promotion.eligible).toBe(names.length === 0);
  return names;
}

describe('promotionOf', () => {
  it('lets an agent with enough evidence pass, in numbers that are written as a record', () => {
    const promotion = promoted();
    expect(validate(AgentPromotion, structuredClone(promotion)).ok).toBe(true);
    expect(promotion).toMatchObject({
      stage: 'shadow',
      eligible: true,
      gates: {
        n_eff: { value: 120, comparison: '>=', limit: 60, pass: true },
        n_blocks: { value: 120, comparison: '>=', limit: 20, pass: true },
        mean_net_bps: { value: 45, comparison: '>', limit: 0, pass: true },
        hit_rate_bound: { value: 0.62241217, comparison: '>', limit: 0.45, pass: true },
        error_ratio_min: { value: 1, comparison: '>', limit: 0.5, pass: true },
        error_ratio_max: { value: 1, comparison: '<', limit: 1.3, pass: true },
        divergence_signals: { value: 30, comparison: '>=', limit: 30, pass: true },
        open_alerts: { value: 0, comparison: '<=', limit: 0, pass: true },
        class_kills: { value: 0, comparison: '<=', limit: 0, pass: true },
        error_rate_bound: { value: 0.0431467986, comparison: '<=', limit: 0.05, pass: true, note: null },
      },
    });
  });

  it('lists the gates that decide first, in a fixed order', () => {
    const promotion = promoted();
    const [deciding, shown] = [
      namesWhere(promotion, ({ decides }) => decides),
      namesWhere(promotion, ({ decides }) => !decides),
    ];
    expect(deciding).toEqual([
      'n_eff',
      'n_blocks',
      'mean_net_bound',
      'mean_net_bps',
      'hit_rate_bound',
      'error_ratio_min',
      'error_ratio_max',
      'divergence_signals',
      'open_alerts',
      'class_kills',
      'error_rate_bound',
    ]);
    expect(shown).toEqual([
      'mean_net_bound_one_look',
      'psr',
      'bh_q',
      'pnl_sum_bps',
      'hit_rate',
      'error_rate',
      'avg_abs_error_bps',
      'avg_pnl_error_bps',
    ]);
    expect(Object.keys(promotion.gates)).toEqual([...deciding, ...shown]);
  });

  it('asks for enough effective rows, however many overlapping ones there are', () => {
    const overlapping = goodRows(1000, 5).map((row) => ({ ...row, uniqueness: 0.059 }));
    expect(failing({ rows: overlapping })).toEqual(['n_eff']);
    expect(failing({ rows: goodRows(60, 5) })).toEqual([]);
  });

  it('asks for enough spans: sixty coins on one day are one day', () => {
    const oneDay = goodRows(60, 5).map((row) => ({ ...row, exitMs: T0 + DAY_MS }));
    expect(failing({ rows: oneDay })).toEqual(['n_blocks', 'mean_net_bound', 'hit_rate_bound']);
    expect(promoted({ rows: oneDay }).gates['n_blocks']?.value).toBe(1);
    expect(promoted({ rows: oneDay }).gates['mean_net_bound']).toMatchObject({
      value: null,
      note: 'too few effective rows or market periods, or no spread',
    });
  });

  it('asks for as many spans as a class needs to be judged', () => {
    const rows = onInstruments(goodRows(25, 5), 4);
    expect(failing({ rows })).not.toContain('n_blocks');
    expect(failing({ rows }, rules({}, { min_blocks: 26 }))).toContain('n_blocks');
    const twoDays = rules({}, { horizon_hours: 48 });
    expect(promoted({ rows }, twoDays).gates['n_blocks']?.value).toBe(13);
  });

  it('is not surer for the same market moves on more instruments', () => {
    const alone = goodRows(25, 5).map((row, index) => ({ ...row, exitMs: T0 + 2 * index * DAY_MS }));
    const twelve = promoted({ rows: onInstruments(alone, 12) }).gates;
    const one = promoted({ rows: alone }).gates;
    expect(twelve['n_eff']?.value).toBe(300);
    for (const name of ['mean_net_bound', 'mean_net_bound_one_look', 'hit_rate_bound']) {
      expect(twelve[name]?.value).toBeCloseTo(one[name]?.value ?? Number.NaN, 2);
    }
  });

  it('takes a period with nothing but hits for one hit', () => {
    const hitsOnly = onInstruments(goodRows(20, 1000), 10);
    // 20 days are 10 or 11 periods of two days: 1 / (1 + 1 / periods)
    expect(promoted({ rows: hitsOnly }).gates['hit_rate_bound']?.value).toBeLessThan(0.92);
    expect(promoted({ rows: hitsOnly }).gates['hit_rate_bound']?.value).toBeGreaterThan(0.9);
  });

  it('asks for a net result that is positive beyond luck, after costs, whenever one looks', () => {
    const costly = goodRows().map((row) => ({ ...row, netBps: row.netBps - 20 }));
    expect(failing({ rows: costly })).toEqual(['mean_net_bound']);
    const { gates } = promoted({ rows: costly });
    expect(gates['mean_net_bound_one_look']).toMatchObject({ pass: true, decides: false });
    expect(gates['mean_net_bps']).toMatchObject({ value: 25, pass: true });
    expect(gates['pnl_sum_bps']?.pass).toBe(true);
  });

  it('asks for a net result in bps that is positive: no rare loss hides behind its size', () => {
    const rows = withPnl(goodRows(400), (index) => (index % 33 === 32 ? -8000 : 120));
    const claiming = rows.map((row) => ({ ...row, claimedAbsBps: 320 }));
    expect(failing({ rows: claiming })).toEqual(['mean_net_bps']);
    expect(promoted({ rows: claiming }).gates['mean_net_bps']?.value).toBe(-123.6);
  });

  it('weighs the net result in bps by uniqueness, as all evidence', () => {
    const burst = onInstruments(
      goodRows(1).map((row) => ({ ...row, netBps: 100_000, uniqueness: 0.001 })),
      1000,
    );
    expect(promoted({ rows: [...goodRows(99), ...burst] }).gates['mean_net_bps']?.value).toBe(1044.55);
  });

  it('asks for hits', () => {
    const rare = withPnl(goodRows(300), (index) => (index % 5 < 2 ? 300 : -60));
    expect(failing({ rows: rare })).toEqual(['hit_rate_bound']);
  });

  it('asks that divergence has looked: too few signals are not an agent that does not diverge', () => {
    expect(failing({ divergenceSignals: 29 })).toEqual(['divergence_signals']);
    expect(failing({ divergenceSignals: 0 })).toEqual(['divergence_signals']);
    expect(failing({ divergenceSignals: null })).toEqual(['divergence_signals']);
    const gate = promoted({ divergenceSignals: null }).gates['divergence_signals'];
    expect(gate?.note).toContain('no usable error');
  });

  it('asks for errors that look like the claimed ones, from both sides', () => {
    const claiming = (claimedAbsBps: number) => goodRows().map((row) => ({ ...row, claimedAbsBps }));
    expect(failing({ rows: claiming(100) })).toEqual(['error_ratio_max']);
    expect(failing({ rows: claiming(300) })).toEqual(['error_ratio_min']);
    expect(failing({ rows: claiming(290) })).toEqual([]);
  });

  it('asks for no open alert, no kill in the current regime, and runs that work', () => {
    expect(failing({ openAlerts: 1 })).toEqual(['open_alerts']);
    expect(failing({ classKills: 1 })).toEqual(['class_kills']);
    expect(failing({ runs: { runs: 60, errors: 1 } })).toEqual(['error_rate_bound']);
    expect(failing({ runs: { runs: 52, errors: 0 } })).toEqual([]);
  });

  it('does not pass without telemetry, and says so', () => {
    for (const runs of [null, { runs: 0, errors: 0 }]) {
      expect(failing({ runs })).toEqual(['error_rate_bound']);
      const gate = promoted({ runs }).gates['error_rate_bound'];
      expect(gate?.value).toBeNull();
      expect(gate?.note).toContain('no telemetry');
    }
  });

  it('knows nothing about an agent without rows: nothing that is measured passes, and no number is made up', () => {
    const { gates } = promoted({ rows: [], runs: null, adjustedP: null });
    const known = namesWhere(
      promoted({ rows: [], runs: null, adjustedP: null }),
      ({ value }) => value !== null,
    );
    expect(known).toEqual(['n_eff', 'n_blocks', 'divergence_signals', 'open_alerts', 'class_kills']);
    expect(gates['n_eff']).toMatchObject({ value: 0, pass: false });
    for (const gate of Object.values(gates)) {
      if (gate?.value === null) expect(gate).toMatchObject({ pass: false, note: expect.any(String) });
    }
  });

  it('says which rows a number leaves out', () => {
    const rows = goodRows(123).map((row, index) =>
      index < 3 ? { ...row, sigmaBps: null, claimedAbsBps: null } : row,
    );
    const { gates } = promoted({ rows });
    expect(gates['mean_net_bound']?.note).toBe('3 rows without an expected sigma left out');
    expect(gates['error_ratio_max']?.note).toBe('3 rows without a claimed error left out');
    const unmodelled = rows.map((row) => ({ ...row, sigmaBps: null, claimedAbsBps: null }));
    expect(promoted({ rows: unmodelled }).gates['mean_net_bound']?.note).toBe(
      'too few effective rows or market periods, or no spread; 123 rows without an expected sigma left out',
    );
    expect(failing({ rows: unmodelled })).toEqual(['mean_net_bound', 'error_ratio_min', 'error_ratio_max']);
  });

  it('shows the thresholds of the notes without letting them decide', () => {
    const { gates, eligible } = promoted({ adjustedP: 0.5 });
    expect(eligible).toBe(true);
    expect(gates).toMatchObject({
      psr: { comparison: '>', limit: 0.95, pass: true },
      bh_q: { value: 0.5, comparison: '<=', limit: 0.1, pass: false },
      pnl_sum_bps: { value: 6000, comparison: '>', limit: 150, pass: true },
      hit_rate: { value: 0.666666667, comparison: '>=', limit: 0.55, pass: true },
      error_rate: { value: 0, comparison: '<=', limit: 0, pass: true },
      avg_abs_error_bps: { value: 150, comparison: '<=', limit: 60, pass: false },
      avg_pnl_error_bps: { value: 50, comparison: '>=', limit: -20, pass: true },
    });
  });

  it('takes its limits from the configuration', () => {
    const strict = rules({
      min_n_eff: 121,
      min_hit_rate_bound: 0.9,
      max_error_ratio: 1,
      max_error_rate: 0.01,
    });
    expect(failing({}, strict)).toEqual(['n_eff', 'hit_rate_bound', 'error_ratio_max', 'error_rate_bound']);
  });

  it('is not moved by the scale of the market', () => {
    const scaled = goodRows().map((row) => ({
      ...row,
      realizedBps: row.realizedBps * 4,
      netBps: row.netBps * 4,
      errorBps: row.errorBps * 4,
      sigmaBps: (row.sigmaBps ?? 0) * 4,
      claimedAbsBps: (row.claimedAbsBps ?? 0) * 4,
    }));
    const decidingOnly = ({ gates }: AgentPromotion) =>
      Object.entries(gates).filter(([name, gate]) => gate?.decides === true && name !== 'mean_net_bps');
    expect(decidingOnly(promoted({ rows: scaled }))).toEqual(decidingOnly(promoted()));
  });
});
