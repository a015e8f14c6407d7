// The page that GitHub shows for a run, written through the toolkit of GitHub Actions, which is loaded only there.

import type { JobSummary } from '../../ports.ts';

/** GitHub refuses the summary of a step beyond 1 MiB and says nothing; this stays below. */
export const SUMMARY_BYTES_MAX = 1_000_000;

/** What no text but a short one may use: the sections of a run that come after a long report always fit. */
export const SUMMARY_RESERVE_BYTES = 60_000;

/** What counts as short. The sections that a run writes beside the report are shorter, and six of them fill the reserve. */
const SHORT_BYTES_MAX = 10_000;

/**
 * Returns the page of the run, or `null` outside of GitHub Actions. All that is written to it together stays below
 * {@link SUMMARY_BYTES_MAX} bytes: what is longer is cut at the end of a line, with a sentence that names `whole`. The last
 * {@link SUMMARY_RESERVE_BYTES} of them are kept for short texts, so one instance serves all parts of a run in any order.
 *
 * @param env the environment of this process, which the toolkit reads itself.
 * @param whole where the whole text is, as a path below the state folder.
 */
export function jobSummaryOf(
  env: Readonly<Record<string, string | undefined>>,
  whole = 'supervisor/meta_report.md',
): JobSummary | null {
  if ((env['GITHUB_STEP_SUMMARY'] ?? '') === '') return null;
  let left = SUMMARY_BYTES_MAX;
  return {
    async write(markdown) {
      const isShort = Buffer.byteLength(markdown) <= SHORT_BYTES_MAX;
      const text = summaryWithin(markdown, isShort ? left : left - SUMMARY_RESERVE_BYTES, whole);
      if (text === '') return;
      const { summary } = await import('@actions/core');
      // The toolkit keeps what a failed write left behind.
      summary.emptyBuffer();
      await summary.addRaw(text).write();
      left -= Buffer.byteLength(text);
    },
  };
}

/**
 * Returns `markdown` where it has fewer than `bytes` bytes, else its lines up to the last one that ends outside of
 * every fence and unfolding section, and the sentence about the rest. Empty where not even that sentence has room.
 */
export function summaryWithin(markdown: string, bytes: number, whole: string): string {
  if (Buffer.byteLength(markdown) < bytes) return markdown;
  const sentence = `\n_The rest is left out, since GitHub shows 1 MB a step. The whole is \`${whole}\` in the state folder._\n`;
  const room = bytes - 1 - Buffer.byteLength(sentence);
  if (room < 0) return '';
  return `${markdown.slice(0, safeEnd(markdown, room))}${sentence}`;
}

/** Returns the index behind the last line of the first `bytes` bytes that leaves nothing open. */
function safeEnd(markdown: string, bytes: number): number {
  let used = 0;
  let index = 0;
  let end = 0;
  let fenced = false;
  let unfolding = 0;
  for (const line of markdown.split(/(?<=\n)/)) {
    used += Buffer.byteLength(line);
    index += line.length;
    if (used > bytes) break;
    if (line.startsWith('```')) fenced = !fenced;
    else if (!fenced && line.startsWith('<details>')) unfolding += 1;
    else if (!fenced && line.startsWith('</details>')) unfolding -= 1;
    if (!fenced && unfolding === 0) end = index;
  }
  return end;
}
