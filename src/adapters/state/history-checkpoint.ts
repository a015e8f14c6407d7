// A checkpoint of the supervisor's memory, so that a run reads only the newest days. Not state: hidden, never committed, and where
// it is missing, damaged or of other rows or rules, the memory is built again from all rows.

import { sha256Hex } from '../../domain/canonical.ts';
import type { Disk } from '../../ports.ts';
import { dayPath } from './row-store.ts';

const PATH = '.cache/supervise.json';

/** Raised when the shape of what is stored changes. */
const FORMAT = 4;

/** A day of rows and the size of its file. Rows are only ever inserted, so the same size is the same rows. */
export type RowDay = readonly [day: string, bytes: number];

interface Head {
  readonly format: number;
  /** Hash of everything the memory depends on beside the rows. */
  readonly key: string;
  readonly days: readonly RowDay[];
  readonly body_sha256: string;
}

export interface Checkpoint {
  /** The memory as JSON. */
  readonly body: string;
  /** The last day whose rows are in the memory. */
  readonly throughDay: string;
}

/** Stores a memory, one line of JSON, that holds exactly the rows of `days`, at least one. */
export function saveCheckpoint(disk: Disk, key: string, days: readonly RowDay[], body: string): void {
  const head: Head = { format: FORMAT, key, days, body_sha256: sha256Hex(body) };
  disk.replace(PATH, `${JSON.stringify(head)}\n${body}\n`);
}

/**
 * Returns the stored memory where every row in it is still the one that was read, under the same rules; else `null`. It is
 * byte for byte what was stored.
 */
export function loadCheckpoint(disk: Disk, key: string, days: readonly RowDay[]): Checkpoint | null {
  const text = disk.read(PATH)?.toString('utf8');
  if (text === undefined) return null;
  const lineEnd = text.indexOf('\n');
  const head = headFrom(text.slice(0, lineEnd));
  const last = head?.days.at(-1);
  if (head === null || last === undefined || head.format !== FORMAT || head.key !== key) return null;
  const known = days.filter(([day]) => day <= last[0]);
  if (JSON.stringify(known) !== JSON.stringify(head.days)) return null;
  const body = text.slice(lineEnd + 1, -1);
  return sha256Hex(body) === head.body_sha256 ? { body, throughDay: last[0] } : null;
}

/**
 * Returns the days up to `throughDay` whose files are gone or smaller than they were when the checkpoint was written, under
 * whatever rules. Rows are only ever inserted, so somebody removed some.
 */
export function lostDays(disk: Disk, throughDay: string): string[] {
  const text = disk.read(PATH)?.toString('utf8') ?? '';
  const head = headFrom(text.slice(0, text.indexOf('\n')));
  const known = (head?.days ?? []).filter(([day]) => day <= throughDay);
  return known.filter(([day, bytes]) => (disk.size(dayPath(day)) ?? 0) < bytes).map(([day]) => day);
}

function headFrom(line: string): Head | null {
  try {
    const head: Head | null = JSON.parse(line);
    return typeof head === 'object' && Array.isArray(head?.days) ? head : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
