// The small runner itself: it starts, skips, fails and hands on as GitHub documents it, and lets nothing of this machine in.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WorkflowFile, workflowOf } from '../workflow-file.ts';
import { pairsOf } from './command-files.ts';
import type { JobRun, RunFacts } from './run-job.ts';
import { runWorkflow } from './run-workflow.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-runner-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function factsOf(changes: Partial<RunFacts> = {}): RunFacts {
  return {
    ...{ folder, program: folder, apiUrl: 'http://127.0.0.1:1', serverUrl: 'http://127.0.0.1:1' },
    ...{ repository: 'acme/alpha', ref: 'refs/heads/main', sha: '0'.repeat(40), actor: 'ada' },
    event: { name: 'push', payload: { pull_request: { title: '"; touch hacked; echo "' } } },
    ...{ inputs: null, secrets: { KEY: 'swordfish' }, vars: { MODE: 'on' }, isCached: false },
    token: () => 'ghs_token',
    ...changes,
  };
}

function workflow(job: string, on = 'push:'): WorkflowFile {
  const text = `name: it\non:\n  ${on}\njobs:\n  job:\n    runs-on: ubuntu-latest\n${job.replaceAll(/^/gm, '    ')}`;
  return workflowOf('.github/workflows/it.yml', text);
}

async function runIt(job: string, changes: Partial<RunFacts> = {}): Promise<JobRun> {
  const [only] = await runWorkflow(workflow(job), factsOf(changes));
  if (only === undefined) throw new Error('there is no job');
  return only;
}

describe('a job', () => {
  it('is skipped where its condition does not hold', async () => {
    const job = "if: vars.MODE != 'on'\nsteps:\n  - run: echo ran";
    expect(await runIt(job)).toMatchObject({ result: 'skipped', log: '', trace: [] });
    expect(await runIt(job, { vars: {} })).toMatchObject({ result: 'success', log: 'ran\n' });
  });

  it('skips its steps after one that failed, but for those that ask for it', async () => {
    const job = await runIt(`steps:
  - run: exit 3
    id: warden
  - run: echo never
  - run: echo failed
    if: failure()
  - run: echo always with $CODE
    if: always() && steps.warden.outcome == 'failure'
    env:
      CODE: \${{ vars.MODE }}`);

    expect(job).toMatchObject({ result: 'failure', exitCode: 3, log: 'failed\nalways with on\n' });
  });

  it('hands on variables, programs, outputs and a summary', async () => {
    const job = await runIt(`steps:
  - id: warden
    run: |
      echo NAME=value >> "$GITHUB_ENV"
      echo "$HOME" >> "$GITHUB_PATH"
      printf 'lines<<EOF\\na\\nb=c\\nEOF\\n' >> "$GITHUB_OUTPUT"
      echo '# Done' >> "$GITHUB_STEP_SUMMARY"
      printf '#!/bin/sh\\necho called\\n' > "$HOME/called"
      chmod +x "$HOME/called"
  - run: called; echo "$NAME"; echo "$LINES_GIVEN"
    env:
      LINES_GIVEN: \${{ steps.warden.outputs.lines }}`);

    expect(job).toMatchObject({ log: 'called\nvalue\na\nb=c\n', summary: '# Done\n' });
    expect(job.outputs).toEqual({ lines: 'a\nb=c' });
  });

  it('stops at a part of a pipe that fails only where it names bash', async () => {
    const job = (shell: string) => `steps:\n  - run: false | true${shell}`;
    expect(await runIt(job(''))).toMatchObject({ result: 'success' });
    expect(await runIt(job('\n    shell: bash'))).toMatchObject({ result: 'failure' });
  });

  it('knows no variable of the machine that runs it', async () => {
    const job = await runIt('steps:\n  - run: env');
    const names = job.log.split('\n').flatMap((line) => line.split('=')[0] ?? []);
    const own = /^(GITHUB_|RUNNER_|CI$|HOME$|PATH$|PWD$|SHLVL$|_$|$)/;
    expect(names.filter((name) => !own.test(name))).toEqual([]);
    expect(job.log).not.toContain('ghs_token');
    expect(job.log).not.toContain('swordfish');
  });

  it('makes text of an event part of a script where an expression stands in it, as GitHub does', async () => {
    const title = '${{ github.event.pull_request.title }}';
    const inside = await runIt(`steps:\n  - run: echo "${title}"; ls`);
    const handed = await runIt(`steps:\n  - run: echo "$T"; ls\n    env:\n      T: ${title}`, {
      folder: join(folder, 'other'),
    });

    expect(inside.log).toContain('hacked\n');
    expect(handed.log).toBe('"; touch hacked; echo "\n');
  });

  it('is not run with an action that nobody described', async () => {
    await expect(runIt('steps:\n  - uses: someone/action@v1')).rejects.toThrow('does not know the action');
  });
});

describe('a workflow is refused', () => {
  const STEPS = 'steps:\n  - run: echo';
  const FORM =
    'workflow_dispatch: { inputs: { way: { description: x, type: choice, options: [a, b], required: true } } }';
  const dispatch = { name: 'workflow_dispatch', payload: {} };

  it.each([
    ['an event that is not its', 'issues:', {}],
    [
      'another type',
      'issues: { types: [edited] }',
      { event: { name: 'issues', payload: { action: 'opened' } } },
    ],
    ['another branch', 'push: { branches: [main] }', { ref: 'refs/heads/other' }],
    [
      'another time',
      "schedule: [{ cron: '3 1 * * *' }]",
      { event: { name: 'schedule', payload: { schedule: '4 1 * * *' } } },
    ],
    ['an input that it has not', FORM, { event: dispatch, inputs: { other: 'a' } }],
    ['a choice that there is not', FORM, { event: dispatch, inputs: { way: 'c' } }],
    ['a form that is not filled in', FORM, { event: dispatch }],
  ])('for %s', async (_case, on, changes) => {
    await expect(runWorkflow(workflow(STEPS, on), factsOf(changes))).rejects.toThrow();
  });

  it('where the parser of GitHub refuses it', async () => {
    const file = workflow(`${STEPS}\n    shells: bash`);
    await expect(runWorkflow(file, factsOf())).rejects.toThrow("Unexpected value 'shells'");
  });
});

describe('what a step tells', () => {
  it('is read as GitHub does', () => {
    expect(pairsOf('a=1\nb<<X\n1\n2\nX\nc=x=y\n')).toEqual({ a: '1', b: '1\n2', c: 'x=y' });
  });

  it.each(['no pair', 'a<<X\n1\n'])('is refused where GitHub would: %j', (text) => {
    expect(() => pairsOf(text)).toThrow();
  });
});
