// Reads what the pages are made from: each file of the state once, and rows day by day, which are folded and dropped.

import { readCellLines } from '../adapters/state/cell-log.ts';
import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import { modelReferences } from '../adapters/state/model-store.ts';
import { readReceipts } from '../adapters/state/receipt-log.ts';
import { readDay, rowDays } from '../adapters/state/row-store.ts';
import { readSettings } from '../adapters/state/settings-store.ts';
import {
  loadMetaReport,
  REPORT_PATH,
  readDivergence,
  readPromotion,
} from '../adapters/state/supervisor-files.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Disk } from '../ports.ts';
import { openVerdicts } from '../supervision/open-verdicts.ts';
import { supervisorRules } from '../supervision/supervisor-rules.ts';
import { readDataQuality } from './data-quality.ts';
import type { ReportFacts } from './page-frame.ts';
import { readPink } from './pink-content.ts';
import { foldDayRows, newTotals, type RowRules, type RowTotals } from './row-totals.ts';
import type { SiteContent } from './site-content.ts';
import { siteLinks } from './site-links.ts';

/** @throws CorruptStateError where the state is not what Warden writes: a page that leaves something out would look like good news. */
export function readContent(disk: Disk, facts: ReportFacts): SiteContent {
  const report = readReport(disk);
  const settings = report === null ? null : readSettings(disk, report.config_hash);
  const verdicts = readVerdicts(disk);
  return {
    facts,
    report,
    settings,
    openVerdicts: settings === null ? null : openVerdictsOf(disk, verdicts, settings),
    verdicts,
    receipts: readReceipts(disk),
    cellLines: readCellLines(disk).filter(({ horizon_hours: hours }) => hours === report?.horizon_hours),
    totals: readTotals(disk, rulesOf(disk, report, settings)),
    quality: readDataQuality(disk),
    pink: readPink(disk),
    links: siteLinks(Object.keys(report?.strategies ?? {}), Object.keys(report?.agents ?? {})),
  };
}

function readReport(disk: Disk): MetaReport | null {
  const loaded = loadMetaReport(disk);
  if (loaded.ok) return loaded.value;
  throw new CorruptStateError(REPORT_PATH, loaded.error, 'warden supervise writes it anew: run that first.');
}

function openVerdictsOf(disk: Disk, verdicts: readonly Verdict[], settings: Settings): readonly Verdict[] {
  const alerts = readDivergence(disk)?.alerts ?? [];
  return openVerdicts(verdicts, settings, { promotion: readPromotion(disk), alerts });
}

function rulesOf(disk: Disk, report: MetaReport | null, settings: Settings | null): RowRules | null {
  if (report === null) return null;
  if (settings === null) return { report, settings: null };
  const { horizonsHours, confidence, divergence } = supervisorRules(settings.warden);
  const referenceOf = modelReferences(disk, horizonsHours);
  return { report, settings: { horizonsHours, confidence, divergence, referenceOf } };
}

function readTotals(disk: Disk, rules: RowRules | null): RowTotals {
  const totals = newTotals(rules);
  for (const day of rowDays(disk)) foldDayRows(totals, day, readDay(disk, day), rules);
  return totals;
}
