// Which paths a Disk accepts: relative ones below its root. A path that could leave the root is our own defect.

import { assert } from '../../domain/assert.ts';

/** Asserts that `path` names a file or folder below the root: segments joined by `/`, none of them empty, `.` or `..`. */
export function assertStatePath(path: string): void {
  for (const segment of path.split('/')) {
    const isPlain = segment !== '' && segment !== '.' && segment !== '..';
    assert(
      isPlain && !/[\\\0]/.test(segment),
      `"${path}" is not a path below the state folder; expected segments such as alpha/pending.json`,
    );
  }
}

/** A leading dot marks what is not state: temporary files and locks. `Disk.list` leaves it out. */
export function isHidden(name: string): boolean {
  return name.startsWith('.');
}

export const MONTH_PATTERN = /^\d{4}-\d{2}$/;
export const DAY_PATTERN = /^\d{4}-\d{2}-\d{2}$/;

/** Returns `name` without `extension`, or `null` where it does not end that way or the stem does not match. */
export function stemOf(name: string, extension: string, stem: RegExp): string | null {
  if (!name.endsWith(extension)) return null;
  const found = name.slice(0, -extension.length);
  return stem.test(found) ? found : null;
}
