// A repository with Warden's workflows on a local GitHub, whose events start them.

import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { type LocalGitHub, startLocalGitHub } from '../../src/adapters/github/local/local-github.ts';
import { createVirtualClock } from '../../src/adapters/github/local/virtual-clock.ts';
import { AGENTS_FILE, KILL_LIST_FILE, WARDEN_FILE } from '../../src/domain/proposal.ts';
import { SECRET } from '../app/deliveries.ts';
import { dropFolder } from '../one-folder.ts';
import type { JobRun, RunFacts } from './runner/run-job.ts';
import { runWorkflow } from './runner/run-workflow.ts';
import { ROOT, SETUP_ACTION, shippedWorkflows, textOf, workflowOf } from './workflow-file.ts';

export const REPO = 'acme/alpha';
export const STATE_BRANCH = 'warden-state';

/** A marker of what happened on GitHub, so that a run which wrote nothing can be told. */
interface Written {
  readonly requests: number;
  readonly refs: Readonly<Record<string, string>>;
}

type Start = Partial<Pick<RunFacts, 'inputs' | 'secrets' | 'vars' | 'isCached' | 'ref' | 'sha' | 'actor'>> & {
  readonly event?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
};

export interface ActionsWorld {
  readonly github: LocalGitHub;
  /** Removed at the end. */
  readonly folder: string;
  /** Runs a workflow of the default branch; by default a person starts it by hand. */
  run(name: string, start?: Start): Promise<readonly JobRun[]>;
  /** The same for a workflow of one job. */
  runOnly(name: string, start?: Start): Promise<JobRun>;
  written(): Written;
  /** Text of a file on the state branch, or `null`. */
  stateText(path: string): string | null;
  close(): Promise<void>;
}

/** @param files more of them on the default branch; path → text. */
export async function actionsWorld(files: Readonly<Record<string, string>> = {}): Promise<ActionsWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'warden-actions-'));
  const clock = createVirtualClock(Date.UTC(2026, 10, 21, 12));
  const github = await startLocalGitHub({ dir: join(dir, 'git'), clock, webhookSecret: SECRET });
  const { world } = github;
  for (const login of ['ada', 'eve']) world.addUser(login);
  world.createRepository({ fullName: REPO, files: { ...shippedFiles(), ...files } });
  world.setPermission(REPO, 'ada', 'write');
  world.setPermission(REPO, 'eve', 'read');
  let runs = 0;
  const run: ActionsWorld['run'] = async (name, start = {}) => {
    runs += 1;
    const { event = 'workflow_dispatch', payload = {}, ...changes } = start;
    const path = `.github/workflows/${name}.yml`;
    const text = world.fileText(REPO, 'main', path);
    if (text === null) throw new Error(`the default branch has no ${path}`);
    return await runWorkflow(workflowOf(path, text), {
      folder: join(dir, `run-${runs}`),
      program: ROOT,
      apiUrl: github.apiUrl,
      serverUrl: github.gitUrl(REPO).replace(`/${REPO}.git`, ''),
      repository: REPO,
      event: { name: event, payload: payloadOf(event, payload) },
      ref: 'refs/heads/main',
      sha: world.branchSha(REPO, 'main') ?? '',
      ...{ actor: 'ada', inputs: null, secrets: {}, vars: {}, isCached: true },
      token: (permissions) => world.actionsToken(REPO, permissionsFrom(permissions)),
      ...changes,
    });
  };
  return {
    github,
    folder: dir,
    run,
    async runOnly(name, start) {
      const [only, ...others] = await run(name, start);
      if (only === undefined || others.length > 0) throw new Error(`${name} has not one job`);
      return only;
    },
    written: () => ({ requests: github.counts.writes, refs: world.snapshot(REPO).refs }),
    stateText: (path) => world.fileText(REPO, STATE_BRANCH, path),
    async close() {
      await github.close();
      dropFolder(dir);
    },
  };
}

/** The files that jobs read. No test asks an exchange: the signals are of a market that has no source, and so they wait. */
function shippedFiles(): Record<string, string> {
  const warden = parseDocument(textOf(WARDEN_FILE));
  for (const market of ['spot', 'perp']) warden.deleteIn(['prices', market]);
  const paths = [
    SETUP_ACTION,
    ...shippedWorkflows().map(({ path }) => path),
    ...[AGENTS_FILE, KILL_LIST_FILE, 'package.json', 'package-lock.json'],
    ...readdirSync(join(ROOT, 'state'))
      .filter((name) => name !== 'data')
      .map((name) => `state/${name}`),
  ];
  return {
    ...Object.fromEntries(paths.map((path) => [path, textOf(path)])),
    [WARDEN_FILE]: String(warden),
  };
}

/** Schedules tell of nothing but their line: what is always there elsewhere is missing. */
function payloadOf(event: string, payload: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (event === 'schedule') return { ...payload };
  return {
    repository: { full_name: REPO, default_branch: 'main' },
    sender: { login: 'ada', type: 'User' },
    ...payload,
  };
}

/** A token gets what the job declares; a word of workflows has - where the API has _. */
function permissionsFrom(permissions: Readonly<Record<string, string>>): Record<string, 'read' | 'write'> {
  return Object.fromEntries(
    Object.entries(permissions).map(([name, level]) => [
      name.replaceAll('-', '_'),
      level === 'write' ? 'write' : 'read',
    ]),
  );
}
