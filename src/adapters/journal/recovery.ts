// Begins a kernel, or begins it again: the newest snapshot that verifies, the journal behind it record by record, and then START.

import type { RunId } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { EpochMs } from '../../domain/steps.ts';
import { encodeConfig } from '../../kernel/codec-state.ts';
import type { KernelConfig } from '../../kernel/config.ts';
import { createKernel } from '../../kernel/create.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { JournalDisk } from '../../ports.ts';
import { damage, isFault, type JournalFault } from './journal-fault.ts';
import { FIRST_CHAIN, hashOf, headLine } from './journal-line.ts';
import {
  beginningOf,
  configured,
  NOT_OF_THIS_JOURNAL,
  type Poison,
  type Replayed,
  type ReplayStart,
  replaySegments,
  type Watch,
} from './journal-replay.ts';
import { beginSegment, type JournalEnd, journalWriter } from './journal-writer.ts';
import {
  JOURNAL_POLICY,
  type JournaledKernel,
  type JournalPolicy,
  journaledKernel,
} from './journaled-kernel.ts';
import { lineEnd, readSegment, type SegmentName, segmentsOf } from './segment.ts';
import { readSnapshot, snapshotsOf } from './snapshot-file.ts';
import { removeTemporaries } from './whole-file.ts';

const NOTHING = Buffer.alloc(0);

/** What a recovery found, for the log of the runner. */
export interface RecoveryReport {
  /** The snapshot that it began from; `null`: the first record. */
  readonly snapshot: string | null;
  /** Snapshots that do not verify, each with the reason. */
  readonly refusedSnapshots: readonly { readonly name: string; readonly problem: string }[];
  /** Records applied again. */
  readonly records: number;
  /** What the end of the journal held that was never sealed, and is cut off now: nothing of it ever had an effect. */
  readonly cut: { readonly file: string; readonly bytes: number; readonly records: number } | null;
  /** Events that a kernel stopped at. They are no part of the history, and a person should know of each. */
  readonly poisons: readonly Poison[];
  /** Numbers of records that the snapshot covers but the journal lost: the disk did not keep what it had confirmed. */
  readonly lost: { readonly from: number; readonly to: number } | null;
}

export interface Recovered {
  /** START is applied, and not committed. */
  readonly kernel: JournaledKernel;
  readonly report: RecoveryReport;
}

/** What a kernel is told as it begins. */
interface KernelStart {
  /** Never used before. */
  readonly runId: RunId;
  readonly atMs: EpochMs;
}

/**
 * Recovers the kernel of a folder that nobody else uses, or begins one in an empty folder. Limits, times and policies may be others than
 * before; what the state is made of (instance, slots, symbols, position mode, account) may not. Throws where the disk does.
 *
 * @param watch sees the records that are applied again, which are those after the snapshot.
 * @returns the fault where the journal is not what was written, or not what this program would have written: nobody may trade on it.
 */
export function recover(
  disk: JournalDisk,
  config: KernelConfig,
  { runId, atMs }: KernelStart,
  policy: JournalPolicy = JOURNAL_POLICY,
  watch: Watch = () => {},
): Result<Recovered, JournalFault> {
  removeTemporaries(disk);
  disk.syncFolder();
  const headless = removeHeadless(disk);
  const found = lastState(disk, config, watch);
  if (isFault(found)) return err(found);
  const other = fixedDifference(found.state.config, config);
  if (other !== null)
    return err({
      ...damage(
        { file: found.end?.name ?? '', offset: 0, record: null },
        `the configuration has another ${other}`,
      ),
      advice: `Start with the ${other} of before, or begin a new journal in an empty folder once everything is flat.`,
    });
  const state = configured(found.state, config);
  const head = { first: state.seq + 1, hash: hashOf(state), config: encodeConfig(config) };
  const end = found.end ?? beginSegment(disk, head, found.chain);
  const covered =
    found.end === null ? Buffer.from(headLine({ ...head, chain: found.chain }).line) : found.covered;
  const writer = journalWriter(disk, end, covered, policy.reserveBytes);
  if (state !== found.state && found.end !== null) writer.rotate(head);
  const kernel = journaledKernel(disk, state, writer, policy);
  kernel.apply({ kind: 'START', atMs, runId });
  const isFull = kernel.isDiskFull;
  if (isFull !== state.trading.reasons.has('JOURNAL_FULL')) kernel.apply({ kind: 'JOURNAL', atMs, isFull });
  return ok({ kernel, report: { ...found.report, cut: found.report.cut ?? headless } });
}

/** A head is longer only with thousands of instruments. */
const HEAD_BYTES_MAX = 4_194_304;

/** A last segment without one whole line is of a disk that gave its name away before its content: there was never a seal in it. */
function removeHeadless(disk: JournalDisk): RecoveryReport['cut'] {
  const name = segmentsOf(disk).at(-1)?.name;
  if (name === undefined || lineEnd(disk.readRange(name, 0, HEAD_BYTES_MAX), 0) >= 0) return null;
  const bytes = disk.size(name) ?? 0;
  disk.remove(name);
  disk.syncFolder();
  return { file: name, bytes, records: 0 };
}

