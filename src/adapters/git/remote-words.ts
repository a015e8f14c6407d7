// What git and GitHub say where a fetch or a push does not succeed: who was faster, who may not, and who did not answer.

import { StateBranchError } from '../../domain/github.ts';

/** What to do for whom. */
interface Remote {
  readonly url: string;
  readonly branch: string;
}

/** One ref of a push, as `git push --porcelain` answers for it. */
interface RefAnswer {
  readonly ref: string;
  readonly isRefused: boolean;
  /** `[rejected] (fetch first)`; empty where it was taken without a word. */
  readonly words: string;
}

/** Returns the answers for the refs of a push: `!`, the refs, and the reason, a tab between each. */
export function refAnswers(output: string): readonly RefAnswer[] {
  return output.split('\n').flatMap((line) => {
    const [, flag, ref, words] = /^([ +\-*=!])\t[^\t:]*:([^\t]*)\t(.*)$/.exec(line) ?? [];
    if (flag === undefined || ref === undefined) return [];
    return [{ ref, isRefused: flag === '!', words: words ?? '' }];
  });
}

/** Somebody moved the ref since we looked; they may even be doing so right now. */
const FASTER =
  /fetch first|non-fast-forward|stale info|already exists|cannot lock ref|failed to (lock|update ref)|incorrect old value/i;

export function isFaster(words: string): boolean {
  return FASTER.test(words);
}

const GUARDED = /GH006|GH013|protected branch|rule violations|repository rule/i;
const REFUSED =
  /error: 40[134]\b|authentication failed|could not read (username|password)|permission to .* denied|permission denied|access denied|not granted|marked as read.only|repository .*not found|does not appear to be a git repository|hook declined|remote rejected/i;

/** Nobody signed in, or by a token that was not taken. */
const NO_LOGIN = /could not read (username|password)/i;
/** A folder that is none, for which no token counts. */
const NO_REPOSITORY = /does not appear to be a git repository/i;

/** A remote that is unwell refuses too, in the same form. */
const UNWELL = /internal server error|unpack(er)? (error|failed)|time[d-]? ?out|temporar/i;

/** Whether another try is of no use: the remote understood, and said no. */
function isRefusal(words: string): boolean {
  return GUARDED.test(words) || (REFUSED.test(words) && !UNWELL.test(words));
}

/**
 * Returns the error for what a remote said.
 *
 * @param what `be fetched`, `be pushed`
 * @param permission `contents: write`
 */
export function remoteFault(
  { url, branch }: Remote,
  what: string,
  permission: string,
  words: string,
): StateBranchError {
  const kind = isRefusal(words) ? 'forbidden' : 'unavailable';
  const nextStep =
    kind === 'unavailable' ? 'the next run tries again' : nextStepAfter(words, branch, permission);
  return new StateBranchError(
    kind,
    `the branch ${branch} of ${url} could not ${what}: ${words}; ${nextStep}`,
  );
}

/** What to do about a remote that understood, and said no. */
function nextStepAfter(words: string, branch: string, permission: string): string {
  if (GUARDED.test(words))
    return `leave ${branch} out of the rules that protect branches, or let the account that pushes bypass them`;
  if (NO_LOGIN.test(words))
    return 'set GITHUB_TOKEN and GITHUB_REPOSITORY to a token that has not expired, or let git sign in by a credential helper';
  if (NO_REPOSITORY.test(words)) return 'check its address';
  return `give the token the permission ${permission} on this repository, and check its address`;
}
