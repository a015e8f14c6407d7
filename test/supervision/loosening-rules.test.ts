// Which way the rules of warden.yaml loosen: every rule has a direction, and a change of it a share.

import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWardenConfig } from '../../src/adapters/config/config-files.ts';
import type { WardenConfig } from '../../src/domain/config.ts';
import { jsonLeaves } from '../../src/domain/json-difference.ts';
import { durationMs, MINUTE_MS } from '../../src/domain/time.ts';
import { RULES, ruleChanges } from '../../src/supervision/loosening-rules.ts';

const loaded = loadWardenConfig(resolve(import.meta.dirname, '../../config'));
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const { config } = loaded.value;

/** The configuration with one value of a section replaced. */
function having(
  section: 'cvar' | 'promotion' | 'review' | 'github' | 'divergence',
  over: object,
): WardenConfig {
  return { ...config, [section]: { ...config[section], ...over } } as WardenConfig;
}

describe('the rules', () => {
  it('know every key of warden.yaml, so that no new one loosens unseen', () => {
    const keys = jsonLeaves(config, '').map(([path]) => path.replace(/^\./, '').replace(/\.\d+$/, ''));
    expect([...RULES.keys()].sort()).toEqual([...new Set(keys)].sort());
  });
});

/** The configuration with the number or duration at a dotted path multiplied. */
function scaled(path: string, factor: number): WardenConfig {
  const copy: WardenConfig = structuredClone(config);
  const keys = path.split('.');
  const key = keys.pop() ?? '';
  const section: object = keys.reduce<object>((at, each) => Reflect.get(at, each) as object, copy);
  const value: unknown = Reflect.get(section, key);
  const lengthMs = typeof value === 'string' ? durationMs(value) : null;
  const changed =
    lengthMs === null ? Number(value) * factor : `${Math.round((lengthMs * factor) / MINUTE_MS)}m`;
  Reflect.set(section, key, changed);
  return copy;
}

const LOOSER_RAISED = [
  ...['prices.max_stale_bars', 'prices.max_loss', 'prices.max_loss_min_pairs'],
  ...['cvar.default_max_sigma', 'cvar.min_n_eff', 'cvar.reenable.max_limit_ratio'],
  ...['divergence.min_signals', 'divergence.alarm_level', 'divergence.cusum_limit'],
  ...['divergence.scale_window_ratio', 'promotion.max_error_ratio', 'promotion.max_error_rate'],
  ...['promotion.demote_after', 'confidence.loss_k_bps', 'confidence.floor', 'confidence.ceil'],
  ...['confidence.stability_boost', 'confidence.stability_good_err_bps', 'allocation.max_weight'],
  ...['allocation.warn_factor', 'allocation.alert_factor', 'github.acknowledge_within'],
  'review.loosening_limit',
];

const LOOSER_LOWERED = [
  ...['prices.give_up_after', 'costs.spot.fee_bps', 'costs.spot.slip_bps', 'costs.perp.fee_bps'],
  ...['costs.perp.slip_bps', 'costs.equity.slip_bps', 'cvar.reenable.cool_down'],
  ...['cvar.reenable.min_fresh_n_eff', 'divergence.hit_p_value', 'divergence.resolve_after_signals'],
  ...['divergence.snapshot_q', 'promotion.min_n_eff', 'promotion.confidence'],
  ...['promotion.min_hit_rate_bound', 'promotion.min_error_ratio', 'confidence.penalty_cap'],
  ...['confidence.loss_amplifier', 'confidence.stability_min_good', 'github.comments_per_day'],
  'review.approvals',
];

