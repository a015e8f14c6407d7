// Scans out of a folder that gets files: one scan in each .json, one a line in each .jsonl, in the order of their names.

import { join } from 'node:path';
import type { Feed } from '../../ports.ts';
import { startFeed } from './feed-run.ts';
import { disked, type FollowedFiles } from './followed-files.ts';
import { readLenientJson } from './lenient-json.ts';
import { type LineTail, lineTail, type PlacedLine } from './line-tail.ts';
import { LOOK_EVERY_MS, type ScanFilesOptions } from './scan-file.ts';
import { SCAN_BYTES_MAX, scanIntake } from './scan-intake.ts';

const SCAN_FILE = /^[^.].*\.jsonl?$/;
/** So many of the last .jsonl files are watched for more lines: those before them are complete. */
const TAILS_MAX = 16;
/** So often a .json file that cannot be read is looked at, unchanged, before it is given up: its writer may be at it still. */
const LOOKS_MAX = 4;
/** One look reads so many pieces of files, and then lets others have their turn. */
const PIECES_MAX = 16;

/** What one look at the folder found, in order. */
type Found =
  | { readonly kind: 'line'; readonly placed: PlacedLine }
  | { readonly kind: 'value'; readonly value: unknown; readonly place: string }
  | { readonly kind: 'malformed'; readonly problem: string; readonly place: string };

/** A .json file that could not be read yet. */
interface Unfinished {
  readonly name: string;
  readonly size: number;
  readonly looks: number;
}

/**
 * Returns the scans of a folder, which need not be there yet; hidden files and those of other names are left alone. With `end`, what is
 * there at the first look is passed over. A .json file that is half written holds up those after it, for two seconds at most.
 */
export function scanFolderFeed({ path, from, staleAfterMs, timers, files }: ScanFilesOptions): Feed {
  return {
    follow: (listen) =>
      startFeed(timers, listen, (run) => {
        const folder = folderReader(files, path, from);
        const intake = scanIntake(run, staleAfterMs);
        const look = (): void => {
          const looked = disked(() => folder.look());
          if (!looked.ok) run.setState(false, `${path} cannot be read: ${looked.error}`);
          else if (looked.value === 'missing')
            run.setState(false, `there is no folder ${path}; it is waited for`);
          else run.setState(true, `follows ${path}`);
          for (const one of folder.taken()) {
            if (one.kind === 'line') intake.line(one.placed.line, one.placed.place);
            else if (one.kind === 'value') intake.value(one.value, one.place);
            else run.say(one);
          }
          run.after('look', looked.ok && looked.value === 'more' ? 0 : LOOK_EVERY_MS, look);
        };
        look();
        return () => folder.close();
      }),
  };
}

function folderReader(files: FollowedFiles, path: string, from: 'start' | 'end') {
  /** Files that are read, or passed over. */
  const done = new Set<string>();
  const tails = new Map<string, LineTail>();
  let found: Found[] = [];
  let unfinished: Unfinished | null = null;
  let isFirstLook = true;

  const tailOf = (name: string): LineTail => {
    const known = tails.get(name);
    if (known !== undefined) return known;
    const tail = lineTail(files, join(path, name), name, isFirstLook ? from : 'start');
    tails.set(name, tail);
    return tail;
  };
  /** Returns whether the files after it may be read. */
  const readScan = (name: string): boolean => {
    const read = readScanFile(files, join(path, name));
    if (read.kind === 'unreadable' && read.size <= SCAN_BYTES_MAX) {
      const isUnchanged = unfinished?.name === name && unfinished.size === read.size;
      const looks = isUnchanged ? (unfinished?.looks ?? 0) + 1 : 1;
      unfinished = { name, size: read.size, looks };
      if (looks < LOOKS_MAX) return false;
    }
    done.add(name);
    if (read.kind === 'scan') found.push({ kind: 'value', value: read.value, place: name });
    if (read.kind === 'unreadable') found.push({ kind: 'malformed', problem: read.problem, place: name });
    return true;
  };
  /** Returns whether all of it was read. */
  const readLines = (name: string, pieces: number): boolean => {
    for (let piece = 0; piece < pieces; piece += 1) {
      const { found: look, lines } = tailOf(name).look();
      for (const placed of lines) found.push({ kind: 'line', placed });
      if (look !== 'more') return true;
    }
    return false;
  };
  const finish = (name: string): void => {
    for (const placed of tails.get(name)?.finish() ?? []) found.push({ kind: 'line', placed });
    tails.delete(name);
    done.add(name);
  };
  const readAll = (names: readonly string[]): 'read' | 'more' => {
    let pieces = 0;
    for (const name of names) {
      if (done.has(name)) continue;
      if (pieces >= PIECES_MAX) return 'more';
      if (!tails.has(name)) pieces += 1;
      if (!tails.has(name) && files.kindOf(join(path, name)) !== 'file') done.add(name);
      else if (isLines(name)) {
        if (!readLines(name, PIECES_MAX)) return 'more';
        if (tails.size > TAILS_MAX) finish([...tails.keys()].sort()[0] ?? name);
      } else if (!readScan(name)) return 'read';
    }
    return 'read';
  };
  /** What is there at the first look is passed over; lines that are added to the last files of lines are not. */
  const passOver = (names: readonly string[]): void => {
    const watched = new Set(names.filter(isLines).slice(-TAILS_MAX));
    for (const name of names) if (!watched.has(name)) done.add(name);
  };
  return {
    look(): 'missing' | 'read' | 'more' {
      const names = files.list(path)?.filter((name) => SCAN_FILE.test(name)) ?? [];
      const isThere = names.length > 0 || files.kindOf(path) === 'folder';
      if (isFirstLook && from === 'end') passOver(names);
      const present = new Set(names);
      for (const name of tails.keys()) if (!present.has(name)) finish(name);
      for (const name of done) if (!present.has(name)) done.delete(name);
      const look = readAll(names);
      if (look === 'read') isFirstLook = false;
      return isThere ? look : 'missing';
    },
    taken(): readonly Found[] {
      const taken = found;
      found = [];
      return taken;
    },
    close(): void {
      for (const tail of tails.values()) tail.finish();
      tails.clear();
    },
  };
}

function isLines(name: string): boolean {
  return name.endsWith('.jsonl');
}

type ScanFile =
  | { readonly kind: 'scan'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly problem: string; readonly size: number }
  | { readonly kind: 'gone' };

function readScanFile(files: FollowedFiles, path: string): ScanFile {
  const file = files.open(path);
  if (file === null) return { kind: 'gone' };
  try {
    const size = file.size();
    if (size > SCAN_BYTES_MAX) {
      const problem = `has ${size} bytes; expected one scan of at most ${SCAN_BYTES_MAX}`;
      return { kind: 'unreadable', problem, size };
    }
    const read = readLenientJson(file.read(0, size).toString('utf8'));
    if (read.ok) return { kind: 'scan', value: read.value };
    return { kind: 'unreadable', problem: `is not JSON: ${read.error}`, size };
  } finally {
    file.close();
  }
}
