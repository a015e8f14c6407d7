// Which way every value of warden.yaml loosens the supervision of strategies, and by how much a change of it does.

import type { WardenConfig } from '../domain/config.ts';
import { WARDEN_FILE } from '../domain/proposal.ts';
import { durationMs } from '../domain/time.ts';
import type { ConfigChange, Effect } from './loosening.ts';

/**
 * `complement`: downwards, and what counts is how far below 1 it is, as with a confidence. `unclear`: both ways, by a share;
 * `other`: both ways, and no share says how much.
 */
type Direction = 'up' | 'down' | 'complement' | 'switch' | 'unclear' | 'other' | 'none';

interface Rule {
  /** Where a change of the value loosens. `switch`: where it turns into {@link looseValue}. */
  readonly looser: Direction;
  readonly looseValue?: string | boolean;
  /** What a looser value does, as a sentence. */
  readonly meaning: string;
}

const LESS_JUDGED = 'More evidence is needed before a class is judged, so a stop is proposed later or never.';
const EARLIER_BACK = 'A stopped class is let in again on less evidence.';
const QUIETER = 'An agent that diverges is told of later or never.';
const EASIER = 'An agent is proposed for live on less evidence.';
const MORE_WEIGHT = 'An agent that errs or diverges keeps more capital.';
const DISPLAY = 'It is shown and decides nothing.';
const OTHER_ROWS = 'Other rows are looked at, so that a breach may show sooner or later.';
const CHEAPER = 'The same signals look better: what is charged to them is part of every result.';
const OTHER_PRICES = 'Results are measured at other prices, so that the same signals look better or worse.';
const OTHER_SIGMA = 'Errors are measured in another unit, so that a breach may show sooner or later.';
const OTHER_MODEL = 'Another result is expected of the same signals, so that their errors change.';

const up = (meaning: string): Rule => ({ looser: 'up', meaning });
const down = (meaning: string): Rule => ({ looser: 'down', meaning });
const unclear = (meaning: string): Rule => ({ looser: 'unclear', meaning });
const other = (meaning: string): Rule => ({ looser: 'other', meaning });
const none = (meaning: string): Rule => ({ looser: 'none', meaning });
const switchTo = (looseValue: string | boolean, meaning: string): Rule => ({
  looser: 'switch',
  looseValue,
  meaning,
});

