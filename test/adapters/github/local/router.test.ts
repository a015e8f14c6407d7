// Which route of the local GitHub answers a path.

import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../src/adapters/github/local/request.ts';
import { createRouter } from '../../../../src/adapters/github/local/router.ts';

function route(method: Route['method'], path: string): Route {
  return { method, path, handle: () => ({ status: 200, body: path }) };
}

const find = createRouter([
  route('GET', '/repos/{owner}/{repo}/commits/{ref}'),
  route('GET', '/repos/{owner}/{repo}/commits/{ref}/check-runs'),
  route('GET', '/repos/{owner}/{repo}/issues/{issue_number}'),
  route('GET', '/repos/{owner}/{repo}/issues/comments'),
  route('GET', '/repos/{owner}/{repo}/labels/{name}'),
]);

describe('the router', () => {
  it.each([
    ['/repos/o/r/commits/a/b', '/repos/{owner}/{repo}/commits/{ref}', { ref: 'a/b' }],
    ['/repos/o/r/commits/a%2Fb/check-runs', '/repos/{owner}/{repo}/commits/{ref}/check-runs', { ref: 'a/b' }],
    ['/repos/o/r/issues/12', '/repos/{owner}/{repo}/issues/{issue_number}', { issue_number: '12' }],
    ['/repos/o/r/issues/comments', '/repos/{owner}/{repo}/issues/comments', {}],
    ['/repos/o/r/labels/a%20%2F%20b', '/repos/{owner}/{repo}/labels/{name}', { name: 'a / b' }],
    ['/repos/o/r/labels/100%', '/repos/{owner}/{repo}/labels/{name}', { name: '100%' }],
  ])('answers %s by %s', (path, expected, params) => {
    const found = find('GET', path);

    expect(found?.route.path).toBe(expected);
    expect(found?.params).toEqual({ owner: 'o', repo: 'r', ...params });
  });

  it.each(['/repos/o/r/issues/x', '/repos/o/r', '/', '/repos/o/r/labels/a/b'])(
    'has nothing for %s',
    (path) => {
      expect(find('GET', path)).toBeNull();
    },
  );

  it('tells methods apart', () => {
    expect(find('POST', '/repos/o/r/issues/12')).toBeNull();
  });
});
