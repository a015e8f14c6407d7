// Keeps the status page's memory in a file: a damaged one is said and left behind, and one that cannot be written stops nothing.

import type { Disk, Log } from '../../ports.ts';
import { StatusHistory } from './history.ts';
import { historyFromJson, historyJson } from './history-json.ts';

/** Returns the history that the file holds, or a new one where there is none that can be read. */
export function loadHistory(disk: Pick<Disk, 'read'>, path: string, log: Log): StatusHistory {
  try {
    const bytes = disk.read(path);
    if (bytes === null) return new StatusHistory();
    const kept = historyFromJson(bytes.toString('utf8'));
    if (kept.ok) return new StatusHistory(kept.value);
    log.warn(`${path}: the charts of the status page begin anew: ${kept.error}`);
  } catch (error) {
    log.warn(`${path}: the charts of the status page begin anew: ${messageOf(error)}`);
  }
  return new StatusHistory();
}

/** Replaces the file. Returns whether it is written; if not, the log says why. */
export function saveHistory(
  disk: Pick<Disk, 'replace'>,
  path: string,
  history: StatusHistory,
  log: Log,
): boolean {
  try {
    disk.replace(path, historyJson(history.kept()));
    return true;
  } catch (error) {
    log.warn(`${path}: the charts of the status page are not kept: ${messageOf(error)}`);
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
