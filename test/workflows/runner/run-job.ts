// Runs one job of a workflow as GitHub would: its condition, its steps, its composite actions, each with the variables of GitHub and no others.

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import { commandFiles } from './command-files.ts';
import { type Contexts, isWanted, jsonOf, parsed, textsOf } from './expressions.ts';
import { INSTALLED, writeNpmShim } from './npm-shim.ts';
import { runProgram } from './processes.ts';

/** What started the run, and what the repository gives to it. */
export interface RunFacts {
  /** A folder of this run alone. */
  readonly folder: string;
  /** This repository, whose `dist` and `node_modules` are what an installation gives. */
  readonly program: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly event: { readonly name: string; readonly payload: Readonly<Record<string, unknown>> };
  readonly ref: string;
  readonly sha: string;
  readonly actor: string;
  /** `null` where the event is no `workflow_dispatch`. */
  readonly inputs: Readonly<Record<string, string | boolean>> | null;
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly isCached: boolean;
  /** Returns a GITHUB_TOKEN with these permissions. */
  token(permissions: Readonly<Record<string, string>>): string;
}

export interface JobRun {
  readonly id: string;
  readonly result: 'skipped' | 'success' | 'failure';
  /** Name of the environment whose rules hold the job up; `null`: none. */
  readonly environment: string | null;
  readonly permissions: Readonly<Record<string, string>>;
  /** What was used and run, in order. */
  readonly trace: readonly string[];
  /** Of the step `warden`, as what follows. */
  readonly exitCode: number | null;
  readonly wallMs: number | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Everything that the steps wrote. */
  readonly log: string;
  readonly workspace: string;
  /** What was handed to GitHub Pages: file → text. */
  readonly site: Readonly<Record<string, string>>;
}

interface Run {
  readonly facts: RunFacts;
  readonly token: string;
  readonly workspace: string;
  readonly contexts: Record<string, unknown>;
  readonly env: Record<string, string>;
  readonly path: string[];
  readonly trace: string[];
  readonly site: Record<string, string>;
  exitCode: number | null;
  wallMs: number | null;
  outputs: Record<string, string>;
  summary: string;
  log: string;
}

export async function runJob(id: string, job: MappingToken, facts: RunFacts): Promise<JobRun> {
  const permissions = textsOf(job.find('permissions'), {});
  const run = openRun(id, facts, facts.token(permissions));
  const isRun = isWanted(job.find('if'), run.contexts);
  Object.assign(run.env, isRun ? textsOf(job.find('env'), run.contexts) : {});
  const succeeded = isRun && (await runSteps(run, job.find('steps'), { steps: {} }));
  const environment = isRun ? jsonOf(job.find('environment'), run.contexts) : null;
  const name =
    typeof environment === 'object' && environment !== null && 'name' in environment
      ? environment.name
      : environment;
  const { trace, exitCode, wallMs, outputs, summary, log, workspace, site } = run;
  return {
    ...{ id, permissions, trace, exitCode, wallMs, outputs, summary, log, workspace, site },
    result: isRun ? (succeeded ? 'success' : 'failure') : 'skipped',
    environment: typeof name === 'string' ? name : null,
  };
}

