// What the sections on the page of a run have in common: a heading, parts, and a size that leaves room for all of them.

import { mdText } from './markdown.ts';
import { fitMarkdownBytes } from './markdown-fit.ts';
import { countText } from './report-numbers.ts';

/** Six sections beside the report of the supervisor then fit on a page that ends at 1 MB. */
export const SECTION_BYTES_MAX = 9_000;

/** Nobody reads on beyond these; all of it is on disk or in `--json`. */
export const ROWS_SHOWN_MAX = 15;

/** A reason is one sentence; what is longer is cut where it is shown. */
export const REASON_SHOWN_MAX = 160;

const REST = '_There is more than fits here; the log of the step and `--json` have all of it._';

/** Returns the section with an empty line at its end, so that the next one begins a block of its own. */
export function summarySection(title: string, parts: readonly (string | null)[]): string {
  const whole = [`## ${title}`, ...parts.filter((part) => part !== null)].join('\n\n');
  return `${fitMarkdownBytes(whole, SECTION_BYTES_MAX, REST)}\n\n`;
}

/** Returns sentences of others as a list under its heading, or `null` where there are none. */
export function listPart(heading: string, sentences: readonly string[]): string | null {
  if (sentences.length === 0) return null;
  const shown = sentences.slice(0, ROWS_SHOWN_MAX).map((sentence) => `- ${mdText(sentence)}`);
  const more = sentences.length - shown.length;
  return [`${heading}:`, [...shown, ...(more > 0 ? [`- And ${countText(more)} more.`] : [])].join('\n')].join(
    '\n\n',
  );
}

/** Returns `1 row` or `3 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
