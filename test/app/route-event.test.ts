// Which work each event asks for: as a table, and never a crash whatever a payload holds.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEEDED_EVENTS } from '../../src/app/manifest.ts';
import { type AppAction, type Routed, routeEvent } from '../../src/app/route-event.ts';
import { RepositoryEvent } from '../../src/app/webhook-events.ts';
import { validate } from '../../src/domain/validate.ts';

const SHA = '0123456789abcdef0123456789abcdef01234567';
const REPOSITORY = { full_name: 'acme/alpha', default_branch: 'main' };
const FACTS = { ownLogins: ['warden[bot]'], stateBranch: 'warden-state' };
const ADA = { login: 'ada', type: 'User' };
const WARDEN = { login: 'warden[bot]', type: 'Bot' };
const DEPENDABOT = { login: 'dependabot[bot]', type: 'Bot' };

function route(name: string, payload: object): Routed {
  return routeEvent(name, { repository: REPOSITORY, sender: ADA, ...payload }, FACTS);
}

function actionsOf(routed: Routed): readonly string[] {
  if (routed.kind !== 'act') return [routed.kind];
  return routed.actions.map(actionName);
}

function actionName(action: AppAction): string {
  if (action.kind === 'review') return `review ${action.number}`;
  if (action.kind === 'review-head') return `review-head ${action.headSha.slice(0, 4)}`;
  if (action.kind === 'boxes') return `boxes ${action.number} by ${action.sender}`;
  return action.kind === 'command' ? `command by ${action.comment.author}` : action.kind;
}

function pull(action: string, more: object = {}, branch = 'looser') {
  return { action, pull_request: { number: 7, head: { ref: branch } }, ...more };
}

function comment(body: string | null, user: object | null = ADA, action = 'created') {
  return { action, issue: { number: 7 }, comment: { id: 99, body, user } };
}

function issue(action: string, author: object, more: object = {}) {
  return { action, issue: { number: 3, user: author }, ...more };
}

const NEW_BODY = { changes: { body: { from: 'before' } } };
const CONFIG_COMMIT = { added: [], modified: ['config/kill-list.yaml'], removed: [] };
const OTHER_COMMIT = { added: ['README.md'], modified: [], removed: ['src/config/x.yaml'] };

