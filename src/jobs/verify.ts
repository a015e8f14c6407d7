// The verify job: derived state rebuilt from ground state and compared byte for byte, and the ground itself checked.

import { readLines } from '../adapters/state/jsonl.ts';
import { parseRecord } from '../adapters/state/record-line.ts';
import { readDay, rowDays } from '../adapters/state/row-store.ts';
import { readSettings } from '../adapters/state/settings-store.ts';
import { loadMetaReport, supervisorTexts } from '../adapters/state/supervisor-files.ts';
import { telemetryBytes } from '../adapters/state/telemetry-rates.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import { jsonDifferences } from '../domain/json-difference.ts';
import { RunRecord } from '../domain/run.ts';
import type { Settings } from '../domain/settings.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import { dayOf, msFromIso } from '../domain/time.ts';
import type { Disk } from '../ports.ts';
import { findings } from '../supervision/findings.ts';
import type { LookInput } from '../supervision/look-input.ts';
import { metaReport } from '../supervision/meta-report.ts';
import { openVerdicts } from '../supervision/open-verdicts.ts';
import { metaReportMarkdown } from '../supervision/report-markdown.ts';
import { rulesFromConfig } from '../supervision/rules.ts';
import { lookAsOf, lookKnowing } from './look.ts';
import type { SupervisePorts } from './supervise.ts';
import {
  attempt,
  TELEMETRY_FOLDER,
  type VerifyLine,
  type VerifyVerdict,
  verifyGround,
  verifyPointers,
} from './verify-ground.ts';
import { verifyPending } from './verify-pending.ts';

export interface VerifyOptions {
  /** Signals and runs from later are not seen. */
  readonly nowMs: number;
  /** Those in force: for what no report names its settings. */
  readonly settings: Settings;
  readonly codeVersion: string;
}

export interface Verified {
  readonly lines: readonly VerifyLine[];
  /** What was compared under which settings, and what could change the comparison. */
  readonly remarks: readonly string[];
  /** Whether anything differs, or is missing that a run has made before. */
  readonly differs: boolean;
}

/** Verifies a state as of `nowMs`. Nothing is written. */
export function verify(ports: SupervisePorts, options: VerifyOptions): Verified {
  const { disk, progress } = ports;
  const groundLines = verifyGround(disk, progress);
  const isReadable = groundLines.every(
    ({ file, verdict }) => verdict === 'same' || file === TELEMETRY_FOLDER,
  );
  const loaded = loadMetaReport(disk);
  const stored = loaded.ok ? loaded.value : null;
  const remarks: string[] = [];
  const settings = settingsOf(disk, stored, options.settings, remarks);
  if (stored !== null && stored.code_version !== options.codeVersion)
    remarks.push(`the report was made by Warden ${stored.code_version}, this is ${options.codeVersion}`);
  const derived = [
    attempt(() => verifyPending(disk, options.nowMs, rulesFromConfig(settings.warden))).value ??
      unchecked('alpha/pending.json'),
    ...verifyPointers(disk),
    ...verifySupervisor(ports, options, stored, settings, isReadable),
  ];
  const lines = [...groundLines, ...derived];
  return { lines, remarks, differs: lines.some(isWrong) };
}

/** A file of the supervisor that is missing while others are there was removed. What else is missing was not made yet. */
function isWrong({ file, verdict }: VerifyLine, _index: number, lines: readonly VerifyLine[]): boolean {
  const made = lines.some((each) => SUPERVISED.has(each.file) && each.verdict !== 'missing');
  return verdict === 'differs' || (verdict === 'missing' && made && SUPERVISED.has(file));
}

const NAMES = [
  'confidence_multipliers.json',
  'strategy_cvar_regime.json',
  'divergence_alerts.json',
  'promotion.json',
  'allocation.json',
  'meta_report.json',
  'meta_report.md',
];
const SUPERVISED = new Set(NAMES.map((name) => `supervisor/${name}`));

function unchecked(file: string): VerifyLine {
  return {
    file,
    kind: 'derived',
    verdict: 'not_checked',
    findings: ['the ground it follows from cannot be read'],
  };
}

/** The configuration may have changed since the files were made: then they are as of the one before. */
function settingsOf(disk: Disk, stored: MetaReport | null, inForce: Settings, remarks: string[]): Settings {
  if (stored === null || stored.config_hash === inForce.config_hash) return inForce;
  const read = attempt(() => readSettings(disk, stored.config_hash)).value;
  const hash = stored.config_hash.slice(0, 12);
  remarks.push(
    read === null
      ? `the report names settings ${hash} that cannot be read; compared under those in force`
      : `the configuration changed since the last supervise; compared under the settings ${hash} of the report`,
  );
  return read ?? inForce;
}

