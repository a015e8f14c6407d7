// The sentence about GitHub claims what happened there, and says what was left out and why.

import { describe, expect, it } from 'vitest';
import { gitHubSentence, mergedPull } from '../../src/demo/github-story.ts';
import type { OnGitHub } from '../../src/demo/on-github.ts';

const PULL = {
  number: 1,
  title: '[AUTO] Demote agent: breaker',
  branch: 'warden/demote/breaker/1',
  merged: true,
};

function onGitHub(over: Partial<OnGitHub> = {}): OnGitHub {
  return {
    repository: 'you/strategies',
    state_commit: 'a'.repeat(40),
    pulls: [PULL],
    requests: 47,
    writes: 13,
    writes_again: 0,
    owed: [],
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
        'a second time it wrote nothing. It opened a dashboard and pull request #1 "[AUTO] Demote agent: breaker". ' +
        'A made-up person merged #1, which moves the agent to shadow; after that nothing waited for anybody. ' +
        'The pages are .warden-demo/github/*.md.',
    );
  });

  it('claims no merge and no pull request where there was none', () => {
    expect(shown({ pulls: [] })).toContain(
      'a dashboard and no pull request, since nothing was proposed. The',
    );
    expect(shown({ pulls: [{ ...PULL, merged: false }] })).not.toContain('merged');
  });

  it('does not hide that a second time wrote again, or that something is owed', () => {
    expect(shown({ writes_again: 2 })).toContain('a second time 2 requests wrote');
    expect(shown({ owed: ['proposals: refused'] })).toContain('Still owed: proposals: refused.');
  });

  it('says why it is left out', () => {
    expect(gitHubSentence({ ok: false, error: 'git cannot be run: install it' }, 'x')).toBe(
      'What GitHub would have shown is left out: git cannot be run: install it.',
    );
  });

  it('knows the pull request that was merged', () => {
    const facts = onGitHub({
      pulls: [
        { ...PULL, merged: false },
        { ...PULL, number: 2 },
      ],
    });

    expect(mergedPull(facts)?.number).toBe(2);
  });
});
