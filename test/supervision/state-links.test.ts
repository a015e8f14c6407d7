// Addresses into the state branch: pinned to a commit where one is known, and safe with any name of a branch.

import { describe, expect, it } from 'vitest';
import { restSentence, stateFileLink, stateFileUrl } from '../../src/supervision/state-links.ts';

const PLACE = {
  repositoryUrl: 'https://github.com/acme/alpha',
  stateCommit: 'c0ffee',
  stateBranch: 'warden-state',
};

describe('an address of the state', () => {
  it('is pinned to its commit, else it is that of the branch', () => {
    expect(stateFileUrl(PLACE, 'supervisor/a.json')).toBe(
      'https://github.com/acme/alpha/blob/c0ffee/supervisor/a.json',
    );
    expect(stateFileUrl({ ...PLACE, stateCommit: null }, 'a')).toBe(
      'https://github.com/acme/alpha/blob/warden-state/a',
    );
  });

  it('cannot be left by the name of a branch', () => {
    const place = { ...PLACE, stateCommit: null, stateBranch: 'a b/#(c)' };

    expect(stateFileLink(place, 'x')).toBe('[`x`](https://github.com/acme/alpha/blob/a%20b/%23%28c%29/x)');
  });

  it('is where a text that was cut sends its reader', () => {
    expect(restSentence(PLACE)).toContain(
      '(https://github.com/acme/alpha/blob/c0ffee/supervisor/meta_report.md)',
    );
  });
});
