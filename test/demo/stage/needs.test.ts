// What the stage says of a git that cannot serve and merge for it.

import { describe, expect, it } from 'vitest';
import { gitLacks, lackingIn } from '../../../src/demo/stage/needs.ts';

const PROGRAMS = ['git', 'git-http-backend', 'git-remote-http'];

describe('what the stage needs of git', () => {
  it.each([
    'git version 2.38.0',
    'git version 2.39.5 (Apple Git-154)',
    'git version 2.47.1.windows.2',
    'git version 3.0.0',
  ])('is there in %s', (version) => {
    expect(lackingIn({ version, programs: PROGRAMS })).toBeNull();
    expect(lackingIn({ version, programs: PROGRAMS.map((name) => `${name}.exe`) })).toBeNull();
  });

  it.each([
    ['git version 2.37.9', PROGRAMS, 'git is version 2.37; install git 2.38 or newer'],
    ['git version 1.99.0', PROGRAMS, 'git is version 1.99; install git 2.38 or newer'],
    ['git cannot be run: install it', [], 'install git 2.38 or newer'],
    ['git version 2.39.5', ['git', 'git-remote-http'], 'without git-http-backend, which serves repositories'],
    ['git version 2.39.5', ['git', 'git-http-backend'], 'without git-remote-http, which fetches and pushes'],
  ])('is missed in %s with %j', (version, programs, words) => {
    expect(lackingIn({ version, programs })).toContain(words);
  });

  it('is there where these tests run', async () => {
    expect(await gitLacks()).toBeNull();
  });
});
