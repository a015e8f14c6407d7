// The ground of the state, checked: every line readable and in its order, every id and digest what its content says.

import { readCellLines } from '../adapters/state/cell-log.ts';
import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import { loadModel, loadPointer, modelIndex } from '../adapters/state/model-store.ts';
import { readReceipts } from '../adapters/state/receipt-log.ts';
import { readDay, rowDays } from '../adapters/state/row-store.ts';
import { readSettings } from '../adapters/state/settings-store.ts';
import { telemetryFaults } from '../adapters/state/telemetry-rates.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import { canonicalJson, recordDigest, sha256Hex } from '../domain/canonical.ts';
import { cellId } from '../domain/cvar.ts';
import type { Model } from '../domain/model.ts';
import { receiptId, type Verdict, verdictId } from '../domain/verdict.ts';
import type { Disk, Progress } from '../ports.ts';

export type VerifyVerdict = 'same' | 'differs' | 'behind' | 'missing' | 'not_checked';

/** One file, or a folder of files of one kind, and what was found. */
export interface VerifyLine {
  readonly file: string;
  readonly kind: 'ground' | 'derived';
  readonly verdict: VerifyVerdict;
  /** Places and findings; empty where nothing is to be said. */
  readonly findings: readonly string[];
}

const SETTINGS_FOLDER = 'supervisor/settings';
/** Supervise goes on without it, so what is derived is checked though it is damaged. */
export const TELEMETRY_FOLDER = 'telemetry/events';
const MODELS_FOLDER = 'alpha/models';

/**
 * Returns a line per kind of ground file. Rows are read here, day by day, so that one bad day does not hide the next.
 */
export function verifyGround(disk: Disk, progress: Progress): VerifyLine[] {
  const verdicts = attempt(() => readVerdicts(disk));
  const cells = attempt(() => readCellLines(disk));
  const known = verdicts.value ?? [];
  return [
    ground('alpha/reconciled', rowFindings(disk, progress)),
    ground(MODELS_FOLDER, modelFindings(disk)),
    ground('supervisor/verdicts.jsonl', [...verdicts.findings, ...verdictFindings(known)]),
    ground('supervisor/cells', [
      ...cells.findings,
      ...(cells.value ?? []).flatMap((line) => [
        ...(cellId(line) === line.cell_id
          ? []
          : [`the line ${line.cell_id.slice(0, 12)} of ${line.as_of} has another id than its place gives`]),
        ...(recordDigest(line) === line.content_sha256
          ? []
          : [
              `the line ${line.cell_id.slice(0, 12)} of ${line.as_of} has another digest than its content gives`,
            ]),
      ]),
    ]),
    ground(SETTINGS_FOLDER, settingsFindings(disk, known, cells.value ?? [])),
    ground('supervisor/sent.jsonl', receiptFindings(disk, known)),
    ground(TELEMETRY_FOLDER, telemetryFaults(disk)),
  ];
}

function ground(file: string, findings: readonly string[]): VerifyLine {
  return { file, kind: 'ground', verdict: findings.length === 0 ? 'same' : 'differs', findings };
}

/** Returns what `read` returns, or the finding where the state is corrupt. Everything else is thrown on. */
export function attempt<T>(read: () => T): {
  readonly value: T | null;
  readonly findings: readonly string[];
} {
  try {
    return { value: read(), findings: [] };
  } catch (error) {
    if (!(error instanceof CorruptStateError)) throw error;
    return { value: null, findings: [error.message] };
  }
}

function rowFindings(disk: Disk, progress: Progress): string[] {
  const days = rowDays(disk);
  progress.start('days of rows', days.length);
  const found = days.flatMap((day) => {
    progress.advance(1);
    const rows = attempt(() => readDay(disk, day));
    const strayed = (rows.value ?? []).find(({ exit_at }) => !exit_at.startsWith(day));
    return strayed === undefined
      ? rows.findings
      : [`the row ${strayed.event_id} ended ${strayed.exit_at} and stands in the file of ${day}`];
  });
  progress.done();
  return found;
}

