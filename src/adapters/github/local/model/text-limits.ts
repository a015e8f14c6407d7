// The lengths GitHub allows for what people and Apps write.

import { ApiError, invalid } from '../api-error.ts';

/** Characters of the body of an issue, a pull request, a comment or a review. */
export const BODY_MAX = 65_536;
const OUTPUT_MAX = 65_535;
const TITLE_MAX = 256;

/** GitHub counts characters, and a character outside the basic plane is one. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** Throws 422 where the body of an issue, a pull request or a comment is too long. */
export function checkBody(resource: string, body: string | null): void {
  if (body !== null && lengthOf(body) > BODY_MAX) {
    throw invalid(resource, 'body', { say: `Body is too long (maximum is ${BODY_MAX} characters)` });
  }
}

/** Throws 422 where a title is empty or too long. */
export function checkTitle(resource: string, title: string): void {
  if (title.trim() === '') throw invalid(resource, 'title', { say: "title can't be blank" });
  if (lengthOf(title) > TITLE_MAX) {
    throw invalid(resource, 'title', { say: `title is too long (maximum is ${TITLE_MAX} characters)` });
  }
}

/** Throws 422 where the summary or the text of a check run is too long: the form counts characters, and what keeps them bytes. */
export function checkOutput(field: 'summary' | 'text', text: string | null): void {
  if (text === null || Buffer.byteLength(text) <= OUTPUT_MAX) return;
  const length = lengthOf(text);
  if (length <= OUTPUT_MAX)
    throw invalid('CheckRun', field, { say: `${field} exceeds a maximum bytesize of ${OUTPUT_MAX}` });
  throw new ApiError(
    422,
    `Invalid request.\n\nOnly ${OUTPUT_MAX} characters are allowed; ${length} were supplied.`,
    [`${field} is too long (maximum is ${OUTPUT_MAX} characters)`],
  );
}
