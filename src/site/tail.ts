// The losses that one cell of the report was measured from: its newest rows, as many as the report says.

/** A ring of losses beyond the model. */
export interface Tail {
  /** Losses that came so far; the newest `capacity` of them are kept. */
  seen: number;
  readonly capacity: number;
  /** Expected - realized, bps. */
  readonly bps: Float64Array;
  /** The same in units of the expected sigma; NaN where that is unknown. */
  readonly sigma: Float64Array;
}

/** @param n rows of the cell in the report: rows come in order, and the window of a cell ends at its newest one. */
export function newTail(n: number): Tail {
  return { seen: 0, capacity: n, bps: new Float64Array(n), sigma: new Float64Array(n) };
}

/** Adds the next loss of the cell. */
export function tailAdd(tail: Tail, lossBps: number, sigmaBps: number | null): void {
  if (tail.capacity === 0) return;
  const index = tail.seen % tail.capacity;
  tail.bps[index] = lossBps;
  tail.sigma[index] = sigmaBps === null ? Number.NaN : lossBps / sigmaBps;
  tail.seen += 1;
}

/** Returns the losses that are known in a unit, in no order. */
export function lossesIn(tail: Tail, unit: 'bps' | 'sigma'): number[] {
  return [...tail[unit].subarray(0, Math.min(tail.seen, tail.capacity))].filter(
    (loss) => !Number.isNaN(loss),
  );
}
