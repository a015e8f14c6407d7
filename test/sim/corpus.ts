// Seeds that once failed: they run before all others, so that what was mended stays so.

import { readFileSync } from 'node:fs';

interface KnownSeed {
  readonly seed: number;
  readonly without: readonly string[];
  /** What has to hold, and once did not. */
  readonly why: string;
}

export const CORPUS: readonly KnownSeed[] = JSON.parse(
  readFileSync(new URL('./corpus.json', import.meta.url), 'utf8'),
);
