// The index of a pack: which files of a month lie in it, and where in what comes out when it is decompressed.

import Type, { type Static } from 'typebox';
import { count, sha256, version } from './fields.ts';

const PackedFile = Type.Object(
  {
    offset: count,
    bytes: count,
    sha256,
    tail: Type.Optional(
      Type.String({
        description:
          'the last bytes of the file, one character (U+0000 to U+00FF) per byte: what runs look at to see that nothing changed',
      }),
    ),
  },
  { additionalProperties: false },
);
export type PackedFile = Static<typeof PackedFile>;

export const PackIndex = Type.Object(
  {
    v: version,
    pack: Type.String({
      pattern: '^\\d{4}-\\d{2}-(signals|records)$',
      description: 'UTC month and what of it, e.g. 2026-11-signals',
    }),
    sha256: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'SHA-256 of the pack as it is stored; the first 8 digits stand in its name',
    }),
    bytes: Type.Integer({ minimum: 0, description: 'of all files together, decompressed' }),
    files: Type.Record(Type.String(), PackedFile, {
      description: 'path below the state folder → its place, in the order of the paths',
    }),
  },
  { additionalProperties: false, title: 'Index of a pack' },
);
export type PackIndex = Static<typeof PackIndex>;
