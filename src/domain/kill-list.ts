// config/kill-list.yaml: which strategy classes may enter positions, and the limits at which the supervisor proposes to stop one.

import Type from 'typebox';
import { instant, REASON_CHARS_MAX } from './fields.ts';
import { byName, closed, episode } from './supervisor-fields.ts';

/** Limits of one class or one of its regimes. An absent limit is inherited; every limit that is breached counts. */
export interface CvarLimits {
  readonly max_cvar_error_bps?: number;
  readonly max_cvar_sigma?: number;
}

interface LimitedClass extends CvarLimits {
  readonly by_regime?: Readonly<Record<string, CvarLimits>>;
}

export interface EnabledClass extends LimitedClass {
  readonly status: 'ENABLED';
}

/** A class whose entries the kernel refuses. Its exits are never refused. */
export interface DisabledClass extends LimitedClass {
  readonly status: 'DISABLED';
  readonly reason: string;
  /** Verdict id, address or sentence: what the decision rests on. */
  readonly evidence: string;
  /** UTC instant. */
  readonly since: string;
  readonly episode: string;
}

export type KillListEntry = EnabledClass | DisabledClass;

const limits = {
  max_cvar_error_bps: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description:
        'largest tolerated CVaR 95 of the shortfall against the model, bps; for 24 h of crypto about 4 sigma',
    }),
  ),
  max_cvar_sigma: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: 'the same in units of the expected sigma, so that it fits every market; e.g. 4.0',
    }),
  ),
};

const disabledFacts = {
  reason: Type.String({
    minLength: 1,
    maxLength: REASON_CHARS_MAX,
    description: 'why entries are refused, one sentence',
  }),
  evidence: Type.String({
    minLength: 1,
    maxLength: 2000,
    description: 'verdict id, address or sentence: what the decision rests on',
  }),
  since: instant,
  episode,
};

/** The keys that only a DISABLED class carries. */
export const DISABLED_KEYS = ['reason', 'evidence', 'since', 'episode'] as const;

const KillListEntry = Type.Unsafe<KillListEntry>({
  type: 'object',
  properties: {
    status: {
      type: 'string',
      enum: ['ENABLED', 'DISABLED'],
      default: 'ENABLED',
      description: 'DISABLED: the kernel refuses entries of this class, never exits',
    },
    ...limits,
    by_regime: byName(
      Type.Object(limits, { ...closed, minProperties: 1 }),
      'limits that replace those of the class in one regime, e.g. TREND',
    ),
    ...disabledFacts,
  },
  ...closed,
  if: { properties: { status: { const: 'DISABLED' } }, required: ['status'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, not a promise.
  then: { properties: disabledFacts, required: [...DISABLED_KEYS] },
});

/** config/kill-list.yaml: strategy class → status and limits. */
export const KillList = byName(KillListEntry, 'by strategy class', 'Kill list');
export type KillList = Readonly<Record<string, KillListEntry>>;
