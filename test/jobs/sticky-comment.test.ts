// The one comment of a kind: edited in place, healed where there are several, and never confused with what others wrote.

import { describe, expect, it } from 'vitest';
import { markerLine } from '../../src/domain/marker.ts';
import { keepComment, ownComments } from '../../src/jobs/sticky-comment.ts';
import { memoryGitHub } from '../fakes/memory-github.ts';

const body = (words: string) => `${markerLine('divergence', { v: 1 })}\n${words}`;

function anIssue() {
  const github = memoryGitHub();
  github.world.push('feature', { 'a.txt': 'a' });
  const number = github.world.open({ branch: 'feature', author: 'ada' });
  return {
    github,
    number,
    keep: async (text: string) => await keepComment(github, number, 'divergence', text),
  };
}

describe('a sticky comment', () => {
  it('is created, edited where it differs, and otherwise left alone', async () => {
    const { github, number, keep } = anIssue();

    expect(await keep(body('one'))).toBe('created');
    expect(await keep(body('one'))).toBe('unchanged');
    expect(await keep(body('two'))).toBe('edited');
    expect((await github.comments(number)).map((each) => each.body)).toEqual([body('two')]);
  });

  it('is the same text where GitHub stored other line ends and no white space at its end', async () => {
    const { github, number, keep } = anIssue();
    github.world.comment(number, 'warden[bot]', body('one\ntwo').replaceAll('\n', '\r\n'));

    expect(await keep(`${body('one\ntwo')}\n`)).toBe('unchanged');
  });

  it('is one again after two writers created it at once', async () => {
    const { github, number, keep } = anIssue();
    for (const words of ['old', 'second', 'third']) github.world.comment(number, 'warden[bot]', body(words));

    expect(await keep(body('new'))).toBe('edited');
    const [oldest, ...others] = await github.comments(number);
    expect(oldest?.body).toBe(body('new'));
    expect(others).toEqual([]);
  });

  it('is not what somebody else wrote, whatever marker it bears', async () => {
    const { github, number, keep } = anIssue();
    github.world.comment(number, 'mallory', body('mine'));

    expect(await keep(body('true'))).toBe('created');
    const comments = await github.comments(number);
    expect(comments.map(({ author }) => author)).toEqual(['mallory', 'warden[bot]']);
    expect(ownComments(comments, 'divergence', github.ownLogins)).toHaveLength(1);
  });

  it('is not another kind of comment', async () => {
    const { github, number, keep } = anIssue();
    github.world.comment(number, 'warden[bot]', markerLine('answer', { v: 1 }));

    expect(await keep(body('new'))).toBe('created');
  });

  it('is not created where the comments cannot be listed', async () => {
    const { github, keep } = anIssue();
    github.world.fault = ({ operation }) => (operation === 'comments' ? 'before' : null);

    await expect(keep(body('new'))).rejects.toThrow('comments');
    expect(github.world.calls.filter(({ isWrite }) => isWrite)).toEqual([]);
  });
});
