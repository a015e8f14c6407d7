// `warden explain --at <commit>` on the command line: a figure of long ago from the repository alone.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { registerExplain } from '../../src/cli/explain.ts';
import { commitFiles, gitAs, newRepository } from '../adapters/git/repository.ts';
import { insertAll, look, settledMs, worldRows } from '../jobs/supervise-world.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
let old = '';
let bare = '';
/** The state is a worktree of its own, as it is in a repository that Warden supervises. */
beforeAll(() => {
  cwd = newRepository('main', mkdtempSync(join(tmpdir(), 'warden-git-')));
  bare = commitFiles(cwd, { 'README.md': 'no state' });
  const state = join(cwd, 'state/data');
  gitAs(cwd, 'worktree', 'add', '--quiet', '-b', 'warden-state', state);
  gitAs(state, 'rm', '--quiet', '-r', '.');
  const disk = nodeDisk(state, { durable: false });
  insertAll(disk, worldRows(60, 150));
  look(disk, settledMs(149));
  old = commitFiles(state, {});
  insertAll(disk, worldRows(151, 200));
  look(disk, settledMs(199));
  commitFiles(state, {});
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function explain(...argv: string[]) {
  return await runInMemory([registerExplain], ['explain', ...argv], { cwd });
}

/** A file of the supervisor as the old commit has it. */
function recorded(name: string): unknown {
  return JSON.parse(gitAs(cwd, 'show', `${old}:supervisor/${name}.json`));
}

describe('explain at a commit', () => {
  it('shows what was known then, under the settings of then', async () => {
    const then = await explain('macro', '--at', old.slice(0, 9), '--json');
    const now = await explain('macro', '--json');
    const { config_hash } = recorded('meta_report') as { config_hash: string };
    const { macro } = recorded('strategy_cvar_regime') as Record<string, Record<string, unknown>>;

    expect(then.exitCode).toBe(0);
    expect(then.stderr).toContain(`as of the commit ${old} of the state`);
    const cells = [{ regime: 'TREND', cell: macro?.['TREND'] }];
    expect(then.json()).toMatchObject({ state_commit: old, subject: { config_hash, cells } });
    expect(now.json()).not.toMatchObject({ subject: { config_hash } });
    expect(now.json()).not.toMatchObject({ subject: { cells } });
  });

  it('shows a recorded verdict of that commit', async () => {
    const run = await explain('macro', '--at', old, '--verdict', 'macro/1');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^recomputes: (\d+) of \1 numbers are what was recorded$/m);
  });

  it('leaves the state, the repository and no copy behind', async () => {
    await explain('macro', '--at', old);

    expect(gitAs(join(cwd, 'state/data'), 'status', '--porcelain')).toBe('');
    expect(gitAs(cwd, 'worktree', 'list').split('\n')).toHaveLength(2);
  });

  it.each([
    ['a commit that is none', () => '0123456789abcdef', /begins with 0123456789abcdef; give all 40 digits/],
    ['a commit without a state', () => bare, /cannot be explained: it has no supervisor\/meta_report.json/],
    ['too few digits', () => '01234', /"01234" is too short for a commit; give 7 digits or more/],
    ['no moment at all', () => 'yesterday', /"yesterday" is not RFC 3339/],
  ])('refuses %s', async (_case, at, sentence) => {
    const run = await explain('macro', '--at', at());

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(sentence);
  });

  it('refuses an instant beside a verdict, as before', async () => {
    const run = await explain('macro', '--verdict', 'macro/1', '--at', '2021-07-01T00:00:00Z');

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('--verdict has its own instant');
  });
});
