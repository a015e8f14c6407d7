// supervisor/sent.jsonl: which side effects are no longer owed, each once.

import { assert } from '../../domain/assert.ts';
import { recordDigest } from '../../domain/canonical.ts';
import { validate } from '../../domain/validate.ts';
import { Receipt, type ReceiptDraft } from '../../domain/verdict.ts';
import type { Disk } from '../../ports.ts';
import { appendAfter } from './append-log.ts';
import { type ReadEnd, readLines } from './jsonl.ts';
import { recordFrom, recordLine } from './record-line.ts';

const PATH = 'supervisor/sent.jsonl';

/**
 * Returns all receipts, oldest first. A torn last line is left out.
 *
 * @throws CorruptStateError with file and line, where a line is not a receipt.
 */
export function readReceipts(disk: Disk): Receipt[] {
  return load(disk).receipts;
}

/**
 * Appends the receipts whose ids the log does not hold yet, in the given order and in one write. A torn last line is cut
 * off: its effect is still owed, as far as anybody can know. The caller holds the lock `publish`.
 *
 * @returns how many were new.
 * @throws CorruptStateError as {@link readReceipts}; nothing is written then.
 */
export function appendReceipts(disk: Disk, receipts: readonly ReceiptDraft[]): number {
  const stored = load(disk);
  const known = new Set(stored.receipts.map(({ receipt_id }) => receipt_id));
  const lines: string[] = [];
  for (const draft of receipts) {
    if (known.has(draft.receipt_id)) continue;
    const receipt = { ...draft, content_sha256: recordDigest(draft) };
    known.add(receipt.receipt_id);
    assert(validate(Receipt, receipt).ok, `the receipt of ${receipt.key} could not be read again`);
    lines.push(recordLine(Receipt, receipt));
  }
  appendAfter(disk, PATH, stored.end, lines);
  return lines.length;
}

function load(disk: Disk): { receipts: Receipt[]; end: ReadEnd } {
  const receipts: Receipt[] = [];
  const end = readLines(disk, PATH, { bytes: 0, lines: 0 }, (line) => {
    receipts.push(recordFrom(Receipt, PATH, line).record);
  });
  return { receipts, end };
}
