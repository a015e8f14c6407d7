// What a review needs of the state: what was recorded, what was decided, and what is known of the agents now.

import { readCellLines } from '../adapters/state/cell-log.ts';
import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import { readSettings } from '../adapters/state/settings-store.ts';
import { loadMetaReport, readDivergence } from '../adapters/state/supervisor-files.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import type { CellStatistics } from '../domain/cvar.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport, Promotion } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { StateBranch } from '../ports.ts';

export interface RecordedState {
  readonly commit: string;
  readonly lines: readonly CellStatistics[];
  readonly verdicts: readonly Verdict[];
  /** `null` where supervise has not run yet. */
  readonly report: MetaReport | null;
  readonly alerts: readonly DivergenceAlert[];
  /** Settings of the last run, or `null` where they are not known. */
  readonly lastSettings: Settings | null;
}

/**
 * Reads the newest state; `null` where there is none yet.
 *
 * @returns what is damaged, where it is: then nothing of it is used.
 */
export async function recordedState(state: StateBranch): Promise<Result<RecordedState | null, string>> {
  const newest = await state.newest();
  if (newest === null) return ok(null);
  const { commit, disk } = newest;
  try {
    const report = loadMetaReport(disk);
    if (!report.ok) return err(report.error);
    return ok({
      commit,
      lines: readCellLines(disk),
      verdicts: readVerdicts(disk),
      report: report.value,
      alerts: readDivergence(disk)?.alerts ?? [],
      lastSettings: report.value === null ? null : readSettings(disk, report.value.config_hash),
    });
  } catch (error) {
    if (error instanceof CorruptStateError) return err(error.message);
    throw error;
  }
}

/** Returns the gates of every agent that the report knows. */
export function promotionOf(report: MetaReport | null): Promotion {
  const agents = Object.entries(report?.agents ?? {});
  return Object.fromEntries(agents.map(([agent, { promotion }]) => [agent, promotion]));
}
