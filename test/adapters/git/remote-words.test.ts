// What remotes say of a push, as GitHub and git word it: faster, refused, or unwell.

import { describe, expect, it } from 'vitest';
import { isFaster, refAnswers, remoteFault } from '../../../src/adapters/git/remote-words.ts';

const REMOTE = { url: 'https://github.com/acme/desk.git', branch: 'warden-state' } as const;

describe('the answer of a push', () => {
  it('tells of each ref whether it was taken, and why not', () => {
    const output = [
      'To https://github.com/acme/desk.git',
      '!\tabc:refs/heads/warden-state\t[rejected] (fetch first)',
      '*\tabc:refs/tags/state/1\t[new tag]',
      '=\tabc:refs/tags/state/2\t[up to date]',
      ' \tabc:refs/heads/other\tabc..def',
      'Done',
    ].join('\n');

    expect(refAnswers(output)).toEqual([
      { ref: 'refs/heads/warden-state', isRefused: true, words: '[rejected] (fetch first)' },
      { ref: 'refs/tags/state/1', isRefused: false, words: '[new tag]' },
      { ref: 'refs/tags/state/2', isRefused: false, words: '[up to date]' },
      { ref: 'refs/heads/other', isRefused: false, words: 'abc..def' },
    ]);
  });

  it.each([
    '[rejected] (fetch first)',
    '[rejected] (non-fast-forward)',
    '[rejected] (stale info)',
    "[remote rejected] (cannot lock ref 'refs/heads/warden-state': is at 1 but expected 2)",
    '[remote rejected] (reference already exists)',
    '[remote rejected] (incorrect old value provided)',
    '[remote rejected] (failed to update ref)',
  ])('means that somebody was faster: %s', (words) => {
    expect(isFaster(words)).toBe(true);
  });

  it.each([
    [
      '[remote rejected] (protected branch hook declined); GH006: Protected branch update failed',
      'rules that protect',
    ],
    [
      '[remote rejected] (push declined due to repository rule violations); GH013: Repository rule',
      'rules that protect',
    ],
    [
      'Permission to acme/desk.git denied to github-actions[bot]; The requested URL returned error: 403',
      'contents: write',
    ],
    ["Authentication failed for 'https://github.com/acme/desk.git/'", 'contents: write'],
    ['could not read Username for https://github.com: terminal prompts disabled', 'set GITHUB_TOKEN'],
    ["'/srv/desk.git' does not appear to be a git repository", '; check its address'],
    ["repository 'https://github.com/acme/desk.git/' not found", 'contents: write'],
    ['git@github.com: Permission denied (publickey)', 'contents: write'],
    ['ERROR: The key you are authenticating with has been marked as read only', 'contents: write'],
    ['[remote rejected] (pre-receive hook declined)', 'contents: write'],
  ])('is a refusal that no other try mends: %s', (words, nextStep) => {
    const fault = remoteFault(REMOTE, 'be pushed', 'contents: write', words);

    expect(isFaster(words)).toBe(false);
    expect(fault.kind).toBe('forbidden');
    expect(fault.message).toContain(`the branch warden-state of ${REMOTE.url} could not be pushed: ${words}`);
    expect(fault.message).toContain(nextStep);
  });

  it.each([
    'The requested URL returned error: 502',
    'The requested URL returned error: 429',
    'Could not resolve host: github.com',
    'RPC failed; curl 18 transfer closed; the remote end hung up unexpectedly',
    '[remote rejected] (Internal Server Error)',
    '[remote rejected] (unpacker error)',
    'took longer than 120 s',
  ])('says nothing about the push: %s', (words) => {
    expect(isFaster(words)).toBe(false);
    expect(remoteFault(REMOTE, 'be pushed', 'contents: write', words).kind).toBe('unavailable');
  });
});
