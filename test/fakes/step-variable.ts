// The variable in which GitHub Actions names a file to a step. The toolkit reads it from the environment of this process.

import { summary } from '@actions/core';
import { afterEach } from 'vitest';

/** Returns what names a file in the variable, until the test is over. The toolkit remembers the first page, so that is forgotten. */
export function stepVariable(
  name: 'GITHUB_OUTPUT' | 'GITHUB_STEP_SUMMARY',
): (file: string | undefined) => void {
  const before = process.env[name];
  const set = (file: string | undefined): void => {
    Reflect.set(summary, '_filePath', undefined);
    if (file === undefined) delete process.env[name];
    else process.env[name] = file;
  };
  afterEach(() => set(before));
  return set;
}
