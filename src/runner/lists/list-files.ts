// The lists as files of this machine: kill-list.yaml beside the configuration, and the allocation in the state folder.

import { type BigIntStats, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { configProblemText } from '../../adapters/config/config-files.ts';
import { readConfig, shownFile } from '../../adapters/config/yaml-file.ts';
import { ALLOCATION_PATH } from '../../adapters/state/supervisor-files.ts';
import { causeText } from '../../domain/causes.ts';
import type { ListSource, ListText } from './list-source.ts';

const KILL_LIST = 'kill-list.yaml';

interface ListFilesOptions {
  readonly configDir: string;
  readonly stateDir: string;
}

/** Returns the files as they are at each look. */
export function listFiles({ configDir, stateDir }: ListFilesOptions): ListSource {
  const allocation = join(stateDir, ALLOCATION_PATH);
  return {
    stamp: () => `${stampOf(join(configDir, KILL_LIST))} ${stampOf(allocation)}`,
    read: () => ({ killList: killListIn(configDir), allocation: textAt(allocation) }),
    age: () => null,
  };
}

function killListIn(configDir: string): ListText {
  const shownAs = shownFile(configDir, KILL_LIST);
  const read = readConfig(configDir, KILL_LIST);
  if (read.ok) return { shownAs, text: read.value, fault: null, commit: null };
  return { shownAs, text: null, fault: read.error.map(configProblemText).join('; '), commit: null };
}

function textAt(path: string): ListText {
  try {
    if (statOf(path) === null) return { shownAs: path, text: null, fault: null, commit: null };
    return { shownAs: path, text: readFileSync(path, 'utf8'), fault: null, commit: null };
  } catch (error) {
    return { shownAs: path, text: null, fault: `${path}: cannot be read: ${causeText(error)}`, commit: null };
  }
}

/** Nanoseconds and the number of the file: an editor may save twice in a millisecond, or put another file in its place. */
function stampOf(path: string): string {
  try {
    const stats = statOf(path);
    return stats === null ? 'none' : `${stats.mtimeNs}/${stats.ctimeNs}/${stats.size}/${stats.ino}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
  }
}

function statOf(path: string): BigIntStats | null {
  return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
}
