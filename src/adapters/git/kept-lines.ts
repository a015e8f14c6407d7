// The lines of logs that only one folder knows: held while the folder is made anew, and given back behind what the branch holds.

import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, posix } from 'node:path';
import type { Disk } from '../../ports.ts';
import { parseJsonLine } from '../state/jsonl.ts';
import { isMounted } from '../state/mounted-disk.ts';
import { nodeDisk } from '../state/node-disk.ts';
import { PACK_FOLDER } from '../state/pack-paths.ts';
import { packedDisk } from '../state/packed-disk.ts';

/** Where the kept logs lie; {@link isKept} says which files of these. */
export const KEPT_PLACES = [
  'alpha/events',
  'alpha/rejects',
  'telemetry/events',
  'supervisor/sent.jsonl',
  'kernel/acks.jsonl',
] as const;

/** Rejects of `reconcile` are computed again with everything else it writes. */
const COMPUTED = 'alpha/rejects/reconcile/';

/** A file as the last known version of the branch has it. */
export interface KnownFile {
  /** Id of its blob. */
  readonly id: string;
  readonly bytes: number;
}

export type KnownFiles = ReadonlyMap<string, KnownFile>;

/** Held files are hidden, so neither state nor anything that a run cleans away. */
export const HELD = '.kept';

/** The kept files as git's patterns of what is ignored: one that a producer begins while the folder is made anew is not cleaned away. */
export const KEPT_PATTERNS: readonly string[] = [
  ...KEPT_PLACES.map((place) => (place.endsWith('.jsonl') ? `/${place}` : `/${place}/**/*.jsonl`)),
  `!/${COMPUTED}*.jsonl`,
];

/**
 * Whether nothing else could make the lines of a file again: a signal that was emitted, a mail that was sent, what the kernel
 * acknowledged. Each is a record with a key, so their order among each other means nothing, and one that is there twice is one.
 */
function isKept(path: string): boolean {
  return path.endsWith('.jsonl') && !path.startsWith(COMPUTED);
}

/** Returns the kept files that a folder has or holds. */
export function keptFilesIn(dir: string): readonly string[] {
  const disk = nodeDisk(dir);
  const held = holdingsIn(dir).flatMap((holding) => heldPaths(disk, holding));
  return [...new Set([...ownFiles(disk), ...held])].sort();
}

function ownFiles(disk: Disk): readonly string[] {
  return KEPT_PLACES.flatMap((place) => filesIn(disk, place)).filter(isKept);
}

/**
 * Holds every kept file that has more than the branch is known to have, and every one that the pull may replace. A hard link, so that it
 * costs nothing, survives a death of this process, and has even a line that a producer appends to the file at this very moment. What an
 * earlier run held stays held.
 *
 * @param folders what is mounted; a file elsewhere goes away unless it has more, and is not to be mounted for its sake.
 */
export function holdLines(dir: string, known: KnownFiles, folders: readonly string[] | 'all' = 'all'): void {
  const disk = nodeDisk(dir);
  const isWanted = (path: string): boolean =>
    folders === 'all' || isMounted(path, folders) || surplusOf(disk, path, known.get(path)) !== '';
  hold(dir, ownFiles(disk).filter(isWanted));
}

/**
 * Holds kept files that stood in the folder and are not on the branch, and takes them away: their lines go behind what a pack of the
 * branch has of them, which a file in its place would hide.
 */
export function holdStrays(dir: string, untracked: readonly string[]): void {
  const strays = untracked.filter(isKept);
  hold(dir, strays);
  for (const path of strays) rmSync(join(dir, path), { force: true });
}

function hold(dir: string, paths: readonly string[]): void {
  const held = paths.filter((path) => !isHeld(dir, path));
  const newest = Number(posix.basename(holdingsIn(dir).at(-1) ?? '0'));
  const into = `${HELD}/${newest + 1}`;
  const folders = new Set<string>();
  for (const path of held) {
    const target = `${into}/${path}`;
    mkdirSync(join(dir, posix.dirname(target)), { recursive: true });
    linkSync(join(dir, path), join(dir, target));
    for (let folder = target; folder !== '.'; folder = posix.dirname(folder))
      folders.add(posix.dirname(folder));
  }
  // Each new folder has its name in the one above it, and a power cut may come before git has replaced the files.
  for (const folder of folders) syncFolder(join(dir, folder));
}

