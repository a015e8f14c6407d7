// Whom Warden tells by name.

import { describe, expect, it } from 'vitest';
import type { Settings } from '../../src/domain/settings.ts';
import { peopleToTell } from '../../src/jobs/people-to-tell.ts';
import { memoryGitHub } from '../fakes/memory-github.ts';
import { worldConfig, worldSettings } from './supervise-world.ts';

async function people(files: Readonly<Record<string, string>>, settings: Settings, paths: readonly string[]) {
  const github = memoryGitHub({ files });
  return await peopleToTell(github, { settings, baseSha: (await github.head('main')) ?? '' }, paths);
}

const OWNERS = '* @acme/all\n/config/ @ada @acme/risk\n/agents/ a@example.org\n';

describe('the people who are told by name', () => {
  it('are the configured reviewers', async () => {
    const warden = worldConfig((config) => ({ ...config, github: { ...config.github, reviewers: ['bob'] } }));

    expect(await people({ CODEOWNERS: OWNERS }, worldSettings({ warden }), ['config/agents.yaml'])).toEqual([
      'bob',
    ]);
  });

  it('else are the owners of the files, each once, from the first file that GitHub would read', async () => {
    const files = { '.github/CODEOWNERS': OWNERS, CODEOWNERS: '* @eve\n' };
    const paths = ['config/agents.yaml', 'config/kill-list.yaml', 'README.md'];

    expect(await people(files, worldSettings(), paths)).toEqual(['ada', 'acme/risk', 'acme/all']);
  });

  it.each([
    ['nobody owns the files', { CODEOWNERS: OWNERS }, ['agents/a.py']],
    ['there is no such file', {}, ['config/agents.yaml']],
  ])('are nobody where %s', async (_case, files, paths) => {
    expect(await people(files, worldSettings(), paths)).toEqual([]);
  });

  it('are so many that a comment can name them', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `@p${index}`).join(' ');

    expect(await people({ CODEOWNERS: `* ${names}\n` }, worldSettings(), ['x'])).toHaveLength(10);
  });
});
