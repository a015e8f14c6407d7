// The lines of a comment that its author says himself: not quoted, not in a block of code, and not hidden.

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const QUOTE = /^ {0,3}>/;
/** Blocks of HTML whose text GitHub shows as it is, or not at all. */
const RAW_HTML = /^ {0,3}<(pre|script|style|textarea)(?=[\s>]|$)/i;
const HTML_COMMENT = '<!--';

/** What is open at the beginning of a line. */
type Block =
  | { readonly kind: 'text' }
  /** A line that follows quoted words without an empty one between is shown as quoted too. */
  | { readonly kind: 'quote' }
  | { readonly kind: 'fence'; readonly mark: string }
  | { readonly kind: 'html'; readonly end: string };

/**
 * Returns the lines of Markdown that are shown as words of its author, in order and as they stand. Quotes, fenced code, raw
 * HTML and HTML comments are left out: whoever quotes or hides a line does not say it.
 */
export function spokenLines(markdown: string): string[] {
  const spoken: string[] = [];
  let block: Block = { kind: 'text' };
  for (const line of markdown.split(/\r\n|\r|\n/)) {
    const [isSpoken, next] = read(block, line);
    if (isSpoken) spoken.push(line);
    block = next;
  }
  return spoken;
}

function read(block: Block, line: string): readonly [isSpoken: boolean, next: Block] {
  if (block.kind === 'fence') return [false, closes(block.mark, line) ? { kind: 'text' } : block];
  if (block.kind === 'html') return [false, afterHtml(line.toLowerCase(), block.end)];
  const fence = FENCE.exec(line)?.[1];
  if (
    fence !== undefined &&
    !(fence.startsWith('`') && line.slice(line.indexOf(fence)).slice(fence.length).includes('`'))
  )
    return [false, { kind: 'fence', mark: fence }];
  const raw = RAW_HTML.exec(line)?.[1];
  if (raw !== undefined) return [false, afterHtml(line.toLowerCase(), `</${raw.toLowerCase()}>`)];
  if (line.includes(HTML_COMMENT)) {
    const next = afterHtml(line.slice(line.lastIndexOf(HTML_COMMENT) + HTML_COMMENT.length), '-->');
    return [!line.trimStart().startsWith(HTML_COMMENT) && block.kind === 'text', next];
  }
  if (QUOTE.test(line)) return [false, { kind: 'quote' }];
  if (line.trim() === '') return [false, { kind: 'text' }];
  return [block.kind === 'text', block];
}

/** A fence ends with at least as many of the same sign, and nothing else on the line. */
function closes(mark: string, line: string): boolean {
  const found = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(line)?.[1];
  return found !== undefined && found[0] === mark[0] && found.length >= mark.length;
}

function afterHtml(rest: string, end: string): Block {
  return rest.includes(end) ? { kind: 'text' } : { kind: 'html', end };
}
