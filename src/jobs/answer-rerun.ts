// Looks again at once: reviews the pull request, and brings everything on GitHub up to the newest state.

import { mdText } from '../supervision/markdown.ts';
import { done, type Outcome } from './answer-figures.ts';
import type { CommandOptions, CommandPorts } from './command-ground.ts';
import { publishToGitHub } from './publish-github.ts';
import { reviewConfig } from './review-config.ts';

const FAILED_SHOWN_MAX = 5;

/** Reviews a pull request, where `number` is an open one, and publishes what is owed. */
export async function answerRerun(
  ports: CommandPorts,
  number: number,
  { nowMs, codeVersion }: CommandOptions,
): Promise<Outcome> {
  const { github, state, log } = ports;
  const reviewed = await reviewConfig(ports, number, { nowMs, codeVersion });
  const review =
    reviewed.outcome === 'gone' ? [] : [`- Check of the configuration: ${mdText(reviewed.title)}`];
  const newest = await state.newest();
  if (newest === null)
    return done([...review, '- There is no state branch yet, so nothing is published.'].join('\n'));
  const { commit: stateCommit, disk } = newest;
  const published = await publishToGitHub({ github, disk, log }, { nowMs, stateCommit, codeVersion });
  const made = published.effects.filter(({ outcome }) => outcome === 'done');
  const failed = published.failed.slice(0, FAILED_SHOWN_MAX);
  const lines = [
    ...review,
    made.length === 0 ? '- Everything was up to date.' : `- Brought up to date: ${made.length} effects.`,
    ...failed.map(({ what, error }) => `- Still owed: ${mdText(what)}: ${mdText(error)}`),
  ];
  return { isDone: failed.length === 0, body: lines.join('\n') };
}
