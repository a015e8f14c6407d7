// Owners by CODEOWNERS, as GitHub documents its patterns.

import { describe, expect, it } from 'vitest';
import { ownersOf } from '../../src/supervision/codeowners.ts';

describe('the owners of a file', () => {
  it.each([
    ['*', 'config/kill-list.yaml', true],
    ['*.yaml', 'config/kill-list.yaml', true],
    ['*.yml', 'config/kill-list.yaml', false],
    ['/config/', 'config/kill-list.yaml', true],
    ['/config', 'config/kill-list.yaml', true],
    ['config/', 'config/kill-list.yaml', true],
    ['config/', 'deep/config/a.yaml', true],
    ['/config/', 'deep/config/a.yaml', false],
    ['config/*', 'config/kill-list.yaml', true],
    ['config/*', 'config/deep/a.yaml', false],
    ['config/**', 'config/deep/a.yaml', true],
    ['**/deep', 'config/deep/a.yaml', true],
    ['config/kill-list.yaml', 'config/kill-list.yaml', true],
    ['kill-list.yaml/', 'config/kill-list.yaml', false],
    ['/kill-list.yaml', 'config/kill-list.yaml', false],
    ['config/kill-list.y?ml', 'config/kill-list.yaml', true],
    ['config/kill.list.yaml', 'config/kill-list.yaml', false],
    ['my\\ config/', 'my config/a', true],
  ])('are found by %s for %s: %s', (pattern, path, isOwned) => {
    expect(ownersOf(`${pattern} @ada\n`, path)).toEqual(isOwned ? ['ada'] : []);
  });

  it('are those of the last pattern that matches, people and teams alike', () => {
    const text = '# owners @mallory\n* @ada\n/config/ @acme/risk @bob # desk, once @eve\r\n/docs/ @eve\n';

    expect(ownersOf(text, 'config/agents.yaml')).toEqual(['acme/risk', 'bob']);
  });

  it('are nobody where the last pattern that matches names nobody, or only an address', () => {
    expect(ownersOf('* @ada\n/config/\n', 'config/agents.yaml')).toEqual([]);
    expect(ownersOf('* ada@example.org\n', 'config/agents.yaml')).toEqual([]);
  });
});
