// What a strategy class lost beyond its model in the tail, per regime, and the as-of copies of it that a what-if replays.

import Type, { type Static } from 'typebox';
import { canonicalJson, sha256Hex } from './canonical.ts';
import { count, horizonHours, instant, name, oneOf, orNull, positive, sha256, version } from './fields.ts';
import { byName, closed, interval, measured, nEff } from './supervisor-fields.ts';

/**
 * INSUFFICIENT: too few effective rows to judge, the numbers are shown all the same. NO_LIMIT: nothing is configured to
 * compare with. WATCH: the point estimate is beyond a limit. KILL: beyond it by the configured decision rule.
 */
export const CELL_STATUSES = ['INSUFFICIENT', 'NO_LIMIT', 'OK', 'WATCH', 'KILL'] as const;
export type CellStatus = (typeof CELL_STATUSES)[number];

/** What was measured of one (class, regime), without any judgement: the same under every set of limits. */
const measurements = {
  n: count,
  n_eff: nEff,
  n_without_sigma: Type.Integer({
    minimum: 0,
    description: 'rows that the sigma figures leave out because their expected sigma is unknown',
  }),
  n_blocks: Type.Integer({
    minimum: 0,
    description: 'spans of one horizon that hold these rows',
  }),
  n_eff_sigma: Type.Number({ minimum: 0, description: 'n_eff of the rows whose expected sigma is known' }),
  n_blocks_sigma: Type.Integer({
    minimum: 0,
    description: 'n_blocks of the rows whose expected sigma is known',
  }),
  window_from: orNull(instant),
  window_to: orNull(instant),
  cvar95_error_bps: measured('mean of the worst 5 % of expected - realized, bps; positive is a loss'),
  mean_error_bps: measured('mean of realized - expected, bps; positive: live better than the model'),
  ci90: interval('block-bootstrap 5 % and 95 % bounds of cvar95_error_bps, bps'),
  se_cvar95_bps: measured('asymptotic standard error of cvar95_error_bps, bps'),
  cvar95_sigma: measured('the same tail in units of the expected sigma of each row'),
  ci90_sigma: interval('block-bootstrap 5 % and 95 % bounds of cvar95_sigma'),
  hit_rate: measured('share of rows with realized > 0'),
  pnl_sum_bps: measured('sum of realized, gross, bps'),
  recent: Type.Object(
    {
      n_eff: nEff,
      n_blocks: Type.Integer({ minimum: 0, description: 'spans of one horizon that hold these rows' }),
      from: orNull(Type.String({ ...instant, description: 'entry of the oldest of them' })),
      cvar95_error_bps: measured('CVaR of the shortfall over these rows, bps'),
      se_cvar95_error_bps: measured('asymptotic standard error of it, bps'),
      cvar95_sigma: measured(
        'the same CVaR in units of the expected sigma; null below 90 % of rows with one',
      ),
      se_cvar95_sigma: measured('asymptotic standard error of it, in the same units'),
    },
    {
      ...closed,
      description:
        'the newest rows, until they make cvar.reenable.min_fresh_n_eff effective ones from cvar.min_blocks ' +
        'spans: what recovery is judged by',
    },
  ),
};

/** The limits that applied to a cell, and where the nearest of them was configured. */
export const CellThreshold = Type.Object(
  {
    max_cvar_error_bps: orNull(positive),
    max_cvar_sigma: orNull(positive),
    source: oneOf(
      ['regime', 'class', 'default'],
      'regime or class: config/kill-list.yaml; default: cvar.default_max_sigma of config/warden.yaml',
    ),
  },
  closed,
);
export type CellThreshold = Static<typeof CellThreshold>;

export const CvarCell = Type.Object(
  {
    ...measurements,
    status: oneOf(CELL_STATUSES),
    threshold: orNull(CellThreshold),
    breached: Type.Array(oneOf(['bps', 'sigma']), { description: 'which of the limits are breached' }),
    is_current: Type.Boolean({ description: 'the regime of most of the last 20 events of the class' }),
    notes_cvar95_error_bps: measured(
      'as the notes compute it: the mean of the upper tail of the error; shown beside, decides nothing',
    ),
  },
  closed,
);
export type CvarCell = Static<typeof CvarCell>;

/** `supervisor/strategy_cvar_regime.json`: class → regime → cell, as in the notes, with no envelope around it. */
export const StrategyCvarRegime = byName(
  byName(CvarCell, 'by regime'),
  'by strategy class',
  'CVaR by strategy class and regime',
);
export type StrategyCvarRegime = Static<typeof StrategyCvarRegime>;

/**
 * One line of `supervisor/cells/YYYY-MM.jsonl`: a cell as it was known at `as_of`. With these lines other limits can be
 * replayed over months without prices and without rows. `fresh_*` cover the rows since the line before of the same cell,
 * so that what a disabled class missed can be added up.
 */
export const CellStatistics = Type.Object(
  {
    v: version,
    cell_id: sha256,
    as_of: Type.String({ ...instant, description: 'newest exit in the cell' }),
    strategy_class: name,
    regime: name,
    horizon_hours: horizonHours,
    ...measurements,
    is_current: Type.Boolean(),
    fresh_n: count,
    fresh_n_eff: nEff,
    fresh_pnl_bps: Type.Number({ description: 'gross, 0 where fresh_n is 0' }),
    fresh_net_pnl_bps: Type.Number({ description: 'after costs, 0 where fresh_n is 0' }),
    config_hash: sha256,
    code_version: Type.String(),
    content_sha256: Type.String({ ...sha256, description: 'of all other fields' }),
  },
  { ...closed, title: 'Cell statistics' },
);
export type CellStatistics = Static<typeof CellStatistics>;
/** A line before it is written, which gives it its digest. */
export type CellLineDraft = Omit<CellStatistics, 'content_sha256'>;

/** Returns the id of a cell line: one per class, regime, horizon and instant, however often supervise ran. */
export function cellId(
  place: Pick<CellStatistics, 'as_of' | 'strategy_class' | 'regime' | 'horizon_hours'>,
): string {
  const { as_of, strategy_class, regime, horizon_hours } = place;
  return sha256Hex(canonicalJson({ as_of, strategy_class, regime, horizon_hours }));
}