/** A run that could not reach the remote holds the same files as the one before it. */
function isHeld(dir: string, path: string): boolean {
  const { ino } = statSync(join(dir, path));
  return holdingsIn(dir)
    .map((holding) => join(dir, holding, path))
    .some((held) => existsSync(held) && statSync(held).ino === ino);
}

/**
 * Returns the folders of what is held, and that of the packs: each has to be mounted, since the lines go behind what the branch has there,
 * which may have been packed meanwhile.
 */
export function heldFolders(dir: string): readonly string[] {
  const disk = nodeDisk(dir);
  const paths = holdingsIn(dir).flatMap((holding) => heldPaths(disk, holding));
  const folders = paths.map((path) => posix.dirname(path));
  return folders.length === 0 ? [] : [...new Set([...folders, PACK_FOLDER])].sort();
}

/**
 * Appends every held line that the folder, as it is on the branch now, lacks and that is not one the branch had before; then nothing is
 * held any more. Dying in between repeats it, which changes nothing.
 */
export function giveBackLines(dir: string, known: KnownFiles): void {
  const disk = nodeDisk(dir);
  const state = packedDisk(disk);
  for (const holding of holdingsIn(dir)) {
    for (const path of heldPaths(disk, holding)) {
      const text = state.read(path)?.toString() ?? '';
      const there = new Set(text.split('\n'));
      const lines = wholeLines(surplusOf(disk, path, known.get(path), `${holding}/`));
      const missing = [...new Set(lines)].filter((line) => !there.has(line));
      const lineEnd = text === '' || text.endsWith('\n') ? '' : '\n';
      if (missing.length > 0) state.append(path, `${lineEnd}${missing.map((line) => `${line}\n`).join('')}`);
    }
  }
  rmSync(join(dir, HELD), { recursive: true, force: true });
}

function holdingsIn(dir: string): readonly string[] {
  const folder = join(dir, HELD);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => `${HELD}/${name}`);
}

function heldPaths(disk: Disk, holding: string): readonly string[] {
  return filesIn(disk, holding).map((path) => path.slice(holding.length + 1));
}

function filesIn(disk: Disk, place: string): readonly string[] {
  if (disk.size(place) !== null) return [place];
  return disk.list(place).flatMap((name) => filesIn(disk, `${place}/${name}`));
}

/**
 * Returns what a log has behind its known version. Logs only grow, so that version is how the file begins; where it is not, somebody
 * changed the file, and all of it counts as new.
 */
function surplusOf(disk: Disk, path: string, known: KnownFile | undefined, below = ''): string {
  const content = disk.read(`${below}${path}`) ?? Buffer.alloc(0);
  const isLonger = known !== undefined && content.length >= known.bytes;
  if (!isLonger || blobId(content.subarray(0, known.bytes), known.id) !== known.id) return content.toString();
  if (content.length === known.bytes) return '';
  // A line that a producer was writing at the push is known by half, and new as a whole.
  const start = known.bytes === 0 ? 0 : content.lastIndexOf('\n', known.bytes - 1) + 1;
  return content.toString('utf8', start);
}

/** The id git gives to a content; its length tells which digest the repository uses. */
function blobId(content: Buffer, { length }: string): string {
  const digest = createHash(length === 40 ? 'sha1' : 'sha256');
  return digest.update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** A last line without its end was torn by a death, unless it is a whole record. */
function wholeLines(text: string): readonly string[] {
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  const isWhole = tail.startsWith('{') && parseJsonLine(tail).ok;
  return [...lines, ...(isWhole ? [tail] : [])].filter((line) => line !== '');
}

/** Windows knows no sync of a folder. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
