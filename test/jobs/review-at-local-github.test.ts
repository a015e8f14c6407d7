// Reviews through the real client at the local GitHub: forks, more than fifty annotations, approvals, and runs that are not repeated.

import { describe, expect, it } from 'vitest';
import { reviewConfig } from '../../src/jobs/review-config.ts';
import { connected } from '../adapters/github/connected.ts';
import { AT, REPO, startHub } from '../adapters/github/local/hub.ts';
import { FILES, KILL_LIST, stateOf, supervisedDisk } from './review-world.ts';
import { quietPorts } from './supervise-world.ts';

const disk = supervisedDisk();
const LOOSE = KILL_LIST.replace('max_cvar_sigma: 4.0', 'max_cvar_sigma: 9.0');

async function reviewing() {
  const hub = await startHub();
  const { world } = hub.github;
  const { github } = connected(hub);
  world.setPermission(REPO, 'ada', 'admin');
  world.setPermission(REPO, 'bob', 'write');
  world.setPermission(REPO, 'cem', 'maintain');
  world.commitAs('ada', REPO, 'main', FILES, 'Configure');
  const ports = { github, state: stateOf(disk), log: quietPorts.log };
  const review = async (number: number) =>
    await reviewConfig(ports, number, { nowMs: 0, codeVersion: '1.0.0' });
  const runs = async (number: number, name = 'warden/config') => {
    const headSha = (await github.pull(number))?.headSha ?? '';
    return await github.checkRuns(headSha, name);
  };
  return { hub, world, github, review, runs };
}

describe('a review at GitHub', () => {
  it('reports on a pull request that touches no configuration', async () => {
    const { world, review, runs } = await reviewing();
    const number = world.openPullAs('bob', {
      repo: REPO,
      branch: 'words',
      files: { 'README.md': 'Better\n' },
      title: 'T',
      body: '',
    });
    await review(number);
    expect(await runs(number)).toMatchObject([{ status: 'completed', conclusion: 'neutral' }]);
    expect(await runs(number, 'warden/proposal')).toMatchObject([
      { status: 'completed', conclusion: 'neutral' },
    ]);
  });

  it('marks more than fifty problems of a fork once, and writes nothing the second time', async () => {
    const { hub, world, review, runs } = await reviewing();
    const lines = Array.from({ length: 120 }, (_, index) => `class-${index}: { max_cvar_sgma: 4 }`);
    const files = { 'config/kill-list.yaml': `${lines.join('\n')}\n` };
    const number = world.openPullAs('mallory', {
      repo: REPO,
      branch: 'main2',
      files,
      title: 'T',
      body: '',
      fork: true,
    });
    await review(number);
    const writes = hub.github.counts.writes;
    expect(await review(number)).toMatchObject({ check: 'unchanged' });
    expect(hub.github.counts.writes).toBe(writes);

    const [run, ...more] = await runs(number);
    expect(more).toEqual([]);
    expect(run).toMatchObject({ conclusion: 'failure', title: '120 problems' });
    const marked = await hub.app.paginate('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', {
      ...AT,
      check_run_id: run?.id ?? 0,
    });
    expect(marked).toHaveLength(120);
    expect(marked[7]).toMatchObject({ path: 'config/kill-list.yaml', start_line: 8, start_column: 12 });
  });

  it('lets a loosening pass with the approvals of the base, in one run, beside one comment', async () => {
    const { world, github, review, runs } = await reviewing();
    const number = world.openPullAs('ada', {
      repo: REPO,
      branch: 'loose',
      files: { 'config/kill-list.yaml': LOOSE },
      title: 'T',
      body: '',
    });
    await review(number);
    expect(await runs(number)).toMatchObject([
      { conclusion: 'action_required', title: 'Needs 2 approvals, has 0' },
    ]);
    for (const login of ['bob', 'cem', 'eve']) world.reviewAs(login, REPO, number, 'APPROVED');
    await review(number);
    expect(await runs(number)).toMatchObject([
      { conclusion: 'success', title: 'Loosens a limit, with 2 approvals' },
    ]);
    expect((await github.comments(number)).map(({ author }) => author)).toEqual(['warden[bot]']);
  });

  it('notices a file that was renamed away', async () => {
    const { world, review, runs } = await reviewing();
    const files = { 'config/kill-list.yaml': null, 'config/kill_list.yaml': KILL_LIST };
    const number = world.openPullAs('ada', { repo: REPO, branch: 'renamed', files, title: 'T', body: '' });
    await review(number);
    expect(await runs(number)).toMatchObject([{ conclusion: 'failure', title: 'One problem' }]);
  });
});
