// Gathers lines into batches that are worth a lock and a flush to disk, without making a slow writer wait for the next line.

import type { InputLine } from './lines.ts';

/** Bounds the memory of a batch; a batch may exceed it by the lines of one chunk. */
const BATCH_LINES = 20_000;

/**
 * Yields batches of lines. A batch ends when it is full, at the end of the input, and whenever the input has nothing
 * more to give at the moment: what an agent has sent is stored at once, even if it keeps its pipe open for days.
 */
export async function* batchesFrom(
  groups: AsyncIterable<readonly InputLine[]>,
  linesMax: number = BATCH_LINES,
): AsyncGenerator<InputLine[]> {
  const source = groups[Symbol.asyncIterator]();
  let batch: InputLine[] = [];
  for (let next = source.next(); ; next = source.next()) {
    if (batch.length > 0 && (batch.length >= linesMax || !(await isReady(next)))) {
      yield batch;
      batch = [];
    }
    const group = await next;
    if (group.done === true) break;
    for (const line of group.value) batch.push(line);
  }
  if (batch.length > 0) yield batch;
}

/** Whether `next` settles before the event loop has run once more; its failure is left to who awaits it. */
async function isReady(next: Promise<unknown>): Promise<boolean> {
  const turn = new Promise<boolean>((resolve) => setImmediate(resolve, false));
  const settled = next.then(
    () => true,
    () => true,
  );
  return await Promise.race([settled, turn]);
}
