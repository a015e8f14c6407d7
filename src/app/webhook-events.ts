// The few fields of GitHub's events that the app reads, checked at the edge: everything else about a payload is not trusted to exist.

import Type, { type Static } from 'typebox';
import { orNull } from '../domain/fields.ts';
import { REPOSITORY_NAME_PATTERN } from '../domain/github.ts';

const login = Type.String({ minLength: 1, maxLength: 100, description: 'login of an account' });
const number = Type.Integer({ minimum: 1, description: 'number of an issue or pull request' });
const action = Type.String({ pattern: '^[a-z_]{1,100}$', description: 'action of the event' });
const sha = Type.String({ pattern: '^[0-9a-f]{40,64}$', description: 'commit' });
const sender = Type.Object({ login });

/** What every event of a repository has. */
export const RepositoryEvent = Type.Object({
  repository: Type.Object({
    full_name: Type.String({
      pattern: REPOSITORY_NAME_PATTERN,
      description: 'owner/name',
    }),
    default_branch: Type.String({ minLength: 1, maxLength: 255, description: 'name of a branch' }),
  }),
});

/** Absent where a webhook of the repository, or a workflow, tells of the event. */
export const InstallationEvent = Type.Object({ installation: Type.Object({ id: Type.Integer() }) });

const fileNames = Type.Optional(Type.Array(Type.String()));

export const PushEvent = Type.Object({
  ref: Type.String({ minLength: 1, maxLength: 1024, description: 'ref, as refs/heads/main' }),
  deleted: Type.Optional(Type.Boolean()),
  commits: Type.Optional(
    Type.Array(Type.Object({ added: fileNames, modified: fileNames, removed: fileNames })),
  ),
});
export type PushEvent = Static<typeof PushEvent>;

export const PullRequestEvent = Type.Object({
  action,
  sender,
  changes: Type.Optional(Type.Object({ base: Type.Optional(Type.Unknown()) })),
  pull_request: Type.Object({
    number,
    head: Type.Object({ ref: Type.String({ minLength: 1, maxLength: 255, description: 'branch' }) }),
  }),
});
export type PullRequestEvent = Static<typeof PullRequestEvent>;

export const ReviewEvent = Type.Object({ action, sender, pull_request: Type.Object({ number }) });
export type ReviewEvent = Static<typeof ReviewEvent>;

const checked = Type.Object({
  head_sha: sha,
  pull_requests: Type.Optional(Type.Array(Type.Object({ number }))),
});

export const CheckRunEvent = Type.Object({ action, check_run: checked });
export const CheckSuiteEvent = Type.Object({ action, check_suite: checked });
export type Checked = Static<typeof checked>;

export const CommentEvent = Type.Object({
  action,
  issue: Type.Object({ number }),
  comment: Type.Object({
    id: Type.Integer({ minimum: 1, description: 'id of a comment' }),
    body: orNull(Type.String()),
    user: orNull(Type.Object({ login, type: Type.Optional(Type.String()) })),
  }),
});
export type CommentEvent = Static<typeof CommentEvent>;

export const IssueEvent = Type.Object({
  action,
  sender,
  issue: Type.Object({ number, user: orNull(Type.Object({ login })) }),
  changes: Type.Optional(Type.Object({ body: Type.Optional(Type.Unknown()) })),
});
export type IssueEvent = Static<typeof IssueEvent>;