describe('ruleChanges', () => {
  it.each(LOOSER_RAISED)('says that a higher %s loosens, and a lower one tightens', (path) => {
    expect(ruleChanges(config, scaled(path, 3))).toMatchObject([{ path, effect: 'looser' }]);
    expect(ruleChanges(config, scaled(path, 1 / 3))).toMatchObject([{ path, effect: 'tighter' }]);
  });

  it.each(LOOSER_LOWERED)('says that a lower %s loosens, and a higher one tightens', (path) => {
    expect(ruleChanges(config, scaled(path, 1 / 3))).toMatchObject([{ path, effect: 'looser' }]);
    expect(ruleChanges(config, scaled(path, 3))).toMatchObject([{ path, effect: 'tighter' }]);
  });

  it('does not call it safe that fewer spans are asked for: recovery and promotion need them as well', () => {
    expect(ruleChanges(config, scaled('cvar.min_blocks', 0.5))).toMatchObject([
      { path: 'cvar.min_blocks', effect: 'unclear', share: 0.5 },
    ]);
  });

  it('has no share of a value that was zero, so that any other one is beyond every limit', () => {
    const free = { ...config, costs: { ...config.costs, spot: { fee_bps: 0, slip_bps: 2 } } };
    expect(ruleChanges(free, config)).toMatchObject([{ effect: 'tighter', share: null }]);
    const strict = having('review', { loosening_limit: 0 });
    expect(ruleChanges(strict, config)).toMatchObject([{ effect: 'looser', share: null }]);
  });

  it.each([
    ['cvar', { default_max_sigma: 5 }, 'cvar.default_max_sigma', 'looser', 0.25],
    ['cvar', { default_max_sigma: 3 }, 'cvar.default_max_sigma', 'tighter', 0.25],
    ['cvar', { min_n_eff: 90 }, 'cvar.min_n_eff', 'looser', 0.5],
    ['cvar', { window: '90d' }, 'cvar.window', 'unclear', 0.5],
    ['cvar', { horizon_hours: 4 }, 'cvar.horizon_hours', 'unclear', null],
    ['cvar', { decision: 'point' }, 'cvar.decision', 'tighter', null],
    ['promotion', { confidence: 0.9 }, 'promotion.confidence', 'looser', 1],
    ['promotion', { demote_after: '6d' }, 'promotion.demote_after', 'looser', 1],
    ['promotion', { min_hit_rate: 0.1 }, 'promotion.min_hit_rate', 'none', null],
    ['divergence', { alarm_level: 10_000 }, 'divergence.alarm_level', 'looser', 1],
    ['divergence', { hit_p_value: 0.00025 }, 'divergence.hit_p_value', 'looser', 0.5],
    ['review', { loosening_limit: 0.4 }, 'review.loosening_limit', 'looser', 1],
    ['review', { approvals: 1 }, 'review.approvals', 'looser', 0.5],
    ['github', { comments_per_day: 0 }, 'github.comments_per_day', 'looser', 1],
    ['github', { dashboard: false }, 'github.dashboard', 'looser', null],
    ['cvar', { bootstrap_draws: 100 }, 'cvar.bootstrap_draws', 'unclear', 0.9],
    ['github', { pull_requests: false }, 'github.pull_requests', 'looser', null],
    ['github', { own_logins: ['mallory'] }, 'github.own_logins', 'unclear', null],
  ] as const)('in %s %o: %s is %s', (section, over, subject, effect, share) => {
    const [change, ...more] = ruleChanges(config, having(section, over));

    expect(more).toEqual([]);
    expect(change).toMatchObject({ subject, effect });
    if (share === null) expect(change?.share).toBeNull();
    else expect(change?.share).toBeCloseTo(share, 9);
  });

  it('says that a decision by the lower bound instead of the estimate loosens', () => {
    const [change] = ruleChanges(having('cvar', { decision: 'point' }), config);
    expect(change).toMatchObject({ effect: 'looser', share: null, before: 'point', after: 'lcb' });
  });

  it('reaches the rules of letting in again', () => {
    const reenable = { ...config.cvar.reenable, cool_down: '1d', max_limit_ratio: 1 };
    expect(ruleChanges(config, having('cvar', { reenable }))).toMatchObject([
      { subject: 'cvar.reenable.cool_down', effect: 'looser' },
      { subject: 'cvar.reenable.max_limit_ratio', effect: 'looser' },
    ]);
  });

  it.each([
    ['costs', { ...config.costs, spot: { fee_bps: 1, slip_bps: 2 } }, 'costs.spot.fee_bps', 'looser', 0.9],
    ['costs', { ...config.costs, spot: { fee_bps: 20, slip_bps: 2 } }, 'costs.spot.fee_bps', 'tighter', 1],
    ['prices', { ...config.prices, latency_ms: 60_000 }, 'prices.latency_ms', 'unclear', null],
    ['model', { ...config.model, standardize: false }, 'model.standardize', 'unclear', null],
    ['horizons_hours', [1, 24], 'horizons_hours', 'unclear', null],
  ] as const)('says of %s that it changes what is measured', (section, value, subject, effect, share) => {
    expect(ruleChanges(config, { ...config, [section]: value })).toMatchObject([{ subject, effect, share }]);
  });

  it('asks about a key that it does not know', () => {
    expect(ruleChanges(config, { ...config, brakes: 'off' } as WardenConfig)).toMatchObject([
      { subject: 'brakes', effect: 'unclear', share: null },
    ]);
  });

  it('finds nothing where nothing differs', () => {
    expect(ruleChanges(config, config)).toEqual([]);
  });
});
