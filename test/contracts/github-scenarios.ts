// Holds any stand-in for GitHub to what GitHub does, told as short stories with GitHub's own client.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GIT_STORIES } from './github-git-stories.ts';
import { PULL_STORIES } from './github-pull-stories.ts';
import type { ScenarioGitHub } from './github-story.ts';
import { TALK_STORIES } from './github-talk-stories.ts';

const STORIES = [...GIT_STORIES, ...PULL_STORIES, ...TALK_STORIES];

/**
 * Runs every story against what `start` returns.
 *
 * @param gaps title of a story → why this GitHub cannot tell it. The story must fail then, so that no gap outlives itself.
 */
export function describeGitHub(
  name: string,
  start: () => Promise<ScenarioGitHub>,
  gaps: Readonly<Record<string, string>> = {},
): void {
  describe(name, () => {
    let github: ScenarioGitHub;
    beforeAll(async () => {
      github = await start();
    });
    afterAll(() => github.close());
    for (const { title, run } of STORIES) {
      const gap = gaps[title];
      if (gap === undefined) it(title, () => run(github));
      else
        it(`does not do what GitHub does: ${title} (${gap})`, async () => {
          await expect(run(github)).rejects.toThrow();
        });
    }
    it('has no gap that is not a story', () => {
      expect(Object.keys(gaps).filter((title) => !STORIES.some((story) => story.title === title))).toEqual(
        [],
      );
    });
  });
}
