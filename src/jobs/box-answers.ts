// What came of each ticked box of the dashboard, but for looking again, which whoever asks for this does anyway.

import { GitHubError, type Issue } from '../domain/github.ts';
import { isoFromMs } from '../domain/time.ts';
import { proposedText } from '../supervision/answer-text.ts';
import type { BoxAnswer } from '../supervision/box-text.ts';
import type { DashboardBox } from '../supervision/dashboard-boxes.ts';
import { refused } from './answer-figures.ts';
import type { CommandGround, CommandOptions } from './command-ground.ts';
import type { OpeningPorts } from './finish-opening.ts';
import { type DisableRequest, proposeDisable } from './propose-disable.ts';

export interface Ticked {
  readonly issue: Pick<Issue, 'url'>;
  /** Login, or `null` where it is not known. */
  readonly by: string | null;
}

const UNKNOWN_PERSON = '(somebody who may write here)';

/** Does what the boxes ask for and returns what came of each. */
export async function boxAnswers(
  ports: OpeningPorts,
  ground: CommandGround,
  boxes: readonly DashboardBox[],
  { issue, by }: Ticked,
  options: CommandOptions,
): Promise<BoxAnswer[]> {
  const answers: BoxAnswer[] = [];
  for (const box of boxes) {
    if (box.kind === 'rerun') {
      answers.push({ box, body: 'everything is brought up to date.' });
      continue;
    }
    const request = {
      strategyClass: box.strategyClass,
      by: by ?? UNKNOWN_PERSON,
      reason: 'asked for by a tick on the dashboard',
      source: issue.url,
      at: isoFromMs(options.nowMs),
    };
    answers.push({ box, body: await disableAnswer(ports, ground, request, options) });
  }
  return answers;
}

async function disableAnswer(
  ports: OpeningPorts,
  ground: CommandGround,
  request: DisableRequest,
  options: CommandOptions,
): Promise<string> {
  try {
    const proposed = await proposeDisable(ports, ground, request, options);
    return proposed.ok ? proposedText(proposed.value) : refused(proposed.error).body;
  } catch (error) {
    if (!(error instanceof GitHubError) || error.kind === 'unavailable') throw error;
    return refused(`GitHub did not do it: ${error.message}`).body;
  }
}
