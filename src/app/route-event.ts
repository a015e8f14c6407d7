// Which work an event of GitHub asks for, as a pure function. An event is only a hint: the work reads the state of GitHub itself.

import type { Static, TSchema } from 'typebox';
import { BRANCH_PREFIX, CONFIG_FOLDER } from '../domain/proposal.ts';
import { validate } from '../domain/validate.ts';
import { readCommands } from '../supervision/command.ts';
import {
  type Checked,
  CheckRunEvent,
  CheckSuiteEvent,
  CommentEvent,
  IssueEvent,
  PullRequestEvent,
  PushEvent,
  RepositoryEvent,
  ReviewEvent,
} from './webhook-events.ts';

/** A comment that may hold commands. */
export interface GivenComment {
  readonly number: number;
  readonly commentId: number;
  readonly author: string;
  readonly body: string;
  readonly isBot: boolean;
}

export type AppAction =
  /** Shows on GitHub what the newest state says. */
  | { readonly kind: 'publish' }
  /** Reviews what a pull request does to the configuration. */
  | { readonly kind: 'review'; readonly number: number }
  /** Reviews the open pull requests of a commit: those of forks are not named in the event. */
  | { readonly kind: 'review-head'; readonly headSha: string }
  /** Reviews every open pull request, since what they are compared with has changed. */
  | { readonly kind: 'review-open' }
  | { readonly kind: 'command'; readonly comment: GivenComment }
  /** Looks at the boxes of an issue that `sender` edited. */
  | { readonly kind: 'boxes'; readonly number: number; readonly sender: string };

export type Routed =
  | { readonly kind: 'act'; readonly actions: readonly AppAction[] }
  /** Nothing is to do. */
  | { readonly kind: 'ignored'; readonly reason: string }
  /** The payload is not what GitHub sends. */
  | { readonly kind: 'dropped'; readonly reason: string };

interface RouteFacts {
  readonly ownLogins: readonly string[];
  readonly stateBranch: string;
}

/** Returns what is to be done about an event. Never throws, whatever the payload is. */
export function routeEvent(name: string, payload: unknown, facts: RouteFacts): Routed {
  switch (name) {
    case 'push':
      return read(PushEvent, payload, (push) => routePush(push, payload, facts));
    case 'pull_request':
    // The same pull request, told to a workflow that may write.
    case 'pull_request_target':
      return read(PullRequestEvent, payload, (event) => routePull(event, facts));
    case 'pull_request_review':
      return read(ReviewEvent, payload, (event) =>
        ['submitted', 'edited', 'dismissed'].includes(event.action)
          ? unlessOwn(event.sender.login, facts, [{ kind: 'review', number: event.pull_request.number }])
          : unused(event.action),
      );
    case 'check_run':
      return read(CheckRunEvent, payload, (event) =>
        ['rerequested', 'requested_action'].includes(event.action)
          ? act(checkAgain(event.check_run))
          : unused(event.action),
      );
    case 'check_suite':
      return read(CheckSuiteEvent, payload, (event) =>
        event.action === 'rerequested' ? act(checkAgain(event.check_suite)) : unused(event.action),
      );
    case 'issue_comment':
      return read(CommentEvent, payload, (event) => routeComment(event, facts));
    case 'issues':
      return read(IssueEvent, payload, (event) => routeIssue(event, facts));
    default:
      return { kind: 'ignored', reason: `nothing is done about the event ${name}` };
  }
}

function routePush(push: PushEvent, payload: unknown, facts: RouteFacts): Routed {
  if (push.deleted === true) return { kind: 'ignored', reason: 'a branch was removed' };
  if (push.ref === `refs/heads/${facts.stateBranch}`) return act([{ kind: 'publish' }]);
  return read(RepositoryEvent, payload, ({ repository }) => {
    if (push.ref !== `refs/heads/${repository.default_branch}`)
      return { kind: 'ignored', reason: 'neither the default branch nor the state branch was pushed' };
    return act(touchesConfig(push) ? [{ kind: 'publish' }, { kind: 'review-open' }] : [{ kind: 'publish' }]);
  });
}

