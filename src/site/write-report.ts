// Writes the report as a site of static files: what GitHub Pages shows, or anybody's browser from a folder.

import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import { nodeDisk } from '../adapters/state/node-disk.ts';
import { readSettings } from '../adapters/state/settings-store.ts';
import {
  loadMetaReport,
  REPORT_PATH,
  readDivergence,
  readPromotion,
} from '../adapters/state/supervisor-files.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Disk } from '../ports.ts';
import { openVerdicts } from '../supervision/open-verdicts.ts';
import { readDataQuality } from './data-quality.ts';
import { DATA_PATH, type ReportFacts, reportPage, STYLE_PATH } from './report-page.ts';
import { STYLE_SHEET } from './style-sheet.ts';

export interface WrittenReport {
  /** Below the folder, sorted. */
  readonly files: readonly string[];
  /** How far the evidence reaches; `null`: there is no report yet, or no evidence. */
  readonly generatedAt: string | null;
}

/**
 * Writes the site into `outDir`, which is created where it is not there; other files in it stay. The same state and facts give the
 * same bytes.
 *
 * @throws CorruptStateError where the state is not what Warden writes: a page that leaves something out would look like good news.
 */
export function writeReport(disk: Disk, outDir: string, facts: ReportFacts): WrittenReport {
  const site = reportSite(disk, facts);
  const out = nodeDisk(outDir);
  // A file of an earlier report would be shown beside a page that does not know it.
  if (!site.files.has(DATA_PATH) && out.size(DATA_PATH) !== null) out.remove(DATA_PATH);
  for (const [path, text] of site.files) out.replace(path, text);
  return { files: [...site.files.keys()].sort(), generatedAt: site.generatedAt };
}

/** Returns the text of every file of the site. */
export function reportSite(
  disk: Disk,
  facts: ReportFacts,
): { readonly files: ReadonlyMap<string, string>; readonly generatedAt: string | null } {
  const loaded = loadMetaReport(disk);
  if (!loaded.ok)
    throw new CorruptStateError(
      REPORT_PATH,
      loaded.error,
      'warden supervise writes it anew: run that first.',
    );
  const report = loaded.value;
  const page = reportPage({
    ...facts,
    report,
    openVerdicts: report === null ? null : openVerdictsOf(disk, report),
    quality: readDataQuality(disk),
  });
  const files = new Map([
    ['index.html', page],
    [STYLE_PATH, STYLE_SHEET],
  ]);
  const data = disk.read(REPORT_PATH);
  if (data !== null) files.set(DATA_PATH, data.toString('utf8'));
  return { files, generatedAt: report?.generated_at ?? null };
}

/** `null` where the settings that the report was made under are not known. */
function openVerdictsOf(disk: Disk, report: MetaReport): readonly Verdict[] | null {
  const settings = readSettings(disk, report.config_hash);
  if (settings === null) return null;
  const alerts = readDivergence(disk)?.alerts ?? [];
  return openVerdicts(readVerdicts(disk), settings, { promotion: readPromotion(disk), alerts });
}
