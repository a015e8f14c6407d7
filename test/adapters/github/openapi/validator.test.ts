// The validator accepts what GitHub says and names what it does not: a check that never fails is no check.

import { describe, expect, it } from 'vitest';
import { type ObservedExchange, observeStrictly, validateExchange, validateWebhook } from './validator.ts';

const REPO = '/repos/acme/desk';

function exchange(change: Partial<ObservedExchange>): ObservedExchange {
  return {
    method: 'GET',
    path: `${REPO}/labels/bug`,
    query: {},
    requestBody: null,
    status: 200,
    responseBody: LABEL,
    ...change,
  };
}

const LABEL = {
  id: 1,
  node_id: 'LA_1',
  url: `https://api.github.com${REPO}/labels/bug`,
  name: 'bug',
  description: null,
  color: 'f29513',
  default: false,
};

const REFUSAL = {
  message: 'Not Found',
  documentation_url: 'https://docs.github.com/rest',
  status: '404',
};

describe('an exchange', () => {
  it('that GitHub describes has no findings', () => {
    expect(validateExchange(exchange({}))).toEqual([]);
    expect(
      validateExchange(
        exchange({
          method: 'POST',
          path: `${REPO}/labels`,
          requestBody: { name: 'bug', color: 'f29513' },
          status: 201,
        }),
      ),
    ).toEqual([]);
  });

  it.each([
    ['a missing field', { responseBody: { ...LABEL, node_id: undefined } }, /answer.*node_id/],
    ['a field of another type', { responseBody: { ...LABEL, id: 'one' } }, /answer\/id must be integer/],
    ['null where there is none', { responseBody: { ...LABEL, color: null } }, /answer\/color must be string/],
    ['a text that is no address', { responseBody: { ...LABEL, url: 'labels/bug' } }, /answer\/url.*uri/],
    ['a status of another operation', { status: 202 }, /status is none of 200, 404/],
    ['a refusal without its message', { status: 404, responseBody: {} }, /a refusal has no message/],
    ['an unknown operation', { path: '/repos/acme/desk/stars' }, /is no operation/],
    ['a parameter that does not exist', { query: { per_pages: '5' } }, /query.per_pages is no parameter/],
    [
      'a number that is none',
      { path: `${REPO}/labels`, query: { page: 'two' }, responseBody: [] },
      /query.page must be integer/,
    ],
    [
      'a list where GitHub has an object',
      { path: `${REPO}/commits/main/check-runs`, responseBody: [] },
      /answer must be object/,
    ],
    [
      'a property of the request that does not exist',
      { method: 'POST', path: `${REPO}/labels`, status: 201, requestBody: { name: 'a', colour: 'ffffff' } },
      /request.colour is no property/,
    ],
    [
      'a request that GitHub would have refused',
      { method: 'POST', path: `${REPO}/labels`, status: 201, requestBody: { color: 'ffffff' } },
      /request must have required property 'name'/,
    ],
    [
      'a check run with a summary over the limit',
      {
        method: 'PATCH',
        path: `${REPO}/check-runs/1`,
        requestBody: { output: { title: 't', summary: 'x'.repeat(65_536) } },
      },
      /summary must NOT have more than 65535 characters/,
    ],
    [
      'a body where nothing is answered',
      { method: 'DELETE', path: `${REPO}/issues/comments/1`, status: 204, responseBody: {} },
      /expected none/,
    ],
  ])('is faulted for %s', (_what, change, expected) => {
    expect(validateExchange(exchange(change)).join('\n')).toMatch(expected);
  });

  it('that is refused is not faulted for its request', () => {
    const refused = { method: 'POST', path: `${REPO}/labels`, status: 403, requestBody: {} };

    expect(validateExchange(exchange({ ...refused, responseBody: REFUSAL }))).toEqual([]);
  });

  it('with slashes in a branch or a path finds its operation', () => {
    const missing = { status: 404, responseBody: { message: 'Not Found' } };
    const paths = [
      'contents/config/a.yaml',
      'git/ref/heads/warden/x',
      'compare/main...warden/x',
      'commits/warden/x/check-runs',
    ];
    for (const path of paths) {
      // The finding shows that the operation was found: an unknown one may answer 404 as it likes.
      expect(validateExchange(exchange({ path: `${REPO}/${path}`, ...missing }))).not.toEqual([]);
    }
    expect(validateExchange(exchange({ path: `${REPO}/unknown/x`, ...missing }))).toEqual([]);
  });
});

describe('a strict observer', () => {
  it('throws with what was found, and is silent otherwise', () => {
    expect(() => observeStrictly()(exchange({ responseBody: {} }))).toThrow(/GitHub would not answer so/);
    expect(() => observeStrictly()(exchange({}))).not.toThrow();
  });
});

describe('a webhook', () => {
  const user = {
    login: 'ada',
    id: 1,
    node_id: 'U_1',
    type: 'User',
    site_admin: false,
    ...Object.fromEntries(
      [
        'avatar_url',
        'url',
        'html_url',
        'followers_url',
        'following_url',
        'gists_url',
        'starred_url',
        'subscriptions_url',
        'organizations_url',
        'repos_url',
        'events_url',
        'received_events_url',
      ].map((key) => [key, 'https://api.github.com/users/ada']),
    ),
    gravatar_id: '',
  };
  const created = {
    action: 'created',
    sender: user,
    installation: {
      id: 1,
      account: user,
      repository_selection: 'all',
      access_tokens_url: 'https://api.github.com/app/installations/1/access_tokens',
      repositories_url: 'https://api.github.com/installation/repositories',
      html_url: 'https://github.com/settings/installations/1',
      app_id: 1,
      app_slug: 'warden',
      target_id: 1,
      target_type: 'User',
      permissions: { contents: 'write' },
      events: ['push'],
      created_at: '2026-11-01T00:00:00Z',
      updated_at: '2026-11-01T00:00:00Z',
      single_file_name: null,
      suspended_by: null,
      suspended_at: null,
    },
  };

  it('that GitHub describes has no findings', () => {
    expect(validateWebhook('installation', created)).toEqual([]);
  });

  it('is faulted for what its payload lacks, and for a name that does not exist', () => {
    expect(validateWebhook('installation', { ...created, sender: undefined }).join()).toMatch(/sender/);
    expect(validateWebhook('installation', { ...created, action: 'imagined' }).join()).toMatch(
      /is no webhook/,
    );
    expect(validateWebhook('pull_request', { action: 'opened' }).join('\n')).toMatch(
      /pull_request.opened: payload must/,
    );
    expect(validateWebhook('push', {}).join('\n')).toMatch(/push: payload must have required property/);
  });

  it('of a dispatch may have any action', () => {
    expect(validateWebhook('repository_dispatch', { action: 'train' }).join('\n')).toMatch(
      /required property 'repository'/,
    );
  });
});
