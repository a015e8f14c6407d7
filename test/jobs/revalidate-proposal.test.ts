// Merge-time truth: the check on open proposals follows the base, the branch and what the supervisor says, and is written once.

import { describe, expect, it } from 'vitest';
import { GitHubError } from '../../src/domain/github.ts';
import { markerLine } from '../../src/domain/marker.ts';
import { branchOf, type ProposalKey } from '../../src/domain/proposal.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import type { PublishContext } from '../../src/jobs/publish-context.ts';
import { revalidateProposals } from '../../src/jobs/revalidate-proposal.ts';
import { reviewConfig } from '../../src/jobs/review-config.ts';
import { aDisableVerdict, aMetaReport } from '../domain/record-builders.ts';
import type { MemoryGitHub } from '../fakes/memory-github.ts';
import type { MemoryCheck } from '../fakes/memory-world.ts';
import { aContext, aRepository, propose, quietLog } from './publish-world.ts';
import { stateOf, supervisedDisk } from './review-world.ts';

const KEY: ProposalKey = { action: 'disable', subject: 'macro', episode: 'macro/1' };
const BREACH = aDisableVerdict();
const disk = supervisedDisk();
const STOP =
  '  status: DISABLED\n  reason: tail\n  evidence: verdict\n  since: "2026-11-21T10:00:00.000Z"\n  episode: macro/1\n';

/** The kill list of the repository with `change` made to its text. */
function edited(
  github: MemoryGitHub,
  change: (text: string) => string,
  branch = 'main',
): Record<string, string> {
  return { 'config/kill-list.yaml': change(github.world.fileOn(branch, 'config/kill-list.yaml') ?? '') };
}

function stopped(text: string): string {
  return text.replace('macro:\n  status: ENABLED\n', `macro:\n${STOP}`);
}

function looserArb(text: string): string {
  return text.replace('max_cvar_sigma: 5', 'max_cvar_sigma: 9');
}

async function proposed(change = stopped) {
  const github = aRepository();
  const number = await propose(github, KEY, edited(github, change));
  const revalidate = async (over: Partial<PublishContext> = {}) =>
    await revalidateProposals(
      { github, log: quietLog },
      aContext(github, { verdicts: [BREACH], openVerdicts: [BREACH], ...over }),
    );
  const check = (): MemoryCheck => {
    const headSha = github.world.git.resolve(branchOf(KEY));
    const found = [...github.world.checks.values()].filter((each) => each.headSha === headSha);
    expect(found).toHaveLength(1);
    return found[0] as MemoryCheck;
  };
  return { github, number, revalidate, check };
}

