// What every workflow has to hold to, as functions over the files, so that each rule can be tested on an injected violation.

import { GRANTS, type Grant, LOCAL_ACTIONS, PINS } from './tables.ts';
import { inputsOf, jobsOf, type WorkflowFile } from './workflow-file.ts';

/** The one workflow whose older runs are worth nothing once a newer one starts. */
const CANCELS = 'check';
const JOB_MINUTES_MAX = 30;
const DEFAULT_BRANCH = '${{ github.event.repository.default_branch }}';

/** Finds actions other than the known commits, and comments that name another version than the commit is. */
export function pinFindings(path: string, text: string): readonly string[] {
  return text.split('\n').flatMap((line, at) => {
    const found =
      /^\s*(?:-\s+)?uses:\s*(?<action>[^\s@]+)(?:@(?<commit>\S+))?(?:\s+#\s*(?<comment>.*\S))?\s*$/.exec(
        line,
      );
    if (found === null)
      return /\buses:/.test(line) ? [`${path}:${at + 1}: is not read by the rule: ${line.trim()}`] : [];
    const { action = '', commit, comment } = found.groups ?? {};
    if (LOCAL_ACTIONS.includes(action) && commit === undefined) return [];
    const pin = PINS[action];
    if (pin === undefined) return [`${path}:${at + 1}: uses ${action}, which no table allows`];
    const [sha, version] = pin;
    return [
      ...(commit === sha ? [] : [`${path}:${at + 1}: uses ${action}@${commit}; expected ${sha}`]),
      ...(comment === version
        ? []
        : [`${path}:${at + 1}: says ${comment} for ${action}; expected ${version}`]),
    ];
  });
}

/** Finds permissions that are wider or narrower than the table, or that give no reason. */
export function permissionFindings(file: WorkflowFile): readonly string[] {
  const { path, workflow, permissionReasons } = file;
  const top =
    JSON.stringify(workflow.permissions) === '{}'
      ? []
      : [`${path}: does not begin with no permissions at all`];
  const jobs = jobsOf(file).flatMap(([name, job]) => {
    const [given, allowed] = [job.permissions ?? {}, grantOf(name).permissions];
    return [...new Set([...Object.keys(given), ...Object.keys(allowed)])]
      .filter((each) => given[each] !== allowed[each])
      .map(
        (each) =>
          `${path}: ${name} has ${each}: ${given[each] ?? 'none'}; expected ${allowed[each] ?? 'none'}`,
      );
  });
  const silent = Object.entries(permissionReasons)
    .filter(([, reason]) => reason.length < 8)
    .map(([name]) => `${path}: gives no reason for ${name}`);
  return [...top, ...jobs, ...silent];
}

/** Finds jobs that may hang for hours, and runs that replace or cancel each other. */
export function limitFindings(file: WorkflowFile): readonly string[] {
  const { path, workflow } = file;
  const unbounded = jobsOf(file)
    .filter(([, job]) => (job['timeout-minutes'] ?? Number.POSITIVE_INFINITY) > JOB_MINUTES_MAX)
    .map(([name]) => `${path}: ${name} may run for longer than ${JOB_MINUTES_MAX} minutes`);
  const { concurrency } = workflow;
  if (concurrency === undefined) return [...unbounded, `${path}: has no concurrency`];
  if (workflow.name === CANCELS) return unbounded;
  return [
    ...unbounded,
    ...(concurrency.queue === 'max'
      ? []
      : [`${path}: a run that waits is dropped when another one comes; expected queue: max`]),
    ...(concurrency['cancel-in-progress'] === undefined
      ? []
      : [`${path}: says cancel-in-progress; a run must end by itself`]),
  ];
}

/** Finds checkouts that leave the token behind, or that take what a stranger wrote where the token may write. */
export function checkoutFindings(file: WorkflowFile): readonly string[] {
  const { path, workflow } = file;
  return jobsOf(file).flatMap(([name, { steps, 'runs-on': runsOn }]) =>
    steps
      .filter(({ uses }) => uses?.startsWith('actions/checkout@') === true)
      .flatMap(({ with: given = {} }) => [
        ...(given['persist-credentials'] === false
          ? []
          : [`${path}: ${name} leaves its token in the checkout`]),
        ...(given['ref'] === DEFAULT_BRANCH || !needsDefaultBranch(workflow.on, runsOn)
          ? []
          : [`${path}: ${name} checks out something else than the default branch`]),
        ...Object.keys(given)
          .filter((each) => !['persist-credentials', 'ref'].includes(each))
          .map((each) => `${path}: ${name} checks out with ${each}`),
      ]),
  );
}

/** For a pull request the token may write, and on a runner of one's own a branch that nobody reviewed would talk to the kernel. */
function needsDefaultBranch(on: WorkflowFile['workflow']['on'], runsOn: unknown): boolean {
  return on.pull_request_target !== undefined || (Array.isArray(runsOn) && runsOn.includes('self-hosted'));
}

