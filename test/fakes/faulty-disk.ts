// A Disk whose power fails at a chosen write: what was written before stays, the write itself may be torn, nothing follows.

import type { Disk } from '../../src/ports.ts';

/** Thrown by the write at which the power fails, and by everything that is tried after it. */
export class PowerLoss extends Error {
  override readonly name = 'PowerLoss';
}

export interface PowerCut {
  /** The write that fails, counted from 0. */
  readonly atWrite: number;
  /**
   * Which share of an append reaches the disk, 0 to 1. Replacing, cutting and removing are all or nothing: they happen
   * where the share is 1.
   */
  readonly share: number;
}

export interface FaultyDisk extends Disk {
  /** Writes that were tried. */
  writeCount(): number;
}

/** Returns `base` with a power cut. After it, look at `base`: that is what the next start finds. */
export function faultyDisk(base: Disk, cut: PowerCut): FaultyDisk {
  let writes = 0;
  let isDead = false;

  function alive(): Disk {
    if (isDead) throw new PowerLoss('the power is out');
    return base;
  }

  function write<T>(whole: () => T, torn: () => void): T {
    alive();
    writes += 1;
    if (writes - 1 !== cut.atWrite) return whole();
    isDead = true;
    if (cut.share >= 1) whole();
    else torn();
    throw new PowerLoss(`the power failed at write ${cut.atWrite}`);
  }

  const nothing = (): void => {};
  return {
    writeCount: () => writes,
    read: (path) => alive().read(path),
    readRange: (path, from, to) => alive().readRange(path, from, to),
    size: (path) => alive().size(path),
    list: (folder) => alive().list(folder),
    append: (path, text) =>
      write(
        () => base.append(path, text),
        () => base.append(path, text.slice(0, Math.floor(text.length * cut.share))),
      ),
    replace: (path, content) => write(() => base.replace(path, content), nothing),
    truncate: (path, bytes) => write(() => base.truncate(path, bytes), nothing),
    createExclusive: (path, text) => write(() => base.createExclusive(path, text), nothing),
    remove: (path) => write(() => base.remove(path), nothing),
  };
}

/** What one power cut left behind. */
export interface Aftermath {
  readonly cut: PowerCut;
  readonly disk: Disk;
}

const SHARES = [0, 0.01, 0.5, 0.99, 1] as const;

/**
 * Runs `work` once for every write it makes and every way that write can end, each time on a fresh disk, and returns
 * what the cuts left behind.
 *
 * @param fresh makes the disk as it is before the work
 */
export function afterEveryCut<D extends Disk>(
  fresh: () => D,
  work: (disk: Disk) => void,
): (Aftermath & { readonly disk: D })[] {
  const counter = faultyDisk(fresh(), { atWrite: -1, share: 0 });
  work(counter);
  const left: (Aftermath & { readonly disk: D })[] = [];
  for (let atWrite = 0; atWrite < counter.writeCount(); atWrite += 1) {
    for (const share of SHARES) {
      const cut = { atWrite, share };
      const disk = fresh();
      const error = errorOf(() => work(faultyDisk(disk, cut)));
      if (!(error instanceof PowerLoss)) throw error ?? new Error('the power did not fail');
      left.push({ cut, disk });
    }
  }
  return left;
}

function errorOf(run: () => void): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error;
  }
}
