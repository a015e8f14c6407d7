// Check runs within GitHub's limits: any number of annotations goes out in batches, and a check that was started is completed.

import { assert } from '../../domain/assert.ts';
import { canonicalJson } from '../../domain/canonical.ts';
import {
  type CheckAnnotation,
  type CheckConclusion,
  type CheckOutput,
  GITHUB_LIMITS,
  GitHubError,
} from '../../domain/github.ts';
import type { GitHub } from '../../ports.ts';
import { ask } from './answers.ts';
import { checkFrom } from './mapping.ts';
import { allPages, PER_PAGE } from './pages.ts';
import type { RepositoryRef } from './repository-ref.ts';

/** How often a completion whose outcome is not known is taken up again at most, the first time included. */
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
      const annotations = output.annotations.map(annotationJson);
      for (let tries = 1; ; tries += 1) {
        try {
          await complete(ref, id, { ...output, conclusion, annotations });
          return;
        } catch (error) {
          if (!(error instanceof GitHubError) || error.kind !== 'unavailable' || tries >= TRIES_MAX)
            throw error;
        }
      }
    },
  };
}

type AnnotationJson = ReturnType<typeof annotationJson>;

interface Completion extends Pick<CheckOutput, 'title' | 'summary' | 'text'> {
  readonly conclusion: CheckConclusion;
  readonly annotations: readonly AnnotationJson[];
}

/**
 * Sends what the run does not show yet: GitHub adds annotations to those it has, and an answer may be lost after the request took
 * effect. Only the last request completes the run, so that one which was half sent is not taken for done.
 */
async function complete(ref: RepositoryRef, id: number, completion: Completion): Promise<void> {
  const { octokit, at } = ref;
  const { title, summary, text, conclusion } = completion;
  const wanted = completion.annotations;
  const missing = wanted.length === 0 ? [] : without(wanted, await shownAnnotations(ref, id));
  const batches = annotationBatches(missing);
  for (const [index, annotations] of batches.entries()) {
    const isLast = index === batches.length - 1;
    await ask(() =>
      octokit.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
        ...at,
        check_run_id: id,
        ...(isLast ? { status: 'completed' as const, conclusion } : {}),
        output: { title, summary, ...(text === '' ? {} : { text }), annotations: [...annotations] },
      }),
    );
  }
}

/** Returns the annotations of a run, as what tells one from another. */
async function shownAnnotations({ octokit, at }: RepositoryRef, id: number): Promise<readonly string[]> {
  const of = { ...at, check_run_id: id, per_page: PER_PAGE };
  const pages = await ask(() =>
    allPages((page) =>
      octokit.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', { ...of, page }),
    ),
  );
  return pages.flat().map(identityOf);
}

function without(wanted: readonly AnnotationJson[], shown: readonly string[]): readonly AnnotationJson[] {
  const left = [...shown];
  return wanted.filter((annotation) => {
    const place = left.indexOf(identityOf(annotation));
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

interface ShownAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number | null;
  readonly end_column?: number | null;
  readonly annotation_level: string | null;
  readonly title: string | null;
  readonly message: string | null;
}

function identityOf(one: ShownAnnotation): string {
  const place = [one.path, one.start_line, one.end_line, one.start_column ?? null, one.end_column ?? null];
  return canonicalJson([...place, one.annotation_level, one.title, one.message]);
}

/** Returns the requests that a completion takes, by the annotations of each: always one, even without any. */
export function annotationBatches<T>(annotations: readonly T[]): readonly (readonly T[])[] {
  const size = GITHUB_LIMITS.annotationsPerRequest;
  const count = Math.max(1, Math.ceil(annotations.length / size));
  return Array.from({ length: count }, (_, index) => annotations.slice(index * size, (index + 1) * size));
}

/** What renders a text fits it, since only that knows where it may be cut. */
function assertFits({ title, summary, text }: CheckOutput): void {
  const max = GITHUB_LIMITS.checkTextBytes;
  assert(title !== '', 'a check has a title');
  for (const [name, said] of Object.entries({ summary, text })) {
    const bytes = Buffer.byteLength(said);
    assert(bytes <= max, `the ${name} of a check has ${bytes} bytes, at most ${max} fit`);
  }
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
