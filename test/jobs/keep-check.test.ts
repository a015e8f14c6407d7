// A check that is kept: one run where GitHub lets us, annotations once each, and nothing left in progress.

import { describe, expect, it } from 'vitest';
import { type CheckAnnotation, GitHubError } from '../../src/domain/github.ts';
import { keepCheck } from '../../src/jobs/keep-check.ts';
import type { CheckResult } from '../../src/supervision/config-review.ts';
import { memoryGitHub } from '../fakes/memory-github.ts';

const HEAD = 'a'.repeat(40);

function note(message: string): CheckAnnotation {
  return { path: 'config/warden.yaml', startLine: 1, endLine: 1, level: 'notice', title: 'Note', message };
}

function result(title: string, ...annotations: CheckAnnotation[]): CheckResult {
  return { conclusion: 'success', output: { title, summary: 'Words.', text: '', annotations } };
}

function keeping() {
  const github = memoryGitHub();
  const place = { name: 'warden/config', headSha: HEAD } as const;
  const keep = async (wanted: CheckResult, provenance = 'At noon.') =>
    await keepCheck(github, { ...place, provenance }, wanted);
  return { world: github.world, keep, runs: () => [...github.world.checks.values()] };
}

describe('keepCheck', () => {
  it('writes a result once, whenever and from which commits it was found', async () => {
    const { keep, runs } = keeping();
    expect(await keep(result('A'))).toBe('written');
    expect(await keep(result('A'), 'At night.')).toBe('unchanged');
    expect(runs()).toMatchObject([{ status: 'completed', title: 'A', summary: 'Words.\n\nAt noon.' }]);
  });

  it('starts its run anew for another result', async () => {
    const { keep, runs } = keeping();
    await keep(result('A'));
    await keep(result('B'));
    expect(runs()).toMatchObject([{ id: 1, status: 'completed', title: 'B' }]);
  });

  it('shows every annotation once, though GitHub only adds to them', async () => {
    const { keep, runs } = keeping();
    await keep(result('A', note('one')));
    await keep(result('B', note('one')));
    expect(runs()).toMatchObject([{ title: 'B', annotations: [note('one')] }]);
    await keep(result('C', note('two')));
    expect(runs()).toMatchObject([{ title: 'B' }, { title: 'C', annotations: [note('two')] }]);
    await keep(result('D'));
    expect(runs()).toMatchObject([{ title: 'B' }, { title: 'C' }, { title: 'D', annotations: [] }]);
  });

  it('completes a run whose words are more than GitHub keeps, and says where they come from', async () => {
    const { keep, runs } = keeping();
    const summary = `First.\n\n${'→ more\n\n'.repeat(9_000)}`;
    const long = result('A');
    await keep({ ...long, output: { ...long.output, summary } });

    expect(runs()).toMatchObject([{ status: 'completed', title: 'A' }]);
    expect(runs()[0]?.summary).toMatch(/^First\.\n.*does not fit into a check\._\n\nAt noon\.$/s);
  });

  it('completes a run whose result GitHub refuses, and tells the caller', async () => {
    const { world, keep, runs } = keeping();
    let refused = 0;
    world.fault = ({ operation }) => {
      refused += operation === 'completeCheck' ? 1 : 0;
      return operation === 'completeCheck' && refused === 1
        ? new GitHubError('refused', 422, 'too long')
        : null;
    };
    await expect(keep(result('A', note('one')))).rejects.toThrow('too long');
    expect(runs()).toMatchObject([
      { status: 'completed', conclusion: 'failure', title: 'The result could not be shown' },
    ]);

    world.fault = () => null;
    expect(await keep(result('A', note('one')))).toBe('written');
    expect(runs().at(-1)).toMatchObject({ title: 'A', conclusion: 'success', annotations: [note('one')] });
  });
});
