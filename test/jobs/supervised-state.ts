// A state folder as supervise leaves it, written by hand: verdicts, alerts as they stand, and the report.

import { appendVerdicts } from '../../src/adapters/state/verdict-log.ts';
import type { DivergenceAlert } from '../../src/domain/divergence.ts';
import { DAY_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import type { Disk } from '../../src/ports.ts';
import { AT, aDisableVerdict, aMetaReport, anAlert } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';

/** One open alert of trend-ema, one open proposal to disable macro, and two months of errors to draw. */
export function aSupervisedDisk() {
  const disk = memoryDisk();
  saveAlerts(disk, [anAlert()]);
  saveVerdicts(disk, [aDisableVerdict()]);
  const report = aMetaReport();
  const macro = report.strategies['macro'];
  if (macro === undefined) throw new Error('the report has a class macro');
  const days = Array.from({ length: 60 }, (_, index) => ({
    day: isoFromMs(msFromIso(AT) - (59 - index) * DAY_MS).slice(0, 10),
    n: 4,
    pnl_bps: -10,
    net_pnl_bps: -20,
    mean_abs_error_sigma: 0.8 + (index % 7) / 10,
  }));
  const strategies = { ...report.strategies, macro: { ...macro, days } };
  disk.replace('supervisor/meta_report.json', JSON.stringify({ ...report, strategies }));
  return disk;
}

export function saveAlerts(disk: Disk, alerts: readonly DivergenceAlert[]): void {
  const file = { v: 1, generated_at: AT, alerts, notes: [] };
  disk.replace('supervisor/divergence_alerts.json', JSON.stringify(file));
}

export function saveVerdicts(disk: Disk, verdicts: readonly Verdict[]): void {
  appendVerdicts(disk, verdicts);
}