/** Where the history ends. */
interface Found {
  readonly state: KernelState;
  readonly chain: string;
  /** `null`: the next record begins a segment. */
  readonly end: JournalEnd | null;
  /** What the next seal covers beside its group. */
  readonly covered: Uint8Array;
  readonly report: RecoveryReport;
}

function lastState(disk: JournalDisk, config: KernelConfig, watch: Watch): Found | JournalFault {
  const segments = segmentsOf(disk);
  const refusedSnapshots: { name: string; problem: string }[] = [];
  for (const { name } of snapshotsOf(disk)) {
    const snapshot = readSnapshot(disk, name);
    if (!snapshot.ok) {
      refusedSnapshots.push({ name, problem: snapshot.error });
      continue;
    }
    const found = fromStart(disk, segments, snapshot.value, { snapshot: name, refusedSnapshots, watch });
    if (!isFault(found) || found.problem !== NOT_OF_THIS_JOURNAL) return found;
    refusedSnapshots.push({ name, problem: found.problem });
  }
  const first = segments[0];
  if (first === undefined && refusedSnapshots.length === 0) {
    const start = { state: createKernel(config), chain: FIRST_CHAIN };
    return { ...start, end: null, covered: NOTHING, report: reportOf(null, refusedSnapshots) };
  }
  if (first?.first !== 1)
    return damage(
      { file: first?.name ?? refusedSnapshots[0]?.name ?? '', offset: 0, record: first?.first ?? null },
      'the journal lacks its beginning, and no snapshot verifies',
    );
  const start = beginningOf(disk, first.name);
  return isFault(start)
    ? start
    : fromStart(disk, segments, start, { snapshot: null, refusedSnapshots, watch });
}

interface Beginning {
  readonly snapshot: string | null;
  readonly refusedSnapshots: RecoveryReport['refusedSnapshots'];
  readonly watch: Watch;
}

function fromStart(
  disk: JournalDisk,
  segments: readonly SegmentName[],
  start: ReplayStart,
  { snapshot, refusedSnapshots, watch }: Beginning,
): Found | JournalFault {
  const { seq } = start.state;
  const from = Math.max(
    0,
    segments.findLastIndex(({ first }) => first <= seq + 1),
  );
  const lostFrom = (end: number): Found => ({
    ...start,
    end: null,
    covered: NOTHING,
    report: { ...reportOf(snapshot, refusedSnapshots), lost: { from: end + 1, to: seq } },
  });
  const newest = segments.at(-1);
  if (newest === undefined) return lostFrom(0);
  const replayed = replaySegments(disk, segments.slice(from), start, watch);
  if (!isFault(replayed)) return foundAt(disk, replayed, snapshot, refusedSnapshots);
  if (replayed.problem !== NOT_OF_THIS_JOURNAL) return replayed;
  const last = readSegment(disk, newest.name);
  return !isFault(last) && last.lastSeq < seq ? lostFrom(last.lastSeq) : replayed;
}

/**
 * Cuts off what was never sealed, so that the next group follows the last seal. Whatever is read is synced before anything is built on it: a
 * process that was killed may have left it in the memory of the operating system.
 */
function foundAt(
  disk: JournalDisk,
  { state, last, records, poisons }: Replayed,
  snapshot: string | null,
  refusedSnapshots: RecoveryReport['refusedSnapshots'],
): Found {
  const { name, bytes, sealedBytes, unsealedRecords, chain, check, groups } = last;
  const surplus = bytes.length - sealedBytes;
  if (surplus > 0) disk.truncate(name, sealedBytes);
  disk.sync(name);
  return {
    state,
    chain,
    end: { name, bytes: sealedBytes, chain, check },
    covered: groups.length === 0 ? bytes.subarray(0, sealedBytes) : NOTHING,
    report: {
      ...reportOf(snapshot, refusedSnapshots),
      records,
      poisons,
      cut: surplus === 0 ? null : { file: name, bytes: surplus, records: unsealedRecords },
    },
  };
}

function reportOf(
  snapshot: string | null,
  refusedSnapshots: RecoveryReport['refusedSnapshots'],
): RecoveryReport {
  return { snapshot, refusedSnapshots, records: 0, cut: null, poisons: [], lost: null };
}

/** The first part of a configuration that the state is made of and that is another one now; `null`: all are the same. */
function fixedDifference(before: KernelConfig, now: KernelConfig): string | null {
  if (before.instance !== now.instance) return 'instance';
  if (before.maxSlots !== now.maxSlots) return 'max_slots';
  if (before.positionMode !== now.positionMode) return 'position_mode';
  if (before.account !== now.account) return 'account';
  return symbolsOf(before) === symbolsOf(now) ? null : 'list of symbols';
}

function symbolsOf({ instruments }: KernelConfig): string {
  return instruments
    .map(({ symbol }) => symbol)
    .sort()
    .join(' ');
}
