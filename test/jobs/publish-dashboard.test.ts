// The dashboard issue: one, edited in place, with boxes that are acted on once.

import { describe, expect, it } from 'vitest';
import { markerKind } from '../../src/domain/marker.ts';
import { actOnBoxes } from '../../src/jobs/answer-boxes.ts';
import type { PublishContext } from '../../src/jobs/publish-context.ts';
import { publishDashboard } from '../../src/jobs/publish-dashboard.ts';
import type { StateBranch } from '../../src/ports.ts';
import { tickedBoxes } from '../../src/supervision/dashboard-boxes.ts';
import { AT, COMMIT } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import type { MemoryGitHub } from '../fakes/memory-github.ts';
import { aContext, aRepository, ownBodies, quietLog } from './publish-world.ts';
import { worldConfig, worldSettings } from './supervise-world.ts';

function aState() {
  const disk = memoryDisk();
  const run = {
    v: 1,
    run_id: 'r1',
    job: 'supervise',
    now: AT,
    started_at: AT,
    duration_ms: 1,
    code_version: '1',
  };
  const rest = { commit: null, config_sha256: null, counts: {}, price_requests: 0 };
  disk.replace('runs/2026-11.jsonl', `torn\n${JSON.stringify({ ...run, ...rest })}\n`);
  return disk;
}

async function publish(github: MemoryGitHub, over: Partial<PublishContext> = {}) {
  return await publishDashboard({ github, disk: aState(), log: quietLog }, aContext(github, over));
}

function issues(github: MemoryGitHub, state: 'open' | 'closed' = 'open') {
  return [...github.world.issues.values()].filter(
    (issue) => issue.state === state && !github.world.pulls.has(issue.number),
  );
}

/** As a person who may write does in the browser. */
function tick(github: MemoryGitHub, words: RegExp): void {
  const [issue] = issues(github);
  if (issue === undefined) throw new Error('there is a dashboard');
  const lines = issue.body
    .split('\n')
    .map((line) => (words.test(line) ? line.replace('- [ ]', '- [x]') : line));
  issue.body = lines.join('\n');
  expect(tickedBoxes(issue.body)).toHaveLength(1);
}

describe('the dashboard', () => {
  it('is made and pinned once, shows the newest runs, and is edited only where it says something else', async () => {
    const github = aRepository();
    await publish(github);
    await publish(github);

    expect(github.world.writes().map(({ operation }) => operation)).toEqual([
      'createIssue',
      'pinIssue',
      'updateIssue',
    ]);
    const [issue] = issues(github);
    expect(issue?.body).not.toContain('not pinned yet');
    expect(issue).toMatchObject({ title: 'Warden dashboard', labels: ['warden'] });
    expect(issue?.body).toContain('supervise 2026-11-21 10:00');

    const { done } = await publish(github, { problems: ['config/kill-list.yaml:1:1 is wrong'] });
    expect(done.map(({ text }) => text)).toEqual([`edited the dashboard #${issue?.number}`]);
    expect(issues(github)).toHaveLength(1);
  });

  it('is pinned by the next run where one ended before that, and not again where a person took the pin away', async () => {
    const github = aRepository();
    github.world.fault = ({ operation }) => (operation === 'pinIssue' ? 'before' : null);
    expect((await publish(github)).failed).toHaveLength(1);
    expect(github.world.pinned.size).toBe(0);

    github.world.fault = () => null;
    await publish(github);
    const [issue] = issues(github);
    expect([...github.world.pinned]).toEqual([issue?.number]);
    expect(issue?.body).not.toContain('not pinned yet');

    github.world.pinned.clear();
    await publish(github, { problems: ['config/kill-list.yaml:1:1 is wrong'] });
    expect(github.world.pinned.size).toBe(0);
  });

  it('is not made where the issues cannot be listed', async () => {
    const github = aRepository();
    github.world.fault = ({ operation }) => (operation === 'ownIssues' ? 'before' : null);

    expect((await publish(github)).failed).toEqual([expect.objectContaining({ what: 'dashboard' })]);
    expect(github.world.writes()).toEqual([]);
  });

  it('is not made anew once a person closed it, nor where it is turned off', async () => {
    const github = aRepository();
    await publish(github);
    const [issue] = issues(github);
    Object.assign(issue ?? {}, { state: 'closed', closedBy: 'ada' });
    await publish(github);
    expect(issues(github)).toEqual([]);

    const other = aRepository();
    const warden = worldConfig((config) => ({ ...config, github: { ...config.github, dashboard: false } }));
    await publish(other, { settings: worldSettings({ warden }) });
    expect(issues(other)).toEqual([]);
  });

  it('stays the older one where two runs made one each', async () => {
    const github = aRepository();
    await publish(github);
    const [first] = issues(github);
    const twin = await github.createIssue({
      title: 'Warden dashboard',
      body: first?.body ?? '',
      labels: ['warden'],
    });
    await publish(github);
    await publish(github);

    expect(issues(github).map(({ number }) => number)).toEqual([first?.number]);
    expect(ownBodies(github, twin.number)).toEqual([
      expect.stringContaining(`the dashboard is #${first?.number}`),
    ]);
  });

  it('is found where a person removed its label', async () => {
    const github = aRepository();
    await publish(github);
    const [issue] = issues(github);
    await github.removeLabel(issue?.number ?? 0, 'warden');
    await publish(github);

    expect(issues(github)).toHaveLength(1);
  });

  it('is found where a person removed its marker, and not in an issue of somebody else', async () => {
    const github = aRepository();
    await publish(github);
    const [issue] = issues(github);
    const body = issue?.body ?? '';
    Object.assign(issue ?? {}, { body: 'Nothing to see here.' });
    const foreign = {
      number: 99,
      url: 'u',
      title: 'Warden dashboard',
      body,
      author: 'eve',
      state: 'open',
    } as const;
    github.world.issues.set(99, { ...foreign, closedBy: null, labels: ['warden'] });
    await publish(github);

    expect(issue?.body).toBe(body);
    expect(issues(github)).toHaveLength(2);
  });
});

