// Runs a workflow of a repository for one event: whether the event starts it, what its inputs are, and then its jobs.

import { validate } from '../../../src/domain/validate.ts';
import { Filters, type Input, inputsOf, type WorkflowFile } from '../workflow-file.ts';
import { parsed } from './expressions.ts';
import { type JobRun, type RunFacts, runJob } from './run-job.ts';

/**
 * Runs the jobs one after the other. Of the inputs, those that are left out get their defaults.
 *
 * @throws Error where GitHub would not start the workflow for the event, or would refuse the inputs.
 */
export async function runWorkflow(file: WorkflowFile, facts: RunFacts): Promise<readonly JobRun[]> {
  const refused = reasonNotToStart(file, facts);
  if (refused !== null) throw new Error(`${file.path} does not start for ${facts.event.name}: ${refused}`);
  const isDispatch = facts.event.name === 'workflow_dispatch';
  const inputs = isDispatch ? inputsFrom(file, facts.inputs ?? {}) : null;
  const workflow = parsed('workflow', file.path, file.text);
  const runs: JobRun[] = [];
  for (const { key, value } of workflow.find('jobs')?.assertMapping('jobs') ?? [])
    runs.push(await runJob(key.toString(), value.assertMapping('job'), { ...facts, inputs }));
  return runs;
}

function reasonNotToStart({ workflow }: WorkflowFile, { event, ref }: RunFacts): string | null {
  const trigger = Object.entries(workflow.on).find(([name]) => name === event.name);
  if (trigger === undefined) return 'it is not among its events';
  if (event.name === 'schedule') {
    const lines = (workflow.on.schedule ?? []).map(({ cron }) => cron);
    return lines.some((cron) => cron === event.payload['schedule'])
      ? null
      : `its schedule is ${lines.join(', ')}`;
  }
  const filters = validate(Filters, trigger[1]);
  if (!filters.ok) return JSON.stringify(filters.error);
  const { types, branches } = filters.value ?? {};
  if (types?.includes(String(event.payload['action'])) === false) return `its types are ${types.join(', ')}`;
  if (branches?.includes(ref.replace('refs/heads/', '')) === false)
    return `its branches are ${branches.join(', ')}`;
  return null;
}

type Given = Readonly<Record<string, string | boolean>>;

/** GitHub refuses inputs that a workflow does not have, choices that there are not, and what is required and missing. */
function inputsFrom(file: WorkflowFile, given: Given): Given {
  const declared = inputsOf(file);
  for (const name of Object.keys(given)) {
    if (!(name in declared)) throw new Error(`${file.path} has no input ${name}`);
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, input]) => [name, inputFrom(name, input, given[name])]),
  );
}

function inputFrom(name: string, input: Input, given: string | boolean | undefined): string | boolean {
  const { type, required, options, default: otherwise } = input;
  const value = given ?? otherwise ?? (type === 'boolean' ? false : '');
  if (required === true && value === '') throw new Error(`the input ${name} is required`);
  if (type === 'choice' && options?.includes(String(value)) !== true)
    throw new Error(`the input ${name} has no choice ${String(value)}`);
  return value;
}
