// The last good lists as the runner keeps them beside its journal, so that a start with a broken file, or without the remote, has them.

import Type, { type Static } from 'typebox';
import { readJsonFile } from '../../adapters/state/json-file.ts';
import { causeText } from '../../domain/causes.ts';
import { instant, orNull, sha256, version } from '../../domain/fields.ts';
import { err, type Result } from '../../domain/result.ts';
import { closed, commit } from '../../domain/supervisor-fields.ts';
import type { Disk } from '../../ports.ts';

const PATH = 'lists.json';

const KeptList = Type.Object(
  { text: Type.String(), commit: orNull(commit), applied_at: instant },
  { ...closed, description: 'a list word for word' },
);

/** Written before the kernel is told, so that it is known from when on it was, whatever dies in between. */
const ListMemory = Type.Object(
  {
    v: version,
    permissions_version: sha256,
    handed_at: instant,
    kill_list: KeptList,
    allocation: orNull(KeptList),
  },
  { ...closed, title: 'Lists in force' },
);
export type ListMemory = Static<typeof ListMemory>;

/** Returns what was kept; `null` before the first good list. The error says what is wrong with the file. */
export function loadListMemory(disk: Disk): Result<ListMemory | null, string> {
  try {
    return readJsonFile(disk, PATH, ListMemory);
  } catch (error) {
    return err(`cannot be read: ${causeText(error)}`);
  }
}

export function saveListMemory(disk: Disk, memory: ListMemory): void {
  disk.replace(PATH, `${JSON.stringify(memory, null, 2)}\n`);
}
