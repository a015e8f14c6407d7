// Makes a failing seed small: what can be left out while it still fails in the same way is left out, in ever smaller portions.

import { type SimulationOptions, type SimulationResult, simulate } from './simulation.ts';

/** So many worlds are run at most. */
const RUNS_MAX = 400;

interface Shrunk {
  readonly without: readonly string[];
  readonly result: SimulationResult;
  readonly runs: number;
}

/**
 * Leaves out kinds of faults, then single hits of them, then decisions of the policy: each portion stays out where the same invariant still
 * breaks without it.
 */
export function shrink(options: SimulationOptions, first: SimulationResult): Shrunk {
  const invariant = first.violation?.invariant;
  let best = first;
  let without: readonly string[] = options.without ?? [];
  let runs = 0;
  const attempt = (out: readonly string[]): boolean => {
    if (runs >= RUNS_MAX) return false;
    runs += 1;
    const result = simulate({ ...options, without: out });
    if (result.violation?.invariant !== invariant) return false;
    [best, without] = [result, out];
    return true;
  };
  const kinds = [...new Set(first.fired.map((hit) => hit.split('#')[0] ?? hit))];
  reduce(kinds, (out) => attempt([...without, ...out]));
  reduce([...best.fired], (out) => attempt([...without, ...out]));
  const intents = Array.from({ length: best.intents }, (_, at) => `intent#${at + 1}`);
  reduce(intents, (out) => attempt([...without, ...out]));
  return { without: merged(without), result: best, runs };
}

/** Tries to leave out halves, then quarters, down to single ones. */
function reduce(items: readonly string[], attempt: (out: readonly string[]) => boolean): void {
  let left = items;
  for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length; ) {
      const out = left.slice(at, at + size);
      if (attempt(out)) left = [...left.slice(0, at), ...left.slice(at + size)];
      else at += size;
    }
  }
}

/** A single hit says nothing where its whole kind is left out, and neighbors are one range: `intent#4-9`. */
function merged(without: readonly string[]): readonly string[] {
  const names = without.filter((one) => !one.includes('#'));
  const hits = new Map<string, number[]>();
  for (const one of without) {
    const [name = '', count] = one.split('#');
    if (count === undefined || names.includes(name)) continue;
    const [first = 0, last = first] = count.split('-').map(Number);
    const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    hits.set(name, [...(hits.get(name) ?? []), ...numbers]);
  }
  return [...names, ...[...hits].flatMap(([name, counts]) => rangesOf(name, counts))];
}

function rangesOf(name: string, counts: readonly number[]): readonly string[] {
  const ranges: { first: number; last: number }[] = [];
  for (const count of [...new Set(counts)].sort((a, b) => a - b)) {
    const open = ranges.at(-1);
    if (open !== undefined && open.last === count - 1) open.last = count;
    else ranges.push({ first: count, last: count });
  }
  return ranges.map(({ first, last }) => (first === last ? `${name}#${first}` : `${name}#${first}-${last}`));
}
