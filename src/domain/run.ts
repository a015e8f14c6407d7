// Provenance of one job run: the only record that may hold what depends on the run.

import Type, { type Static } from 'typebox';
import { instant, oneOf, orNull, sha256, version } from './fields.ts';

export const JOBS = [
  'emit',
  'ingest',
  'reconcile',
  'train',
  'replay',
  'supervise',
  'publish',
  'compact',
] as const;

/** When a scheduled run should have begun; `started_at` of the record is when it did. */
const Schedule = Type.Object(
  {
    cron: Type.String({ description: 'the line of the workflow that started the run, e.g. 13,43 * * * *' }),
    expected_at: instant,
  },
  { additionalProperties: false },
);
export type Schedule = Static<typeof Schedule>;

export const RunRecord = Type.Object(
  {
    v: version,
    run_id: Type.String(),
    job: oneOf(JOBS),
    now: instant,
    started_at: instant,
    duration_ms: Type.Number({ minimum: 0 }),
    code_version: Type.String(),
    commit: orNull(Type.String()),
    config_sha256: orNull(sha256),
    counts: Type.Record(Type.String(), Type.Number()),
    price_requests: Type.Integer({ minimum: 0 }),
    schedule: Type.Optional(Schedule),
  },
  { additionalProperties: false, title: 'Run record' },
);
export type RunRecord = Static<typeof RunRecord>;
