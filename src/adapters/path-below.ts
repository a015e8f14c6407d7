// Whether one path lies below another, by their names alone: links are not followed.

import { isAbsolute, relative, sep } from 'node:path';

/** Returns the way from `folder` down to `path` with forward slashes, empty where they are the same; `null` where it leads elsewhere. */
export function pathBelow(folder: string, path: string): string | null {
  const way = relative(folder, path);
  const isOutside = way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
  return isOutside ? null : way.split(sep).join('/');
}