function verifySupervisor(
  ports: SupervisePorts,
  options: VerifyOptions,
  stored: MetaReport | null,
  settings: Settings,
  isReadable: boolean,
): VerifyLine[] {
  const { disk } = ports;
  const present = [...SUPERVISED].filter((path) => disk.size(path) !== null);
  if (present.length === 0)
    return [...SUPERVISED].map((file) => lineOf(file, 'missing', ['run warden supervise']));
  if (!isReadable) return [...SUPERVISED].map(unchecked);
  const newestMs = stored?.generated_at == null ? options.nowMs : msFromIso(stored.generated_at);
  const codeVersion = stored?.code_version ?? options.codeVersion;
  const { supervisedMs, telemetryRead, groundCameSince } = lastSupervise(disk);
  const isLate = groundCameSince || (telemetryRead !== null && telemetryBytes(disk) !== telemetryRead);
  const as = { nowMs: options.nowMs, asOfMs: newestMs, supervisedMs, settings, codeVersion };
  const rebuilt = rebuild(ports, as);
  const isBehind = hasNewerRows(disk, newestMs);
  return rebuilt.lines.map((found) => {
    const line = withUnsaid(found, rebuilt.unsaid);
    if (line.verdict === 'same' && isBehind)
      return lineOf(line.file, 'behind', ['right as of then, rows came since; run warden supervise']);
    if (line.verdict !== 'differs' || !isLate) return line;
    return lineOf(line.file, 'behind', [
      `${NOT_CHECKED}; run warden supervise, then verify again`,
      ...line.findings,
    ]);
  });
}

/** What the files follow from grew without a later exit to tell it by: a difference may come from that, or from damage. */
const NOT_CHECKED = 'not checked, behind: rows, signals or telemetry came after the last supervise';

function lineOf(file: string, verdict: VerifyVerdict, found: readonly string[]): VerifyLine {
  return { file, kind: 'derived', verdict, findings: found };
}

interface Rebuilt {
  readonly lines: readonly VerifyLine[];
  /** Verdicts that the figures call for and the log does not hold. */
  readonly unsaid: readonly string[];
}

/**
 * Rebuilds and compares. Up to which instant the last run knew signals is told by the log of runs; where it does not, as after
 * a replay, it lies between the newest row and now, and the first of these that gives the same files is it.
 */
function rebuild(
  ports: SupervisePorts,
  as: { nowMs: number; asOfMs: number; supervisedMs: number | null; settings: Settings; codeVersion: string },
): Rebuilt {
  const { disk } = ports;
  const { asOfMs, nowMs, supervisedMs } = as;
  const past = readVerdicts(disk);
  const input = lookAsOf(ports, { ...as, knownMs: nowMs, past });
  const instants = [...new Set([supervisedMs ?? nowMs, nowMs, asOfMs])];
  let best: Rebuilt | null = null;
  for (const knownMs of instants) {
    const tried = compare(disk, lookKnowing(ports, input, asOfMs, knownMs));
    if (best === null || wrongIn(tried) < wrongIn(best)) best = tried;
    if (wrongIn(best) === 0) break;
  }
  return best ?? compare(disk, input);
}

function wrongIn({ lines, unsaid }: Rebuilt): number {
  return lines.filter(({ verdict }) => verdict === 'differs').length + unsaid.length;
}

function compare(disk: Disk, input: LookInput): Rebuilt {
  const found = findings(input);
  const report = metaReport(input, found);
  const open = openVerdicts(input.past, input.settings, {
    promotion: found.files.promotion,
    alerts: found.files.divergence.alerts,
  });
  const markdown = metaReportMarkdown(report, { openVerdicts: open, lastGood: null });
  const texts = supervisorTexts({ ...found.files, report, markdown });
  return {
    lines: texts.map(([path, text]) => compareFile(disk, path, text)),
    unsaid: found.verdicts.map(({ kind, subject, episode }) => `${kind} ${subject} (${episode})`),
  };
}

