// The log of ids: which signal an id was first used for, whatever a power cut left of it.

import { describe, expect, it } from 'vitest';
import { openIdLog } from '../../../src/adapters/state/id-log.ts';
import { sha256Hex } from '../../../src/domain/canonical.ts';
import { afterEveryCut } from '../../fakes/faulty-disk.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const BUY = sha256Hex('buy');
const SELL = sha256Hex('sell');

/** Ids of one shard: their digests begin with the same two digits. */
const [FIRST = '', SECOND = ''] = Array.from({ length: 2000 }, (_, index) => `id-${index}`).filter((id) =>
  sha256Hex(id).startsWith('00'),
);

describe('the log of ids', () => {
  it('tells an id that was used for another signal, in this run and in later ones', () => {
    const disk = memoryDisk();
    const log = openIdLog(disk);
    log.note('a', BUY);
    log.save();

    const later = openIdLog(disk);

    for (const each of [log, later]) {
      expect(each.isOtherSignal('a', SELL)).toBe(true);
      expect(each.isOtherSignal('a', BUY)).toBe(false);
      expect(each.isOtherSignal('b', SELL)).toBe(false);
    }
  });

  it('keeps no ids that are the digest of their signal, and writes nothing for them', () => {
    const disk = memoryDisk();
    const log = openIdLog(disk);

    log.note(BUY, BUY);
    log.save();

    expect(log.isOtherSignal(BUY, BUY)).toBe(false);
    expect(disk.dump()).toEqual({});
  });

  it('writes a signal once, however often it is noted', () => {
    const disk = memoryDisk();
    const log = openIdLog(disk);
    log.note('a', BUY);
    log.save();
    const once = disk.dump();

    log.note('a', BUY);
    log.save();
    const again = openIdLog(disk);
    again.note('a', BUY);
    again.save();

    expect(disk.dump()).toEqual(once);
  });

  it('lets the last note of an id stand: it may change hands until it has rows', () => {
    const disk = memoryDisk();
    const log = openIdLog(disk);
    log.note('a', BUY);
    log.note('a', SELL);
    log.save();

    const later = openIdLog(disk);

    expect(later.isOtherSignal('a', BUY)).toBe(true);
    expect(later.isOtherSignal('a', SELL)).toBe(false);
  });

  it('is completed to the same bytes by a second run after a power cut', () => {
    const noteBoth = (disk: Parameters<typeof openIdLog>[0]): void => {
      const log = openIdLog(disk);
      log.note(FIRST, BUY);
      log.note(SECOND, SELL);
      log.save();
    };
    const fresh = () => memoryDisk();
    const expected = fresh();
    noteBoth(expected);

    const aftermaths = afterEveryCut(fresh, noteBoth);

    expect(aftermaths.length).toBeGreaterThan(3);
    for (const { disk, cut } of aftermaths) {
      noteBoth(disk);
      const log = openIdLog(disk);
      expect(log.isOtherSignal(FIRST, SELL), JSON.stringify(cut)).toBe(true);
      expect(log.isOtherSignal(SECOND, BUY), JSON.stringify(cut)).toBe(true);
      expect(disk.dump(), JSON.stringify(cut)).toEqual(expected.dump());
    }
  });
});
