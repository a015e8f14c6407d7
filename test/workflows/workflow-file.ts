// A workflow file as a typed value, for assertions about what is in it; GitHub's own parser says elsewhere whether it is one.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { parseDocument } from 'yaml';
import { validate } from '../../src/domain/validate.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const SETUP_ACTION = '.github/actions/setup/action.yml';
const FOLDER = '.github/workflows';

const texts = Type.Record(Type.String(), Type.String());

const Step = Type.Object({
  id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  uses: Type.Optional(Type.String()),
  run: Type.Optional(Type.String()),
  with: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  env: Type.Optional(texts),
});

const Job = Type.Object({
  if: Type.Optional(Type.String()),
  'runs-on': Type.Optional(Type.Unknown()),
  'timeout-minutes': Type.Optional(Type.Integer()),
  permissions: Type.Optional(texts),
  environment: Type.Optional(Type.Unknown()),
  env: Type.Optional(texts),
  steps: Type.Array(Step),
});
export type Job = Static<typeof Job>;

const Input = Type.Object({
  description: Type.String(),
  type: Type.Union([Type.Literal('string'), Type.Literal('boolean'), Type.Literal('choice')]),
  required: Type.Optional(Type.Boolean()),
  default: Type.Optional(Type.Union([Type.String(), Type.Boolean()])),
  options: Type.Optional(Type.Array(Type.String())),
});
export type Input = Static<typeof Input>;

const names = Type.Optional(Type.Array(Type.String()));
/** What an event has to be about to start the workflow. */
export const Filters = Type.Union([Type.Null(), Type.Object({ types: names, branches: names })]);

const Workflow = Type.Object({
  name: Type.String(),
  on: Type.Object({
    schedule: Type.Optional(Type.Array(Type.Object({ cron: Type.String() }))),
    workflow_dispatch: Type.Optional(
      Type.Union([Type.Null(), Type.Object({ inputs: Type.Optional(Type.Record(Type.String(), Input)) })]),
    ),
    pull_request_target: Type.Optional(Type.Unknown()),
  }),
  permissions: Type.Optional(Type.Unknown()),
  env: Type.Optional(texts),
  concurrency: Type.Optional(
    Type.Object({
      group: Type.String(),
      queue: Type.Optional(Type.String()),
      'cancel-in-progress': Type.Optional(Type.Boolean()),
    }),
  ),
  jobs: Type.Record(Type.String(), Job),
});

export interface WorkflowFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly workflow: Static<typeof Workflow>;
  /** Comments behind the permissions of a job, by `job.permission`. */
  readonly permissionReasons: Readonly<Record<string, string>>;
}

/** @throws Error where the text is no workflow of the shape that the rules know. */
export function workflowOf(path: string, text: string): WorkflowFile {
  const document = parseDocument(text);
  const checked = validate(Workflow, document.toJS());
  if (!checked.ok) throw new Error(`${path}: ${JSON.stringify(checked.error)}`);
  const permissionReasons: Record<string, string> = {};
  for (const [id, job] of Object.entries(checked.value.jobs)) {
    for (const permission of Object.keys(job.permissions ?? {})) {
      const node = document.getIn(['jobs', id, 'permissions', permission], true);
      const comment = typeof node === 'object' && node !== null && 'comment' in node ? node.comment : null;
      permissionReasons[`${id}.${permission}`] = typeof comment === 'string' ? comment.trim() : '';
    }
  }
  return { path, text, workflow: checked.value, permissionReasons };
}

/** Text of a file of the repository. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function shippedWorkflows(): readonly WorkflowFile[] {
  return readdirSync(join(ROOT, FOLDER))
    .sort()
    .map((name) => workflowOf(`${FOLDER}/${name}`, textOf(`${FOLDER}/${name}`)));
}

/** Every job with the name it has in the tables: `workflow.job`. */
export function jobsOf({ workflow }: WorkflowFile): readonly (readonly [name: string, job: Job])[] {
  return Object.entries(workflow.jobs).map(([id, job]) => [`${workflow.name}.${id}`, job]);
}

export function inputsOf({ workflow }: WorkflowFile): Readonly<Record<string, Input>> {
  return workflow.on.workflow_dispatch?.inputs ?? {};
}
