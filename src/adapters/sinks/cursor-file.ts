// How far a sink has come, kept beside the journal: read once at a start, and replaced as a whole now and then.

import Type, { type Static } from 'typebox';
import { name, version } from '../../domain/fields.ts';
import { problemText } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { closed } from '../../domain/supervisor-fields.ts';
import { validate } from '../../domain/validate.ts';
import type { Disk } from '../../ports.ts';

const Decision = Type.Object(
  { decisionId: Type.String(), policy: Type.String(), facts: Type.String() },
  closed,
);

/** Everything up to record `seq` is in the sink. `chain`: the digest of the seal behind it, by which a journal is known. */
const Cursor = Type.Object(
  {
    v: version,
    instance: name,
    seq: Type.Integer({ minimum: 0 }),
    chain: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    decisions: Type.Array(Decision, { maxItems: 64 }),
  },
  closed,
);
export type Cursor = Static<typeof Cursor>;

/** Returns where the cursor of a sink lies, below the data folder of the runner. */
function cursorPath(sink: string): string {
  return `cursors/${sink}.json`;
}

/** Returns the cursor of a sink, `null` where it has none yet, or what is wrong with it in a sentence. */
export function readCursor(disk: Disk, sink: string): Result<Cursor | null, string> {
  const path = cursorPath(sink);
  const text = disk.read(path)?.toString('utf8') ?? null;
  if (text === null) return ok(null);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err(`${path} is no JSON`);
  }
  const checked = validate(Cursor, value);
  if (checked.ok) return checked;
  return err(`${path}: ${checked.error.map(problemText).join('; ')}`);
}

/** Replaces the cursor of a sink. Throws where the disk does. */
export function writeCursor(disk: Disk, sink: string, cursor: Cursor): void {
  disk.replace(cursorPath(sink), `${JSON.stringify(cursor)}\n`);
}
