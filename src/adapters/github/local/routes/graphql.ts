// The part of GraphQL for which REST has no equal: issues that are pinned.

import { ApiError, notFound } from '../api-error.ts';
import type { Issue, Repository } from '../entities.ts';
import { idOfNode, nodeId } from '../render/accounts.ts';
import {
  type Answer,
  type ApiRequest,
  answer,
  checkAccess,
  isFields,
  type Route,
  reading,
  textField,
  writing,
} from '../request.ts';
import { repositoryOf } from '../state.ts';

const PINNED_MAX = 3;

/** GraphQL answers 200 and says in the body what went wrong. */
function failed(type: string, message: string): Answer {
  return answer({ data: null, errors: [{ type, message }] });
}

function issueOfNode(request: ApiRequest): { readonly repository: Repository; readonly issue: Issue } | null {
  const node = /issueId:\s*"([^"]+)"/.exec(textField(request.body, 'Query', 'query'))?.[1];
  const id = idOfNode('I', node ?? variable(request, 'issueId') ?? '');
  for (const repository of request.state.repositories.values()) {
    const issue = [...repository.issues.values()].find((each) => String(each.id) === id);
    if (issue !== undefined) return { repository, issue };
  }
  return null;
}

/** A variable by its name, in the variables themselves or in an `input` among them. */
function variable({ body }: ApiRequest, name: string): string | null {
  const variables = isFields(body['variables']) ? body['variables'] : {};
  const input = isFields(variables['input']) ? variables['input'] : {};
  const value = variables[name] ?? input[name];
  if (typeof value === 'string') return value;
  const texts = Object.values(variables).filter((each) => typeof each === 'string');
  return name === 'issueId' && texts.length === 1 ? (texts[0] ?? null) : null;
}

function pin(request: ApiRequest, field: 'pinIssue' | 'unpinIssue'): Answer {
  const found = issueOfNode(request);
  if (found === null) return failed('NOT_FOUND', 'Could not resolve to a node with the given global id.');
  const { repository, issue } = found;
  const refusal = refusalOf(request, repository);
  if (refusal !== null) return refusal;
  const rest = repository.pinned.filter((number) => number !== issue.number);
  if (field === 'pinIssue') {
    if (rest.length >= PINNED_MAX)
      return failed('UNPROCESSABLE', `Maximum of ${PINNED_MAX} pinned issues reached`);
    repository.pinned = [...rest, issue.number];
  } else repository.pinned = rest;
  return answer({ data: { [field]: { issue: { id: nodeId('I', issue.id), number: issue.number } } } });
}

function refusalOf({ actor }: ApiRequest, repository: Repository): Answer | null {
  try {
    checkAccess(repository, actor, writing(['issues'], 'write'));
    return null;
  } catch (error) {
    if (error instanceof ApiError) return failed('FORBIDDEN', error.message);
    throw error;
  }
}

function pinnedIssues(request: ApiRequest): Answer {
  const { state, actor, body } = request;
  const query = textField(body, 'Query', 'query');
  const literal = (name: string) => new RegExp(`\\b${name}:\\s*"([^"]+)"`).exec(query)?.[1];
  const owner = literal('owner') ?? variable(request, 'owner') ?? '';
  const name = literal('name') ?? variable(request, 'name') ?? variable(request, 'repo') ?? '';
  const repository = repositoryOf(state, `${owner}/${name}`);
  checkAccess(repository, actor, reading('issues'));
  const nodes = repository.pinned.flatMap((number) => {
    const issue = repository.issues.get(number);
    if (issue === undefined) return [];
    const { id, title } = issue;
    return [{ issue: { id: nodeId('I', id), number, title, state: issue.state.toUpperCase() } }];
  });
  return answer({ data: { repository: { pinnedIssues: { totalCount: nodes.length, nodes } } } });
}

function postQuery(request: ApiRequest): Answer {
  const query = textField(request.body, 'Query', 'query');
  if (/\bunpinIssue\b/.test(query)) return pin(request, 'unpinIssue');
  if (/\bpinIssue\b/.test(query)) return pin(request, 'pinIssue');
  if (/\bpinnedIssues\b/.test(query)) return pinnedIssues(request);
  throw notFound();
}

export const GRAPHQL_ROUTES: readonly Route[] = [{ method: 'POST', path: '/graphql', handle: postQuery }];
