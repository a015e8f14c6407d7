// Addresses of what the state branch holds, pinned to the commit that a text is about, so that they show the same for ever.

import { mdCode, mdLink } from './markdown.ts';

/** Where the state of a repository can be read. */
export interface StatePlace {
  /** Address for people, `https://github.com/owner/name`. */
  readonly repositoryUrl: string;
  /** `null` where the commit is not known: then links show the branch as it is by now. */
  readonly stateCommit: string | null;
  readonly stateBranch: string;
}

/** Returns the address of a file of the state, `supervisor/meta_report.md`. */
export function stateFileUrl({ repositoryUrl, stateCommit, stateBranch }: StatePlace, path: string): string {
  const ref = stateCommit ?? stateBranch;
  return `${repositoryUrl}/blob/${[...ref.split('/'), ...path.split('/')].map(encodeURIComponent).join('/')}`;
}

/** Returns a link to a file of the state, whose text is its path. */
export function stateFileLink(place: StatePlace, path: string): string {
  return mdLink(mdCode(path), stateFileUrl(place, path));
}

/** Returns the sentence that follows a text that was cut. */
export function restSentence(place: StatePlace): string {
  return `_This text is longer than GitHub takes and ends here. The rest is in ${stateFileLink(place, 'supervisor/meta_report.md')}._`;
}
