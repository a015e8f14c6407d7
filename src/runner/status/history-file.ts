// Keeps the status page's memory in a file: a damaged one is said and left behind, and one that cannot be written stops nothing.

import { err, ok, type Result } from '../../domain/result.ts';
import type { Disk, Log } from '../../ports.ts';
import { StatusHistory } from './history.ts';
import { historyFromJson, historyJson } from './history-json.ts';

/** Returns the history that the file holds, or a new one where there is none that can be read. */
export function loadHistory(disk: Pick<Disk, 'read'>, path: string, log: Log): StatusHistory {
  const content = contentOf(disk, path);
  if (content === null) return new StatusHistory();
  const kept = content.ok ? historyFromJson(content.value) : content;
  if (kept.ok) return new StatusHistory(kept.value);
  log.warn(`${path}: the charts of the status page begin anew: ${kept.error}`);
  return new StatusHistory();
}

function contentOf(disk: Pick<Disk, 'read'>, path: string): Result<string, string> | null {
  try {
    const bytes = disk.read(path);
    return bytes === null ? null : ok(bytes.toString('utf8'));
  } catch (error) {
    return err(messageOf(error));
  }
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
