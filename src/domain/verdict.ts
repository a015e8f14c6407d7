// Verdicts (what was decided, on what evidence) and the receipts of what was done about them in the world.

import Type, { type Static } from 'typebox';
import { canonicalJson, sha256Hex } from './canonical.ts';
import { CvarCell } from './cvar.ts';
import { DivergenceAlert } from './divergence.ts';
import { horizonHours, instant, name, oneOf, orNull, sha256, version } from './fields.ts';
import { AgentPromotion } from './supervisor.ts';
import { byName, closed, commit, episode } from './supervisor-fields.ts';

/** Why a verdict on a class was reached: the first three are reasons of a DISABLE, the others of a REENABLE. */
export const CLASS_REASONS = ['breach', 'grown', 'relapse', 'withdrawn', 'recovered'] as const;
export type ClassReason = (typeof CLASS_REASONS)[number];

/** A breach, or its end, in one cell of a class. */
export const CvarEvidence = Type.Object(
  {
    reason: oneOf(
      CLASS_REASONS,
      'DISABLE: breach (first of an episode), grown, relapse (recovery taken back); ' +
        'REENABLE: withdrawn (of an enabled class), recovered (of a disabled one)',
    ),
    regime: name,
    horizon_hours: horizonHours,
    decision: oneOf(['lcb', 'point'], 'which bound was held against the limit'),
    cell: CvarCell,
    model_ids: Type.Array(Type.String(), { description: 'models whose expectations the rows carry, sorted' }),
    fresh_n_eff: orNull(
      Type.Number({
        minimum: 0,
        description: 'recovered: effective rows since the class was disabled; else null',
      }),
    ),
    recovered_from: byName(
      instant,
      'recovered: regime that recovered → entry of the oldest row by which; else empty',
    ),
  },
  closed,
);
export type CvarEvidence = Static<typeof CvarEvidence>;

const common = {
  v: version,
  verdict_id: sha256,
  ts: Type.String({ ...instant, description: 'newest instant of the evidence' }),
  episode,
  subject: name,
};

const provenance = {
  state_commit: orNull(commit),
  config_hash: sha256,
  code_version: Type.String(),
  prev_sha256: orNull(
    Type.String({
      ...sha256,
      description: 'of the line before, so that a rewritten history shows; null on the first',
    }),
  ),
};

/** `subject` is a strategy class. */
const ClassVerdict = Type.Object(
  { ...common, kind: oneOf(['DISABLE', 'REENABLE']), evidence: CvarEvidence, ...provenance },
  closed,
);

/** `subject` is an agent. */
const PromoteVerdict = Type.Object(
  {
    ...common,
    kind: oneOf(['PROMOTE']),
    evidence: Type.Object({ promotion: AgentPromotion }, closed),
    ...provenance,
  },
  closed,
);

/** `subject` is an agent. */
const DemoteVerdict = Type.Object(
  {
    ...common,
    kind: oneOf(['DEMOTE']),
    evidence: Type.Object(
      { alerts: Type.Array(DivergenceAlert, { minItems: 1 }), alert_since: instant },
      closed,
    ),
    ...provenance,
  },
  closed,
);

/** One line of `supervisor/verdicts.jsonl`. */
export const Verdict = Type.Union([ClassVerdict, PromoteVerdict, DemoteVerdict], { title: 'Verdict' });
export type Verdict = Static<typeof Verdict>;
export type VerdictKind = Verdict['kind'];

/**
 * Returns the id of a verdict: the same evidence about the same episode is the same verdict, whenever it was reached, so
 * a run that finds nothing new adds nothing.
 */
export function verdictId(facts: Pick<Verdict, 'kind' | 'subject' | 'episode' | 'evidence'>): string {
  const { kind, subject, episode: of, evidence } = facts;
  return sha256Hex(canonicalJson({ kind, subject, episode: of, evidence }));
}

/** What a receipt says was done. */
export const EFFECTS = [
  'open_pull_request',
  'update_pull_request',
  'close_pull_request',
  'comment',
  'issue',
  'mail',
] as const;
export type Effect = (typeof EFFECTS)[number];

/**
 * One line of `supervisor/sent.jsonl`: a side effect that is no longer owed. What is owed are the verdicts without one.
 * `vetoed` and `superseded` settle an effect that must not happen any more.
 */
export const Receipt = Type.Object(
  {
    v: version,
    receipt_id: sha256,
    ts: instant,
    effect: oneOf(EFFECTS),
    key: Type.String({
      minLength: 1,
      maxLength: 400,
      description: 'what makes the effect happen once, e.g. <subject> <kind> <episode>',
    }),
    verdict_id: orNull(sha256),
    body_sha256: sha256,
    outcome: oneOf(['done', 'already_done', 'vetoed', 'superseded']),
    target: Type.String({
      maxLength: 2000,
      description: 'address of the pull request, comment or issue; of a mail its message id',
    }),
    state_commit: orNull(commit),
    content_sha256: Type.String({ ...sha256, description: 'of all other fields' }),
  },
  { ...closed, title: 'Receipt' },
);
export type Receipt = Static<typeof Receipt>;
/** A receipt before it is written, which gives it its digest. */
export type ReceiptDraft = Omit<Receipt, 'content_sha256'>;

/** Returns the id of a receipt: the same text for the same key is sent once. */
export function receiptId(facts: Pick<Receipt, 'effect' | 'key' | 'body_sha256'>): string {
  const { effect, key, body_sha256 } = facts;
  return sha256Hex(canonicalJson({ effect, key, body_sha256 }));
}