/** By dotted key: every key that warden.yaml may hold. */
export const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    version: none('It says how the file is read.'),
    horizons_hours: other('Signals are settled after other times, and at no others.'),
    'prices.spot.source': other(OTHER_PRICES),
    'prices.spot.exchanges': other(OTHER_PRICES),
    'prices.spot.timeframe': other(OTHER_PRICES),
    'prices.perp.source': other(OTHER_PRICES),
    'prices.perp.exchanges': other(OTHER_PRICES),
    'prices.perp.timeframe': other(OTHER_PRICES),
    'prices.equity.source': other(OTHER_PRICES),
    'prices.equity.feed': other(OTHER_PRICES),
    'prices.equity.timeframe': other(OTHER_PRICES),
    'prices.settle_lag': none('Exits are priced sooner or later after their bar.'),
    'prices.give_up_after': down('Signals whose price is missing are given up sooner, and decide nothing.'),
    'prices.max_stale_bars': up('Older prices count as those of the exit.'),
    'prices.latency_ms': other(OTHER_PRICES),
    'prices.max_loss': up('More signals may be lost before a run fails.'),
    'prices.max_loss_min_pairs': up('Runs that lose signals fail less often.'),
    'costs.spot.fee_bps': down(CHEAPER),
    'costs.spot.slip_bps': down(CHEAPER),
    'costs.perp.fee_bps': down(CHEAPER),
    'costs.perp.slip_bps': down(CHEAPER),
    'costs.perp.assumed_funding_bps_per_8h': other('Longs pay more or less, and shorts get it.'),
    'costs.equity.fee_bps': down(CHEAPER),
    'costs.equity.slip_bps': down(CHEAPER),
    'volatility.asof_half_life': unclear(OTHER_SIGMA),
    'volatility.fast_half_life': unclear(OTHER_SIGMA),
    'volatility.min_returns': unclear(OTHER_SIGMA),
    'model.features': other(OTHER_MODEL),
    'model.standardize': other(OTHER_MODEL),
    'model.ridge': other(OTHER_MODEL),
    'model.lambda_grid': other(OTHER_MODEL),
    'model.min_rows': unclear(OTHER_MODEL),
    'model.max_rows': unclear(OTHER_MODEL),
    'model.folds': unclear(OTHER_MODEL),
    'model.min_train_n_eff': unclear(OTHER_MODEL),
    'model.gate_alpha': unclear(OTHER_MODEL),
    'cvar.horizon_hours': other('Other rows decide about classes, confidence and promotion.'),
    'cvar.decision': switchTo(
      'lcb',
      'A breach needs the lower bound beyond the limit instead of the estimate.',
    ),
    'cvar.default_max_sigma': up(
      'Classes without a limit of their own are proposed to stop after a worse tail.',
    ),
    'cvar.min_n_eff': up(LESS_JUDGED),
    // More spans hold up a stop, and fewer ease both recovery and promotion.
    'cvar.min_blocks': unclear(
      'The days behind a judgement: with more, a stop comes later; with fewer, a class is let in or an agent promoted sooner.',
    ),
    'cvar.max_n_eff': unclear(OTHER_ROWS),
    'cvar.window': unclear(OTHER_ROWS),
    'cvar.bootstrap_draws': unclear('The bounds of the tail are drawn with more or less chance in them.'),
    'cvar.reenable.cool_down': down(EARLIER_BACK),
    'cvar.reenable.min_fresh_n_eff': down(EARLIER_BACK),
    'cvar.reenable.max_limit_ratio': up(EARLIER_BACK),
    'divergence.window': unclear('Other signals are looked at.'),
    'divergence.min_signals': up(QUIETER),
    'divergence.alarm_level': up(QUIETER),
    'divergence.cusum_limit': up(QUIETER),
    'divergence.scale_window_ratio': up(QUIETER),
    'divergence.hit_p_value': down(QUIETER),
    'divergence.resolve_after_signals': down('An alert ends after fewer healthy signals.'),
    'divergence.snapshot_q': down('The report calls fewer agents divergent.'),
    'divergence.abs_err_thr': none(DISPLAY),
    'divergence.mean_err_thr': none(DISPLAY),
    'promotion.min_n_eff': down(EASIER),
    'promotion.confidence': { looser: 'complement', meaning: EASIER },
    'promotion.min_hit_rate_bound': down(EASIER),
    'promotion.min_error_ratio': down(EASIER),
    'promotion.max_error_ratio': up(EASIER),
    'promotion.max_error_rate': up(EASIER),
    'promotion.telemetry_window': unclear('Other runs count for the error rate.'),
    'promotion.demote_after': up('A live agent whose alert lasts keeps its capital for longer.'),
    'promotion.repropose_after': none('A promotion that nobody took is proposed again sooner or later.'),
    'promotion.min_pnl_sum_bps': none(DISPLAY),
    'promotion.min_hit_rate': none(DISPLAY),
    'promotion.max_avg_abs_error_bps': none(DISPLAY),
    'promotion.min_avg_pnl_error_bps': none(DISPLAY),
    'confidence.mode': other('Errors are penalised in another unit.'),
    'confidence.half_life_signals': unclear('Old errors count for longer or shorter.'),
    'confidence.loss_k_bps': up(MORE_WEIGHT),
    'confidence.floor': up(MORE_WEIGHT),
    'confidence.ceil': up(MORE_WEIGHT),
    'confidence.penalty_cap': down(MORE_WEIGHT),
    'confidence.loss_amplifier': down(MORE_WEIGHT),
    'confidence.stability_boost': up(MORE_WEIGHT),
    'confidence.stability_good_err_bps': up(MORE_WEIGHT),
    'confidence.stability_min_good': down(MORE_WEIGHT),
    'allocation.max_weight': up('One agent may get more of the capital.'),
    'allocation.warn_factor': up(MORE_WEIGHT),
    'allocation.alert_factor': up(MORE_WEIGHT),
    'notify.mail': switchTo(false, 'Nobody is told by mail.'),
    'github.pull_requests': switchTo(
      false,
      'Nothing is proposed on GitHub: a breach stays a line in the report.',
    ),
    'github.labels': none('Pull requests and issues of Warden are labelled otherwise.'),
    'github.reviewers': none('Other people are asked for review.'),
    'github.own_logins': other('Pull requests and comments of these accounts count as those of Warden.'),
    'github.new_pulls_per_run': none('More or fewer proposals wait for the next run.'),
    'github.comments_per_day': down(QUIETER),
    'github.acknowledge_within': up('People are told later that the kernel did not apply a merge.'),
    'github.dashboard': switchTo(false, 'The dashboard is kept up to date no longer.'),
    'review.loosening_limit': up('A change like this one needs more than one approval less often.'),
    'review.approvals': down('A change that loosens much needs fewer approvals.'),
    'watchdog.late_periods': up('A job that does not run is told of later.'),
    'watchdog.secrets': none('Other days are known on which secrets end.'),
    'watchdog.warn_before': down('People are told later that a secret ends.'),
    'state.compact_after': none('Files of old months are packed sooner or later; nothing of them is lost.'),
    'state.branch': other('The supervisor reads another past: other episodes, other rows.'),
  }),
);