function verdictFindings(verdicts: readonly Verdict[]): string[] {
  return verdicts
    .filter((verdict) => verdictId(verdict) !== verdict.verdict_id)
    .map(
      ({ verdict_id, kind, subject }) =>
        `the verdict ${verdict_id.slice(0, 12)} (${kind} ${subject}) has another id than its evidence gives`,
    );
}

/** The settings of a decision must be there, or nobody can recompute it. */
function settingsFindings(
  disk: Disk,
  verdicts: readonly Verdict[],
  cells: readonly { readonly config_hash: string }[],
): string[] {
  const stored = disk
    .list(SETTINGS_FOLDER)
    .filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
    .map((name) => name.slice(0, 64));
  const wanted = new Set([...verdicts, ...cells].map(({ config_hash }) => config_hash));
  const missing = [...wanted].filter((hash) => !stored.includes(hash));
  return [
    ...stored.flatMap((hash) => attempt(() => readSettings(disk, hash)).findings),
    ...missing.map((hash) => `${hash}.json is not there, and verdicts or cells name it`),
  ];
}

function receiptFindings(disk: Disk, verdicts: readonly Verdict[]): string[] {
  const receipts = attempt(() => readReceipts(disk));
  const known = new Set(verdicts.map(({ verdict_id }) => verdict_id));
  return [
    ...receipts.findings,
    ...(receipts.value ?? []).flatMap((receipt) => [
      ...(receiptId(receipt) === receipt.receipt_id
        ? []
        : [`the receipt of ${receipt.key} has another id than its content gives`]),
      ...(recordDigest(receipt) === receipt.content_sha256
        ? []
        : [`the receipt of ${receipt.key} has another digest than its content gives`]),
      ...(receipt.verdict_id === null || known.has(receipt.verdict_id)
        ? []
        : [`the receipt of ${receipt.key} names a verdict that the log does not hold`]),
    ]),
  ];
}

function modelFindings(disk: Disk): string[] {
  return horizonsOf(disk).flatMap((horizon) =>
    modelIndex(disk, horizon).flatMap(({ modelId }) => {
      const model = attempt(() => loadModel(disk, horizon, modelId));
      if (model.value === null || contentDigest(model.value) === model.value.content_sha256)
        return model.findings;
      return [`ridge_h${horizon}/${modelId}.json: its content has another digest than it says`];
    }),
  );
}

/** Of everything but its names and when it was trained, as training computes it. */
function contentDigest({
  model_id: _id,
  content_sha256: _digest,
  trained_at: _at,
  ...content
}: Model): string {
  return sha256Hex(canonicalJson(content));
}

/** Returns the horizons that models are stored of, in hours, ascending. */
function horizonsOf(disk: Disk): number[] {
  const hours = disk.list(MODELS_FOLDER).flatMap((name) => {
    const match = /^ridge_h(\d+)(?:\.json)?$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
  return [...new Set(hours)].sort((a, b) => a - b);
}

/** Returns a line per model pointer. Why a training was refused is known to that run alone, so the version is compared. */
export function verifyPointers(disk: Disk): VerifyLine[] {
  return horizonsOf(disk).map((horizon) => {
    const file = `${MODELS_FOLDER}/ridge_h${horizon}.json`;
    const newest = modelIndex(disk, horizon).at(-1)?.modelId ?? null;
    const pointer = attempt(() => loadPointer(disk, horizon));
    const line = (verdict: VerifyVerdict, findings: readonly string[]): VerifyLine => ({
      file,
      kind: 'derived',
      verdict,
      findings,
    });
    if (pointer.findings.length > 0) return line('differs', pointer.findings);
    if (pointer.value === null) return line('missing', ['run warden train']);
    if (pointer.value.model_id === newest) return line('same', []);
    return line('differs', [
      `model_id: ${pointer.value.model_id ?? 'none'} is stored; the newest version is ${newest ?? 'none'}`,
    ]);
  });
}
