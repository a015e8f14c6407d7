// The supervisor's derived files: written where their bytes change, and read back with suspicion.

import type { StrategyCvarRegime } from '../../domain/cvar.ts';
import { DivergenceAlerts } from '../../domain/divergence.ts';
import type { Result } from '../../domain/result.ts';
import {
  type Allocation,
  type ConfidenceMultipliers,
  MetaReport,
  Promotion,
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
export const REPORT_PATH = `${FOLDER}/meta_report.json`;
export const ALLOCATION_PATH = `${FOLDER}/allocation.json`;

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
 * Returns the alerts of the last run, or `null` before the first.
 *
 * @throws CorruptStateError where the file is not what the supervisor writes; its next run writes it anew.
 */
export function readDivergence(disk: Disk): DivergenceAlerts | null {
  const path = `${FOLDER}/divergence_alerts.json`;
  const read = readJsonFile(disk, path, DivergenceAlerts);
  if (!read.ok)
    throw new CorruptStateError(path, read.error, 'warden supervise writes it anew: run that first.');
  return read.value;
}

/**
 * Returns the gates of every agent as of the last run; none before the first.
 *
 * @throws CorruptStateError where the file is not what the supervisor writes; its next run writes it anew.
 */
export function readPromotion(disk: Disk): Promotion {
  const path = `${FOLDER}/promotion.json`;
  const read = readJsonFile(disk, path, Promotion);
  if (!read.ok)
    throw new CorruptStateError(path, read.error, 'warden supervise writes it anew: run that first.');
  return read.value ?? {};
}

/** Returns the report of the last run, `null` before the first, or what is wrong with the file at {@link REPORT_PATH}. */
export function loadMetaReport(disk: Disk): Result<MetaReport | null, string> {
  return readJsonFile(disk, REPORT_PATH, MetaReport);
}
