// The section `policy` of config/pink.yaml: who decides about entries and exits, and how the one that ships does.

import Type, { type Static } from 'typebox';
import { duration } from './durations.ts';
import { name, oneOfByDefault, orNullByDefault } from './fields.ts';
import type { Problem } from './problem.ts';
import { POSTURE_DEFAULT } from './scan.ts';
import { section } from './supervisor-fields.ts';
import { DURATION_PATTERN } from './time.ts';

function bps(defaultValue: number, description: string) {
  return Type.Number({ exclusiveMinimum: 0, maximum: 100_000, default: defaultValue, description });
}

const Confirmation = Type.Object(
  {
    lookback: Type.Integer({
      minimum: 1,
      maximum: 9,
      default: 7,
      description: 'prices of one asset, one for each scan',
    }),
    threshold_bps: bps(0.75, 'a move against the entry that is larger contradicts it'),
  },
  section,
);

const Picker = Type.Object(
  {
    lookback: Type.Integer({
      minimum: 2,
      maximum: 1_000,
      default: 50,
      description: 'scans, before which it is cold',
    }),
    universe_min: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 1,
      description: 'assets that have to be warm',
    }),
    min_score: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: 'directional efficiency that a candidate has to have',
    }),
  },
  section,
);

const Sizer = Type.Object(
  {
    capital_fraction: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.02,
      description: 'of the capital, before conviction multiplies it',
    }),
    min_leverage: Type.Number({
      minimum: 0.5,
      maximum: 8,
      default: 0.5,
      description: 'conviction at the threshold',
    }),
    max_leverage: Type.Number({
      minimum: 0.5,
      maximum: 8,
      default: 8,
      description: 'conviction at the strongest signal, and what the boost may lift it to',
    }),
    strongest: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1e6,
      default: 3,
      description: 'the signal of full conviction, in entry thresholds',
    }),
    bucket_trades: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 20,
      description: 'closed trades that a bucket of signals is judged by',
    }),
  },
  section,
);

export const PolicySettings = Type.Object(
  {
    module: orNullByDefault(
      Type.String({
        minLength: 1,
        maxLength: 1_000,
        description:
          'a file that exports a policy of your own, from the folder of pink.yaml on; null: the champion that ships',
      }),
    ),
    strategy_class: Type.String({
      ...name,
      default: 'macro',
      description: 'of its entries, as kill-list.yaml names it',
    }),
    side: oneOfByDefault(['short', 'long', 'both'], 'short', 'which entries it may decide'),
    calibration: oneOfByDefault(
      ['champion', 'candles-1m'],
      'candles-1m',
      'what an entry needs: champion: velocity divergence below -0.02, for scans; candles-1m: fitted to bars of a minute',
    ),
    bar: Type.Unsafe<string | null>({
      anyOf: [{ type: 'string', pattern: DURATION_PATTERN }, { type: 'null' }],
      default: null,
      description:
        'what max_hold_bars counts, e.g. 1m; null: that of feed.simulated or feed.exchange, 1m for candles, 10s for scans',
    }),
    max_hold_bars: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 250,
      description: 'bars after which a position is closed',
    }),
    take_profit_bps: bps(95, 'of the entry price'),
    stop_loss_bps: bps(150, 'of the entry price'),
    exit_legs: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 1 }), {
      minItems: 1,
      maxItems: 8,
      default: [1],
      description: 'shares of what is left, one for each leg of a take profit; the last takes everything',
    }),
    postures: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      minItems: 1,
      maxItems: 16,
      default: [POSTURE_DEFAULT],
      description: 'of a scan, which allow entries; any other word, known or not, allows none',
    }),
    scan_max_age: duration('30s', 'no entry from an older scan'),
    confirmation: Confirmation,
    picker: Picker,
    sizer: Sizer,
  },
  section,
);
export type PolicySettings = Static<typeof PolicySettings>;

/** Returns what is wrong between the fields of a section that fits its schema. */
export function policyProblems({ sizer }: PolicySettings): readonly Problem[] {
  if (sizer.min_leverage <= sizer.max_leverage) return [];
  return [
    {
      path: 'policy.sizer.min_leverage',
      message: `${sizer.min_leverage} is more than max_leverage, ${sizer.max_leverage}`,
    },
  ];
}
