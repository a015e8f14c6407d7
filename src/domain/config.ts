// config/warden.yaml: what a person may set, with its default and its unit. A key that is not here is refused.

import Type, { type Static } from 'typebox';
import { duration } from './durations.ts';
import { entryOf } from './entry-of.ts';
import { horizonHours, oneOf, orNull, positive } from './fields.ts';
import { FEATURES } from './model.ts';
import { supervisorSections } from './supervisor-config.ts';
import { closed, section } from './supervisor-fields.ts';

const OF_A_MARKET = {
  ...closed,
  description: 'where its prices come from; without it its signals wait',
} as const;

const CryptoPrices = Type.Object(
  {
    source: Type.Literal('ccxt', { description: 'public bars of the exchanges below, no key' }),
    exchanges: Type.Array(Type.String({ pattern: '^[a-z0-9]+$' }), {
      minItems: 1,
      description: 'ccxt exchange ids, tried in this order, e.g. [binance, kraken]',
    }),
    timeframe: oneOf(['1m', '5m', '15m', '30m', '1h'], 'length of a bar, e.g. 1h'),
  },
  OF_A_MARKET,
);

const EquityPrices = Type.Object(
  {
    source: Type.Literal('alpaca', { description: 'bars of US sessions; the key is in the environment' }),
    feed: Type.String({ enum: ['iex', 'sip'], default: 'iex', description: 'Alpaca data feed' }),
    timeframe: oneOf(['1m', '5m', '15m', '30m', '1h'], 'length of a bar, e.g. 1h'),
  },
  OF_A_MARKET,
);

const Costs = Type.Object(
  {
    fee_bps: Type.Number({ minimum: 0, description: 'per side' }),
    slip_bps: Type.Number({ minimum: 0, description: 'per side' }),
  },
  closed,
);

const PerpCosts = Type.Object(
  {
    ...Costs.properties,
    assumed_funding_bps_per_8h: Type.Number({
      default: 1,
      description: 'what longs pay per 8 h where the price source knows no funding',
    }),
  },
  closed,
);

/** The name of the state branch where nobody gave it another. */
export const SHIPPED_STATE_BRANCH = 'warden-state';

export const WardenConfig = Type.Object(
  {
    version: Type.Literal(1, { description: 'of the shape of this file' }),
    horizons_hours: Type.Array(horizonHours, {
      minItems: 1,
      uniqueItems: true,
      description: 'e.g. [1, 4, 24]',
    }),
    prices: Type.Object(
      {
        spot: Type.Optional(CryptoPrices),
        perp: Type.Optional(CryptoPrices),
        equity: Type.Optional(EquityPrices),
        settle_lag: duration('2m', 'wait after an exit before its bar is read'),
        give_up_after: duration('7d', 'a price still stale or missing this long after the exit is given up'),
        max_stale_bars: Type.Number({
          exclusiveMinimum: 0,
          default: 2,
          description: 'oldest usable price, in bars',
        }),
        latency_ms: Type.Integer({ minimum: 0, default: 0, description: 'from signal to entry' }),
        max_loss: Type.Number({
          minimum: 0,
          maximum: 1,
          default: 0.35,
          description: 'share of settled pairs that may be lost to bad input or prices before the run fails',
        }),
        max_loss_min_pairs: Type.Integer({
          minimum: 1,
          default: 20,
          description: 'settled pairs of a run from which on max_loss counts',
        }),
      },
      closed,
    ),
    costs: Type.Object({ spot: Costs, perp: PerpCosts, equity: Costs }, closed),
    volatility: Type.Object(
      {
        asof_half_life: duration('20d', 'EWMA of 1 h returns before the entry'),
        fast_half_life: duration('2d', 'EWMA of 1 h returns before the exit'),
        min_returns: Type.Integer({
          minimum: 2,
          default: 24,
          description: 'fewer returns: sigma is unknown',
        }),
      },
      section,
    ),
    model: Type.Object(
      {
        features: Type.Array(oneOf(FEATURES), {
          minItems: 1,
          uniqueItems: true,
          default: ['score_final', 'confidence'],
          description:
            'what a signal says that the model may learn from; score_aligned is the score times the side',
        }),
        standardize: Type.Boolean({
          default: true,
          description: 'features in units of their own deviation, so that lambda means the same for each',
        }),
        ridge: orNull(
          Type.Number({
            minimum: 0,
            description: 'a fixed lambda; null: chosen from lambda_grid by purged cross-validation',
          }),
        ),
        lambda_grid: Type.Array(positive, {
          minItems: 1,
          default: [0.001, 0.01, 0.05, 0.1, 1, 10],
          description: 'what lambda is chosen from where ridge is null',
        }),
        min_rows: Type.Integer({
          minimum: 10,
          default: 250,
          description: 'rows below which there is no model',
        }),
        max_rows: Type.Integer({
          minimum: 10,
          default: 12000,
          description: 'newest rows that are trained on',
        }),
        folds: Type.Integer({
          minimum: 2,
          maximum: 50,
          default: 5,
          description: 'of the expanding walk forward, with an embargo of one horizon',
        }),
        min_train_n_eff: Type.Number({
          minimum: 1,
          default: 60,
          description: 'effective rows that a fold needs to train on',
        }),
        gate_alpha: Type.Number({
          exclusiveMinimum: 0,
          maximum: 0.5,
          default: 0.05,
          description: 'one-sided level at which a model must beat the forecast of zero to be used',
        }),
      },
      closed,
    ),
    ...supervisorSections,
    state: Type.Object(
      {
        branch: Type.String({
          default: SHIPPED_STATE_BRANCH,
          description: 'orphan branch that holds the state on GitHub',
        }),
        compact_after: duration('92d', 'how long a month must be over before its files are packed'),
      },
      section,
    ),
  },
  { ...closed, title: 'Warden configuration' },
);
export type WardenConfig = Static<typeof WardenConfig>;

/** One agent of config/agents.yaml. */
export const Agent = Type.Object(
  {
    strategy_class: Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'the class it is judged and disabled with',
    }),
    stage: Type.String({
      enum: ['shadow', 'live'],
      default: 'shadow',
      description: 'shadow: judged, without capital; live: allocated capital',
    }),
    base_weight: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: 'share of capital before confidence and divergence',
    }),
    paths: Type.Optional(
      Type.Array(Type.String(), { description: 'globs of the files this agent lives in' }),
    ),
  },
  closed,
);
export type Agent = Static<typeof Agent>;

/** config/agents.yaml: which agent belongs to which strategy class. */
export const AgentRegistry = Type.Record(Type.String({ minLength: 1 }), Agent, { title: 'Agent registry' });
export type AgentRegistry = Static<typeof AgentRegistry>;

/** What agents.yaml says about an agent, or `undefined`. One may be called `constructor`: only own keys are names. */
export function registeredAgent(agents: AgentRegistry, agent: string): Agent | undefined {
  return entryOf(agents, agent);
}

/** Returns the class of a signal: what the registry says, else the signal's own, else `unknown`. */
export function strategyClassOf(
  event: { readonly agent: string; readonly strategy_class?: string },
  agents: AgentRegistry,
): string {
  return registeredAgent(agents, event.agent)?.strategy_class ?? event.strategy_class ?? 'unknown';
}
