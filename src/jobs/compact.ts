// The compact job: the files of months that are long over become two packs each, losslessly. `unpack` takes it back.

import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import {
  missingPack,
  type PackContent,
  packContent,
  packFrom,
  packIndexFrom,
  packIndexText,
} from '../adapters/state/month-pack.ts';
import {
  monthOfPack,
  PACK_FOLDER,
  packablePaths,
  packIndexPath,
  packPath,
  packsIn,
} from '../adapters/state/pack-paths.ts';
import { assert } from '../domain/assert.ts';
import type { PackIndex } from '../domain/pack-index.ts';
import { DAY_MS, monthOf, msFromIso } from '../domain/time.ts';
import type { Disk, Log, Progress } from '../ports.ts';

export interface CompactPorts {
  /** The files as they lie in the folder: not the view on which packed files are files. */
  readonly disk: Disk;
  readonly log: Log;
  readonly progress: Progress;
}

export interface CompactOptions {
  readonly nowMs: number;
  /** How long a month must be over. */
  readonly compactAfterMs: number;
  /** Months that are packed at most, oldest first; default: all. The others are left to the next run. */
  readonly monthsMax?: number;
  /** Of brotli, 0 to 11; default: 11. A measurement of many months takes less. */
  readonly quality?: number;
}

export interface Compacted {
  /** Months whose files changed their place, oldest first. */
  readonly months: readonly string[];
  /** Files that changed their place. */
  readonly files: number;
  /** What lay loose or packed of these months before. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly changed: boolean;
}

/**
 * Packs every month that has been over for long enough and still has loose files: packed ones that were written to since become part of
 * their pack anew. Run twice, it writes nothing more.
 *
 * The pack is written beside the one before it and read back, then the index names it, and only then what it holds is removed. So a death
 * between any two writes leaves a state that reads the same, and the next run tidies up. The caller holds the locks of all writers.
 *
 * @throws CorruptStateError where a loose file lacks lines that its packed one holds: one of them is not what was written.
 */
export function compact({ disk, log, progress }: CompactPorts, options: CompactOptions): Compacted {
  const { nowMs, compactAfterMs, monthsMax, quality } = options;
  removeUnnamedPacks(disk, log);
  const closed = [...packablePaths(disk)].filter(
    ([pack]) => endMsOf(monthOfPack(pack)) + compactAfterMs <= nowMs,
  );
  const months = monthsOf(closed.map(([pack]) => pack)).slice(0, monthsMax);
  const due = closed.filter(([pack]) => months.includes(monthOfPack(pack)));
  progress.start('packs', due.length);
  const sizes = due.map(([pack, paths]) => {
    const before = bytesOf(disk, pack, paths);
    packFiles(disk, pack, paths, quality);
    progress.advance(1);
    return { before, after: bytesOf(disk, pack, []) };
  });
  progress.done();
  return {
    months,
    files: due.reduce((sum, [, paths]) => sum + paths.length, 0),
    bytesBefore: sizes.reduce((sum, { before }) => sum + before, 0),
    bytesAfter: sizes.reduce((sum, { after }) => sum + after, 0),
    changed: due.length > 0,
  };
}

/**
 * Writes every packed file loose again and removes the packs. A loose file beside a packed one is the newer of the two and stays.
 * The caller holds the locks of all writers.
 *
 * @throws CorruptStateError as {@link compact}.
 */
export function unpack({ disk, log, progress }: CompactPorts): Compacted {
  removeUnnamedPacks(disk, log);
  const packs = packsIn(disk);
  let files = 0;
  let bytesBefore = 0;
  let bytesAfter = 0;
  progress.start('packs', packs.length);
  for (const pack of packs)
    for (const [path, bytes] of packContent(disk, existingIndex(disk, pack)))
      assertKeepsLines(path, bytes, disk.read(path));
  for (const pack of packs) {
    bytesBefore += bytesOf(disk, pack, []);
    const index = existingIndex(disk, pack);
    for (const [path, bytes] of packContent(disk, index)) {
      if (disk.size(path) !== null) continue;
      disk.replace(path, bytes);
      files += 1;
      bytesAfter += bytes.length;
    }
    disk.remove(packIndexPath(pack));
    disk.remove(packPath(index));
    progress.advance(1);
  }
  progress.done();
  return { months: monthsOf(packs), files, bytesBefore, bytesAfter, changed: packs.length > 0 };
}

function packFiles(disk: Disk, pack: string, paths: readonly string[], quality?: number): void {
  const stored = storedIndex(disk, pack);
  const packed: PackContent = stored === null ? new Map() : packContent(disk, stored);
  const loose = new Map(paths.map((path) => [path, existing(disk, path)]));
  for (const [path, bytes] of packed) assertKeepsLines(path, bytes, loose.get(path) ?? null);
  const isNew = [...loose].some(([path, bytes]) => packed.get(path)?.equals(bytes) !== true);
  if (isNew) storePack(disk, packFrom(pack, new Map([...packed, ...loose]), quality), stored);
  for (const [path, bytes] of loose) {
    // Written to meanwhile by somebody who takes no lock: it stays loose, and wins over the packed one.
    if (disk.read(path)?.equals(bytes) === true) disk.remove(path);
  }
}

function storePack(disk: Disk, { index, pack }: ReturnType<typeof packFrom>, stored: PackIndex | null): void {
  disk.replace(packPath(index), pack);
  // Read back and compared with the digest of every file that went in, before anything that it holds is removed.
  packContent(disk, index);
  disk.replace(packIndexPath(index.pack), packIndexText(index));
  if (stored !== null && packPath(stored) !== packPath(index)) disk.remove(packPath(stored));
}

/** Logs only grow, rows are only inserted and versions of models never change; a last line without its end may have been cut off. */
function assertKeepsLines(path: string, packed: Buffer, loose: Buffer | null): void {
  if (loose === null) return;
  const wholeLines = packed.toString('latin1').split('\n').slice(0, -1);
  const kept = new Set(loose.toString('latin1').split('\n'));
  const lost = wholeLines.findIndex((line) => !kept.has(line));
  if (lost === -1) return;
  const finding = `lacks line ${lost + 1} of the same file in its pack. Somebody wrote it without having read the packed one`;
  throw new CorruptStateError(path, finding, 'Put the missing lines back into it, then run again');
}

/** A pack that no index names is what a run left that died before it could name it, or before it could remove the one before. */
function removeUnnamedPacks(disk: Disk, log: Log): void {
  const named = new Set(
    packsIn(disk).map((pack) => {
      const index = existingIndex(disk, pack);
      if (disk.size(packPath(index)) === null) throw missingPack(index);
      return packPath(index);
    }),
  );
  for (const name of disk.list(PACK_FOLDER)) {
    const path = `${PACK_FOLDER}/${name}`;
    if (!name.endsWith('.br') || named.has(path)) continue;
    disk.remove(path);
    log.info(`${path} was removed: no index names it`);
  }
}

function storedIndex(disk: Disk, pack: string): PackIndex | null {
  const text = disk.read(packIndexPath(pack));
  return text === null ? null : packIndexFrom(pack, text);
}

function existingIndex(disk: Disk, pack: string): PackIndex {
  const index = storedIndex(disk, pack);
  assert(index !== null, `the index of ${pack} was listed a moment ago`);
  return index;
}

function monthsOf(packs: readonly string[]): string[] {
  return [...new Set(packs.map(monthOfPack))];
}

function bytesOf(disk: Disk, pack: string, loose: readonly string[]): number {
  const index = storedIndex(disk, pack);
  const packed = index === null ? [] : [packIndexPath(pack), packPath(index)];
  return [...loose, ...packed].reduce((sum, path) => sum + (disk.size(path) ?? 0), 0);
}

function existing(disk: Disk, path: string): Buffer {
  const bytes = disk.read(path);
  assert(bytes !== null, `${path} was listed a moment ago`);
  return bytes;
}

/** The instant at which the month is over. */
function endMsOf(month: string): number {
  const startMs = msFromIso(`${month}-01T00:00:00.000Z`);
  return msFromIso(`${monthOf(startMs + 31 * DAY_MS)}-01T00:00:00.000Z`);
}
