// The sentence about GitHub claims what happened there, and says what was left out and why.

import { describe, expect, it } from 'vitest';
import { gitHubSentence, mergedPull } from '../../src/demo/github-story.ts';
import type { DemoPull, OnGitHub } from '../../src/demo/on-github.ts';

const PULL: DemoPull = {
  number: 1,
  title: '[AUTO] Demote agent: trend-ema',
  branch: 'warden/demote/trend-ema/1',
  state: 'merged',
};

function onGitHub(over: Partial<OnGitHub> = {}): OnGitHub {
  return {
    repository: 'you/strategies',
    state_commit: 'a'.repeat(40),
    pulls: [PULL],
    requests: 47,
    writes: 13,
    writes_again: 0,
    writes_after_merge: 2,
    waiting: [],
    failed: [],
    ...over,
  };
}

function shown(over: Partial<OnGitHub> = {}): string {
  return gitHubSentence({ ok: true, value: onGitHub(over) }, '.warden-demo/github');
}

describe('the sentence about GitHub', () => {
  it('names the pull request, what it took, and what a merge changed', () => {
    expect(shown()).toBe(
      'What GitHub showed: on a GitHub that runs in this process, publishing that state took 47 requests, 13 of which wrote; ' +
        'a second time it wrote nothing. It opened a dashboard and pull request #1 "[AUTO] Demote agent: trend-ema". ' +
        'A made-up person merged #1, which moves trend-ema to shadow; published once more, with 2 requests that wrote, ' +
        'no proposal waited for a person. The pages are .warden-demo/github/*.md.',
    );
  });

  it('claims no merge and no pull request where there was none', () => {
    expect(shown({ pulls: [] })).toContain(
      'a dashboard and no pull request, since nothing was proposed. The pages',
    );
    expect(shown({ pulls: [{ ...PULL, state: 'open' }] })).not.toContain('merged');
  });

  it('names what still waits for a person after the merge', () => {
    const pulls: DemoPull[] = [
      PULL,
      { ...PULL, number: 2, title: 'Promote', state: 'open' },
      { ...PULL, number: 3, title: 'Enable', state: 'closed' },
    ];

    expect(shown({ pulls })).toContain('pull requests #1 "[AUTO] Demote agent: trend-ema", #2 "Promote", #3');
    expect(shown({ pulls })).toContain('2 requests that wrote, #2 still waited.');
  });

  it('does not hide that a second time wrote again, that something is not proposed, or that something failed', () => {
    expect(shown({ writes_again: 2 })).toContain('a second time 2 requests wrote');
    expect(shown({ writes_again: 1 })).toContain('a second time 1 request wrote');
    expect(shown({ waiting: ['too many are open'] })).toContain('Not proposed yet: too many are open.');
    expect(shown({ failed: ['proposals: refused'] })).toContain('What failed: proposals: refused.');
  });

  it('says why it is left out', () => {
    expect(gitHubSentence({ ok: false, error: 'git cannot be run: install it' }, 'x')).toBe(
      'What GitHub would have shown is left out: git cannot be run: install it.',
    );
  });

  it('knows the pull request that was merged', () => {
    const facts = onGitHub({
      pulls: [
        { ...PULL, state: 'closed' },
        { ...PULL, number: 2 },
      ],
    });

    expect(mergedPull(facts)?.number).toBe(2);
  });
});
