// A reject: input that was set aside with its place and the reason, so that nothing is dropped and nothing bad is priced.

import Type, { type Static } from 'typebox';
import { canonicalJson, sha256Hex } from './canonical.ts';
import { count, horizonHours, name, oneOf, orNull, sha256, version } from './fields.ts';

export const REJECT_CODES = [
  'malformed_json',
  'line_too_long',
  'torn_tail',
  'invalid_event',
  'conflicting_duplicate',
  'stale_price',
  'no_price',
] as const;
export type RejectCode = (typeof REJECT_CODES)[number];

export const Reject = Type.Object(
  {
    v: version,
    reject_id: sha256,
    code: oneOf(REJECT_CODES),
    reason: Type.String(),
    file: Type.String({ description: 'where the line stood; for a price, the event shard' }),
    line: orNull(count),
    event_id: orNull(name),
    horizon_hours: orNull(horizonHours),
    raw: orNull(Type.String({ maxLength: 2048, description: 'the line, cut to 2,048 characters' })),
  },
  { additionalProperties: false, title: 'Reject' },
);
export type Reject = Static<typeof Reject>;

const RAW_CHARS_MAX = 2048;

/** Returns a reject with its id. The id leaves out file and line, so the same fact read twice is one reject. */
export function rejectFrom(facts: Omit<Reject, 'v' | 'reject_id'>): Reject {
  const raw = facts.raw === null ? null : facts.raw.slice(0, RAW_CHARS_MAX);
  const { code, event_id, horizon_hours } = facts;
  const identity =
    event_id !== null && horizon_hours !== null ? { code, event_id, horizon_hours } : { code, raw };
  return { v: 1, reject_id: sha256Hex(canonicalJson(identity)), ...facts, raw };
}

/** Where a reject stands and why, for a person who is to mend it. */
export interface RejectPlace {
  readonly code: RejectCode;
  readonly reason: string;
  readonly file: string;
  readonly line: number | null;
  /** Character of the line, counted from 1; `null` where the whole line is meant. */
  readonly column: number | null;
}

/** As many as GitHub shows beside a step: a report hands out the first of its rejects, all are on disk. */
export const REJECT_PLACES_MAX = 10;

/** Returns the place of a reject. The column is known where the reason names it, as it does of what is not JSON. */
export function rejectPlace({ code, reason, file, line }: Reject): RejectPlace {
  const isSyntax = code === 'malformed_json' || code === 'torn_tail';
  const column = isSyntax ? /\bcolumn (\d+): /.exec(reason)?.[1] : undefined;
  return { code, reason, file, line, column: column === undefined ? null : Number(column) };
}
