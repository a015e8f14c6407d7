// Seeds of worlds in which a fault is known to show: they run before all others.

import { readFileSync } from 'node:fs';

interface KnownSeed {
  readonly seed: number;
  readonly without: readonly string[];
  /** What has to hold, and does not with that fault. */
  readonly why: string;
}

export const CORPUS: readonly KnownSeed[] = JSON.parse(
  readFileSync(new URL('./corpus.json', import.meta.url), 'utf8'),
);
