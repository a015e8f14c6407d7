// Whose approval counts: the newest opinion of people who may write, on the commit that would be merged.

import { describe, expect, it } from 'vitest';
import type { Review } from '../../src/domain/github.ts';
import { approvalsOf, approvers } from '../../src/supervision/approvals.ts';

const HEAD = 'a'.repeat(40);
const roles = new Map([
  ['bob', 'write'],
  ['cem', 'maintain'],
  ['eve', 'triage'],
  ['ada', 'admin'],
  ['warden[bot]', 'write'],
] as const);

function review(author: string, state: Review['state'], hour: number, commit: string | null = HEAD): Review {
  return { author, state, commit, submittedAt: `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000Z` };
}

function approvals(...reviews: Review[]) {
  const commits = [{ author: 'Ada', committer: 'web-flow' }];
  return approvalsOf({ reviews, headSha: HEAD, author: 'Ada', commits, ownLogins: ['warden[bot]'], roles });
}

describe('approvalsOf', () => {
  it('counts people who may write, once each', () => {
    const found = approvals(
      review('bob', 'APPROVED', 1),
      review('Bob', 'APPROVED', 2),
      review('cem', 'APPROVED', 3),
    );
    expect(found).toEqual({ by: ['Bob', 'cem'], setAside: [], hasCommitOfUnknown: false });
  });

  it('takes the newest opinion of a person, which a comment is not', () => {
    expect(approvals(review('bob', 'APPROVED', 1), review('bob', 'COMMENTED', 2)).by).toEqual(['bob']);
    expect(approvals(review('bob', 'APPROVED', 1), review('bob', 'CHANGES_REQUESTED', 2)).by).toEqual([]);
    expect(approvals(review('bob', 'CHANGES_REQUESTED', 2), review('bob', 'APPROVED', 3)).by).toEqual([
      'bob',
    ]);
    expect(approvals(review('bob', 'APPROVED', 5), review('bob', 'DISMISSED', 6)).by).toEqual([]);
    expect(approvals(review('bob', 'APPROVED', 1), review('bob', 'PENDING', 2)).by).toEqual(['bob']);
  });

  it('goes by when a review was submitted, not by its place in the list', () => {
    expect(approvals(review('bob', 'CHANGES_REQUESTED', 4), review('bob', 'APPROVED', 3)).by).toEqual([]);
  });

  it.each([
    [review('ada', 'APPROVED', 1), 'opened the pull request'],
    [review('warden[bot]', 'APPROVED', 1), 'is Warden itself'],
    [review('eve', 'APPROVED', 1), 'may not write to this repository'],
    [review('mallory', 'APPROVED', 1), 'may not write to this repository'],
    [review('bob', 'APPROVED', 1, 'b'.repeat(40)), 'approved an earlier commit'],
    [review('bob', 'APPROVED', 1, null), 'approved an earlier commit'],
  ])('says why one does not count', (given, why) => {
    expect(approvals(given)).toMatchObject({ by: [], setAside: [{ login: given.author, why }] });
  });

  it.each([
    { author: 'bob', committer: 'web-flow' },
    { author: 'Ada', committer: 'Bob' },
  ])(
    'does not let a person approve of a commit of their own on the pull request of another (%o)',
    (commit) => {
      const reviews = [review('bob', 'APPROVED', 1), review('cem', 'APPROVED', 2)];
      const facts = { reviews, headSha: HEAD, author: 'Ada', commits: [commit], ownLogins: [], roles };
      expect(approvalsOf(facts)).toEqual({
        by: ['cem'],
        setAside: [{ login: 'bob', why: 'made a commit of it' }],
        hasCommitOfUnknown: false,
      });
    },
  );

  it('knows itself however its login is written', () => {
    const facts = { reviews: [review('warden[bot]', 'APPROVED', 1)], headSha: HEAD, author: 'Ada', roles };
    expect(approvalsOf({ ...facts, commits: [], ownLogins: ['Warden[bot]'] })).toMatchObject({
      by: [],
      setAside: [{ login: 'warden[bot]', why: 'is Warden itself' }],
    });
  });

  it('says that a commit is of nobody known', () => {
    const commits = [{ author: null, committer: null }];
    const facts = { reviews: [], headSha: HEAD, author: 'Ada', commits, ownLogins: [], roles };
    expect(approvalsOf(facts).hasCommitOfUnknown).toBe(true);
  });
});

describe('approvers', () => {
  it('names only those whose role matters', () => {
    const reviews = [review('bob', 'APPROVED', 1), review('eve', 'CHANGES_REQUESTED', 2)];
    expect(approvers({ reviews })).toEqual(['bob']);
  });
});
