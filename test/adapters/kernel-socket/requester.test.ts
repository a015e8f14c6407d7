// Who asks the kernel: the person at GitHub with the run, else the user of the machine.

import { describe, expect, it } from 'vitest';
import { requesterOf } from '../../../src/adapters/kernel-socket/requester.ts';

const user = () => 'pink-admin';
const run = {
  GITHUB_ACTIONS: 'true',
  GITHUB_ACTOR: 'ada',
  GITHUB_TRIGGERING_ACTOR: 'grace',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/alpha',
  GITHUB_RUN_ID: '7',
};

describe('requesterOf', () => {
  it('names who started this attempt of a run, with its address', () => {
    expect(requesterOf(run, user)).toEqual({
      who: 'grace',
      run_url: 'https://github.com/acme/alpha/actions/runs/7',
    });
  });

  it('names who started the first attempt where no other is known', () => {
    expect(requesterOf({ ...run, GITHUB_TRIGGERING_ACTOR: '' }, user).who).toBe('ada');
  });

  it('names the user of the machine outside of GitHub Actions, whatever else is set', () => {
    expect(requesterOf({ ...run, GITHUB_ACTIONS: '' }, user)).toEqual({ who: 'pink-admin', run_url: null });
    expect(requesterOf({}).who).not.toBe('');
  });

  it('gives no address where a part of it is missing', () => {
    expect(requesterOf({ ...run, GITHUB_RUN_ID: '' }, user).run_url).toBeNull();
  });
});
