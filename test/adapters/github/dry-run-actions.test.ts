// A dry run reads which workflows there are, and turns none on.

import { describe, expect, it } from 'vitest';
import { dryRunActions } from '../../../src/adapters/github/dry-run-actions.ts';
import { memoryActions } from '../../fakes/memory-actions.ts';
import { memoryGitHub } from '../../fakes/memory-github.ts';

describe('GitHub Actions in a dry run', () => {
  it('shows what it would turn on, and leaves it', async () => {
    const actions = memoryActions();
    actions.add('.github/workflows/train.yml', 0, 'disabled_inactivity');
    const operations: string[] = [];
    const dry = dryRunActions(actions, memoryGitHub(), (operation) => void operations.push(operation));

    await dry.enableWorkflow(1);

    expect(operations).toEqual(['PUT /repos/acme/alpha/actions/workflows/1/enable']);
    expect((await dry.workflows()).map(({ state }) => state)).toEqual(['disabled_inactivity']);
    expect(actions.enabled).toEqual([]);
  });
});
