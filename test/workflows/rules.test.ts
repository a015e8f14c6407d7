// Holds the workflows to their rules: pinned actions, the least permissions and secrets, nothing a stranger can steer. Each rule is shown a violation first.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CONTROL_COMMANDS } from '../../src/domain/kernel-control.ts';
import {
  checkoutFindings,
  injectionFindings,
  kernelFindings,
  limitFindings,
  permissionFindings,
  pinFindings,
  runFindings,
  scheduleFindings,
  secretFindings,
} from './rules.ts';
import { EVENTS, GRANTS, PINS } from './tables.ts';
import {
  inputsOf,
  jobsOf,
  ROOT,
  SETUP_ACTION,
  shippedWorkflows,
  textOf,
  type WorkflowFile,
  workflowOf,
} from './workflow-file.ts';

const files = shippedWorkflows();
const setup = textOf(SETUP_ACTION);

function file(name: string): WorkflowFile {
  const found = files.find(({ workflow }) => workflow.name === name);
  if (found === undefined) throw new Error(`there is no workflow ${name}`);
  return found;
}

/** The workflow of that name with one piece of its text replaced. */
function changed(name: string, from: string, to: string): WorkflowFile {
  const { path, text } = file(name);
  expect(text).toContain(from);
  return workflowOf(
    path,
    text.replace(from, () => to),
  );
}

describe('the workflows', () => {
  it('are those that the tables know, each named as its file', () => {
    expect(files.map(({ path }) => path)).toEqual(
      files.map(({ workflow }) => `.github/workflows/${workflow.name}.yml`),
    );
    expect(
      files
        .flatMap(jobsOf)
        .map(([name]) => name)
        .sort(),
    ).toEqual(Object.keys(GRANTS).sort());
  });

  it('start for the events that are run in tests', () => {
    const events = files.map(({ workflow }) => [workflow.name, Object.keys(workflow.on)]);
    expect(Object.fromEntries(events)).toEqual(EVENTS);
  });

  it('use no action but those of the table, at its commit', () => {
    expect(files.flatMap(({ path, text }) => pinFindings(path, text))).toEqual([]);
    expect(pinFindings(SETUP_ACTION, setup)).toEqual([]);
    const all = [setup, ...files.map(({ text }) => text)].join('\n');
    expect(Object.keys(PINS).filter((action) => !all.includes(`uses: ${action}@`))).toEqual([]);
  });

  it('may do what the table says and no more, each with its reason', () => {
    expect(files.flatMap(permissionFindings)).toEqual([]);
  });

  it('end in time, and neither drop nor cancel a run', () => {
    expect(files.flatMap(limitFindings)).toEqual([]);
  });

  it('leave no token behind, and run nothing of a pull request where the token may write', () => {
    expect(files.flatMap(checkoutFindings)).toEqual([]);
  });

  it('run one command each, without an expression in it', () => {
    expect(files.flatMap(runFindings)).toEqual([]);
    const scripts = JSON.stringify(parse(setup));
    expect(scripts.match(/"run":/g)).toHaveLength(1);
    expect(injectionFindings(SETUP_ACTION, [/ run: (.*)$/m.exec(setup)?.[1] ?? '${{'])).toEqual([]);
  });

  it('get the variables and secrets of the table, in the step that needs them', () => {
    expect(files.flatMap(secretFindings)).toEqual([]);
  });

  it('read secrets and variables of the repository by names that the documentation explains', () => {
    const docs = documentation();
    const names = new Set(Object.values(GRANTS).flatMap(({ secrets }) => Object.keys(secrets)));
    for (const { text } of files)
      for (const [, name = ''] of text.matchAll(/vars\.([A-Z_]+)/g)) names.add(name);
    expect([...names].filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
  });

  it('start when GitHub is not busiest, and never two at once', () => {
    expect(scheduleFindings(files)).toEqual([]);
  });

  it('let the kernel stop at once, and trade again only when somebody approves', () => {
    expect(kernelFindings(file('kernel'))).toEqual([]);
    expect(inputsOf(file('kernel'))['command']?.options).toEqual(CONTROL_COMMANDS);
  });
});

function documentation(): string {
  const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...docs.map((name) => `docs/${name}`)]
    .filter((path) => existsSync(join(ROOT, path)))
    .map(textOf)
    .join('\n');
}

const CHECKOUT = 'uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';

