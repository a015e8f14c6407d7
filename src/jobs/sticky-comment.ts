// One comment of a kind on a pull request or issue, edited in place: found again by its author and its hidden marker.

import type { IssueComment } from '../domain/github.ts';
import { type MarkerKind, markerKind } from '../domain/marker.ts';
import type { GitHub } from '../ports.ts';

type Commenting = Pick<
  GitHub,
  'ownLogins' | 'comments' | 'createComment' | 'updateComment' | 'deleteComment'
>;

export type Written = 'created' | 'edited' | 'unchanged';

/** Returns Warden's own comments of one kind, oldest first. What others wrote counts for nothing, whatever marker it bears. */
export function ownComments(
  comments: readonly IssueComment[],
  kind: MarkerKind,
  ownLogins: readonly string[],
): IssueComment[] {
  return comments.filter(({ author, body }) => ownLogins.includes(author) && markerKind(body) === kind);
}

/**
 * Makes `body`, which begins with a marker of `kind`, the one comment of that kind: the oldest is edited where it differs, and
 * others, which two writers at once may have left, are removed.
 *
 * @throws GitHubError where GitHub cannot be asked; then nothing is created.
 */
export async function keepComment(
  github: Commenting,
  number: number,
  kind: MarkerKind,
  body: string,
): Promise<Written> {
  const [oldest, ...others] = ownComments(await github.comments(number), kind, github.ownLogins);
  for (const { id } of others) await github.deleteComment(id);
  if (oldest === undefined) {
    await github.createComment(number, body);
    return 'created';
  }
  if (sameText(oldest.body, body)) return 'unchanged';
  await github.updateComment(oldest.id, body);
  return 'edited';
}

/** GitHub returns bodies with other line ends than they were sent with, and without white space at the end. */
export function sameText(stored: string, wanted: string): boolean {
  return stored.replaceAll('\r\n', '\n').trimEnd() === wanted.trimEnd();
}
