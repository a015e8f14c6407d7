// One issue that is open while something is wrong and closed when it is well: found again by its author and its hidden marker.

import type { Issue } from '../domain/github.ts';
import { type MarkerKind, markerKind } from '../domain/marker.ts';
import type { GitHub } from '../ports.ts';
import { effectDone } from './effect-done.ts';
import type { EffectDone } from './publish-context.ts';
import { sameText } from './sticky-comment.ts';

type Keeping = Pick<
  GitHub,
  'ownLogins' | 'ownIssues' | 'issue' | 'createIssue' | 'createComment' | 'updateIssue'
>;

/** Which issue is kept, and how it looks when it is opened. */
export interface KeptIssue {
  readonly kind: MarkerKind;
  /** Tells the issues of one kind apart; default: there is one of the kind. */
  readonly isMeant?: (body: string) => boolean;
  readonly title: string;
  /** Put on the issue when it is opened; nothing depends on them later. */
  readonly labels: readonly string[];
  /** Ends "an issue about …" in what is said of it: `the configuration`. */
  readonly about: string;
  /** What makes the effect happen once; the number of the issue is added. */
  readonly key: readonly string[];
}

/** The issue as it was found. */
export interface FoundIssue {
  readonly body: string;
  readonly isOpen: boolean;
  /** A person closed it, and so has read what it says. */
  readonly isClosedByPerson: boolean;
}

/** With what an issue ends. */
export interface Ending {
  /** Said where it is open; `null`: it was said already, by a run that died before it could close the issue. */
  readonly comment: string | null;
  /** What it says from then on, also where a person closed it before; default: what it says. */
  readonly body?: string;
}

/**
 * Opens the issue, edits it, or opens it again, so that it says what `bodyOf` returns for what there is (`null`: nothing yet);
 * where that is `null`, the issue is left as it is. The oldest open one is kept. Others, which two writers at once may have left,
 * are closed and lose their marker.
 *
 * @throws GitHubError where GitHub cannot be asked; then nothing is created.
 */
export async function keepIssueOpen(
  github: Keeping,
  kept: KeptIssue,
  bodyOf: (found: FoundIssue | null) => string | null,
): Promise<EffectDone[]> {
  const known = await knownIssues(github, kept);
  const [oldest, ...twins] = known.filter(({ state }) => state === 'open');
  for (const { number } of twins)
    await github.updateIssue(number, { body: `This is told in #${oldest?.number}.`, state: 'closed' });
  const issue = oldest ?? known.at(-1);
  const body = bodyOf(issue === undefined ? null : await foundOf(github, issue));
  if (body === null) return [];
  if (issue === undefined) {
    const fresh = await github.createIssue({ title: kept.title, body, labels: kept.labels });
    return [effectOf(kept, fresh, body, `opened an issue about ${kept.about}`)];
  }
  if (issue.state === 'open') {
    if (sameText(issue.body, body)) return [];
    await github.updateIssue(issue.number, { body });
    return [effectOf(kept, issue, body, `updated the issue about ${kept.about}`)];
  }
  await github.updateIssue(issue.number, { body, state: 'open' });
  return [effectOf(kept, issue, body, `opened the issue about ${kept.about} again`)];
}

/**
 * Closes every open issue that is meant, each with its ending. `endingOf` is asked about closed ones too, and returns `null` for
 * those that are to stay as they are.
 *
 * @throws GitHubError where GitHub cannot be asked.
 */
export async function closeKeptIssues(
  github: Keeping,
  kept: KeptIssue,
  endingOf: (issue: Issue) => Promise<Ending | null>,
): Promise<EffectDone[]> {
  const done: EffectDone[] = [];
  for (const issue of await knownIssues(github, kept)) {
    const ending = await endingOf(issue);
    if (ending === null) continue;
    const { comment, body = issue.body } = ending;
    if (issue.state === 'closed') {
      if (!sameText(issue.body, body)) await github.updateIssue(issue.number, { body });
      continue;
    }
    if (comment !== null) await github.createComment(issue.number, comment);
    const change = sameText(issue.body, body) ? {} : { body };
    await github.updateIssue(issue.number, { ...change, state: 'closed' });
    done.push(effectOf(kept, issue, comment ?? body, `closed the issue about ${kept.about}`));
  }
  return done;
}

/** Oldest first. What others wrote counts for nothing, whatever marker it bears. */
async function knownIssues(github: Keeping, { kind, isMeant }: KeptIssue): Promise<Issue[]> {
  return (await github.ownIssues()).filter(
    ({ body }) => markerKind(body) === kind && (isMeant === undefined || isMeant(body)),
  );
}

/** Who closed an issue is not told by the list of issues. */
async function foundOf(github: Keeping, { number, body, state }: Issue): Promise<FoundIssue> {
  if (state === 'open') return { body, isOpen: true, isClosedByPerson: false };
  const closedBy = (await github.issue(number))?.closedBy ?? null;
  const isClosedByPerson = closedBy !== null && !github.ownLogins.includes(closedBy);
  return { body, isOpen: false, isClosedByPerson };
}

function effectOf(kept: KeptIssue, issue: Issue, body: string, words: string): EffectDone {
  const text = `${words}: #${issue.number}`;
  return effectDone({ effect: 'issue', key: [...kept.key, issue.number], on: issue, body, text });
}
