// The supervise job: all rows become the supervisor's files, and verdicts where the figures call for one.

import { appendCellLines, cellMonths, readCellLines } from '../adapters/state/cell-log.ts';
import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import { loadPending } from '../adapters/state/pending-store.ts';
import { saveSettings } from '../adapters/state/settings-store.ts';
import { type SupervisorFiles, saveSupervisorFiles } from '../adapters/state/supervisor-files.ts';
import { telemetryBytes, telemetryRates } from '../adapters/state/telemetry-rates.ts';
import { appendVerdicts, readVerdicts } from '../adapters/state/verdict-log.ts';
import type { CellStatistics } from '../domain/cvar.ts';
import type { AlphaEvent } from '../domain/event.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import type { AgentRuns } from '../domain/telemetry.ts';
import { isoFromMs, monthOf, msFromIso } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Disk, Log, Progress } from '../ports.ts';
import { cellName, dueLines, newestLines } from '../supervision/cell-lines.ts';
import { type Findings, findings } from '../supervision/findings.ts';
import type { JudgedCells } from '../supervision/judged-cells.ts';
import type { LookInput } from '../supervision/look-input.ts';
import { metaReport } from '../supervision/meta-report.ts';
import { openVerdicts } from '../supervision/open-verdicts.ts';
import { metaReportMarkdown } from '../supervision/report-markdown.ts';
import { type SupervisorRules, supervisorRules } from '../supervision/supervisor-rules.ts';
import { readHistory } from './read-history.ts';

export interface SupervisePorts {
  readonly disk: Disk;
  readonly log: Log;
  readonly progress: Progress;
}

export interface SuperviseOptions {
  /** Rows that ended later, and signals emitted later, are not seen. */
  readonly nowMs: number;
  readonly settings: Settings;
  readonly codeVersion: string;
  /** Newest commit of the state branch below what is read, where it is known: rows of the same run are on top of it. */
  readonly stateCommit: string | null;
  /** A sentence where the last good settings stayed in force, else `null`. */
  readonly lastGood: string | null;
  /** `false` reads every row again. */
  readonly useCheckpoint: boolean;
}

export interface Supervised {
  readonly report: MetaReport;
  readonly newVerdicts: readonly Verdict[];
  readonly openVerdicts: readonly Verdict[];
  readonly rows: number;
  /** Of them, those that were read in this run. */
  readonly rowsRead: number;
  readonly cellLines: number;
  /** Of the telemetry log when it was read: the log of runs keeps it, so that verify knows whether events came since. */
  readonly telemetryBytes: number;
  /** Whether anything was written that is state. */
  readonly changed: boolean;
}

/**
 * Supervises as of `nowMs`. What was decided is written before what is derived from it, so that a run that died anywhere is
 * finished by the next. The caller holds the lock `supervise`.
 *
 * @returns why it was refused, where the log of verdicts is from later than the rows that are seen.
 */
export function supervise(ports: SupervisePorts, options: SuperviseOptions): Result<Supervised, string> {
  const { disk } = ports;
  const { settings, codeVersion, stateCommit } = options;
  const rules = supervisorRules(settings.warden);
  const past = readVerdicts(disk);
  const { history, rowsRead, keep } = readHistory(ports, { ...options, rules });
  const later = past.findLast(({ ts }) => history.asOfMs === null || msFromIso(ts) > history.asOfMs);
  if (later !== undefined) return err(olderThanLog(later, history.asOfMs));
  keep();
  const bytesRead = telemetryBytes(disk);
  const input: LookInput = {
    history,
    settings,
    rules,
    pending: pendingEvents(ports, options.nowMs),
    runs: recentRuns(ports, options.nowMs, rules.telemetryWindowMs),
    past,
    codeVersion,
  };
  const found = findings(input);
  const provenance = {
    state_commit: stateCommit,
    config_hash: settings.config_hash,
    code_version: codeVersion,
  };
  const savedSettings = saveSettings(disk, settings);
  const cellLines = recordCells(disk, found, settings, rules, codeVersion);
  const newVerdicts = appendVerdicts(
    disk,
    found.verdicts.map((draft) => ({ ...draft, ...provenance })),
  );
  const log = [...past, ...newVerdicts];
  const report = metaReport({ ...input, past: log }, found);
  const open = openVerdicts(log, settings, {
    promotion: found.files.promotion,
    alerts: found.files.divergence.alerts,
  });
  const changed = saveSupervisorFiles(disk, {
    ...found.files,
    report,
    markdown: metaReportMarkdown(report, { openVerdicts: open, lastGood: options.lastGood }),
  } satisfies SupervisorFiles);
  return ok({
    report,
    newVerdicts,
    openVerdicts: open,
    rows: history.rowCount,
    rowsRead,
    cellLines,
    telemetryBytes: bytesRead,
    changed: changed || savedSettings === 'saved' || newVerdicts.length + cellLines > 0,
  });
}