describe('an event', () => {
  const cases: readonly [what: string, name: string, payload: object, expected: readonly string[]][] = [
    ['state is pushed', 'push', { ref: 'refs/heads/warden-state' }, ['publish']],
    [
      'state is pushed by the job as the app',
      'push',
      { ref: 'refs/heads/warden-state', sender: WARDEN },
      ['publish'],
    ],
    [
      'configuration is pushed',
      'push',
      { ref: 'refs/heads/main', commits: [CONFIG_COMMIT] },
      ['publish', 'review-open'],
    ],
    [
      'configuration is removed',
      'push',
      { ref: 'refs/heads/main', commits: [{ added: [], modified: [], removed: ['config/agents.yaml'] }] },
      ['publish', 'review-open'],
    ],
    ['other files are pushed', 'push', { ref: 'refs/heads/main', commits: [OTHER_COMMIT] }, ['publish']],
    ['a push hides its files', 'push', { ref: 'refs/heads/main', commits: [{}] }, ['publish', 'review-open']],
    ['a push hides its commits', 'push', { ref: 'refs/heads/main' }, ['publish', 'review-open']],
    ['another branch is pushed', 'push', { ref: 'refs/heads/looser' }, ['ignored']],
    ['a tag with the name of a branch is pushed', 'push', { ref: 'refs/tags/main' }, ['ignored']],
    ['a branch is removed', 'push', { ref: 'refs/heads/warden-state', deleted: true }, ['ignored']],
    ['a pull request is opened', 'pull_request', pull('opened'), ['review 7', 'publish']],
    ['the same in a workflow', 'pull_request_target', pull('opened'), ['review 7', 'publish']],
    [
      'Warden opens one, which needs its checks too',
      'pull_request',
      pull('opened', { sender: WARDEN }),
      ['review 7', 'publish'],
    ],
    [
      'another bot opens one',
      'pull_request',
      pull('opened', { sender: DEPENDABOT }),
      ['review 7', 'publish'],
    ],
    ['a head moves', 'pull_request', pull('synchronize'), ['review 7', 'publish']],
    ['a pull request is opened again', 'pull_request', pull('reopened'), ['review 7', 'publish']],
    ['a draft is ready', 'pull_request', pull('ready_for_review'), ['review 7', 'publish']],
    [
      'a base changes',
      'pull_request',
      pull('edited', { changes: { base: { ref: { from: 'x' } } } }),
      ['review 7', 'publish'],
    ],
    ['a title changes', 'pull_request', pull('edited', { changes: { title: { from: 'x' } } }), ['ignored']],
    ['a label is added', 'pull_request', pull('labeled'), ['ignored']],
    [
      'a person closes or merges a proposal',
      'pull_request',
      pull('closed', {}, 'warden/disable/macro/1'),
      ['publish'],
    ],
    [
      'Warden closes a proposal',
      'pull_request',
      pull('closed', { sender: WARDEN }, 'warden/disable/macro/1'),
      ['ignored'],
    ],
    ['another pull request is closed', 'pull_request', pull('closed'), ['ignored']],
    [
      'an approval',
      'pull_request_review',
      { action: 'submitted', pull_request: { number: 7 } },
      ['review 7'],
    ],
    [
      'an approval is dismissed',
      'pull_request_review',
      { action: 'dismissed', pull_request: { number: 7 } },
      ['review 7'],
    ],
    [
      'a check is asked for again',
      'check_run',
      { action: 'rerequested', check_run: { head_sha: SHA, pull_requests: [{ number: 7 }, { number: 8 }] } },
      ['review 7', 'review 8', 'publish'],
    ],
    [
      'the same of a fork',
      'check_run',
      { action: 'rerequested', check_run: { head_sha: SHA, pull_requests: [] } },
      ['review-head 0123', 'publish'],
    ],
    [
      'a button of a check',
      'check_run',
      { action: 'requested_action', check_run: { head_sha: SHA } },
      ['review-head 0123', 'publish'],
    ],
    ['any check ends', 'check_run', { action: 'completed', check_run: { head_sha: SHA } }, ['ignored']],
    [
      'all checks are asked for again',
      'check_suite',
      { action: 'rerequested', check_suite: { head_sha: SHA, pull_requests: [] } },
      ['review-head 0123', 'publish'],
    ],
    [
      'a suite is made by a push',
      'check_suite',
      { action: 'requested', check_suite: { head_sha: SHA, pull_requests: [] } },
      ['ignored'],
    ],
    ['a command', 'issue_comment', comment('/warden explain macro'), ['command by ada']],
    ['a command below words', 'issue_comment', comment('Well.\r\n/warden help'), ['command by ada']],
    ['a word like a command', 'issue_comment', comment('see /warden help'), ['ignored']],
    ['a command in code', 'issue_comment', comment('```\n/warden help\n```'), ['ignored']],
    ['a command that is edited', 'issue_comment', comment('/warden help', ADA, 'edited'), ['ignored']],
    ['a comment of Warden', 'issue_comment', comment('/warden help', WARDEN), ['ignored']],
    [
      'a command of an account that is gone',
      'issue_comment',
      comment('/warden help', null),
      ['command by ghost'],
    ],
    ['an empty comment', 'issue_comment', comment(null), ['ignored']],
    ['a box is ticked', 'issues', issue('edited', WARDEN, NEW_BODY), ['boxes 3 by ada']],
    [
      'Warden edits its dashboard',
      'issues',
      issue('edited', WARDEN, { ...NEW_BODY, sender: WARDEN }),
      ['ignored'],
    ],
    ['somebody edits another issue', 'issues', issue('edited', ADA, NEW_BODY), ['ignored']],
    [
      'a title of the dashboard changes',
      'issues',
      issue('edited', WARDEN, { changes: { title: {} } }),
      ['ignored'],
    ],
    ['an issue is opened', 'issues', issue('opened', ADA), ['ignored']],
    ['a ping', 'ping', { zen: 'Design for failure.' }, ['ignored']],
    ['an event nobody knows', 'sponsorship', {}, ['ignored']],
  ];
  it.each(cases)('%s', (_what, name, payload, expected) => {
    expect(actionsOf(route(name, payload))).toEqual(expected);
  });

  it('tells a bot that gives commands from a person', () => {
    const routed = route('issue_comment', comment('/warden help', DEPENDABOT));

    expect(routed).toMatchObject({
      actions: [{ kind: 'command', comment: { isBot: true, number: 7, commentId: 99 } }],
    });
  });

  it.each(['../..', '../alpha', 'acme/..', './alpha', 'acme/.', 'acme/alpha\nerror: forged', 'acme'])(
    'is none of a repository where it names %j, which would be another folder or line here',
    (full_name) => {
      expect(validate(RepositoryEvent, { repository: { ...REPOSITORY, full_name } }).ok).toBe(false);
    },
  );

  it.each(['acme/alpha', 'a/.github', 'acme/..alpha', 'acme/a.b', '.acme/a'])(
    'may be of the repository %s',
    (full_name) => {
      expect(validate(RepositoryEvent, { repository: { ...REPOSITORY, full_name } }).ok).toBe(true);
    },
  );

  it('writes no line of its own into the log', () => {
    const routed = route('issue_comment', comment('/warden help', ADA, 'x\nerror: forged'));

    expect(routed).toMatchObject({ kind: 'dropped' });
    expect(routed.kind === 'dropped' && routed.reason).not.toContain('\n');
  });

  it('is dropped with the reason where its payload is not what GitHub sends', () => {
    const routed = route('pull_request', { action: 'opened', pull_request: { number: -1 } });

    expect(routed).toMatchObject({ kind: 'dropped' });
    expect(routed.kind === 'dropped' && routed.reason).toContain('pull_request.head is missing');
    expect(route('check_run', { action: 'rerequested', check_run: { head_sha: '; rm -rf' } }).kind).toBe(
      'dropped',
    );
  });

  it('never crashes the router, whatever its payload is', () => {
    const names = [...NEEDED_EVENTS.map(({ name }) => name), 'pull_request_target', 'ping', 'x'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.anything(), (name, payload) => {
        expect(['act', 'ignored', 'dropped']).toContain(routeEvent(name, payload, FACTS).kind);
      }),
    );
  });
});
