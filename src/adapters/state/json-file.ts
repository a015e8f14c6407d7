// Whole JSON files of the state: read with suspicion, and written only where their bytes would change.

import type { Static, TSchema } from 'typebox';
import { ok, type Result } from '../../domain/result.ts';
import type { Disk } from '../../ports.ts';
import { parseRecord } from './record-line.ts';

/** `unchanged`: the same was stored before, and nothing was written. */
export type SaveOutcome = 'saved' | 'unchanged';

/** Returns the value of a JSON file, `null` where there is no file, or what is wrong with it in one sentence. */
export function readJsonFile<S extends TSchema>(
  disk: Pick<Disk, 'read'>,
  path: string,
  schema: S,
): Result<Static<S> | null, string> {
  const bytes = disk.read(path);
  return bytes === null ? ok(null) : parseRecord(schema, bytes.toString('utf8'));
}

/** Replaces a file where its bytes differ from `text`. */
export function writeFileIfChanged(disk: Disk, path: string, text: string): SaveOutcome {
  if (disk.read(path)?.equals(Buffer.from(text)) === true) return 'unchanged';
  disk.replace(path, text);
  return 'saved';
}
