// What the newest figures of a state were made from: the settings, and the instant up to which its supervisor knew.

import { newestRuns } from '../adapters/state/run-log.ts';
import { readSettings } from '../adapters/state/settings-store.ts';
import { loadMetaReport, REPORT_PATH } from '../adapters/state/supervisor-files.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import { msFromIso } from '../domain/time.ts';
import type { Disk } from '../ports.ts';

export interface LookOfState {
  readonly settings: Settings;
  readonly asOfMs: number;
}

/**
 * Returns what the report of a state was made from, or why it cannot be told, in one sentence.
 *
 * @throws CorruptStateError where the settings are damaged.
 */
export function lookOfState(disk: Disk): Result<LookOfState, string> {
  const report = loadMetaReport(disk);
  if (!report.ok) return err(`${REPORT_PATH} ${report.error}`);
  if (report.value === null)
    return err(`it has no ${REPORT_PATH}; name a commit that a run of supervise made`);
  const { config_hash, generated_at } = report.value;
  const settings = readSettings(disk, config_hash);
  if (settings === null) {
    return err(
      `the settings ${config_hash} of its report are not in supervisor/settings, or this version cannot read them`,
    );
  }
  const asOfMs = supervisedMs(disk) ?? (generated_at === null ? null : msFromIso(generated_at));
  if (asOfMs === null) return err('its report rests on no row yet; name a later commit');
  return ok({ settings, asOfMs });
}

/** A run of supervise knew every signal up to its instant. Of a replay only the newest row is known, which the report names. */
function supervisedMs(disk: Disk): number | null {
  const runs = newestRuns(disk);
  const supervised = runs.find(({ job }) => job === 'supervise');
  const replayed = runs.find(({ job }) => job === 'replay');
  if (supervised === undefined || (replayed !== undefined && replayed.started_at > supervised.started_at))
    return null;
  return msFromIso(supervised.now);
}
