// The comment about divergence on the pull requests that it concerns.

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { DivergenceAlert } from '../../src/domain/divergence.ts';
import { markerKind } from '../../src/domain/marker.ts';
import type { ProposalKey } from '../../src/domain/proposal.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import type { PublishContext } from '../../src/jobs/publish-context.ts';
import { publishDivergence } from '../../src/jobs/publish-divergence.ts';
import { anAlert } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import type { MemoryGitHub } from '../fakes/memory-github.ts';
import { aContext, aRepository, observed, ownBodies, propose, quietLog } from './publish-world.ts';
import { ENABLED, REGISTRY, worldConfig, worldSettings } from './supervise-world.ts';

const KEY: ProposalKey = { action: 'disable', subject: 'macro', episode: 'macro/1' };
const SETTINGS: Settings = worldSettings({
  agents: {
    ...REGISTRY,
    'break-a': { strategy_class: 'macro', stage: 'live', base_weight: 0.2, paths: ['agents/break/**'] },
  },
  warden: worldConfig((config) => ({
    ...config,
    github: { ...config.github, reviewers: ['ada', 'acme/risk'] },
  })),
});

function alertOf(over: Partial<DivergenceAlert> = {}): DivergenceAlert {
  return anAlert({ agent: 'break-a', state: 'ALERT', severity: 'medium', ...over });
}

async function publish(
  github: MemoryGitHub,
  alerts: readonly DivergenceAlert[],
  over: Partial<PublishContext> = {},
) {
  const context = aContext(github, { settings: SETTINGS, alerts, ...over });
  return await publishDivergence({ github, disk: memoryDisk(), log: quietLog }, context);
}

function personsPull(github: MemoryGitHub, files: Readonly<Record<string, string>>): number {
  github.world.push('change', files);
  return github.world.open({ branch: 'change', author: 'ada' });
}

const MEDIUM = [alertOf()];
const HIGH = [alertOf({ severity: 'high' })];
const OVER = [alertOf({ state: 'RESOLVED', severity: 'none' })];

describe('the comment about divergence', () => {
  it('is on the proposal about the class, edited in place, and says when it is over', async () => {
    const github = aRepository(SETTINGS);
    const number = await propose(github, KEY);
    const proposals = [await observed(github, number, KEY)];
    await publish(github, MEDIUM, { proposals });
    expect(ownBodies(github, number)).toEqual([expect.stringContaining('stopped looking like its model')]);

    const writes = github.world.writes().length;
    expect(await publish(github, MEDIUM, { proposals })).toEqual({ done: [], failed: [] });
    expect(github.world.writes()).toHaveLength(writes);

    await publish(github, OVER, { proposals });
    expect(ownBodies(github, number)).toEqual([expect.stringContaining('Divergence: over')]);
    await publish(github, [], { proposals });
    expect(ownBodies(github, number)).toEqual([expect.stringContaining('Divergence: over')]);
  });

  it.each([
    ['edits the class', { 'config/kill-list.yaml': stringify({ ...ENABLED, macro: { max_cvar_sigma: 9 } }) }],
    [
      'edits the agent',
      {
        'config/agents.yaml': stringify({
          ...SETTINGS.agents,
          'break-a': { strategy_class: 'macro', stage: 'shadow', base_weight: 0.2 },
        }),
      },
    ],
    ['touches the files of the agent', { 'agents/break/model.py': 'x' }],
  ])('is on a pull request of a person that %s', async (_case, files) => {
    const github = aRepository(SETTINGS);
    const number = personsPull(github, files);
    await publish(github, MEDIUM);

    expect(ownBodies(github, number)).toHaveLength(1);
  });

  it.each([
    ['touches something else', { 'README.md': 'x' }],
    [
      'edits another class',
      { 'config/kill-list.yaml': stringify({ ...ENABLED, arb: { max_cvar_sigma: 9 } }) },
    ],
    ['holds a kill list that is wrong', { 'config/kill-list.yaml': 'macro: {max_cvar_sgima: 9}\n' }],
  ])('is not on one that %s', async (_case, files) => {
    const github = aRepository(SETTINGS);
    const number = personsPull(github, files);
    await publish(github, MEDIUM);

    expect(ownBodies(github, number)).toEqual([]);
  });

  it('reads the configuration of a fork as data', async () => {
    const github = aRepository(SETTINGS);
    const text = stringify({ ...ENABLED, macro: { max_cvar_sigma: 9 } });
    const sha = github.world.push('elsewhere', { 'config/kill-list.yaml': text });
    github.world.git.forkBranches.set('eve/alpha:change', sha);
    github.world.git.branches.delete('elsewhere');
    const number = github.world.open({ branch: 'change', author: 'eve', fork: 'eve/alpha' });
    await publish(github, MEDIUM);

    expect(ownBodies(github, number)).toHaveLength(1);
  });

  it('names people in a new comment only when it gets worse, and at most so often a day', async () => {
    const github = aRepository(SETTINGS);
    const number = await propose(github, KEY);
    const proposals = [await observed(github, number, KEY)];
    const kinds = (): unknown[] => ownBodies(github, number).map(markerKind);
    await publish(github, MEDIUM, { proposals });
    await publish(github, HIGH, { proposals });
    expect(kinds()).toEqual(['divergence', 'escalation']);
    expect(ownBodies(github, number)[1]).toContain('@ada @acme/risk ');

    for (const alerts of [MEDIUM, HIGH, MEDIUM, HIGH]) await publish(github, alerts, { proposals });
    expect(kinds()).toEqual(['divergence', 'escalation']);

    github.world.nowMs += DAY_MS;
    await publish(github, HIGH, { proposals });
    await publish(github, HIGH, { proposals });
    expect(kinds()).toEqual(['divergence', 'escalation', 'escalation']);
  });

  it('is one, whatever others wrote and however many runs raced', async () => {
    const github = aRepository(SETTINGS);
    const number = await propose(github, KEY);
    const proposals = [await observed(github, number, KEY)];
    github.world.comment(
      number,
      'eve',
      '<!-- warden:divergence {"severity":"high","v":1} -->\n\nAll is well.',
    );
    await publish(github, MEDIUM, { proposals });
    const [first = ''] = ownBodies(github, number);
    github.world.comment(number, github.ownLogins[0] ?? '', first);
    await publish(github, MEDIUM, { proposals });

    expect(ownBodies(github, number)).toEqual([first]);
  });

  it('is written on the others where one pull request fails', async () => {
    const github = aRepository(SETTINGS);
    const first = await propose(github, KEY);
    const second = personsPull(github, { 'agents/break/model.py': 'x' });
    github.world.fault = ({ operation, args }) =>
      operation === 'createComment' && args[0] === first ? 'before' : null;
    const { done, failed } = await publish(github, MEDIUM, {
      proposals: [await observed(github, first, KEY)],
    });

    expect(failed).toEqual([expect.objectContaining({ what: `divergence on #${first}` })]);
    expect(done).toHaveLength(1);
    expect(ownBodies(github, second)).toHaveLength(1);
  });
});
