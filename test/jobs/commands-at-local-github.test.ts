// Commands, decisions and the dashboard through the real client at the local GitHub, where refusals and sizes are those of GitHub.

import { describe, expect, it } from 'vitest';
import { markerKind } from '../../src/domain/marker.ts';
import { answerCommand } from '../../src/jobs/answer-command.ts';
import { connected } from '../adapters/github/connected.ts';
import { AT, REPO, startHub } from '../adapters/github/local/hub.ts';
import { configFiles } from './publish-world.ts';
import { stateOf, supervisedDisk } from './review-world.ts';
import { quietPorts, worldSettings } from './supervise-world.ts';

describe('a command at GitHub', () => {
  it('stops a class by a pull request, which another command keeps from being merged', async () => {
    const hub = await startHub();
    const { world } = hub.github;
    const { github } = connected(hub);
    world.commitAs('ada', REPO, 'main', configFiles(worldSettings()), 'Configure');
    const number = world.openPullAs('ada', {
      ...{ repo: REPO, branch: 'words', files: { 'README.md': 'Better\n' }, title: 'T', body: '' },
    });
    const ports = { github, state: stateOf(supervisedDisk()), log: quietPorts.log };
    const ask = async (on: number, body: string, login: string) => {
      const { data } = await hub
        .person(login)
        .request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...AT,
          issue_number: on,
          body,
        });
      const comment = { number: on, commentId: Number(data.id), author: login, body, isBot: false };
      const options = { nowMs: hub.clock.nowMs(), codeVersion: '1.0.0' };
      return await answerCommand(ports, { ...comment, deliveryGuid: null }, options);
    };

    expect(await ask(number, '/warden explain macro', 'eve')).toEqual({ outcome: 'refused' });
    await ask(
      number,
      '/warden disable arb it trades on stale news\n/warden explain macro\n/warden rerun',
      'ada',
    );
    const proposal = (await github.pulls({ state: 'open', branch: 'warden/disable/arb/asked-1' }))[0];
    expect(proposal).toMatchObject({ title: '[AUTO] Disable strategy: arb', author: 'warden[bot]' });
    expect(await github.file('config/kill-list.yaml', 'warden/disable/arb/asked-1')).toContain('stale news');
    const [dashboard] = await github.ownIssues();
    expect(dashboard?.body).toContain('Warden');

    await ask(proposal?.number ?? 0, '/warden keep we fixed the feed', 'ada');
    expect(await github.pull(proposal?.number ?? 0)).toMatchObject({ state: 'closed', mergedAt: null });
    const kinds = (await github.comments(proposal?.number ?? 0)).map(({ body }) => markerKind(body));
    expect(kinds).toEqual(['divergence', null, 'decision', 'closing', 'answer']);
    const answered = (await github.comments(number)).filter(({ body }) => markerKind(body) === 'answer');
    expect(answered).toHaveLength(1);
  });
});
