// Markdown cut to what GitHub takes: at the end of a block, with fences and folds closed, and with a word about where the rest is.

import { assert } from '../domain/assert.ts';

/** What is open after a line, so that a cut there can close it. */
interface Opened {
  /** Fence of the code block the line is in, or `null`. */
  readonly fence: string | null;
  /** The code block is a chart, which is nothing by half. */
  readonly isChart: boolean;
  /** Folds that are open. */
  readonly folds: number;
}

const NOTHING_OPEN: Opened = { fence: null, isChart: false, folds: 0 };

/**
 * Returns `markdown` where it has at most `charsMax` characters (UTF-16 code units, of which GitHub never counts more). Else
 * its longest beginning that ends with a line and leaves room for `more`, a paragraph that says where the rest is: open code
 * blocks and folds are closed before it, and no chart is cut. The first line, which holds the marker, always stays.
 *
 * @throws InvariantError where the first line and `more` do not fit.
 */
export function fitMarkdown(markdown: string, charsMax: number, more: string): string {
  if (markdown.length <= charsMax) return markdown;
  const [first = '', ...rest] = markdown.split('\n');
  let end = first.length;
  let opened = openedAfter(first, NOTHING_OPEN);
  let best = { end, opened: NOTHING_OPEN };
  let isLead = false;
  assert(lengthOf(best, more) <= charsMax, `a first line and the word about the rest fit into ${charsMax}`);
  for (const [index, line] of rest.entries()) {
    end += 1 + line.length;
    opened = openedAfter(line, opened);
    if (lengthOf({ end, opened: NOTHING_OPEN }, more) > charsMax) break;
    if (line.trim() !== '') isLead = leadsOn(line, rest[index + 1] ?? '');
    if (opened.isChart || isLead) continue;
    if (lengthOf({ end, opened }, more) <= charsMax) best = { end, opened };
  }
  return [markdown.slice(0, best.end).trimEnd() + closingOf(best.opened), more].join('\n\n');
}

interface Cut {
  readonly end: number;
  readonly opened: Opened;
}

function lengthOf({ end, opened }: Cut, more: string): number {
  return end + closingOf(opened).length + 2 + more.length;
}

function closingOf({ fence, folds }: Opened): string {
  return (fence === null ? '' : `\n${fence}`) + '\n\n</details>'.repeat(folds);
}

/** A heading, or the head of a table, says nothing without what follows it. */
function leadsOn(line: string, next: string): boolean {
  return /^#{1,6} |^\| -{3,}/.test(line) || /^\| -{3,}/.test(next);
}

function openedAfter(line: string, before: Opened): Opened {
  if (before.fence !== null) {
    return closes(line, before.fence) ? { ...before, fence: null, isChart: false } : before;
  }
  // The rest of an opening line of backticks holds none: with one, it is a code span.
  const opening = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$/.exec(line);
  if (opening !== null) {
    const [, fence = '', info = ''] = opening;
    return { ...before, fence, isChart: info.trim() === 'mermaid' };
  }
  if (/^<details[ >]/.test(line)) return { ...before, folds: before.folds + 1 };
  if (line.startsWith('</details>')) return { ...before, folds: Math.max(0, before.folds - 1) };
  return before;
}

function closes(line: string, fence: string): boolean {
  const run = /^ {0,3}(`+|~+)\s*$/.exec(line)?.[1] ?? '';
  return run.length >= fence.length && run.startsWith(fence);
}