describe('a box of the dashboard', () => {
  it('that was ticked is acted on in the next run, once, with a word about it', async () => {
    const github = aRepository();
    await publish(github);
    tick(github, /disable.*macro/);
    await publish(github);
    await publish(github);

    const pulls = await github.pulls({ state: 'all' });
    expect(pulls.map(({ branch }) => branch)).toEqual(['warden/disable/macro/asked-1']);
    const [issue] = issues(github);
    expect(tickedBoxes(issue?.body ?? '')).toEqual([]);
    expect(ownBodies(github, issue?.number ?? 0)).toEqual([
      expect.stringContaining(`Propose to disable \`macro\`: Opened [#${pulls[0]?.number}]`),
    ]);
  });

  it('is acted on at once in the name of who ticked it', async () => {
    const github = aRepository();
    await publish(github);
    tick(github, /disable.*macro/);

    expect(await act(github, 'ada')).toBe('answered');
    expect(await act(github, 'ada')).toBe('none');
    expect((await github.pulls({ state: 'open' }))[0]?.body).toContain('**`ada` asks to stop');
  });

  it('is taken back and does nothing where who ticked it may not write', async () => {
    const github = aRepository();
    await publish(github);
    tick(github, /Look again/);

    expect(await act(github, 'bob')).toBe('refused');
    expect(tickedBoxes(issues(github)[0]?.body ?? '')).toEqual([]);
    expect(await github.pulls({ state: 'all' })).toEqual([]);
    expect(ownBodies(github, issues(github)[0]?.number ?? 0)).toEqual([]);
  });

  it('means nothing on a dashboard that a person closed, nor where Warden itself wrote the tick', async () => {
    const github = aRepository();
    await publish(github);
    tick(github, /disable.*macro/);
    github.world.roles.set('warden[bot]', 'write');
    expect(await act(github, 'warden[bot]')).toBe('none');
    Object.assign(issues(github)[0] ?? {}, { state: 'closed' });

    expect(await act(github, 'ada')).toBe('none');
    expect(await github.pulls({ state: 'all' })).toEqual([]);
  });

  it('means nothing in an issue that is not the dashboard of Warden', async () => {
    const github = aRepository();
    await publish(github);
    tick(github, /disable.*macro/);
    const [issue] = issues(github);
    Object.assign(issue ?? {}, { author: 'ada' });

    expect(markerKind(issue?.body ?? '')).toBe('dashboard');
    expect(await act(github, 'ada')).toBe('none');
    expect(await github.pulls({ state: 'all' })).toEqual([]);
  });
});

async function act(github: MemoryGitHub, sender: string) {
  const state: StateBranch = { newest: async () => ({ commit: COMMIT, disk: aState() }) };
  const number = issues(github)[0]?.number ?? 0;
  const options = { nowMs: github.world.nowMs, codeVersion: '1.0.0' };
  return await actOnBoxes({ github, state, log: quietLog }, { number, sender }, options);
}
