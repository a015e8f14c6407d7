// What reconcile remembers between runs: how far it has read, and which events still owe rows. Derived; can be deleted.

import Type, { type Static } from 'typebox';
import { AlphaEvent } from './event.ts';
import { count, horizonHours, instant, orNull, sha256, version } from './fields.ts';

/** How far one event shard was read. `tail_sha256` covers the bytes just before the offset and betrays a rewritten file. */
export const ReadPosition = Type.Object(
  { bytes: count, lines: count, tail_sha256: sha256 },
  { additionalProperties: false },
);
export type ReadPosition = Static<typeof ReadPosition>;

/** An event that is still open at `open` horizons, or kept with none because labels of others may overlap with it. */
export const OpenEvent = Type.Object(
  { event: AlphaEvent, content_sha256: sha256, shard: Type.String(), open: Type.Array(horizonHours) },
  { additionalProperties: false },
);
export type OpenEvent = Static<typeof OpenEvent>;

export const Pending = Type.Object(
  {
    v: version,
    generated_at: orNull(instant),
    horizons_hours: Type.Array(horizonHours),
    context_from: orNull(instant),
    files: Type.Record(Type.String(), ReadPosition),
    events: Type.Array(OpenEvent),
  },
  { additionalProperties: false, title: 'Pending' },
);
export type Pending = Static<typeof Pending>;