/** GitHub leaves the list of commits empty for large pushes, and where it forgets names of files nothing is known. */
function touchesConfig({ commits = [] }: PushEvent): boolean {
  if (commits.length === 0) return true;
  return commits.some(({ added, modified, removed }) => {
    if (added === undefined && modified === undefined && removed === undefined) return true;
    return [added, modified, removed].some((names) =>
      names?.some((file) => file.startsWith(`${CONFIG_FOLDER}/`)),
    );
  });
}

/** Actions after which the head or the base is another one, whoever caused it: also Warden's own need their checks. */
const NEW_HEAD = ['opened', 'synchronize', 'reopened', 'ready_for_review'];

function routePull(event: PullRequestEvent, facts: RouteFacts): Routed {
  const { number, head } = event.pull_request;
  const hasNewBase = event.action === 'edited' && event.changes?.base !== undefined;
  if (NEW_HEAD.includes(event.action) || hasNewBase)
    return act([{ kind: 'review', number }, { kind: 'publish' }]);
  if (event.action !== 'closed') return unused(event.action);
  return head.ref.startsWith(BRANCH_PREFIX)
    ? unlessOwn(event.sender.login, facts, [{ kind: 'publish' }])
    : { kind: 'ignored', reason: 'a pull request was closed that is no proposal' };
}

function checkAgain({ head_sha: headSha, pull_requests: pulls = [] }: Checked): readonly AppAction[] {
  const reviews: readonly AppAction[] =
    pulls.length === 0
      ? [{ kind: 'review-head', headSha }]
      : pulls.map(({ number }) => ({ kind: 'review', number }));
  return [...reviews, { kind: 'publish' }];
}

/** Who edits a comment gave no command: what is done may be long done, and the edit may be by somebody else. */
function routeComment({ action, issue, comment }: CommentEvent, facts: RouteFacts): Routed {
  if (action !== 'created') return unused(action);
  const body = comment.body ?? '';
  if (readCommands(body).lines.length === 0)
    return { kind: 'ignored', reason: 'the comment holds no command' };
  const author = comment.user?.login ?? 'ghost';
  const isBot = comment.user?.type === 'Bot';
  return unlessOwn(author, facts, [
    { kind: 'command', comment: { number: issue.number, commentId: comment.id, author, body, isBot } },
  ]);
}

function routeIssue(event: IssueEvent, facts: RouteFacts): Routed {
  if (event.action !== 'edited' || event.changes?.body === undefined) return unused(event.action);
  const { number, user } = event.issue;
  if (user === null || !facts.ownLogins.includes(user.login))
    return { kind: 'ignored', reason: 'the issue is not by Warden' };
  const sender = event.sender.login;
  return unlessOwn(sender, facts, [{ kind: 'boxes', number, sender }]);
}

/** Only Warden's own deeds are passed over, not those of every bot: others change limits and versions too. */
function unlessOwn(login: string, { ownLogins }: RouteFacts, actions: readonly AppAction[]): Routed {
  return ownLogins.includes(login) ? { kind: 'ignored', reason: 'Warden did it itself' } : act(actions);
}

function act(actions: readonly AppAction[]): Routed {
  return { kind: 'act', actions };
}

function unused(action: string): Routed {
  return { kind: 'ignored', reason: `nothing is done about the action ${action}` };
}

function read<S extends TSchema>(schema: S, payload: unknown, then: (event: Static<S>) => Routed): Routed {
  const checked = validate(schema, payload);
  if (checked.ok) return then(checked.value);
  const problems = checked.error.slice(0, 5).map(({ path, message }) => `${path} ${message}`.trim());
  return { kind: 'dropped', reason: `the payload is not what GitHub sends: ${problems.join('; ')}` };
}
