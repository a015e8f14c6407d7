// A series of points that never grows beyond its bound: when it is full, every second point goes, and new ones come half as often.

/** The least time between two points of a series that was never full. */
export const FIRST_GAP_MS = 1_000;

export class Thinned<Point extends readonly [number, ...unknown[]]> {
  private readonly max: number;
  private points: Point[] = [];
  private gapMs = FIRST_GAP_MS;

  /** @param max how many points are kept; at least 2. */
  constructor(max: number) {
    this.max = max;
  }

  /** Whether a point of this instant (epoch ms) would be taken: one that follows the last too soon is not. */
  takes(atMs: number): boolean {
    const last = this.points.at(-1);
    return last === undefined || atMs - last[0] >= this.gapMs;
  }

  /** Takes a point, its instant first, where {@link takes} says so. */
  push(point: Point): void {
    if (!this.takes(point[0])) return;
    if (this.points.length >= this.max) this.halve();
    this.points.push(point);
  }

  /** Takes points that were kept elsewhere, oldest first, in place of those that are here. */
  restore(points: readonly Point[], gapMs: number): void {
    this.points = [...points];
    this.gapMs = Math.max(FIRST_GAP_MS, gapMs);
    while (this.points.length > this.max) this.halve();
  }

  /** Oldest first. */
  all(): readonly Point[] {
    return this.points;
  }

  /** Those of an instant and younger. */
  since(fromMs: number): readonly Point[] {
    let from = this.points.length;
    while (from > 0 && (this.points[from - 1]?.[0] ?? 0) >= fromMs) from -= 1;
    return this.points.slice(from);
  }

  get minGapMs(): number {
    return this.gapMs;
  }

  /** The newest point stays, and so does every second one before it. */
  private halve(): void {
    const parity = (this.points.length - 1) % 2;
    this.points = this.points.filter((_, at) => at % 2 === parity);
    this.gapMs *= 2;
  }
}
