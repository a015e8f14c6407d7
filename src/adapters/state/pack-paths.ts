// Which files of the state belong to a month and may be packed with it, and where packs lie.

import type { PackIndex } from '../../domain/pack-index.ts';
import type { Disk } from '../../ports.ts';
import { stemOf } from './state-path.ts';

export const PACK_FOLDER = 'packs';

/**
 * Ground that a month is done with: rows by their day, logs by month, versions of models by the month in their id. What is derived,
 * or has no month in its name, always stays loose. Signals repeat themselves in their rows, so these share a pack; what is read without
 * them has one of its own, a fifth as large.
 */
const OF_A_MONTH: readonly (readonly [what: 'signals' | 'records', pattern: RegExp])[] = [
  ['signals', /^alpha\/reconciled\/(\d{4})-(\d{2})\/\1-\2-\d{2}\.jsonl$/],
  ['signals', /^alpha\/(?:events|rejects)\/[^/]+\/(\d{4})-(\d{2})\.jsonl$/],
  ['records', /^(?:runs|supervisor\/cells|telemetry\/events)\/(\d{4})-(\d{2})\.jsonl$/],
  ['records', /^alpha\/models\/ridge_h\d+\/(\d{4})(\d{2})\d{2}T\d{6}Z-[0-9a-f]{16}\.json$/],
];
const PACK_PATTERN = /^\d{4}-\d{2}-(?:signals|records)$/;
const FOLDER_OF_A_MONTH = /^alpha\/reconciled\/(\d{4}-\d{2})$/;
const ROOTS = ['alpha/events', 'alpha/models', 'alpha/reconciled', 'alpha/rejects'];
const FLAT_ROOTS = ['runs', 'supervisor/cells', 'telemetry/events'];

/** Returns the name of the pack that may hold the file, as `2026-11-signals`, or `null` for files that are never packed. */
export function packOf(path: string): string | null {
  for (const [what, pattern] of OF_A_MONTH) {
    const [, year, month] = pattern.exec(path) ?? [];
    if (year !== undefined && month !== undefined) return `${year}-${month}-${what}`;
  }
  return null;
}

/** Returns the one pack whose files may lie in the folder, or `null` where there may be several. */
export function packOfFolder(folder: string): string | null {
  const month = FOLDER_OF_A_MONTH.exec(folder)?.[1];
  return month === undefined ? null : `${month}-signals`;
}

/** Returns the month of a pack, `YYYY-MM`. */
export function monthOfPack(pack: string): string {
  return pack.slice(0, 7);
}

/** Whether anything below the folder may be packed. */
export function mayHoldPacked(folder: string): boolean {
  const prefix = folder === '' ? '' : `${folder}/`;
  return [...ROOTS, ...FLAT_ROOTS].some(
    (root) => `${root}/`.startsWith(prefix) || prefix.startsWith(`${root}/`),
  );
}

/** Returns the files of `disk` that may be packed, by pack, oldest month first, those of each in the order of their paths. */
export function packablePaths(disk: Disk): Map<string, string[]> {
  const folders = [
    ...FLAT_ROOTS,
    ...ROOTS.flatMap((root) => disk.list(root).map((name) => `${root}/${name}`)),
  ];
  const byPack = new Map<string, string[]>();
  for (const folder of folders) {
    for (const name of disk.list(folder)) {
      const path = `${folder}/${name}`;
      const pack = packOf(path);
      if (pack === null || disk.size(path) === null) continue;
      const paths = byPack.get(pack);
      if (paths === undefined) byPack.set(pack, [path]);
      else paths.push(path);
    }
  }
  const sorted = [...byPack].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([pack, paths]) => [pack, paths.sort()]));
}

/** Returns the packs that have an index, oldest month first. */
export function packsIn(disk: Disk): string[] {
  return disk.list(PACK_FOLDER).flatMap((name) => stemOf(name, '.json', PACK_PATTERN) ?? []);
}

/** Returns where the index of a pack lies. */
export function packIndexPath(pack: string): string {
  return `${PACK_FOLDER}/${pack}.json`;
}

/**
 * Returns where the pack of an index lies. Its name ends in that of its content, so that a new pack stands beside the old one until the
 * index names it: there is no instant at which the two do not belong together.
 */
export function packPath({ pack, sha256 }: Pick<PackIndex, 'pack' | 'sha256'>): string {
  return `${PACK_FOLDER}/${pack}-${sha256.slice(0, 8)}.br`;
}