/** They feed one gate of promotion, so a damaged log stops nothing: then the error rate of nobody is known. */
export function recentRuns(
  { disk, log }: SupervisePorts,
  nowMs: number,
  windowMs: number,
): Map<string, AgentRuns> {
  try {
    return telemetryRates(disk, windowMs, nowMs);
  } catch (error) {
    if (!(error instanceof CorruptStateError)) throw error;
    log.warn(
      `${error.message}; the error rate of every agent is unknown and nobody is promoted until that line is repaired`,
    );
    return new Map();
  }
}

function olderThanLog(later: Verdict, asOfMs: number | null): string {
  const seen = asOfMs === null ? 'no row is seen' : `the newest row that is seen ended ${isoFromMs(asOfMs)}`;
  return (
    `the log holds a verdict of ${later.ts} (${later.kind} ${later.subject}), but ${seen}: ` +
    'what was decided later would be judged by what was known earlier; take a later --now, or a copy of the state without supervisor/'
  );
}

/** They only tell the current regime, so a damaged file, which the next reconcile rebuilds, stops nothing. */
export function pendingEvents({ disk, log }: SupervisePorts, nowMs: number): AlphaEvent[] {
  const loaded = loadPending(disk);
  if (!loaded.ok) {
    log.warn(
      `alpha/pending.json: ${loaded.error}; the current regime is told by settled signals alone until reconcile has rebuilt it`,
    );
    return [];
  }
  const events = loaded.value?.events ?? [];
  return events.map(({ event }) => event).filter(({ ts }) => msFromIso(ts) <= nowMs);
}

function recordCells(
  disk: Disk,
  found: Findings,
  settings: Settings,
  rules: SupervisorRules,
  codeVersion: string,
): number {
  const lines = dueLines(found.cells, newestKnownLines(disk, found.cells, rules.cvar.horizon_hours), {
    horizonHours: rules.cvar.horizon_hours,
    configHash: settings.config_hash,
    codeVersion,
    decidedClasses: new Set(found.verdicts.filter(isAboutClass).map(({ subject }) => subject)),
  });
  return appendCellLines(disk, lines);
}

/** An agent may have the name of a class. */
function isAboutClass({ kind }: Findings['verdicts'][number]): boolean {
  return kind === 'DISABLE' || kind === 'REENABLE';
}

/**
 * Returns the newest line of each cell that has one. Months are read newest first, so the first line that is found of a cell is
 * its newest; one is opened only where a cell without a line yet may have one in it. No line is newer than the newest row of
 * its cell, and a later day with rows makes one due, so a cell that is quiet has its line in the month of that row, however
 * long ago, and the months between are not opened for it. Months after every row that is seen count as well: an earlier run
 * may have seen more.
 */
function newestKnownLines(disk: Disk, cells: JudgedCells, horizonHours: number): Map<string, CellStatistics> {
  const places = [...cells.byClass].flatMap(([strategyClass, regimes]) =>
    [...regimes].map(([regime, { newestExit }]) => ({
      key: cellName(strategyClass, regime),
      month: monthOf(msFromIso(newestExit)),
    })),
  );
  const lastMonth = places.reduce((last, { month }) => (month > last ? month : last), '');
  const known = new Map<string, CellStatistics>();
  for (const month of cellMonths(disk)) {
    const missing = places.filter(({ key }) => !known.has(key));
    const mayHold = month > lastMonth || missing.some((place) => month <= place.month);
    if (!mayHold) continue;
    for (const [key, line] of newestLines(readCellLines(disk, { month }), horizonHours))
      if (!known.has(key)) known.set(key, line);
  }
  return known;
}
