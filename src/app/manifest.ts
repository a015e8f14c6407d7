// What the GitHub App asks for: every permission and every event, each with its reason. app.yml and docs/deploy.md say the same.

export type AccessLevel = 'read' | 'write';

interface NeededPermission {
  /** GitHub's name of it, `pull_requests`. */
  readonly name: string;
  readonly level: AccessLevel;
  readonly reason: string;
}

interface NeededEvent {
  /** GitHub's name of it, as in the header `X-GitHub-Event`. */
  readonly name: string;
  readonly reason: string;
}

export const NEEDED_PERMISSIONS: readonly NeededPermission[] = [
  {
    name: 'actions',
    level: 'write',
    reason: 'looks whether the workflows ran, and keeps GitHub from turning their schedules off',
  },
  {
    name: 'checks',
    level: 'write',
    reason: 'reports the checks warden/config and warden/proposal, with remarks at the line',
  },
  {
    name: 'contents',
    level: 'write',
    reason: 'reads the configuration and the state branch, and commits proposals to branches below warden/',
  },
  {
    name: 'issues',
    level: 'write',
    reason: 'keeps the dashboard issue, comments, labels, and answers commands',
  },
  {
    name: 'metadata',
    level: 'read',
    reason: 'learns the default branch and whether who gives a command may write; GitHub always grants it',
  },
  {
    name: 'pull_requests',
    level: 'write',
    reason: 'opens, updates and closes its own proposals, asks for reviews, reads what others change',
  },
];

export const NEEDED_EVENTS = [
  { name: 'check_run', reason: 'somebody asks for one of the checks again' },
  { name: 'check_suite', reason: 'somebody asks for all checks again' },
  { name: 'issue_comment', reason: 'commands such as /warden explain macro' },
  { name: 'issues', reason: 'boxes that are ticked on the dashboard' },
  { name: 'pull_request', reason: 'a new head to review; a proposal that was merged or closed' },
  { name: 'pull_request_review', reason: 'approvals of a loosened limit' },
  { name: 'push', reason: 'new state on the state branch, new configuration on the default branch' },
] as const satisfies readonly NeededEvent[];

/** Path of the webhook, below the address of the server. */
export const WEBHOOK_PATH = '/api/github/webhooks';
