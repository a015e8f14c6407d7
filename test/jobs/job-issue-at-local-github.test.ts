// The issue about a job through the real client at the local GitHub: who closed it is known there, and a dry run writes nothing.

import { describe, expect, it } from 'vitest';
import { dryRunGitHub } from '../../src/adapters/github/dry-run-github.ts';
import { publishJobIssue } from '../../src/jobs/publish-job-issue.ts';
import { connected } from '../adapters/github/connected.ts';
import { AT, startHub } from '../adapters/github/local/hub.ts';

type Facts = Parameters<typeof publishJobIssue>[1];

function run(hour: number, outcome: Facts['outcome'], message = 'no bars: <b>502</b> @ada #7'): Facts {
  const at = `2026-11-21T${hour}:00:00.000Z`;
  return {
    job: 'train',
    outcome,
    exitCode: outcome === 'well' ? 0 : 1,
    message,
    runUrl: null,
    at,
    labels: ['warden'],
  };
}

describe('the issue about a job at GitHub', () => {
  it('is opened, edited, closed, opened again, and left to a person who closed it', async () => {
    const hub = await startHub();
    const { github } = connected(hub);
    const tell = async (facts: Facts) => (await publishJobIssue(github, facts)).done.map(({ text }) => text);
    await tell(run(10, 'failed'));
    const number = (await github.ownIssues())[0]?.number ?? 0;

    expect(await tell(run(11, 'failed'))).toEqual([`updated the issue about the job train: #${number}`]);
    expect(await tell(run(11, 'failed'))).toEqual([]);
    expect(await tell(run(12, 'well'))).toEqual([`closed the issue about the job train: #${number}`]);
    expect((await github.comments(number)).map(({ body }) => body)[0]).toContain(
      'after 2 runs had failed since',
    );
    expect(await tell(run(13, 'failed'))).toEqual([`opened the issue about the job train again: #${number}`]);

    const byHand = { ...AT, issue_number: number, state: 'closed' as const };
    await hub.person('ada').request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', byHand);
    expect(await tell(run(14, 'failed'))).toEqual([]);
    expect(await github.issue(number)).toMatchObject({ state: 'closed', closedBy: 'ada' });
    expect(await tell(run(15, 'failed', 'no rows'))).toEqual([
      `opened the issue about the job train again: #${number}`,
    ]);
  });

  it('is only spoken of with a dry run', async () => {
    const { github } = connected(await startHub());
    const operations: string[] = [];
    const dry = dryRunGitHub(github, (operation) => operations.push(operation));
    expect((await publishJobIssue(dry, run(10, 'failed'))).failed).toEqual([]);

    expect(operations).toHaveLength(1);
    expect(operations[0]).toContain('Action required: the job train fails');
    expect(await github.ownIssues()).toEqual([]);
  });
});
