// Check runs: made and updated by the App that owns them, asked for again by people.

import { ApiError, invalid, unprocessable } from '../api-error.ts';
import type { Actor, Annotation, App, CheckAction, CheckRun, Repository } from '../entities.ts';
import { announce } from '../events.ts';
import { readCommit } from '../git-store.ts';
import { checkRunJson, checkSuiteJson } from '../render/checks.ts';
import { newId, type State } from '../state.ts';
import { suiteOf } from './suites.ts';
import { checkOutput } from './text-limits.ts';

export interface CheckOutput {
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly Annotation[];
}

export interface CheckChange {
  readonly name?: string | undefined;
  readonly detailsUrl?: string | undefined;
  readonly externalId?: string | undefined;
  readonly status?: CheckRun['status'] | undefined;
  readonly conclusion?: string | undefined;
  readonly startedMs?: number | undefined;
  readonly completedMs?: number | undefined;
  readonly output?: CheckOutput | undefined;
  readonly actions?: readonly CheckAction[] | undefined;
}

const ANNOTATIONS_MAX = 50;
const ACTIONS_MAX = 3;
const MESSAGE_BYTES_MAX = 64 * 1024;
const TITLE_MAX = 255;
const CONCLUSIONS = ['action_required', 'cancelled', 'failure', 'neutral', 'success', 'skipped', 'timed_out'];

/** Makes a check run on a commit; 422 where the commit is unknown or the change breaks a rule. */
export function createCheckRun(
  state: State,
  repository: Repository,
  actor: Actor & { readonly app: App },
  headSha: string,
  name: string,
  change: CheckChange,
): CheckRun {
  if (readCommit(repository.git, headSha) === null)
    throw unprocessable(`No commit found for SHA: ${headSha}`);
  checkChange(change);
  const suite = suiteOf(state, repository, actor.app, headSha);
  const run: CheckRun = {
    id: newId(state),
    suiteId: suite.id,
    app: actor.app,
    name,
    headSha,
    externalId: null,
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedMs: state.clock.nowMs(),
    completedMs: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  };
  repository.checkRuns.set(run.id, run);
  apply(state, run, change);
  announceRun(state, repository, actor, run, 'created');
  if (run.status === 'completed') announceRun(state, repository, actor, run, 'completed');
  return run;
}

/** Changes a check run of the same App. Annotations are added to those it has. */
export function changeCheckRun(
  state: State,
  repository: Repository,
  actor: Actor,
  run: CheckRun,
  change: CheckChange,
): void {
  if (actor.app?.id !== run.app.id) {
    const id = actor.app?.id ?? 0;
    throw new ApiError(
      403,
      `Invalid app_id \`${id}\` - check run can only be modified by the GitHub App that created it.`,
    );
  }
  checkChange(change);
  const wasCompleted = run.status === 'completed';
  apply(state, run, change);
  if (!wasCompleted && run.status === 'completed') announceRun(state, repository, actor, run, 'completed');
}

function apply(state: State, run: CheckRun, change: CheckChange): void {
  run.name = change.name ?? run.name;
  run.detailsUrl = change.detailsUrl ?? run.detailsUrl;
  run.externalId = change.externalId ?? run.externalId;
  run.startedMs = change.startedMs ?? run.startedMs;
  run.actions = change.actions ?? run.actions;
  if (change.conclusion !== undefined) {
    run.status = 'completed';
    run.conclusion = change.conclusion;
    run.completedMs = change.completedMs ?? state.clock.nowMs();
  } else if (change.status !== undefined) {
    run.status = change.status;
    run.conclusion = null;
    run.completedMs = null;
  }
  if (change.output === undefined) return;
  run.title = change.output.title ?? run.title;
  run.summary = change.output.summary ?? run.summary;
  run.text = change.output.text ?? run.text;
  run.annotations.push(...change.output.annotations);
}

function checkChange({ status, conclusion, output, actions }: CheckChange): void {
  if (conclusion !== undefined && !CONCLUSIONS.includes(conclusion))
    throw invalid('CheckRun', 'conclusion', 'invalid');
  if (status === 'completed' && conclusion === undefined)
    throw invalid('CheckRun', 'conclusion', 'missing_field');
  checkCount(actions?.length ?? 0, ACTIONS_MAX);
  if (output === undefined) return;
  checkOutput('summary', output.summary);
  checkOutput('text', output.text);
  checkCount(output.annotations.length, ANNOTATIONS_MAX);
  for (const annotation of output.annotations) checkAnnotation(annotation);
}

function checkCount(count: number, max: number): void {
  if (count <= max) return;
  throw unprocessable(`Invalid request.\n\nNo more than ${max} items are allowed; ${count} were supplied.`);
}

function checkAnnotation(annotation: Annotation): void {
  const refuse = (field: string, say: string): never => {
    throw invalid('CheckAnnotation', field, { say: `${field} ${say}` });
  };
  if (!['notice', 'warning', 'failure'].includes(annotation.annotation_level))
    throw invalid('CheckAnnotation', 'annotation_level', 'invalid');
  if (annotation.path === '' || annotation.path.startsWith('/'))
    throw invalid('CheckAnnotation', 'path', 'invalid');
  if (annotation.start_line < 1 || annotation.end_line < annotation.start_line)
    refuse('end_line', 'must not be before start_line, and lines start at 1');
  const hasColumns = annotation.start_column !== null || annotation.end_column !== null;
  if (hasColumns && annotation.start_line !== annotation.end_line)
    refuse('start_column', 'is only allowed where start_line and end_line are the same');
  if (annotation.message === '') refuse('message', "can't be blank");
  if (Buffer.byteLength(annotation.message) > MESSAGE_BYTES_MAX)
    refuse('message', 'is too long (maximum is 64 KB)');
  if (Buffer.byteLength(annotation.raw_details ?? '') > MESSAGE_BYTES_MAX)
    refuse('raw_details', 'is too long (maximum is 64 KB)');
  if ([...(annotation.title ?? '')].length > TITLE_MAX)
    refuse('title', `is too long (maximum is ${TITLE_MAX} characters)`);
}

/** Tells of a check run; `rerequested` asks its App to run it again. */
export function announceRun(
  state: State,
  repository: Repository,
  actor: Actor,
  run: CheckRun,
  action: 'created' | 'completed' | 'rerequested',
): void {
  const suite = repository.checkSuites.get(run.suiteId);
  const json = checkRunJson(state, repository, run);
  const checkSuite = suite === undefined ? null : checkSuiteJson(state, repository, suite);
  announce(state, {
    name: 'check_run',
    action,
    repository,
    actor,
    payload: { check_run: { ...json, check_suite: checkSuite } },
    at: { branch: suite?.headBranch ?? '', sha: run.headSha },
  });
}
