// Dispatches: events and workflows that are started on purpose, by anybody who may write.

import { invalid, notFound, unprocessable } from '../api-error.ts';
import { announce } from '../events.ts';
import { readRef } from '../git-objects.ts';
import {
  type Answer,
  isFields,
  NO_CONTENT,
  type RepositoryRequest,
  type Route,
  repositoryRoute,
  textField,
  writing,
} from '../request.ts';

const EVENT_TYPE_MAX = 100;
const PAYLOAD_KEYS_MAX = 10;
const PAYLOAD_CHARACTERS_MAX = 65_535;
const INPUTS_MAX = 25;

function postDispatch(request: RepositoryRequest): Answer {
  const { state, repository, actor, body } = request;
  const type = textField(body, 'RepositoryDispatch', 'event_type');
  if (type === '' || [...type].length > EVENT_TYPE_MAX)
    throw unprocessable(`Invalid request.\n\nevent_type must have 1 to ${EVENT_TYPE_MAX} characters.`);
  const payload = body['client_payload'] ?? {};
  if (!isFields(payload)) throw invalid('RepositoryDispatch', 'client_payload', 'invalid');
  const keys = Object.keys(payload).length;
  if (keys > PAYLOAD_KEYS_MAX) {
    throw unprocessable(
      `Invalid request.\n\nNo more than ${PAYLOAD_KEYS_MAX} properties are allowed; ${keys} were supplied.`,
    );
  }
  if (JSON.stringify(payload).length > PAYLOAD_CHARACTERS_MAX)
    throw unprocessable('Invalid request.\n\nclient_payload is too large.');
  state.dispatches.push({
    kind: 'repository',
    repository: repository.fullName,
    actor: actor.login,
    name: type,
    ref: null,
    inputs: payload,
  });
  announce(state, {
    name: 'repository_dispatch',
    action: type,
    repository,
    actor,
    payload: { branch: repository.defaultBranch, client_payload: payload },
    ...headOfDefault(request),
  });
  return NO_CONTENT;
}

function headOfDefault({ repository }: RepositoryRequest) {
  const sha = readRef(repository.git, `refs/heads/${repository.defaultBranch}`);
  return sha === null ? {} : { at: { branch: repository.defaultBranch, sha } };
}

function postWorkflowDispatch({ state, repository, actor, body, params }: RepositoryRequest): Answer {
  const name = params['workflow_id'] ?? '';
  const ref = textField(body, 'WorkflowDispatch', 'ref');
  const branch = ref.replace(/^refs\/heads\//, '');
  const sha = readRef(repository.git, `refs/heads/${branch}`);
  if (sha === null) throw unprocessable(`No ref found for: ${ref}`);
  const inputs = body['inputs'] ?? {};
  if (!isFields(inputs)) throw invalid('WorkflowDispatch', 'inputs', 'invalid');
  if (Object.keys(inputs).length > INPUTS_MAX)
    throw unprocessable(`Invalid request.\n\nNo more than ${INPUTS_MAX} inputs are allowed.`);
  if (name === '') throw notFound();
  const dispatch = { repository: repository.fullName, actor: actor.login, name, ref, inputs };
  state.dispatches.push({ kind: 'workflow', ...dispatch });
  announce(state, {
    name: 'workflow_dispatch',
    action: null,
    repository,
    actor,
    payload: { inputs, ref: `refs/heads/${branch}`, workflow: `.github/workflows/${name}` },
    at: { branch, sha },
  });
  return NO_CONTENT;
}

export const DISPATCH_ROUTES: readonly Route[] = [
  repositoryRoute('POST', '/dispatches', writing(['contents'], 'write'), postDispatch),
  repositoryRoute(
    'POST',
    '/actions/workflows/{workflow_id}/dispatches',
    writing(['actions'], 'write'),
    postWorkflowDispatch,
  ),
];
