// What GitHub showed in the demo, in words: what was proposed, what it took, and what a merge changed.

import type { Result } from '../domain/result.ts';
import type { DemoPull, OnGitHub } from './on-github.ts';

/** Of the class that breaks: the live one of the made-up agents. */
const BREAKER = 'trend-ema';

/** Returns the pull request that was merged, where there was one. */
export function mergedPull({ pulls }: OnGitHub): DemoPull | undefined {
  return pulls.find(({ state }) => state === 'merged');
}

/** Returns the sentences about GitHub; `folder` is where its pages are. */
export function gitHubSentence(onGitHub: Result<OnGitHub, string>, folder: string): string {
  if (!onGitHub.ok) return `What GitHub would have shown is left out: ${onGitHub.error}.`;
  const { pulls, requests, writes, writes_again: again, waiting, failed } = onGitHub.value;
  const repeated =
    again === 0 ? 'a second time it wrote nothing' : `a second time ${requestsText(again)} wrote`;
  return [
    `What GitHub showed: on a GitHub that runs in this process, publishing that state took ${requestsText(requests)}, ` +
      `${writes} of which wrote; ${repeated}. It opened a dashboard and ${openedText(pulls)}.`,
    mergeSentence(onGitHub.value),
    `The pages are ${folder}/*.md.`,
    waiting.length === 0 ? '' : `Not proposed yet: ${waiting.join('; ')}.`,
    failed.length === 0 ? '' : `What failed: ${failed.join('; ')}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function openedText(pulls: readonly DemoPull[]): string {
  if (pulls.length === 0) return 'no pull request, since nothing was proposed';
  const named = pulls.map(({ number, title }) => `#${number} "${title}"`);
  return `pull request${pulls.length === 1 ? '' : 's'} ${named.join(', ')}`;
}

function mergeSentence(onGitHub: OnGitHub): string {
  const merged = mergedPull(onGitHub);
  if (merged === undefined) return '';
  const open = onGitHub.pulls.filter(({ state }) => state === 'open').map(({ number }) => `#${number}`);
  const rest = open.length === 0 ? 'no proposal waited for a person' : `${open.join(', ')} still waited`;
  return (
    `A made-up person merged #${merged.number}, which moves ${BREAKER} to shadow; published once more, ` +
    `with ${requestsText(onGitHub.writes_after_merge)} that wrote, ${rest}.`
  );
}

function requestsText(count: number): string {
  return `${count} request${count === 1 ? '' : 's'}`;
}
