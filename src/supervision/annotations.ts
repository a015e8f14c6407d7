// Remarks on lines of a file, as a check shows them beside the code: where, how bad, and what to do.

import type { CheckAnnotation } from '../domain/github.ts';
import { GITHUB_LIMITS } from '../domain/github.ts';
import { type Problem, problemText } from '../domain/problem.ts';
import { cut } from './outside-text.ts';

/** What is said about one place in a file of a pull request. */
export interface Remark extends Problem {
  readonly file: string;
  /** Counted from 1; `null`: the file as a whole. */
  readonly place: { readonly line: number; readonly column: number } | null;
  readonly level: CheckAnnotation['level'];
}

/** A batch of 50 is one request: more annotations than this take longer than a person waits, and nobody reads them. */
export const ANNOTATIONS_MAX = 500;

/** A message is one or two sentences. */
const MESSAGE_SHOWN_MAX = 1500;

const TITLES: Readonly<Record<CheckAnnotation['level'], string>> = {
  failure: 'Refused',
  warning: 'Please look at this',
  notice: 'Note',
};

/**
 * Returns the annotations of remarks, the worst first, then by file and line. A remark marks its line from the column to the end.
 *
 * @param texts of the files at the head, by path. What is said of a file that is not there has no line, and is left out: the
 *   caller says it elsewhere.
 */
export function annotationsOf(
  remarks: readonly Remark[],
  texts: ReadonlyMap<string, string>,
): CheckAnnotation[] {
  const lines = new Map([...texts].map(([path, text]) => [path, text.split(/\r\n|\n|\r/)]));
  return inOrder(remarks)
    .flatMap((remark) => {
      const ofFile = lines.get(remark.file);
      return ofFile === undefined ? [] : [annotationOf(remark, ofFile)];
    })
    .slice(0, ANNOTATIONS_MAX);
}

/** Returns the remarks, the worst first, then by file and place. */
export function inOrder(remarks: readonly Remark[]): Remark[] {
  const rank = { failure: 0, warning: 1, notice: 2 };
  return [...remarks].sort(
    (a, b) =>
      rank[a.level] - rank[b.level] ||
      (a.file === b.file ? 0 : a.file < b.file ? -1 : 1) ||
      (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
      (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
}

function annotationOf(remark: Remark, lines: readonly string[]): CheckAnnotation {
  const line = Math.min(Math.max(1, remark.place?.line ?? 1), Math.max(1, lines.length));
  const common = {
    path: remark.file,
    startLine: line,
    endLine: line,
    level: remark.level,
    title: titleOf(remark),
    message: cut(problemText(remark), MESSAGE_SHOWN_MAX),
  };
  if (remark.place === null) return common;
  const startColumn = remark.place.column;
  const endColumn = Math.max(startColumn, (lines[line - 1] ?? '').trimEnd().length);
  return { ...common, startColumn, endColumn };
}

function titleOf({ level, path }: Remark): string {
  const title = path === '' ? TITLES[level] : `${TITLES[level]}: ${path}`;
  return cut(title, GITHUB_LIMITS.annotationTitleChars);
}
