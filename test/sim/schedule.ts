// Virtual time: what is to happen, by instant and then by order of planning; nothing else moves the clock.

interface Planned {
  readonly atMs: number;
  readonly n: number;
  readonly run: () => void;
}

export class Schedule {
  nowMs: number;
  private readonly heap: Planned[] = [];
  private planned = 0;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  /** Plans `run` for `delayMs` from now. */
  in(delayMs: number, run: () => void): void {
    this.planned += 1;
    const { heap } = this;
    const item: Planned = { atMs: this.nowMs + Math.max(0, Math.round(delayMs)), n: this.planned, run };
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, item)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = item;
  }

  /** Lets everything happen up to and including `untilMs`, or until `isOver`. */
  run(untilMs: number, isOver: () => boolean): void {
    for (let first = this.heap[0]; first !== undefined && first.atMs <= untilMs; first = this.heap[0]) {
      if (isOver()) return;
      this.removeFirst();
      this.nowMs = Math.max(this.nowMs, first.atMs);
      first.run();
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  private removeFirst(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      let smaller = left;
      if (right !== undefined && isBefore(right, left)) [child, smaller] = [child + 1, right];
      if (isBefore(last, smaller)) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.atMs === b.atMs ? a.n < b.n : a.atMs < b.atMs;
}
