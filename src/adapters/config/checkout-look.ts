// What a checkout of the repository holds beside Warden's configuration: owners, workflows, and whether what was built is current.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the first of `files` that is there, with its text; `null` where none is. */
export function firstFileIn(
  root: string,
  files: readonly string[],
): { readonly file: string; readonly text: string } | null {
  const file = files.find((each) => existsSync(join(root, each)));
  return file === undefined ? null : { file, text: readFileSync(join(root, file), 'utf8') };
}

const WORKFLOWS = '.github/workflows';

/** Returns the texts of the workflows below `root`, by path. */
export function workflowsIn(root: string): readonly { readonly path: string; readonly text: string }[] {
  const folder = join(root, WORKFLOWS);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ path: `${WORKFLOWS}/${name}`, text: readFileSync(join(folder, name), 'utf8') }));
}

/** Returns whether `dist` was built of the sources beside it; a package without sources was built by whoever made it. */
export function buildIn(packageRoot: string): 'built' | 'stale' | 'absent' {
  const built = statSync(join(packageRoot, 'dist/cli.js'), { throwIfNoEntry: false });
  if (built === undefined) return 'absent';
  const sources = join(packageRoot, 'src');
  if (!existsSync(sources)) return 'built';
  const isNewer = readdirSync(sources, { recursive: true, withFileTypes: true }).some(
    (entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).mtimeMs > built.mtimeMs,
  );
  return isNewer ? 'stale' : 'built';
}
