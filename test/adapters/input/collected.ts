// Reads an asynchronous source to its end, so that a test can compare all it gave at once.

/** Returns everything that `source` yields. */
export async function collected<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}
