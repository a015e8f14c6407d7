// Check runs and suites: written by Apps, read by everybody, asked for again by people.

import { invalid, notFound, unprocessable } from '../api-error.ts';
import type { Annotation, CheckAction, CheckRun } from '../entities.ts';
import { resolveCommit } from '../model/branches.ts';
import {
  announceRun,
  type CheckChange,
  type CheckOutput,
  changeCheckRun,
  createCheckRun,
} from '../model/checks.ts';
import { annotationJson, checkRunJson, checkSuiteJson } from '../render/checks.ts';
import {
  type Answer,
  answer,
  appBehind,
  type Fields,
  isFields,
  numberParam,
  optionalText,
  paged,
  type RepositoryRequest,
  type Route,
  reading,
  repositoryRoute,
  textField,
  writing,
} from '../request.ts';

function runParam(request: RepositoryRequest): CheckRun {
  const run = request.repository.checkRuns.get(numberParam(request, 'check_run_id'));
  if (run === undefined) throw notFound();
  return run;
}

function instantField(body: Fields, name: string): number | undefined {
  const text = optionalText(body, 'CheckRun', name);
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw unprocessable(`Invalid request.\n\n${name} is not a valid date-time.`);
  return ms;
}

function statusField(body: Fields): CheckRun['status'] | undefined {
  const status = optionalText(body, 'CheckRun', 'status');
  if (status === undefined || status === 'queued' || status === 'in_progress' || status === 'completed')
    return status;
  throw invalid('CheckRun', 'status', 'invalid');
}

function changeFrom(body: Fields): CheckChange {
  return {
    name: optionalText(body, 'CheckRun', 'name'),
    detailsUrl: optionalText(body, 'CheckRun', 'details_url'),
    externalId: optionalText(body, 'CheckRun', 'external_id'),
    status: statusField(body),
    conclusion: optionalText(body, 'CheckRun', 'conclusion'),
    startedMs: instantField(body, 'started_at'),
    completedMs: instantField(body, 'completed_at'),
    output: outputIn(body['output']),
    actions: actionsIn(body['actions']),
  };
}

function outputIn(value: unknown): CheckOutput | undefined {
  if (!isFields(value)) return undefined;
  return {
    title: optionalText(value, 'CheckRun', 'title') ?? null,
    summary: textField(value, 'CheckRun', 'summary'),
    text: optionalText(value, 'CheckRun', 'text') ?? null,
    annotations: listOf(value['annotations'], 'annotations').map(annotationIn),
  };
}

function listOf(value: unknown, name: string): readonly Fields[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isFields)) throw invalid('CheckRun', name, 'invalid');
  return value;
}

function lineIn(value: Fields, name: string): number {
  const line = value[name];
  if (typeof line !== 'number' || !Number.isInteger(line)) throw invalid('CheckAnnotation', name, 'invalid');
  return line;
}

function annotationIn(value: Fields): Annotation {
  const column = (name: string): number | null =>
    value[name] === undefined || value[name] === null ? null : lineIn(value, name);
  return {
    path: textField(value, 'CheckAnnotation', 'path'),
    start_line: lineIn(value, 'start_line'),
    end_line: lineIn(value, 'end_line'),
    start_column: column('start_column'),
    end_column: column('end_column'),
    annotation_level: textField(value, 'CheckAnnotation', 'annotation_level'),
    message: textField(value, 'CheckAnnotation', 'message'),
    title: optionalText(value, 'CheckAnnotation', 'title') ?? null,
    raw_details: optionalText(value, 'CheckAnnotation', 'raw_details') ?? null,
  };
}

const ACTION_FIELDS = { label: 20, description: 40, identifier: 20 } as const;

function actionsIn(value: unknown): readonly CheckAction[] | undefined {
  if (value === undefined) return undefined;
  return listOf(value, 'actions').map((each) => {
    const text = (name: keyof typeof ACTION_FIELDS): string => {
      const found = textField(each, 'CheckRun', name);
      if ([...found].length > ACTION_FIELDS[name])
        throw unprocessable(`Invalid request.\n\n${name} is too long (maximum is ${ACTION_FIELDS[name]}).`);
      return found;
    };
    return { label: text('label'), description: text('description'), identifier: text('identifier') };
  });
}

function postRun({ state, repository, actor, body }: RepositoryRequest): Answer {
  const app = appBehind(actor);
  const name = textField(body, 'CheckRun', 'name');
  const headSha = textField(body, 'CheckRun', 'head_sha');
  const run = createCheckRun(state, repository, app, headSha, name, changeFrom(body));
  return answer(checkRunJson(state, repository, run), 201);
}

function patchRun(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const run = runParam(request);
  changeCheckRun(state, repository, appBehind(actor), run, changeFrom(body));
  return answer(checkRunJson(state, repository, run));
}

function listAnnotations(request: RepositoryRequest): Answer {
  const run = runParam(request);
  return paged(request, run.annotations, (each) => annotationJson(request.repository, run, each));
}

/** `latest` is the newest run of each name and App, unless `filter=all` asks for all of them. */
function listRuns(request: RepositoryRequest): Answer {
  const { state, repository, params, query } = request;
  const sha = resolveCommit(repository, params['ref'] ?? '');
  const name = query.get('check_name');
  const appId = query.get('app_id');
  const status = query.get('status');
  const all = [...repository.checkRuns.values()].filter(
    (run) =>
      run.headSha === sha &&
      (name === null || run.name === name) &&
      (status === null || run.status === status) &&
      (appId === null || String(run.app.id) === appId),
  );
  const latest = new Map(all.map((run) => [JSON.stringify([run.app.id, run.name]), run]));
  const runs = (query.get('filter') === 'all' ? all : [...latest.values()]).sort((a, b) => b.id - a.id);
  return paged(
    request,
    runs,
    (run) => checkRunJson(state, repository, run),
    (check_runs) => ({ total_count: runs.length, check_runs }),
  );
}

function listSuites(request: RepositoryRequest): Answer {
  const { state, repository, params, query } = request;
  const sha = resolveCommit(repository, params['ref'] ?? '');
  const appId = query.get('app_id');
  const suites = [...repository.checkSuites.values()].filter(
    (suite) => suite.headSha === sha && (appId === null || String(suite.app.id) === appId),
  );
  return paged(
    request,
    suites,
    (suite) => checkSuiteJson(state, repository, suite),
    (check_suites) => ({ total_count: suites.length, check_suites }),
  );
}

function rerequestRun(request: RepositoryRequest): Answer {
  announceRun(request.state, request.repository, request.actor, runParam(request), 'rerequested');
  return answer({}, 201);
}

const READ = reading('checks');
const WRITE = writing(['checks'], 'read');
/** People ask for a check again on the page, which takes the right to push. */
const RERUN = writing(['checks'], 'write');

export const CHECK_ROUTES: readonly Route[] = [
  repositoryRoute('POST', '/check-runs', WRITE, postRun),
  repositoryRoute('GET', '/check-runs/{check_run_id}', READ, (r) =>
    answer(checkRunJson(r.state, r.repository, runParam(r))),
  ),
  repositoryRoute('PATCH', '/check-runs/{check_run_id}', WRITE, patchRun),
  repositoryRoute('GET', '/check-runs/{check_run_id}/annotations', READ, listAnnotations),
  repositoryRoute('POST', '/check-runs/{check_run_id}/rerequest', RERUN, rerequestRun),
  repositoryRoute('GET', '/commits/{ref}/check-runs', READ, listRuns),
  repositoryRoute('GET', '/commits/{ref}/check-suites', READ, listSuites),
];