/** Values that change what a row says or which rows are judged: what was recorded was measured by those of then. */
const MEASURING =
  /^(?:horizons_hours|prices\..+|costs\..+|volatility\..+|model\..+|cvar\.(?:window|max_n_eff|min_blocks|bootstrap_draws|reenable\.min_fresh_n_eff))$/;

/** Returns the keys by which the two measure otherwise, so that a replay of what was recorded does not show all of the change. */
export function measuredOtherwise(base: WardenConfig, head: WardenConfig): string[] {
  return ruleChanges(base, head)
    .map(({ path }) => path)
    .filter((path) => MEASURING.test(path));
}

/** A section of which only the parts are known may be added or removed as a whole; what nobody thought of may loosen. */
const UNKNOWN_RULE = other('What follows from it is not known to this check.');

/** Returns every value of warden.yaml that differs, by key, with what it does. */
export function ruleChanges(base: WardenConfig, head: WardenConfig): ConfigChange[] {
  const [before, after] = [leaves(base), leaves(head)];
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((path) => {
    const [from, to] = [before.get(path), after.get(path)];
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [ruleChange(path, from, to)];
  });
}

function ruleChange(path: string, from: unknown, to: unknown): ConfigChange {
  const rule = RULES.get(path) ?? UNKNOWN_RULE;
  const { effect, share } = effectOf(rule, from, to);
  return {
    file: WARDEN_FILE,
    subject: path,
    regime: null,
    what: '',
    path,
    before: valueText(from),
    after: valueText(to),
    effect,
    share,
    meaning: effect === 'tighter' ? 'It tightens what it rules.' : rule.meaning,
  };
}

interface Measured {
  readonly effect: Effect;
  readonly share: number | null;
}

const NO_EFFECT: Measured = { effect: 'none', share: null };

function effectOf({ looser, looseValue }: Rule, from: unknown, to: unknown): Measured {
  if (looser === 'none') return NO_EFFECT;
  if (looser === 'switch') return { effect: to === looseValue ? 'looser' : 'tighter', share: null };
  const [before, after] = looser === 'other' ? [null, null] : [sizeOf(from), sizeOf(to)];
  if (before === null || after === null) return { effect: 'unclear', share: null };
  if (looser === 'complement')
    return { effect: after < before ? 'looser' : 'tighter', share: shareOf(1 - before, 1 - after) };
  const share = shareOf(before, after);
  if (looser === 'unclear') return { effect: 'unclear', share };
  return { effect: after > before === (looser === 'up') ? 'looser' : 'tighter', share };
}

function shareOf(before: number, after: number): number | null {
  return before === 0 ? null : Math.abs(after / before - 1);
}

/** Of a number or a duration. */
function sizeOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? durationMs(value) : null;
}

function valueText(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Lists are values. */
function leaves(config: object, prefix = ''): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(config)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isSection) for (const [below, leaf] of leaves(value, path)) found.set(below, leaf);
    else if (value !== undefined) found.set(path, value);
  }
  return found;
}