function openRun(id: string, facts: RunFacts, token: string): Run {
  const folder = (name: string): string => {
    const path = join(facts.folder, id, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const [workspace, temp, shims] = [folder('workspace'), folder('temp'), folder('shims')];
  writeNpmShim(shims, facts.program);
  const eventFile = join(temp, 'event.json');
  writeFileSync(eventFile, JSON.stringify(facts.event.payload));
  const github = {
    ...{ token, workspace, event: facts.event.payload, event_name: facts.event.name, job: id },
    ...{ repository: facts.repository, ref: facts.ref, sha: facts.sha, actor: facts.actor },
    ...{ api_url: facts.apiUrl, server_url: facts.serverUrl, run_id: '4711', run_attempt: '1' },
  };
  const env = {
    ...{ HOME: folder('home'), CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_EVENT_PATH: eventFile },
    ...{ GITHUB_WORKSPACE: workspace, GITHUB_EVENT_NAME: facts.event.name, GITHUB_JOB: id },
    ...{ GITHUB_REPOSITORY: facts.repository, GITHUB_REF: facts.ref, GITHUB_SHA: facts.sha },
    ...{ GITHUB_API_URL: facts.apiUrl, GITHUB_SERVER_URL: facts.serverUrl, GITHUB_ACTOR: facts.actor },
    ...{ GITHUB_RUN_ID: '4711', GITHUB_RUN_ATTEMPT: '1', RUNNER_OS: 'Linux', RUNNER_ARCH: 'X64' },
    RUNNER_TEMP: temp,
  };
  const { inputs, secrets, vars } = facts;
  return {
    ...{
      facts,
      token,
      workspace,
      env,
      trace: [],
      site: {},
      exitCode: null,
      wallMs: null,
      outputs: {},
      summary: '',
      log: '',
    },
    contexts: {
      github,
      inputs,
      secrets,
      vars,
      runner: { os: 'Linux', arch: 'X64', temp },
      env: {},
      steps: {},
    },
    path: [shims, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'],
  };
}

/** Returns whether all went well. Steps of an action know only each other, `scope`. */
async function runSteps(run: Run, steps: TemplateToken | undefined, scope: Contexts): Promise<boolean> {
  const sequence = steps?.assertSequence('steps');
  const done: Record<string, unknown> = {};
  let failed = false;
  for (let at = 0; at < (sequence?.count ?? 0); at += 1) {
    const step = sequence?.get(at).assertMapping('step');
    const contexts = { ...run.contexts, ...scope, steps: done, env: run.env };
    if (step === undefined || !isWanted(step.find('if'), contexts, failed)) continue;
    const outputs = await runStep(run, step, contexts);
    failed ||= outputs === null;
    const id = step.find('id')?.toString();
    if (id !== undefined)
      done[id] = { outputs: outputs ?? {}, outcome: outputs === null ? 'failure' : 'success' };
  }
  Object.assign(run.contexts, { steps: done });
  return !failed;
}

/** Returns the outputs of the step, or `null` where it failed. */
async function runStep(
  run: Run,
  step: MappingToken,
  contexts: Contexts,
): Promise<Record<string, string> | null> {
  const uses = step.find('uses')?.toString();
  if (uses !== undefined) return await runAction(run, uses, textsOf(step.find('with'), contexts));
  const script = jsonOf(step.find('run'), contexts);
  const files = commandFiles(run.env['RUNNER_TEMP'] ?? '');
  const file = join(dirname(files.variables.GITHUB_ENV), 'script.sh');
  writeFileSync(file, String(script));
  // As documented for a step that names bash, and for one that names no shell.
  const options =
    step.find('shell')?.toString() === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail'] : ['-e'];
  const env = {
    ...run.env,
    ...textsOf(step.find('env'), contexts),
    ...files.variables,
    PATH: run.path.join(':'),
  };
  run.trace.push(`run ${String(script).trim()}`);
  const startedMs = performance.now();
  const ended = await runProgram('bash', [...options, file], { cwd: run.workspace, env });
  const told = files.read();
  Object.assign(run.env, told.env);
  run.path.unshift(...told.path);
  run.log += `${ended.out}${ended.err}`;
  run.summary += told.summary;
  if (step.find('id')?.toString() === 'warden') {
    run.exitCode = ended.code;
    run.wallMs = performance.now() - startedMs;
    run.outputs = { ...told.outputs };
  }
  return ended.code === 0 ? { ...told.outputs } : null;
}

type Inputs = Readonly<Record<string, string>>;

async function runAction(run: Run, uses: string, given: Inputs): Promise<Record<string, string> | null> {
  const name = uses.split('@')[0] ?? '';
  run.trace.push(`use ${name}`);
  if (name.startsWith('./')) {
    const file = join(run.workspace, name, 'action.yml');
    const action = parsed('action', `${name}/action.yml`, readFileSync(file, 'utf8'));
    const runs = action.find('runs')?.assertMapping('runs');
    return (await runSteps(run, runs?.find('steps'), { inputs: given })) ? {} : null;
  }
  switch (name) {
    case 'actions/checkout':
      return await checkOut(run, given);
    case 'actions/setup-node':
      return {};
    case 'actions/cache':
      if (!run.facts.isCached) return { 'cache-hit': '' };
      for (const each of INSTALLED) symlinkSync(join(run.facts.program, each), join(run.workspace, each));
      return { 'cache-hit': 'true' };
    case 'actions/upload-pages-artifact': {
      const folder = join(run.workspace, given['path'] ?? '_site');
      if (!existsSync(folder)) return null;
      for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const path = join(file.parentPath, file.name);
        if (file.isFile()) run.site[path.slice(folder.length + 1)] = readFileSync(path, 'utf8');
      }
      return {};
    }
    case 'actions/deploy-pages':
      return Object.keys(run.site).length === 0 ? null : { page_url: 'https://pages.test/' };
    default:
      throw new Error(`the runner does not know the action ${uses}`);
  }
}

/** As `actions/checkout` does without its credentials: one commit, and nothing left that could fetch another. */
async function checkOut(run: Run, given: Inputs): Promise<Record<string, string> | null> {
  const { facts, workspace, token } = run;
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const env = {
    ...{
      PATH: run.path.join(':'),
      HOME: run.env['HOME'] ?? '',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '1',
    },
    ...{ GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}` },
  };
  const url = `${facts.serverUrl}/${facts.repository}`;
  const wanted = given['ref'] === undefined || given['ref'] === '' ? facts.sha : given['ref'];
  for (const args of [
    ['init', '-q', '.'],
    ['remote', 'add', 'origin', url],
    ['fetch', '-q', '--depth=1', 'origin', wanted],
    ['checkout', '-q', '--detach', 'FETCH_HEAD'],
  ]) {
    const ended = await runProgram('git', args, { cwd: workspace, env });
    run.log += ended.err;
    if (ended.code !== 0) return null;
  }
  return {};
}
