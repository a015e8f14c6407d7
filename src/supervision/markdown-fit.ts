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

type SizeOf = (text: string) => number;

/**
 * Returns `markdown` where it has at most `charsMax` characters (UTF-16 code units, of which GitHub never counts more). Else
 * its longest beginning that ends with a line and leaves room for `more`, a paragraph that says where the rest is: open code
 * blocks and folds are closed before it, and no chart is cut. The first line, which holds the marker, always stays.
 *
 * @throws InvariantError where the first line and `more` do not fit.
 */
export function fitMarkdown(markdown: string, charsMax: number, more: string): string {
  return fitted(markdown, charsMax, more, ({ length }) => length);
}

/** The same as {@link fitMarkdown} for what GitHub measures in bytes of UTF-8: the texts of checks. */
export function fitMarkdownBytes(markdown: string, bytesMax: number, more: string): string {
  return fitted(markdown, bytesMax, more, (text) => Buffer.byteLength(text));
}

function fitted(markdown: string, max: number, more: string, sizeOf: SizeOf): string {
  if (sizeOf(markdown) <= max) return markdown;
  const [first = '', ...rest] = markdown.split('\n');
  const room = max - 2 - sizeOf(more);
  const fits = ({ size, opened }: Cut): boolean => size + closingOf(opened).length <= room;
  let cut: Cut = { end: first.length, size: sizeOf(first), opened: openedAfter(first, NOTHING_OPEN) };
  let best: Cut = { ...cut, opened: NOTHING_OPEN };
  let isLead = false;
  assert(fits(best), `a first line and the word about the rest fit into ${max}`);
  for (const [index, line] of rest.entries()) {
    const { end, size, opened } = cut;
    cut = { end: end + 1 + line.length, size: size + 1 + sizeOf(line), opened: openedAfter(line, opened) };
    if (cut.size > room) break;
    if (line.trim() !== '') isLead = leadsOn(line, rest[index + 1] ?? '');
    if (cut.opened.isChart || isLead) continue;
    if (fits(cut)) best = cut;
  }
  return [markdown.slice(0, best.end).trimEnd() + closingOf(best.opened), more].join('\n\n');
}

/** The beginning of a text, up to the end of a line. */
interface Cut {
  /** Where it ends. */
  readonly end: number;
  /** What it takes, as `max` is measured. */
  readonly size: number;
  readonly opened: Opened;
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
