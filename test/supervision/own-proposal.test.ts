// Which pull requests count as proposals of Warden: what somebody else could copy is never enough.

import { describe, expect, it } from 'vitest';
import type { PullRequest } from '../../src/domain/github.ts';
import { markerLine } from '../../src/domain/marker.ts';
import { askedBranchOf, branchOf } from '../../src/domain/proposal.ts';
import { ownProposal } from '../../src/supervision/own-proposal.ts';
import { aPull, KEY, OWN } from './proposal-builders.ts';

const REPOSITORY = { fullName: 'acme/alpha', ownLogins: [OWN] };
const { marker, pull } = aPull();
const PROPOSED = { ...pull, body: markerLine('proposal', marker) };

function found(over: Partial<PullRequest>) {
  return ownProposal({ ...PROPOSED, ...over }, REPOSITORY);
}

describe('a pull request', () => {
  it('is a proposal where Warden opened it from the branch that its marker names', () => {
    expect(found({})).toEqual(marker);
    expect(found({ branch: askedBranchOf(KEY) })).toEqual(marker);
    expect(found({ headRepository: 'Acme/Alpha' })).toEqual(marker);
  });

  it.each([
    ['somebody else opened it', { author: 'mallory' }],
    ['it comes from a fork', { headRepository: 'mallory/alpha' }],
    ['its fork is gone', { headRepository: null }],
    ['its branch is of another episode', { branch: branchOf({ ...KEY, episode: 'macro/4' }) }],
    ['its branch is of another class', { branch: branchOf({ ...KEY, subject: 'pairs' }) }],
    ['its branch is of the opposite', { branch: branchOf({ ...KEY, action: 'enable' }) }],
    ['it bears no marker', { body: 'Disable macro' }],
    ['its marker is of another kind', { body: markerLine('decision', marker) }],
  ])('is none where %s', (_case, over) => {
    expect(found(over)).toBeNull();
  });
});