describe('revalidateProposals', () => {
  it('says that a proposal is still true, and writes nothing where it says so already', async () => {
    const { github, revalidate, check } = await proposed();
    expect(await revalidate()).toMatchObject({
      failed: [],
      proposals: [{ conclusion: 'success', check: 'written' }],
    });
    expect(check()).toMatchObject({
      name: 'warden/proposal',
      conclusion: 'success',
      title: 'Still true as of 2026-11-21',
    });

    const before = github.world.writes().length;
    const later = aMetaReport({ generated_at: '2026-11-21T23:00:00.000Z' });
    expect(await revalidate({ report: later, stateCommit: 'e'.repeat(40) })).toMatchObject({
      proposals: [{ check: 'unchanged' }],
    });
    expect(github.world.writes()).toHaveLength(before);
  });

  it('goes stale when the supervisor takes it back, and true again when it breaches again', async () => {
    const { revalidate, check } = await proposed();
    await revalidate();
    const over = aDisableVerdict({
      kind: 'REENABLE',
      evidence: { ...BREACH.evidence, reason: 'withdrawn' } as never,
    });
    await revalidate({ verdicts: [BREACH, over as Verdict], openVerdicts: [] });
    expect(check()).toMatchObject({
      conclusion: 'failure',
      title: 'Stale since 2026-11-21 10:00: the breach is over',
    });
    await revalidate();
    expect(check().conclusion).toBe('success');
  });

  it('goes stale when somebody stops the class elsewhere', async () => {
    const { github, revalidate, check } = await proposed();
    github.world.push('main', edited(github, stopped));
    await revalidate();
    expect(check()).toMatchObject({
      conclusion: 'failure',
      title: expect.stringContaining('is stopped already'),
    });
  });

  it('takes newer limits of the base as they are: merging keeps them', async () => {
    const { github, revalidate, check } = await proposed();
    github.world.push(
      'main',
      edited(github, (text) => text.replace('max_cvar_sigma: 5', 'max_cvar_sigma: 3')),
    );
    await revalidate();
    expect(check().conclusion).toBe('success');
  });

  it('fails a branch that would rewind newer limits or loosen others on the way', async () => {
    const { github, revalidate, check } = await proposed();
    github.world.push(branchOf(KEY), edited(github, looserArb, branchOf(KEY)), 'mallory');
    await revalidate();
    expect(check()).toMatchObject({ conclusion: 'failure', title: 'Merging would change more than it says' });
    expect(check().summary).toContain('`kill_list.arb.max_cvar_sigma`');
  });

  it.each(['.github/workflows/kernel.yml', 'config/pink.yaml'])(
    'fails a branch that brings along another file (%s)',
    async (path) => {
      const { github, revalidate, check } = await proposed();
      github.world.push(branchOf(KEY), { [path]: 'on: push\n' }, 'mallory');
      await revalidate();
      expect(check()).toMatchObject({
        conclusion: 'failure',
        title: 'Merging would change more than it says',
      });
      expect(check().summary).toContain(`the file \`${path}\``);
    },
  );

  it('is neutral where the base is broken or nothing is known, and fails where the branch is broken', async () => {
    const broken = await proposed();
    broken.github.world.push('main', { 'config/kill-list.yaml': 'macro: [\n' });
    await broken.revalidate();
    expect(broken.check()).toMatchObject({ conclusion: 'neutral' });

    const branch = await proposed(() => 'macro: [\n');
    await branch.revalidate();
    expect(branch.check()).toMatchObject({
      conclusion: 'failure',
      title: 'Merging would leave a broken configuration',
    });

    const unknown = await proposed();
    await unknown.revalidate({ report: null });
    expect(unknown.check()).toMatchObject({ conclusion: 'neutral', title: 'Not known: no state' });
  });

  it('leaves pull requests alone that are closed, or that only look like its own', async () => {
    const { github, number, revalidate } = await proposed();
    github.world.push('copy', edited(github, stopped), 'mallory');
    const facts = { ...KEY, v: 1, verdict_id: null, requested_by: null };
    github.world.open({ branch: 'copy', author: 'mallory', body: markerLine('proposal', facts) });
    github.world.close(number, 'ada');
    expect(await revalidate()).toEqual({ proposals: [], failed: [] });
    expect(github.world.checks.size).toBe(0);
  });

  it('goes on with the others where one fails, and says on it that it did not finish', async () => {
    const { github, revalidate, check } = await proposed();
    const other: ProposalKey = { action: 'disable', subject: 'arb', episode: 'arb/1' };
    await propose(
      github,
      other,
      edited(github, (text) =>
        text.replace('arb:\n  status: ENABLED\n', `arb:\n${STOP.replace('macro/1', 'arb/1')}`),
      ),
    );
    github.world.fault = ({ operation, args }) =>
      operation === 'changedFiles' && args[0] === 2
        ? new GitHubError('unavailable', 502, 'GitHub answered 502')
        : null;
    const found = await revalidate();

    expect(found.failed).toEqual([
      { what: expect.stringContaining('/pull/2'), error: 'GitHub answered 502' },
    ]);
    expect(found.proposals).toMatchObject([{ number: 1, conclusion: 'success' }]);
    expect(check().conclusion).toBe('success');
    expect([...github.world.checks.values()].map(({ title }) => title)).toContain('The check did not finish');
  });
});

describe('a review of a proposal', () => {
  it('checks it by the state itself, whatever the event', async () => {
    const github = aRepository();
    const number = await propose(github, KEY, edited(github, stopped));
    const ports = { github, state: stateOf(disk), log: quietLog };
    await reviewConfig(ports, number, { nowMs: 0, codeVersion: '1.0.0' });

    const checks = [...github.world.checks.values()];
    expect(checks.map(({ name, conclusion }) => [name, conclusion])).toEqual([
      ['warden/config', 'success'],
      ['warden/proposal', 'success'],
    ]);
    expect(checks[1]?.title).toBe('Still true as of 2021-08-08');
  });
});
