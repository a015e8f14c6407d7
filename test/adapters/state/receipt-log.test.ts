// The receipts: every side effect once, in the order in which it was done.

import { describe, expect, it } from 'vitest';
import { CorruptStateError } from '../../../src/adapters/state/corrupt-state.ts';
import { appendReceipts, readReceipts } from '../../../src/adapters/state/receipt-log.ts';
import { InvariantError } from '../../../src/domain/assert.ts';
import { recordDigest, sha256Hex } from '../../../src/domain/canonical.ts';
import type { Receipt } from '../../../src/domain/verdict.ts';
import { aReceipt } from '../../domain/record-builders.ts';
import { afterEveryCut } from '../../fakes/faulty-disk.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const FILE = 'supervisor/sent.jsonl';
function withDigest(receipt: Receipt): Receipt {
  return { ...receipt, content_sha256: recordDigest(receipt) };
}

const [A, B, C] = ['a', 'b', 'c'].map((key) => withDigest(aReceipt({ receipt_id: sha256Hex(key), key })));
const all = [A, B, C].flatMap((receipt) => receipt ?? []);

describe('appendReceipts', () => {
  it('writes each receipt once', () => {
    const disk = memoryDisk();

    expect(appendReceipts(disk, [...all.slice(0, 2), ...all.slice(0, 1)])).toBe(2);
    expect(appendReceipts(disk, all)).toBe(1);

    expect(readReceipts(disk)).toEqual(all);
    expect(disk.dump()).toEqual({ [FILE]: all.map((receipt) => `${JSON.stringify(receipt)}\n`).join('') });
  });

  it('refuses a receipt that could not be read again', () => {
    expect(() => appendReceipts(memoryDisk(), [aReceipt({ key: 'k'.repeat(401) })])).toThrow(InvariantError);
  });

  it('is completed to the same bytes by a second run after a power cut', () => {
    const fresh = () => memoryDisk({ [FILE]: `${JSON.stringify(all[0])}\n{"v":1,` });
    const expected = fresh();
    appendReceipts(expected, all);

    const aftermaths = afterEveryCut(fresh, (disk) => appendReceipts(disk, all));

    for (const { disk, cut } of aftermaths) {
      appendReceipts(disk, all);
      expect(disk.dump(), JSON.stringify(cut)).toEqual(expected.dump());
    }
  });
});

describe('readReceipts', () => {
  it('has none where there is no file, and leaves a torn last line out', () => {
    expect(readReceipts(memoryDisk())).toEqual([]);
    expect(readReceipts(memoryDisk({ [FILE]: `${JSON.stringify(all[0])}\n{"v":` }))).toHaveLength(1);
  });

  it('names the line that is no receipt', () => {
    const disk = memoryDisk({ [FILE]: `${JSON.stringify(all[0])}\n{"v":1}\n` });
    expect(() => readReceipts(disk)).toThrow(CorruptStateError);
    expect(() => appendReceipts(disk, all)).toThrow(`${FILE}:2: `);
  });
});
