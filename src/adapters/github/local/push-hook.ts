// Refuses pushes to guarded references from inside git, so that the client is told in git's own protocol, ref by ref.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const VARIABLE = 'LOCAL_GITHUB_GUARDED';

/** Git starts it for every ref of a push, with the name first; what it says reaches the client behind `remote: `. */
const HOOK = `#!/bin/sh
printf '%s' "$${VARIABLE}" | awk -v ref="$1" '
  $0 == "ref " ref { found = 1; told = 1; next }
  /^ref / { told = 0; next }
  told { print > "/dev/stderr" }
  END { exit found }
'
`;

/**
 * Puts the hook into a bare repository, where there is anything to guard.
 *
 * @param guarded full name of a reference → what is said to who pushes to it
 * @returns what the hook needs in the environment of git
 */
export function guardPushes(dir: string, guarded: ReadonlyMap<string, string>): Record<string, string> {
  if (guarded.size === 0) return {};
  mkdirSync(join(dir, 'hooks'), { recursive: true });
  writeFileSync(join(dir, 'hooks', 'update'), HOOK, { mode: 0o755 });
  return { [VARIABLE]: [...guarded].map(([ref, text]) => `ref ${ref}\n${text}`).join('') };
}