/** A line that was taken from the end of the log breaks no chain, but the figures call for it again. */
function withUnsaid(line: VerifyLine, unsaid: readonly string[]): VerifyLine {
  if (unsaid.length === 0 || line.file !== 'supervisor/meta_report.json') return line;
  return lineOf(line.file, 'differs', [
    ...line.findings,
    `the figures call for ${unsaid.join(', ')}, and the log does not hold it: a line was removed, or supervise did not finish`,
  ]);
}

/** Where a configuration was broken, the page begins with a warning that no later run can know the words of. */
const WARNING = /\n\n> \[!WARNING\]\n> [^\n]*/;

function compareFile(disk: Disk, path: string, text: string): VerifyLine {
  const bytes = disk.read(path);
  if (bytes === null) return lineOf(path, 'missing', ['run warden supervise']);
  const stored = bytes.toString('utf8');
  if (stored === text) return lineOf(path, 'same', []);
  if (path.endsWith('.md')) {
    if (stored.replace(WARNING, '') === text)
      return lineOf(path, 'same', ['but for the warning that a configuration was refused']);
    return lineOf(path, 'differs', [firstLine(stored, text)]);
  }
  return lineOf(path, 'differs', [firstLeaf(stored, text)]);
}

function firstLine(stored: string, rebuilt: string): string {
  const [left, right] = [stored.split('\n'), rebuilt.split('\n')];
  const index = left.findIndex((line, place) => line !== right[place]);
  const place = index === -1 ? left.length : index;
  const [was, is] = clippedApart(left[place] ?? 'nothing', right[place] ?? 'nothing');
  return `line ${place + 1}: ${was} is stored; the rows give ${is}`;
}

function firstLeaf(stored: string, rebuilt: string): string {
  const parsed = parseOrNull(stored);
  if (parsed === null) return 'is not JSON';
  const differences = jsonDifferences(parsed, JSON.parse(rebuilt));
  const [first] = differences;
  if (first === undefined) return 'the same values in other words: layout or the order of keys';
  const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
  const [was, is] = clippedApart(shown(first.left), shown(first.right));
  const more = differences.length === 1 ? '' : `, and ${differences.length - 1} more`;
  return `${first.path}: ${was} is stored; the rows give ${is}${more}`;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const SHOWN_MAX = 60;
/** So much of what both have in common is left before a difference. */
const SHOWN_BEFORE = 20;

/** Returns both texts, cut to where they differ. */
function clippedApart(left: string, right: string): readonly [string, string] {
  let same = 0;
  while (same < left.length && left[same] === right[same]) same += 1;
  const start = same < SHOWN_MAX ? 0 : same - SHOWN_BEFORE;
  const clipped = (text: string): string => {
    const end = start + SHOWN_MAX;
    return `${start > 0 ? '…' : ''}${text.slice(start, end)}${text.length > end ? '…' : ''}`;
  };
  return [clipped(left), clipped(right)];
}

function hasNewerRows(disk: Disk, asOfMs: number): boolean {
  const day = dayOf(asOfMs);
  const newer = rowDays(disk).filter((each) => each >= day);
  return newer.some((each) => readDay(disk, each).some(({ exit_at }) => msFromIso(exit_at) > asOfMs));
}

interface LastSupervise {
  /** As of when it ran; `null` where the log does not say. */
  readonly supervisedMs: number | null;
  /** Bytes of telemetry that it read; `null` where the log does not say. */
  readonly telemetryRead: number | null;
  /** Whether a job wrote rows, or what is known of open signals, after it. */
  readonly groundCameSince: boolean;
}

/**
 * Returns what the log of runs says. A reconcile is recorded only where it changed something; rows or not, it may have taken
 * signals that came late. The last step of a replay supervises, where it was told to supervise at all.
 */
function lastSupervise(disk: Disk): LastSupervise {
  let last: LastSupervise = { supervisedMs: null, telemetryRead: null, groundCameSince: false };
  for (const name of disk.list('runs')) {
    readLines(disk, `runs/${name}`, { bytes: 0, lines: 0 }, (line) => {
      const run = line.kind === 'text' ? parseRecord(RunRecord, line.text) : null;
      if (run === null || !run.ok) return;
      const { job, counts, now } = run.value;
      const telemetryRead = counts['telemetry_bytes'] ?? null;
      if (job === 'supervise') last = { supervisedMs: msFromIso(now), telemetryRead, groundCameSince: false };
      else if (job === 'replay')
        last = { supervisedMs: null, telemetryRead: null, groundCameSince: counts['supervised'] !== 1 };
      else if (job === 'reconcile') last = { ...last, groundCameSince: true };
    });
  }
  return last;
}
