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
  return approvalsOf({ reviews, headSha: HEAD, author: 'Ada', ownLogins: ['warden[bot]'], roles });
}

describe('approvalsOf', () => {
  it('counts people who may write, once each', () => {
    const found = approvals(
      review('bob', 'APPROVED', 1),
      review('Bob', 'APPROVED', 2),
      review('cem', 'APPROVED', 3),
    );
    expect(found).toEqual({ by: ['Bob', 'cem'], setAside: [] });
  });

  it('takes the newest opinion of a person, which a comment is not', () => {
    expect(approvals(review('bob', 'APPROVED', 1), review('bob', 'COMMENTED', 2)).by).toEqual(['bob']);
    expect(approvals(review('bob', 'APPROVED', 1), review('bob', 'CHANGES_REQUESTED', 2)).by).toEqual([]);
    expect(approvals(review('bob', 'CHANGES_REQUESTED', 2), review('bob', 'APPROVED', 3)).by).toEqual([
      'bob',
    ]);
    expect(approvals(review('bob', 'APPROVED', 5), review('bob', 'DISMISSED', 6)).by).toEqual([]);
  });

  it.each([
    [review('ada', 'APPROVED', 1), 'opened the pull request'],
    [review('warden[bot]', 'APPROVED', 1), 'is Warden itself'],
    [review('eve', 'APPROVED', 1), 'may not write to this repository'],
    [review('mallory', 'APPROVED', 1), 'may not write to this repository'],
    [review('bob', 'APPROVED', 1, 'b'.repeat(40)), 'approved an earlier commit'],
    [review('bob', 'APPROVED', 1, null), 'approved an earlier commit'],
  ])('says why one does not count', (given, why) => {
    expect(approvals(given)).toEqual({ by: [], setAside: [{ login: given.author, why }] });
  });
});

describe('approvers', () => {
  it('names only those whose role matters', () => {
    const reviews = [review('bob', 'APPROVED', 1), review('eve', 'CHANGES_REQUESTED', 2)];
    expect(approvers({ reviews })).toEqual(['bob']);
  });
});
