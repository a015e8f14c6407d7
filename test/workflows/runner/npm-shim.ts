// An `npm` that stands first in the PATH of a job: installs by linking what this repository has, and refuses any other call than the known ones.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a checkout gets by an installation, and what the cache holds. */
export const INSTALLED = ['node_modules', 'dist'] as const;

/**
 * Writes the program into `folder`, which becomes part of a PATH.
 *
 * @param program the folder of this repository, where {@link INSTALLED} are
 */
export function writeNpmShim(folder: string, program: string): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'npm');
  const links = INSTALLED.map((name) => `ln -sfn '${join(program, name)}' '${name}'`);
  const script = [
    '#!/bin/sh',
    'set -e',
    'echo "npm $*"',
    'test -f package.json || { echo "npm: there is no package.json here" >&2; exit 254; }',
    'case "$*" in',
    `  ci | cit) ${links.join('; ')} ;;`,
    "  'run -s audit') ;;",
    "  'prune --omit=dev --ignore-scripts') test -d node_modules ;;",
    '  *) echo "npm: no workflow is known to call npm $*" >&2; exit 1 ;;',
    'esac',
    '',
  ];
  writeFileSync(path, script.join('\n'));
  chmodSync(path, 0o755);
}
