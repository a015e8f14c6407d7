// What the runner wrote for others: acknowledgements, and its heartbeat, which counts only until the next one is due.

import { assert } from '../../domain/assert.ts';
import { KernelAck, KernelSummary } from '../../domain/kernel-records.ts';
import { ok, type Result } from '../../domain/result.ts';
import { msFromIso } from '../../domain/time.ts';
import { validate } from '../../domain/validate.ts';
import type { Disk } from '../../ports.ts';
import { appendAfter } from './append-log.ts';
import { readJsonFile } from './json-file.ts';
import { readLines } from './jsonl.ts';
import { recordFrom, recordLine } from './record-line.ts';

const ACKS_PATH = 'kernel/acks.jsonl';
const SUMMARY_PATH = 'kernel/summary.json';

/**
 * Returns the acknowledgements of the runner, oldest first; none where it has not written any. A torn last line is left out.
 *
 * @throws CorruptStateError with file and line, where a line is no acknowledgement.
 */
export function readAcks(disk: Disk): KernelAck[] {
  const acks: KernelAck[] = [];
  readLines(disk, ACKS_PATH, { bytes: 0, lines: 0 }, (line) => {
    acks.push(recordFrom(KernelAck, ACKS_PATH, line).record);
  });
  return acks;
}

/** Appends acknowledgements in one write, in the given order. The caller holds the lock `kernel-acks`, and knows which are new. */
export function appendAcks(disk: Disk, acks: readonly KernelAck[]): void {
  const lines = acks.map((ack) => {
    assert(validate(KernelAck, ack).ok, () => `the acknowledgement of ${ack.strategy_class} is none`);
    return recordLine(KernelAck, ack);
  });
  const end = readLines(disk, ACKS_PATH, { bytes: 0, lines: 0 }, () => undefined);
  appendAfter(disk, ACKS_PATH, end, lines);
}

/** Replaces the heartbeat. Indented, since people read it and a diff shows what changed. */
export function saveKernelSummary(disk: Disk, summary: KernelSummary): void {
  assert(validate(KernelSummary, summary).ok, 'a summary that is none was made');
  disk.replace(SUMMARY_PATH, `${JSON.stringify(summary, null, 2)}\n`);
}

/**
 * Returns the heartbeat of the runner, or `null` where it is unknown: there is none, or the next one was due before `nowMs`,
 * so that nothing in it may be believed. The error says what is wrong with the file.
 */
export function loadKernelSummary(disk: Disk, nowMs: number): Result<KernelSummary | null, string> {
  const read = newestHeartbeat(disk);
  if (!read.ok || read.value === null) return read;
  return msFromIso(read.value.next_due_at) < nowMs ? ok(null) : read;
}

/** Returns the newest heartbeat, however old; `null` where no runner has ever written one. The error is as above. */
export function newestHeartbeat(disk: Pick<Disk, 'read'>): Result<KernelSummary | null, string> {
  const read = readJsonFile(disk, SUMMARY_PATH, KernelSummary);
  return read.ok ? read : { ok: false, error: `${SUMMARY_PATH} ${read.error}` };
}
