// What was set aside, by producer and month: every reject is written once, however often the same input is read.

import { Reject } from '../../domain/reject.ts';
import type { Disk } from '../../ports.ts';
import { appendAfter, assertMonth, idAfter, scanLog } from './append-log.ts';
import { assertProducer, isProducer } from './event-shards.ts';
import { readLines } from './jsonl.ts';
import { recordFrom, recordLine } from './record-line.ts';
import { MONTH_PATTERN, stemOf } from './state-path.ts';

const FOLDER = 'alpha/rejects';
const REJECT_PREFIX = Buffer.from('{"v":1,"reject_id":"');

/**
 * Appends the rejects that the month's file does not hold yet, in the given order. A torn last line is cut off: it was
 * never acknowledged, so its writer appends it again. Callers that share a producer hold one lock.
 *
 * @param month of the input that was set aside, `YYYY-MM`
 * @returns how many were new.
 */
export function appendRejects(
  disk: Disk,
  producer: string,
  month: string,
  rejects: readonly Reject[],
): number {
  assertProducer(producer);
  assertMonth(month);
  if (rejects.length === 0) return 0;
  const path = pathOf(producer, month);
  const fresh = new Map<string, Reject>();
  for (const reject of rejects) {
    if (!fresh.has(reject.reject_id)) fresh.set(reject.reject_id, reject);
  }
  const end = scanLog(disk, path, (buffer, start, stop) => {
    const id = idAfter(REJECT_PREFIX, buffer, start, stop);
    if (id !== null) fresh.delete(id);
  });
  appendAfter(
    disk,
    path,
    end,
    [...fresh.values()].map((reject) => recordLine(Reject, reject)),
  );
  return fresh.size;
}

/**
 * Visits every reject, by producer, month and line.
 *
 * @throws CorruptStateError where a line is not a reject.
 */
export function readRejects(disk: Disk, visit: (reject: Reject, producer: string) => void): void {
  for (const producer of disk.list(FOLDER).filter(isProducer)) {
    for (const name of disk.list(`${FOLDER}/${producer}`)) {
      const month = stemOf(name, '.jsonl', MONTH_PATTERN);
      if (month !== null) readRejectsOf(disk, producer, month, (reject) => visit(reject, producer));
    }
  }
}

/**
 * Visits the rejects of one producer and month (`YYYY-MM`), none where there is no file.
 *
 * @throws CorruptStateError where a line is not a reject.
 */
export function readRejectsOf(
  disk: Disk,
  producer: string,
  month: string,
  visit: (reject: Reject) => void,
): void {
  assertProducer(producer);
  assertMonth(month);
  const path = pathOf(producer, month);
  readLines(disk, path, { bytes: 0, lines: 0 }, (line) => visit(recordFrom(Reject, path, line).record));
}

function pathOf(producer: string, month: string): string {
  return `${FOLDER}/${producer}/${month}.jsonl`;
}
