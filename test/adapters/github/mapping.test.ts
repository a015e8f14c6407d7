// GitHub's answers as our facts, where they are unusual: accounts that are gone, made-up roles, states nobody knows yet.

import type { components } from '@octokit/openapi-types';
import { describe, expect, it } from 'vitest';
import {
  branchCommitFrom,
  changedFileFrom,
  checkFrom,
  commentFrom,
  issueFrom,
  pullFrom,
  reviewFrom,
  roleFrom,
} from '../../../src/adapters/github/mapping.ts';
import { linkOf } from '../../../src/adapters/github/pages.ts';
import { permissionFor } from '../../../src/adapters/github/permissions.ts';

type Schemas = components['schemas'];
type Pull = Parameters<typeof pullFrom>[0];

const AT = '2026-11-21T10:00:00Z';
const PULL: Pull = {
  number: 3,
  html_url: 'https://github.com/acme/desk/pull/3',
  title: 'T',
  body: null,
  user: null,
  state: 'open',
  merged_at: null,
  merge_commit_sha: 'f'.repeat(40),
  created_at: AT,
  closed_at: null,
  head: { ref: 'x', sha: 'e'.repeat(40), repo: null },
  base: { ref: 'main' },
  labels: [{ name: 'warden' }],
};

describe('the facts of GitHub', () => {
  it('follow from what its description allows', () => {
    // These compile only while our facts ask for no more than GitHub promises to give.
    const readers = {
      pull: (json: Schemas['pull-request']) => pullFrom(json),
      listed: (json: Schemas['pull-request-simple']) => pullFrom(json),
      comment: (json: Schemas['issue-comment']) => commentFrom(json),
      issue: (json: Schemas['issue']) => issueFrom(json),
      review: (json: Schemas['pull-request-review']) => reviewFrom(json),
      file: (json: Schemas['diff-entry']) => changedFileFrom(json),
      check: (json: Schemas['check-run']) => checkFrom(json),
    };

    expect(Object.keys(readers)).toHaveLength(7);
  });

  it('name an account that is gone ghost, and a fork that is gone null', () => {
    expect(pullFrom(PULL)).toMatchObject({
      author: 'ghost',
      headRepository: null,
      body: '',
      labels: ['warden'],
    });
  });

  it('give no merge commit before the merge: what GitHub shows until then only tries it', () => {
    expect(pullFrom(PULL).mergeCommit).toBeNull();
    expect(pullFrom({ ...PULL, state: 'closed', merged_at: AT })).toMatchObject({
      mergeCommit: 'f'.repeat(40),
      mergedAt: '2026-11-21T10:00:00.000Z',
    });
  });

  it('tell what GitHub committed for somebody, also on a server where that belongs to no account', () => {
    const commitBy = (name: string, login: string | null) =>
      branchCommitFrom({
        sha: 'a',
        commit: { message: 'M', committer: { name } },
        author: { login: 'warden[bot]' },
        committer: login === null ? null : { login },
        parents: [],
      }).committer;

    expect(commitBy('GitHub', 'web-flow')).toBe('web-flow');
    expect(commitBy('GitHub Enterprise', null)).toBe('web-flow');
    expect(commitBy('Ada', null)).toBeNull();
    expect(commitBy('GitHub', 'ada')).toBe('ada');
  });

  it('give a role that somebody made up what it may do at least', () => {
    expect(roleFrom('maintain', 'write')).toBe('maintain');
    expect(roleFrom('release-manager', 'write')).toBe('write');
    expect(roleFrom(undefined, 'admin')).toBe('admin');
    expect(roleFrom('new', 'new')).toBe('none');
  });

  it('approve nothing by a state that is not known', () => {
    const review = { user: { login: 'ada' }, commit_id: null };

    expect(reviewFrom({ ...review, state: 'APPROVED', submitted_at: AT })).toMatchObject({
      state: 'APPROVED',
    });
    expect(reviewFrom({ ...review, state: 'APPROVED_SOMEHOW' })).toEqual({
      author: 'ada',
      state: 'COMMENTED',
      commit: null,
      submittedAt: null,
    });
  });

  it('keep where a renamed file was, and call a strange change other', () => {
    expect(changedFileFrom({ filename: 'b', status: 'renamed', previous_filename: 'a' })).toEqual({
      path: 'b',
      status: 'renamed',
      previousPath: 'a',
    });
    expect(changedFileFrom({ filename: 'b', status: 'copied' })).toMatchObject({ status: 'other' });
  });
});

describe('a link to another page', () => {
  it('is found by its relation', () => {
    const header = '<https://api/x?page=1>; rel="prev", <https://api/x?cursor=v1_2&per_page=3>; rel="next"';

    expect(linkOf(header, 'next')?.searchParams.get('cursor')).toBe('v1_2');
    expect(linkOf(header, 'last')).toBeNull();
    expect(linkOf(undefined, 'next')).toBeNull();
  });
});

describe('the permission that is missing', () => {
  it.each([
    ['POST', '/repos/o/r/git/refs', 'contents: write'],
    ['GET', '/repos/o/r/contents/config/pulls/x.yaml', 'contents: read'],
    ['GET', '/repos/o/r/compare/a...b', 'contents: read'],
    ['PATCH', '/repos/o/r/check-runs/1', 'checks: write'],
    ['GET', '/repos/o/r/commits/abc/check-runs', 'checks: read'],
    ['POST', '/repos/o/r/pulls', 'pull_requests: write'],
    ['POST', '/repos/o/r/issues/1/comments', 'issues: write'],
    ['POST', '/graphql', 'issues: write'],
    ['GET', '/repos/o/r/actions/organization-secrets', 'secrets: read'],
    ['GET', '/repos/o/r/actions/permissions/workflow', 'administration: read'],
    ['GET', '/repos/o/r/branches/a/b/protection', 'administration: read'],
    ['GET', '/repos/o/r/branches/protection', 'contents: read'],
    ['GET', '/repos/o/r/environments', 'actions: read'],
    ['GET', '/repos/o/r/contents/environments', 'contents: read'],
    ['GET', '/repos/o/r/collaborators/ada/permission', 'metadata: read'],
    ['GET', '/repos/o/git', 'metadata: read'],
  ])('for %s %s is %s', (method, path, permission) => {
    expect(permissionFor(method, path)).toBe(permission);
  });
});
