// Promotion: every gate by name, which of them decide, and that nothing unknown passes.

import { describe, expect, it } from 'vitest';
import { AgentPromotion } from '../../src/domain/supervisor.ts';
import { PromotionConfig } from '../../src/domain/supervisor-config.ts';
import { validate } from '../../src/domain/validate.ts';
import { type JudgedRow, judgedRow } from '../../src/supervision/judged-row.ts';
import { promotionOf } from '../../src/supervision/promote.ts';
import type { PromotionEvidence } from '../../src/supervision/promotion-gates.ts';
import { aRow } from '../builders.ts';

function rules(over: Partial<PromotionConfig> = {}): { promotion: PromotionConfig } {
  const checked = validate(PromotionConfig, { ...over });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return { promotion: checked.value };
}

/** Two rows of three win, each 150 bps; sigma is 300 bps and the model claims the error it makes. */
function goodRows(count = 90): JudgedRow[] {
  return Array.from({ length: count }, (_, index) => {
    const pnl = index % 3 === 2 ? -150 : 150;
    const row = { realized_pnl_bps: pnl, net_pnl_bps: pnl - 5, pnl_error_bps: pnl };
    return judgedRow(aRow({ ...row, expected_sigma_bps: 300, expected_abs_bps: 150 }));
  });
}

function evidence(over: Partial<PromotionEvidence> = {}): PromotionEvidence {
  const runs = { runs: 60, errors: 0 };
  return { rows: goodRows(), openAlerts: 0, classKills: 0, runs, adjustedP: 0.01, ...over };
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
        n_eff: { value: 90, comparison: '>=', limit: 60, pass: true },
        hit_rate_bound: { value: 0.615384615, comparison: '>', limit: 0.45, pass: true },
        error_ratio_min: { value: 1, comparison: '>', limit: 0.5, pass: true },
        error_ratio_max: { value: 1, comparison: '<', limit: 1.3, pass: true },
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
      'mean_net_bound',
      'hit_rate_bound',
      'error_ratio_min',
      'error_ratio_max',
      'open_alerts',
      'class_kills',
      'error_rate_bound',
    ]);
    expect(shown).toEqual([
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
    const overlapping = goodRows(1000).map((row) => ({ ...row, uniqueness: 0.059 }));
    expect(failing({ rows: overlapping })).toEqual(['n_eff']);
    expect(failing({ rows: goodRows(60) })).toEqual([]);
  });

  it('asks for a net result that is positive beyond luck, after costs', () => {
    const costly = goodRows().map((row) => ({ ...row, netBps: row.netBps - 45 }));
    expect(failing({ rows: costly })).toEqual(['mean_net_bound']);
    expect(promoted({ rows: costly }).gates['pnl_sum_bps']?.pass).toBe(true);
  });

  it('asks for hits', () => {
    const rare = goodRows(300).map((row, index) => {
      const pnl = index % 5 < 2 ? 300 : -60;
      return { ...row, realizedBps: pnl, netBps: pnl };
    });
    expect(failing({ rows: rare })).toEqual(['hit_rate_bound']);
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
    expect(known).toEqual(['n_eff', 'open_alerts', 'class_kills']);
    expect(gates['n_eff']).toMatchObject({ value: 0, pass: false });
    for (const gate of Object.values(gates)) {
      if (gate?.value === null) expect(gate).toMatchObject({ pass: false, note: expect.any(String) });
    }
  });

  it('says which rows a number leaves out', () => {
    const rows = goodRows(100).map((row, index) =>
      index < 3 ? { ...row, sigmaBps: null, claimedAbsBps: null } : row,
    );
    const { gates } = promoted({ rows });
    expect(gates['mean_net_bound']?.note).toBe('3 rows without an expected sigma left out');
    expect(gates['error_ratio_max']?.note).toBe('3 rows without a claimed error left out');
    const unmodelled = rows.map((row) => ({ ...row, sigmaBps: null, claimedAbsBps: null }));
    expect(promoted({ rows: unmodelled }).gates['mean_net_bound']?.note).toBe(
      'too few effective rows, or no spread; 100 rows without an expected sigma left out',
    );
    expect(failing({ rows: unmodelled })).toEqual(['mean_net_bound', 'error_ratio_min', 'error_ratio_max']);
  });

  it('shows the thresholds of the notes without letting them decide', () => {
    const { gates, eligible } = promoted({ adjustedP: 0.5 });
    expect(eligible).toBe(true);
    expect(gates).toMatchObject({
      psr: { comparison: '>', limit: 0.95, pass: true },
      bh_q: { value: 0.5, comparison: '<=', limit: 0.1, pass: false },
      pnl_sum_bps: { value: 4500, comparison: '>', limit: 150, pass: true },
      hit_rate: { value: 0.666666667, comparison: '>=', limit: 0.55, pass: true },
      error_rate: { value: 0, comparison: '<=', limit: 0, pass: true },
      avg_abs_error_bps: { value: 150, comparison: '<=', limit: 60, pass: false },
      avg_pnl_error_bps: { value: 50, comparison: '>=', limit: -20, pass: true },
    });
  });

  it('takes its limits from the configuration', () => {
    const strict = rules({
      min_n_eff: 91,
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
      Object.values(gates).filter((gate) => gate?.decides === true);
    expect(decidingOnly(promoted({ rows: scaled }))).toEqual(decidingOnly(promoted()));
  });
});
