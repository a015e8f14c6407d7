// What a view said at each moment of the last two minutes, so that every view can lag by its own delay.

interface Version<T> {
  readonly atMs: number;
  readonly value: T;
}

/** Ascending by time, one version of a millisecond. */
export type Timeline<T> = Version<T>[];

/** A view lags by at most this. */
export const LAG_MAX_MS = 120_000;

/** What is older is dropped, but for the newest of it. Longer than any lag, since a version may be announced for later. */
export const KEPT_MS = 150_000;

/** Adds what holds from `atMs` on. A version that was announced for later gives way. */
export function record<T>(timeline: Timeline<T>, atMs: number, value: T): void {
  let last = timeline.at(-1);
  while (last !== undefined && last.atMs >= atMs) {
    timeline.pop();
    last = timeline.at(-1);
  }
  timeline.push({ atMs, value });
  const horizon = atMs - KEPT_MS;
  let second = timeline[1];
  while (second !== undefined && second.atMs <= horizon) {
    timeline.shift();
    second = timeline[1];
  }
}

/** Returns where the version is that held at `atMs`, or -1 where nothing was yet. */
export function indexAsOf<T>(timeline: Timeline<T>, atMs: number): number {
  let at = timeline.length - 1;
  for (let version = timeline[at]; version !== undefined && version.atMs > atMs; version = timeline[at])
    at -= 1;
  return at;
}

/** Returns what held at `atMs`, or `null` where nothing was yet. */
export function valueAsOf<T>(timeline: Timeline<T>, atMs: number): T | null {
  return timeline[indexAsOf(timeline, atMs)]?.value ?? null;
}