describe('a rule finds', () => {
  it.each([
    ['a tag', 'uses: actions/checkout@v7.0.1 # v7.0.1'],
    ['another commit', `uses: actions/checkout@${'0'.repeat(40)} # v7.0.1`],
    ['a version that the commit is not', CHECKOUT.replace('# v7.0.1', '# v7.0.2')],
    ['a commit without its version', CHECKOUT.replace(' # v7.0.1', '')],
    ['an action that is in no table', `uses: someone/action@${'0'.repeat(40)} # v1.0.0`],
    ['an action of the owner by another name', `uses: actions/github-script@${'0'.repeat(40)} # v8.0.0`],
    ['a local action that is in no table', 'uses: ./.github/actions/other'],
    ['an image', 'uses: docker://alpine:3'],
    ['a step that is written in one line', `{ ${CHECKOUT.replace(/ #.*/, '')} }`],
  ])('%s', (_case, line) => {
    expect(pinFindings('x.yml', `steps:\n  - ${line}\n`)).toHaveLength(1);
  });

  it.each([
    [
      'a permission more',
      '      contents: write # the state branch\n',
      '      contents: write # the state branch\n      actions: read # a reason\n',
    ],
    [
      'a wider permission',
      'issues: write # the issue about a job that fails',
      'issues: write # the issue about a job that fails\n      packages: write # a reason',
    ],
    ['a narrower permission', 'contents: write # the state branch', 'contents: read # the state branch'],
    ['a permission less', '      issues: write # the issue about a job that fails\n', ''],
    ['a permission without a reason', 'contents: write # the state branch', 'contents: write'],
    ['permissions for all jobs', 'permissions: {}', 'permissions:\n  contents: read'],
    ['no word about permissions', 'permissions: {}\n', ''],
  ])('%s', (_case, from, to) => {
    expect(permissionFindings(changed('train', from, to))).toHaveLength(1);
  });

  it.each([
    ['a job without a limit', '    timeout-minutes: 30\n', ''],
    ['a job that may run for hours', 'timeout-minutes: 30', 'timeout-minutes: 360'],
    ['runs beside each other', 'concurrency:\n  group: warden-train\n  queue: max\n', ''],
    ['a run that waits and is dropped', '  queue: max\n', ''],
    ['a run that is cancelled', 'queue: max', 'queue: max\n  cancel-in-progress: true'],
  ])('%s', (_case, from, to) => {
    expect(limitFindings(changed('train', from, to))).toHaveLength(1);
  });

  it.each([
    ['a token that stays', 'train', 'persist-credentials: false', 'persist-credentials: true'],
    ['a token that stays by default', 'train', '        with:\n          persist-credentials: false\n', ''],
    [
      'the head of a pull request',
      'app',
      '${{ github.event.repository.default_branch }}',
      '${{ github.event.pull_request.head.sha }}',
    ],
    ['a branch beside the kernel', 'kernel', /^ +ref: .*\n/m.exec(file('kernel').text)?.[0] ?? '', ''],
    ['the merge of a pull request', 'app', /^ +ref: .*\n/m.exec(file('app').text)?.[0] ?? '', ''],
    [
      'another repository',
      'app',
      'persist-credentials: false',
      'persist-credentials: false\n          repository: ${{ github.event.pull_request.head.repo.full_name }}',
    ],
  ])('a checkout of %s', (_case, name, from, to) => {
    expect(checkoutFindings(changed(name, from, to))).toHaveLength(1);
  });

  it.each([
    ['a second command', 'run: node dist/cli.js run train', 'run: node dist/cli.js run train && echo done'],
    ['another command', 'run: node dist/cli.js run train', 'run: npx warden run train'],
    ['a second step', '      - name: Train, push', '      - run: env\n      - name: Train, push'],
  ])('%s', (_case, from, to) => {
    expect(runFindings(changed('train', from, to))).toHaveLength(1);
  });

  it('an expression in a script', () => {
    const file = changed('train', 'run train', 'run train --window=${{ inputs.window }}');
    expect(runFindings(file).join('\n')).toContain('an expression is part of the script');
  });

  it.each([
    [
      'a secret more',
      '          WARDEN_INPUTS:',
      '          SMTP_URL: ${{ secrets.SMTP_URL }}\n          WARDEN_INPUTS:',
    ],
    ['a secret less', /^ +WARDEN_APP_PRIVATE_KEY: .*\n/m.exec(file('train').text)?.[0] ?? '', ''],
    [
      'a variable that steers Node.js',
      '          WARDEN_INPUTS:',
      '          NODE_OPTIONS: --no-warnings\n          WARDEN_INPUTS:',
    ],
    ['a variable less', '          WARDEN_SCHEDULE: ${{ github.event.schedule }}\n', ''],
    ['all secrets at once', 'toJSON(inputs)', 'toJSON(secrets)'],
    ['the whole event with its token', 'toJSON(inputs)', 'toJSON(github)'],
    [
      'a secret under the name of a plain variable',
      'WARDEN_SCHEDULE: ${{ github.event.schedule }}',
      'WARDEN_SCHEDULE: ${{ secrets.OTHER }}',
    ],
    [
      'a secret for every step',
      '    timeout-minutes: 30\n',
      '    timeout-minutes: 30\n    env:\n      KEY: ${{ secrets.SMTP_URL }}\n',
    ],
    [
      'a secret for an action',
      'persist-credentials: false',
      'persist-credentials: false\n          token: ${{ secrets.OTHER }}',
    ],
  ])('%s', (_case, from, to) => {
    expect(secretFindings(changed('train', from, to))).toHaveLength(1);
  });

  it.each([
    ['the full hour', '0 2 * * *'],
    ['the half hour', '30 2 * * *'],
    ['every few minutes', '*/7 2 * * *'],
    ['the minute of another workflow', '51 3 * * *'],
    ['a minute of each hour that another workflow has', '43 * * * *'],
  ])('a schedule at %s', (_case, cron) => {
    const others = files.filter(({ workflow }) => workflow.name !== 'train');
    expect(scheduleFindings([...others, changed('train', '27 2 * * *', cron)])).not.toEqual([]);
  });

  it.each([
    [
      'trading again without approval',
      '["status", "why", "freeze", "reduce-only"]',
      '["status", "why", "freeze", "reduce-only", "unfreeze"]',
    ],
    [
      'a command that no job takes',
      '["flatten", "unfreeze", "resolve", "halt"]',
      '["flatten", "unfreeze", "resolve"]',
    ],
    ['no approval', '    environment: pink # its required reviewers are the approval\n', ''],
    ['jobs that differ', 'node dist/cli.js kernel ctl', 'node dist/cli.js kernel ctl status'],
    ['a freeze that waits behind an approval', '-${{ inputs.command }}', ''],
  ])('%s', (_case, from, to) => {
    expect(kernelFindings(changed('kernel', from, to))).not.toEqual([]);
  });
});
