// Check runs within GitHub's limits: any number of annotations goes out in batches, and a check that was started is completed.

import { assert } from '../../domain/assert.ts';
import { type CheckAnnotation, type CheckOutput, GITHUB_LIMITS, GitHubError } from '../../domain/github.ts';
import type { GitHub } from '../../ports.ts';
import { ask } from './answers.ts';
import { checkFrom } from './mapping.ts';
import type { RepositoryRef } from './repository-ref.ts';

/** How often one batch is sent at most. */
const TRIES_MAX = 3;

type Writing = Pick<GitHub, 'startCheck' | 'completeCheck'>;

/** Returns the calls that write checks. Only an app may: GitHub refuses the tokens of people. */
export function checkWriting(ref: RepositoryRef): Writing {
  const { octokit, at } = ref;
  return {
    async startCheck({ name, headSha, externalId, runId }) {
      const started = { ...at, external_id: externalId, status: 'in_progress' as const };
      const json = await ask(() =>
        runId === undefined
          ? octokit.request('POST /repos/{owner}/{repo}/check-runs', { ...started, name, head_sha: headSha })
          : octokit.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
              ...started,
              check_run_id: runId,
            }),
      );
      return checkFrom(json);
    },
    async completeCheck(id, conclusion, output) {
      assertFits(output);
      let sent = 0;
      for (const batch of annotationBatches(output.annotations)) {
        const text = output.text === '' ? {} : { text: output.text };
        const update = {
          ...at,
          check_run_id: id,
          status: 'completed' as const,
          conclusion,
          output: {
            title: output.title,
            summary: output.summary,
            ...text,
            annotations: batch.map(annotationJson),
          },
        };
        sent += batch.length;
        await sendOnce(ref, id, sent, () =>
          ask(() => octokit.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', update)),
        );
      }
    },
  };
}

/**
 * Annotations are appended, so a request whose answer was lost is repeated only where GitHub does not show what it carried.
 *
 * @param wanted - how many annotations there are once it took effect.
 */
async function sendOnce(
  { octokit, at }: RepositoryRef,
  id: number,
  wanted: number,
  send: () => Promise<unknown>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await send();
      return;
    } catch (error) {
      if (!(error instanceof GitHubError) || error.kind !== 'unavailable' || tries >= TRIES_MAX) throw error;
      const shown = await ask(() =>
        octokit.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}', { ...at, check_run_id: id }),
      );
      if (shown.status === 'completed' && shown.output.annotations_count >= wanted) return;
    }
  }
}

/** Returns the requests that a completion takes, by the annotations of each: always one, even without any. */
export function annotationBatches(
  annotations: readonly CheckAnnotation[],
): readonly (readonly CheckAnnotation[])[] {
  const size = GITHUB_LIMITS.annotationsPerRequest;
  const count = Math.max(1, Math.ceil(annotations.length / size));
  return Array.from({ length: count }, (_, index) => annotations.slice(index * size, (index + 1) * size));
}

/** What renders a text fits it, since only that knows where it may be cut. */
function assertFits({ title, summary, text }: CheckOutput): void {
  const max = GITHUB_LIMITS.checkTextChars;
  assert(title !== '', 'a check has a title');
  assert(
    summary.length <= max,
    `the summary of a check has ${summary.length} characters, at most ${max} fit`,
  );
  assert(text.length <= max, `the text of a check has ${text.length} characters, at most ${max} fit`);
}

function annotationJson(annotation: CheckAnnotation) {
  const { path, startLine, endLine, startColumn, endColumn, level, title, message } = annotation;
  const isOneLine = startLine === endLine;
  return {
    path,
    start_line: startLine,
    end_line: endLine,
    ...(isOneLine && startColumn !== undefined ? { start_column: startColumn } : {}),
    ...(isOneLine && endColumn !== undefined ? { end_column: endColumn } : {}),
    annotation_level: level,
    title: cutToChars(title, GITHUB_LIMITS.annotationTitleChars),
    message: cutToBytes(message, GITHUB_LIMITS.annotationMessageBytes),
  };
}

function cutToChars(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${wellFormed(text.slice(0, charsMax - 1))}…`;
}

function cutToBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  const ellipsis = '…';
  let end = bytesMax - Buffer.byteLength(ellipsis);
  // Not within a character: its further bytes begin with the bits 10.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString('utf8', 0, end)}${ellipsis}`;
}

/** Half of a character at the end is left out. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '');
}
