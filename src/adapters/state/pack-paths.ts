// Which files of the state belong to a month and may be packed with it, and where packs lie.

import type { PackIndex } from '../../domain/pack-index.ts';
import type { Disk } from '../../ports.ts';
import { MONTH_PATTERN, stemOf } from './state-path.ts';

export const PACK_FOLDER = 'packs';

/**
 * Ground that a month is done with: rows by their day, logs by month, versions of models by the month in their id. What is derived,
 * or has no month in its name, always stays loose.
 */
const OF_A_MONTH: readonly RegExp[] = [
  /^alpha\/reconciled\/(\d{4}-\d{2})\/\1-\d{2}\.jsonl$/,
  /^alpha\/(?:events|rejects)\/[^/]+\/(\d{4}-\d{2})\.jsonl$/,
  /^(?:runs|supervisor\/cells|telemetry\/events)\/(\d{4}-\d{2})\.jsonl$/,
];
const MODEL = /^alpha\/models\/ridge_h\d+\/(\d{4})(\d{2})\d{2}T\d{6}Z-[0-9a-f]{16}\.json$/;
const FOLDER_OF_A_MONTH = /^alpha\/reconciled\/(\d{4}-\d{2})$/;
const ROOTS = ['alpha/events', 'alpha/models', 'alpha/reconciled', 'alpha/rejects'];
const FLAT_ROOTS = ['runs', 'supervisor/cells', 'telemetry/events'];

/** Returns the month, `YYYY-MM`, whose pack may hold the file, or `null` for files that are never packed. */
export function packMonthOf(path: string): string | null {
  for (const pattern of OF_A_MONTH) {
    const month = pattern.exec(path)?.[1];
    if (month !== undefined) return month;
  }
  const model = MODEL.exec(path);
  return model === null ? null : `${model[1]}-${model[2]}`;
}

/** Returns the one month whose files may lie in the folder, or `null` where there may be several. */
export function monthOfFolder(folder: string): string | null {
  return FOLDER_OF_A_MONTH.exec(folder)?.[1] ?? null;
}

/** Whether anything below the folder may be packed. */
export function mayHoldPacked(folder: string): boolean {
  const prefix = folder === '' ? '' : `${folder}/`;
  return [...ROOTS, ...FLAT_ROOTS].some(
    (root) => `${root}/`.startsWith(prefix) || prefix.startsWith(`${root}/`),
  );
}

/** Returns the files of `disk` that may be packed, by month, oldest month first, each month's in the order of their paths. */
export function packablePaths(disk: Disk): Map<string, string[]> {
  const folders = [
    ...FLAT_ROOTS,
    ...ROOTS.flatMap((root) => disk.list(root).map((name) => `${root}/${name}`)),
  ];
  const byMonth = new Map<string, string[]>();
  // Beside the folders of models lie their pointers, which are files.
  for (const folder of folders.filter((each) => disk.size(each) === null)) {
    for (const name of disk.list(folder)) {
      const path = `${folder}/${name}`;
      const month = packMonthOf(path);
      if (month === null || disk.size(path) === null) continue;
      const paths = byMonth.get(month);
      if (paths === undefined) byMonth.set(month, [path]);
      else paths.push(path);
    }
  }
  const sorted = [...byMonth].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([month, paths]) => [month, paths.sort()]));
}

/** Returns the months that have an index, oldest first. */
export function packedMonths(disk: Disk): string[] {
  return disk.list(PACK_FOLDER).flatMap((name) => stemOf(name, '.json', MONTH_PATTERN) ?? []);
}

/** Returns where the index of a month lies. */
export function packIndexPath(month: string): string {
  return `${PACK_FOLDER}/${month}.json`;
}

/**
 * Returns where the pack of an index lies. Its name is that of its content, so that a new pack stands beside the old one until the index
 * names it: there is no instant at which the two do not belong together.
 */
export function packPath({ month, sha256 }: Pick<PackIndex, 'month' | 'sha256'>): string {
  return `${PACK_FOLDER}/${month}-${sha256.slice(0, 8)}.br`;
}
