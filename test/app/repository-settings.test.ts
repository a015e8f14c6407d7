// What the app knows of a repository, also while its configuration is broken.

import { expect, it } from 'vitest';
import { repositorySettings } from '../../src/app/repository-settings.ts';
import { memoryGitHub } from '../fakes/memory-github.ts';

it.each([
  ['the one that a file with other problems names', 'horizons_hours: one\nstate: { branch: desk }\n', 'desk'],
  ['the one it ships with, where the file is no YAML', 'state: { branch: desk\n', 'warden-state'],
])('takes for the state branch %s', async (_case, text, branch) => {
  const github = memoryGitHub({ files: { 'config/warden.yaml': text } });

  expect(await repositorySettings(github)).toMatchObject({ isConfigured: true, stateBranch: branch });
});

it('takes the one that ships where there is no file', async () => {
  const github = memoryGitHub({ files: { 'README.md': 'x' } });

  expect(await repositorySettings(github)).toMatchObject({
    isConfigured: false,
    stateBranch: 'warden-state',
    ownLogins: [],
  });
});
