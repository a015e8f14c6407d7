// What is wrong with one piece of input, in words a person can act on: where, what was found, what was expected.

export interface Problem {
  /** Place inside the record, as `prices.spot.timeframe`; empty for the record as a whole. */
  readonly path: string;
  /** What was found and what was expected, in one sentence. */
  readonly message: string;
}

/** Returns `path: message`, or the bare message where there is no path. */
export function problemText(problem: Problem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}

const SHOWN_CHARS_MAX = 80;

/** Returns `value` as short JSON for a message, cut to 80 characters with control characters escaped. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
}
