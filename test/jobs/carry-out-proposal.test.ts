// One action on one proposal, while others act on the same branch and pull request: it looks first, and theirs stays theirs.

import { describe, expect, it } from 'vitest';
import { markerKind } from '../../src/domain/marker.ts';
import { branchOf, type ProposalKey } from '../../src/domain/proposal.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { findProposals, observed } from '../../src/jobs/observe-proposals.ts';
import type { PublishContext } from '../../src/jobs/publish-context.ts';
import { publishProposals } from '../../src/jobs/publish-proposals.ts';
import type { GitHub } from '../../src/ports.ts';
import { aDisableVerdict } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import type { MemoryGitHub } from '../fakes/memory-github.ts';
import { aContext, aRepository, NOW_MS, ownBodies, quietLog } from './publish-world.ts';
import { worldConfig, worldSettings } from './supervise-world.ts';

const KEY: ProposalKey = { action: 'disable', subject: 'macro', episode: 'macro/1' };
const BRANCH = branchOf(KEY);
const FILE = 'config/kill-list.yaml';
const OWN = 'warden[bot]';
const DISABLE = aDisableVerdict();

async function publish(github: MemoryGitHub, open: readonly Verdict[], over: Partial<PublishContext> = {}) {
  const found = await findProposals(github);
  const proposals = await Promise.all(found.map(async (each) => await observed(github, each)));
  const facts = { nowMs: NOW_MS, verdicts: [DISABLE], openVerdicts: open, proposals };
  const ports = { github, disk: memoryDisk(), log: quietLog };
  return await publishProposals(ports, aContext(github, { ...facts, ...over }));
}

/** Does something once, right before the first call of an operation. */
function rightBefore(github: MemoryGitHub, operation: keyof GitHub, act: () => void): void {
  let isDone = false;
  github.world.fault = (call) => {
    if (call.operation === operation && !isDone) {
      isDone = true;
      act();
    }
    return null;
  };
}

function only(github: MemoryGitHub) {
  const [pull, ...others] = [...github.world.pulls.values()];
  if (pull === undefined || others.length > 0) throw new Error('there is not one pull request');
  return pull;
}

describe('opening a proposal', () => {
  it('does not write over the pull request of a person from the branch of Warden', async () => {
    const github = aRepository();
    github.world.push(BRANCH, { [FILE]: 'macro: {}\n' }, OWN);
    const number = github.world.open({ branch: BRANCH, author: 'ada', title: 'Mine', body: 'mine' });
    const { failed } = await publish(github, [DISABLE]);

    expect(failed).toEqual([
      expect.objectContaining({ error: expect.stringContaining(`#${number} by ada`) }),
    ]);
    expect(only(github)).toMatchObject({ title: 'Mine', body: 'mine', labels: [] });
  });

  it('brings up to date what another run opened meanwhile', async () => {
    const github = aRepository();
    rightBefore(github, 'createPull', () => {
      github.world.open({ branch: BRANCH, author: OWN, title: 'Older', body: 'older' });
    });
    await publish(github, [DISABLE]);

    expect(only(github).title).toContain('[AUTO] Disable strategy');
    expect(only(github).body).toContain(DISABLE.verdict_id);
  });

  it('is not done where the branch moves while it is written to', async () => {
    const github = aRepository();
    rightBefore(github, 'commit', () => void github.world.push(BRANCH, { 'a.txt': 'a' }, 'ada'));
    const { failed } = await publish(github, [DISABLE]);

    expect(failed).toEqual([expect.objectContaining({ error: expect.stringContaining('moved while') })]);
    expect(github.world.pulls.size).toBe(0);
  });

  it('does not ask its own account for a review', async () => {
    const settings = worldSettings({
      warden: worldConfig((config) => ({ ...config, github: { ...config.github, reviewers: [OWN, 'ada'] } })),
    });
    const github = aRepository(settings);
    github.world.roles.set(OWN, 'write');
    await publish(github, [DISABLE], { settings });

    expect(github.world.asked.get(only(github).number)).toEqual(['ada']);
  });
});

describe('opening a proposal again', () => {
  it('takes back the reason for which it was closed, so that a later end closes it once more', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    await publish(github, []);
    const { number } = only(github);
    expect(ownBodies(github, number).map(markerKind)).toContain('closing');
    await publish(github, [DISABLE]);
    expect(ownBodies(github, number).map(markerKind)).not.toContain('closing');
    await publish(github, []);

    expect(only(github).state).toBe('closed');
  });

  it('leaves a branch alone that holds work of others', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    await publish(github, []);
    const mine = 'macro:\n  status: ENABLED\n';
    github.world.push(BRANCH, { [FILE]: mine }, 'ada');
    Object.assign(only(github), { headSha: github.world.git.resolve(BRANCH) });
    await publish(github, [DISABLE]);

    expect(only(github).state).toBe('open');
    expect(github.world.fileOn(BRANCH, FILE)).toBe(mine);
  });
});

describe('closing a proposal', () => {
  it('is not done by a state that does not hold its verdict, and is owed in words', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const { waiting } = await publish(github, [], { verdicts: [] });

    expect(only(github).state).toBe('open');
    expect(waiting).toEqual([expect.stringContaining('rests on a verdict that this state does not hold')]);
  });

  it('says nothing where a person closed it meanwhile: that closing is theirs', async () => {
    const github = aRepository();
    await publish(github, [DISABLE]);
    const { number } = only(github);
    rightBefore(github, 'pull', () => github.world.close(number, 'ada'));
    await publish(github, []);

    expect(github.world.issues.get(number)?.closedBy).toBe('ada');
    expect(ownBodies(github, number).map(markerKind)).not.toContain('closing');
  });
});
