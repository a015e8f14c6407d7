// Where two texts differ, as a small diff for people: what goes, what comes, and the lines around.

const CONTEXT_LINES = 2;

/** Returns the one stretch in which two texts differ, lines marked with `-` and `+`; empty where they are equal. */
export function lineDiff(before: string, after: string): string {
  if (before === after) return '';
  const old = before.split(/\r?\n/);
  const fresh = after.split(/\r?\n/);
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let tail = 0;
  const most = Math.min(old.length, fresh.length) - start;
  while (tail < most && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const marked = (sign: string, lines: readonly string[]) => lines.map((line) => `${sign}${line}`);
  return [
    ...marked(' ', old.slice(Math.max(0, start - CONTEXT_LINES), start)),
    ...marked('-', old.slice(start, old.length - tail)),
    ...marked('+', fresh.slice(start, fresh.length - tail)),
    ...marked(' ', old.slice(old.length - tail, old.length - tail + CONTEXT_LINES)),
  ].join('\n');
}
