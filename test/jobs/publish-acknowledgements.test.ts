// The comment of a merge: waiting, acknowledged, overdue with one escalation, and nothing where nobody listens.

import { describe, expect, it } from 'vitest';
import { markerKind } from '../../src/domain/marker.ts';
import type { ProposalKey } from '../../src/domain/proposal.ts';
import { settingsFrom } from '../../src/domain/settings.ts';
import { DAY_MS, isoFromMs, MINUTE_MS } from '../../src/domain/time.ts';
import { publishAcknowledgements } from '../../src/jobs/publish-acknowledgements.ts';
import type { PublishContext } from '../../src/jobs/publish-context.ts';
import { anAck } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import type { MemoryGitHub } from '../fakes/memory-github.ts';
import { aContext, aRepository, observed, ownBodies, propose, quietLog } from './publish-world.ts';
import { worldConfig, worldSettings } from './supervise-world.ts';

const KEY: ProposalKey = { action: 'disable', subject: 'macro', episode: 'macro/1' };

const DISABLED = worldSettings({
  warden: worldConfig((config) => ({ ...config, github: { ...config.github, reviewers: ['ada'] } })),
  kill_list: {
    macro: { status: 'DISABLED', reason: 'r', evidence: 'e', since: isoFromMs(0), episode: 'macro/1' },
  },
});

async function merged(key: ProposalKey = KEY) {
  const github = aRepository();
  const number = await propose(github, key);
  github.world.merge(number, 'ada');
  return { github, number };
}

async function publish(
  github: MemoryGitHub,
  number: number,
  over: Partial<PublishContext> = {},
  heartbeat = true,
) {
  const disk = memoryDisk();
  if (heartbeat) disk.replace('kernel/summary.json', '{}');
  const proposals = [await observed(github, number, over.proposals?.[0]?.key ?? KEY)];
  const context = aContext(github, { settings: DISABLED, ...over, proposals });
  return await publishAcknowledgements({ github, disk, log: quietLog }, context);
}

function ackAt(github: MemoryGitHub) {
  const ts = isoFromMs(github.world.nowMs);
  return anAck({ ts, strategy_class: 'macro', episode: 'macro/1', applied: 'entries_blocked' });
}

