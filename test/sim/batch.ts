// Many worlds one after the other, with one coverage for all of them.

import { Coverage } from './coverage.ts';
import { type SimulationResult, simulate } from './simulation.ts';

interface BatchOptions {
  readonly seed: number;
  readonly seeds: number;
  readonly without?: readonly string[];
  /** Stops after so many failures. */
  readonly failuresMax?: number;
  readonly onSeed?: (result: SimulationResult) => void;
}

interface Batch {
  readonly coverage: Coverage;
  readonly failures: readonly SimulationResult[];
}

/** Runs `seeds` worlds from `seed` on. */
export function runBatch(options: BatchOptions): Batch {
  const coverage = new Coverage();
  const failures: SimulationResult[] = [];
  for (let seed = options.seed; seed < options.seed + options.seeds; seed += 1) {
    const result = simulate({ seed, without: options.without ?? [], coverage });
    options.onSeed?.(result);
    if (result.violation === null) continue;
    failures.push(result);
    if (failures.length >= (options.failuresMax ?? Number.POSITIVE_INFINITY)) break;
  }
  return { coverage, failures };
}
