// The supervisor's derived files: written where their bytes change, and read back with suspicion.

import type { StrategyCvarRegime } from '../../domain/cvar.ts';
import { DivergenceAlerts } from '../../domain/divergence.ts';
import {
  type Allocation,
  type ConfidenceMultipliers,
  MetaReport,
  type Promotion,
} from '../../domain/supervisor.ts';
import type { Disk } from '../../ports.ts';
import { CorruptStateError } from './corrupt-state.ts';
import { readJsonFile, writeFileIfChanged } from './json-file.ts';

export interface SupervisorFiles {
  readonly confidence: ConfidenceMultipliers;
  readonly cvar: StrategyCvarRegime;
  readonly divergence: DivergenceAlerts;
  readonly promotion: Promotion;
  readonly allocation: Allocation;
  readonly report: MetaReport;
  readonly markdown: string;
}

const FOLDER = 'supervisor';

/** Returns path and text of every file. JSON is indented, since people read it and a diff shows what changed. */
export function supervisorTexts(files: SupervisorFiles): readonly (readonly [path: string, text: string])[] {
  const records = {
    confidence_multipliers: files.confidence,
    strategy_cvar_regime: files.cvar,
    divergence_alerts: files.divergence,
    promotion: files.promotion,
    allocation: files.allocation,
    meta_report: files.report,
  };
  return [
    ...Object.entries(records).map(
      ([name, record]) => [`${FOLDER}/${name}.json`, `${JSON.stringify(record, null, 2)}\n`] as const,
    ),
    [`${FOLDER}/meta_report.md`, files.markdown],
  ];
}

/** Writes the files whose bytes differ, and returns whether there were any. */
export function saveSupervisorFiles(disk: Disk, files: SupervisorFiles): boolean {
  const outcomes = supervisorTexts(files).map(([path, text]) => writeFileIfChanged(disk, path, text));
  return outcomes.includes('saved');
}

/**
 * Returns a derived file, or `null` where there is none yet.
 *
 * @throws CorruptStateError where it is not what the supervisor writes; `warden supervise` writes it again.
 */
export function readDivergence(disk: Disk): DivergenceAlerts | null {
  const path = `${FOLDER}/divergence_alerts.json`;
  const read = readJsonFile(disk, path, DivergenceAlerts);
  if (!read.ok) throw new CorruptStateError(path, read.error);
  return read.value;
}

/** As {@link readDivergence}, of the meta report. */
export function readMetaReport(disk: Disk): MetaReport | null {
  const path = `${FOLDER}/meta_report.json`;
  const read = readJsonFile(disk, path, MetaReport);
  if (!read.ok) throw new CorruptStateError(path, read.error);
  return read.value;
}