describe('the comment of a merge', () => {
  it('waits for the kernel, is edited once it acknowledged, and stays so', async () => {
    const { github, number } = await merged();
    await publish(github, number);
    expect(ownBodies(github, number)).toEqual([expect.stringContaining('Merged, not in force yet')]);

    const acks = [ackAt(github)];
    const { done } = await publish(github, number, { acks });
    expect(ownBodies(github, number)).toEqual([expect.stringContaining('Applied by kernel')]);
    expect(done.map(({ text }) => text)).toEqual([`said that a kernel applied macro/1 (#${number})`]);
    expect((await github.pull(number))?.labels).toEqual(['warden/acknowledged']);

    const writes = github.world.writes().length;
    await publish(github, number, { acks });
    await publish(github, number, { acks: [], nowMs: github.world.nowMs + DAY_MS });
    expect(github.world.writes()).toHaveLength(writes);
  });

  it('tells people by name once where the kernel is late, and takes the label off when it acknowledges', async () => {
    const { github, number } = await merged();
    const late = github.world.nowMs + 16 * MINUTE_MS;
    const first = await publish(github, number, { nowMs: late });
    await publish(github, number, { nowMs: late + DAY_MS });

    const kinds = ownBodies(github, number).map(markerKind);
    expect(kinds).toEqual(['escalation', 'acknowledgement']);
    expect(ownBodies(github, number)[0]).toContain('@ada ');
    expect((await github.pull(number))?.labels).toEqual(['warden/not-acknowledged']);
    expect(first.done).toHaveLength(2);

    await publish(github, number, { acks: [ackAt(github)], nowMs: late + 2 * DAY_MS });
    expect(ownBodies(github, number)[1]).toContain('Applied by kernel');
    expect((await github.pull(number))?.labels).toEqual(['warden/acknowledged']);
  });

  it('is finished by the next run wherever one died, and nobody is told twice', async () => {
    const { github, number } = await merged();
    const nowMs = github.world.nowMs + 16 * MINUTE_MS;
    for (let tries = 0; tries < 12; tries += 1) {
      const start = github.world.writes().length;
      let faults = 1;
      github.world.fault = ({ isWrite }) => (isWrite && faults-- > 0 ? 'after' : null);
      const { failed } = await publish(github, number, { nowMs });
      expect(failed.length).toBe(github.world.writes().length > start ? 1 : 0);
    }

    expect(ownBodies(github, number).map(markerKind)).toEqual(['escalation', 'acknowledgement']);
    expect((await github.pull(number))?.labels).toEqual(['warden/not-acknowledged']);
  });

  it('is not written for the acknowledgement of an earlier merge', async () => {
    const { github, number: first } = await merged();
    const firstCommit = (await github.pull(first))?.mergeCommit ?? '';
    const enable = { ...KEY, action: 'enable' } as const;
    const second = await propose(github, { ...enable, episode: 'macro/2' });
    github.world.merge(second, 'ada');
    github.world.nowMs += 1000;
    const again = await propose(github, enable);
    github.world.merge(again, 'ada');
    const secondCommit = (await github.pull(second))?.mergeCommit ?? '';
    const proposals = [
      await observed(github, first, KEY),
      await observed(github, second, { ...enable, episode: 'macro/2' }),
      await observed(github, again, enable),
    ];
    const ts = isoFromMs(github.world.nowMs + MINUTE_MS);
    const acks = [firstCommit, secondCommit].map((commit) =>
      anAck({
        ts,
        strategy_class: 'macro',
        episode: null,
        applied: 'entries_allowed',
        kill_list_commit: commit,
      }),
    );
    const settings = settingsFrom({ ...DISABLED, kill_list: {} });
    const context = aContext(github, { settings, acks, proposals });
    await publishAcknowledgements({ github, disk: memoryDisk(), log: quietLog }, context);

    expect(ownBodies(github, again)).toEqual([expect.stringContaining('Merged, not in force yet')]);
    expect(ownBodies(github, second)).toEqual([expect.stringContaining('entries of `macro` are let in')]);
  });

  it('waits for nobody where no kernel has ever reported, also once one does', async () => {
    const { github, number } = await merged();
    const nowMs = github.world.nowMs + DAY_MS;
    await publish(github, number, { nowMs }, false);
    expect(ownBodies(github, number)).toEqual([
      expect.stringContaining('No kernel reports to this state branch'),
    ]);

    await publish(github, number, { nowMs }, true);
    expect(ownBodies(github, number)).toHaveLength(1);
  });

  it('says that a merge was taken back before a kernel applied it', async () => {
    const { github, number } = await merged();
    await publish(github, number);
    const settings = settingsFrom({ ...DISABLED, kill_list: {} });
    await publish(github, number, { settings, nowMs: github.world.nowMs + DAY_MS });

    expect(ownBodies(github, number)).toEqual([expect.stringContaining('Taken back.')]);
  });

  it.each([
    ['the class is stopped for another episode by now', KEY, 'macro/2', 'Taken back.'],
    ['the class is stopped again', { ...KEY, action: 'enable' }, 'macro/2', 'Taken back.'],
    ['the class is still stopped for it', KEY, 'macro/1', 'Merged, not in force yet'],
  ] as const)(
    'knows whether the default branch still says what was merged: %s',
    async (_case, key, episode, words) => {
      const { github, number } = await merged(key);
      const proposals = [await observed(github, number, key)];
      const settings = settingsFrom({
        ...DISABLED,
        kill_list: {
          macro: { status: 'DISABLED', reason: 'r', evidence: 'e', since: isoFromMs(0), episode },
        },
      });
      const agreeing = key.action === 'enable' ? settingsFrom({ ...DISABLED, kill_list: {} }) : DISABLED;
      await publish(github, number, { proposals, settings: agreeing });
      await publish(github, number, { proposals, settings });

      expect(ownBodies(github, number)).toEqual([expect.stringContaining(words)]);
    },
  );

  it('is not written where a merge was taken back before anything was said of it', async () => {
    const { github, number } = await merged();
    await publish(github, number, { settings: settingsFrom({ ...DISABLED, kill_list: {} }) });

    expect(ownBodies(github, number)).toEqual([]);
  });

  it('is not written for a merge into another branch than the default one, which no kernel reads', async () => {
    const { github, number } = await merged();
    Object.assign(github.world.pulls.get(number) ?? {}, { baseBranch: 'release' });
    await publish(github, number);

    expect(ownBodies(github, number)).toEqual([]);
  });

  it.each([
    ['is not written where the acknowledgements cannot be read', { acks: null }],
    ['is not written for what was merged more than 30 days ago', { nowMs: Date.UTC(2027, 0, 1) }],
  ])('%s', async (_case, over) => {
    const { github, number } = await merged();
    const published = await publish(github, number, over);

    expect(published).toEqual({ done: [], failed: [] });
    expect(ownBodies(github, number)).toEqual([]);
  });

  it('is not written on an open pull request, nor on one about an agent', async () => {
    const github = aRepository();
    const open = await propose(github, KEY);
    await publish(github, open);
    const promote: ProposalKey = { action: 'promote', subject: 'drop', episode: 'drop/1' };
    const agent = await propose(github, promote, { 'config/agents.yaml': 'x: 1\n' });
    github.world.merge(agent, 'ada');
    const context = aContext(github, { proposals: [await observed(github, agent, promote)] });
    await publishAcknowledgements({ github, disk: memoryDisk(), log: quietLog }, context);

    expect([...ownBodies(github, open), ...ownBodies(github, agent)]).toEqual([]);
  });
});
