// Looks again at once: reviews the pull request, and brings everything on GitHub up to the newest state.

import { done, type Outcome } from './answer-figures.ts';
import type { CommandOptions, CommandPorts } from './command-ground.ts';
import { reviewConfig } from './review-config.ts';

/** Reviews a pull request, where `number` is one, and publishes what is owed. */
export async function answerRerun(
  ports: CommandPorts,
  number: number,
  options: CommandOptions,
): Promise<Outcome> {
  const reviewed = await reviewConfig(ports, number, options);
  const review = reviewed.outcome === 'gone' ? [] : [`The configuration was reviewed: ${reviewed.title}.`];
  return done([...review].join(' '));
}