/** Finds jobs that run anything but the one command of the table, and expressions where a shell would read them. */
export function runFindings(file: WorkflowFile): readonly string[] {
  const { path } = file;
  return jobsOf(file).flatMap(([name, { steps }]) => {
    const runs = steps.flatMap(({ run }) => run ?? []);
    const isOne = runs.length === 1 && runs[0] === grantOf(name).run;
    return [
      ...(isOne
        ? []
        : [`${path}: ${name} runs ${JSON.stringify(runs)}; expected "${grantOf(name).run}" alone`]),
      ...injectionFindings(path, runs),
    ];
  });
}

/** Finds expressions in scripts: what they stand for becomes part of the script. */
export function injectionFindings(path: string, scripts: readonly string[]): readonly string[] {
  return scripts
    .filter((script) => script.includes('${{'))
    .map((script) => `${path}: an expression is part of the script "${script.trim()}"; hand it over in env`);
}

/** Finds secrets and other variables that a job does not need or lacks, and secrets that reach more than its one step. */
export function secretFindings(file: WorkflowFile): readonly string[] {
  const { path, workflow } = file;
  return jobsOf(file).flatMap(([name, job]) => {
    const allowed = grantOf(name).secrets;
    const own = job.steps.flatMap(({ run, env = {} }) => (run === undefined ? [] : Object.entries(env)));
    const secret = own.filter(([, value]) => isSecret(value));
    const extra = secret
      .filter(([variable, value]) => allowed[variable] !== value)
      .map(([variable, value]) => `${path}: ${name} gets ${variable}: ${value}, which no table allows`);
    const known = [...Object.keys(allowed), ...grantOf(name).plain];
    const other = own
      .filter(([variable, value]) => !isSecret(value) && !known.includes(variable))
      .map(([variable]) => `${path}: ${name} gets ${variable}, which no table knows`);
    const missing = known
      .filter((variable) => !own.some(([each]) => each === variable))
      .map((variable) => `${path}: ${name} does not get ${variable}`);
    const rest = {
      ...job,
      env: { ...workflow.env, ...job.env },
      steps: job.steps.filter(({ run }) => run === undefined),
    };
    const elsewhere = isSecret(JSON.stringify(rest))
      ? [`${path}: ${name} hands a secret to more than its own step`]
      : [];
    return [...extra, ...other, ...missing, ...elsewhere];
  });
}

function isSecret(text: string): boolean {
  return /\bsecrets\b|\bgithub\.token\b|\btoJSON\(\s*github\s*\)/i.test(text);
}

/** Finds schedules at the minutes when GitHub is busiest, and two that start at once. */
export function scheduleFindings(files: readonly WorkflowFile[]): readonly string[] {
  const taken = new Map<string, string>();
  return files.flatMap(({ path, workflow }) =>
    (workflow.on.schedule ?? []).flatMap(({ cron }) => {
      const [minutes = '', hours = ''] = cron.split(' ');
      const busy = minutes.split(',').filter((minute) => !/^\d+$/.test(minute) || Number(minute) % 30 === 0);
      const twice: string[] = [];
      for (const minute of minutes.split(',')) {
        for (const hour of hours === '*'
          ? Array.from({ length: 24 }, (_, each) => String(each))
          : hours.split(',')) {
          const other = taken.get(`${hour}:${minute}`);
          if (other !== undefined) twice.push(`${path}: starts at ${hour}:${minute}, as ${other} does`);
          taken.set(`${hour}:${minute}`, path);
        }
      }
      return [...busy.map((minute) => `${path}: starts at minute ${minute}`), ...twice];
    }),
  );
}

/** Finds commands of the kernel that no job takes or that both do, an approval that is missing, and two ways to tell it. */
export function kernelFindings(file: WorkflowFile): readonly string[] {
  const { path, workflow } = file;
  const { now, approved } = workflow.jobs;
  if (now === undefined || approved === undefined) return [`${path}: expected the jobs now and approved`];
  const taken = [now, approved].map((job) => {
    const list = /^contains\(fromJSON\('(?<list>[^']+)'\), inputs\.command\)$/.exec(job.if ?? '')?.groups?.[
      'list'
    ];
    const parsed: unknown = JSON.parse(list ?? '[]');
    return Array.isArray(parsed) ? parsed.map(String) : [];
  });
  const stops = ['status', 'why', 'freeze', 'reduce-only'];
  const options = inputsOf(file)['command']?.options ?? [];
  return [
    ...(JSON.stringify(taken[0]) === JSON.stringify(stops)
      ? []
      : [`${path}: at once are ${taken[0]?.join(', ')}; expected ${stops.join(', ')}`]),
    ...(JSON.stringify(taken.flat().sort()) === JSON.stringify([...options].sort())
      ? []
      : [`${path}: the jobs and the choices differ`]),
    ...(approved.environment === 'pink' && now.environment === undefined
      ? []
      : [`${path}: approval is asked of the wrong job`]),
    ...(JSON.stringify(now.steps) === JSON.stringify(approved.steps)
      ? []
      : [`${path}: the two jobs do not do the same`]),
    ...(workflow.concurrency?.group.includes('${{ inputs.command }}') === true
      ? []
      : [`${path}: what waits for its approval holds up what acts at once`]),
  ];
}

function grantOf(name: string): Grant {
  return GRANTS[name] ?? { run: '', permissions: {}, secrets: {}, plain: [] };
}
