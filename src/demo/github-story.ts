// What GitHub showed in the demo, in words: what was proposed, what it took, and what a merge changed.

import type { Result } from '../domain/result.ts';
import type { DemoPull, OnGitHub } from './on-github.ts';

/** Returns the pull request that was merged, where there was one. */
export function mergedPull({ pulls }: OnGitHub): DemoPull | undefined {
  return pulls.find(({ merged }) => merged);
}

/** Returns the sentence about GitHub; `folder` is where its pages are. */
export function gitHubSentence(onGitHub: Result<OnGitHub, string>, folder: string): string {
  if (!onGitHub.ok) return `What GitHub would have shown is left out: ${onGitHub.error}.`;
  const { pulls, requests, writes, writes_again: again, owed } = onGitHub.value;
  const titles = pulls.map(({ number, title }) => `#${number} "${title}"`);
  const opened =
    titles.length === 0 ? 'no pull request, since nothing was proposed' : `pull request ${titles.join(', ')}`;
  const repeated = again === 0 ? 'a second time it wrote nothing' : `a second time ${again} requests wrote`;
  const pull = mergedPull(onGitHub.value);
  const merge =
    pull === undefined
      ? ''
      : ` A made-up person merged #${pull.number}, which moves the agent to shadow; after that nothing waited for anybody.`;
  const rest = owed.length === 0 ? '' : ` Still owed: ${owed.join('; ')}.`;
  return (
    `What GitHub showed: on a GitHub that runs in this process, publishing that state took ${requests} requests, ` +
    `${writes} of which wrote; ${repeated}. It opened a dashboard and ${opened}.${merge} ` +
    `The pages are ${folder}/*.md.${rest}`
  );
}
