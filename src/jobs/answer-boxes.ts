// Acts on the boxes that were ticked on the dashboard: only for people who may write, once, and with a word about what came of it.

import { type Issue, mayWrite } from '../domain/github.ts';
import { markerKind } from '../domain/marker.ts';
import { type BoxAnswer, boxComment, withoutTicks } from '../supervision/box-text.ts';
import { type DashboardBox, tickedBoxes } from '../supervision/dashboard-boxes.ts';
import { refused } from './answer-figures.ts';
import { answerRerun } from './answer-rerun.ts';
import { boxAnswers, type Ticked } from './box-answers.ts';
import { type CommandOptions, type CommandPorts, commandGround } from './command-ground.ts';

/** `none`: nothing is ticked, or the issue is not the dashboard. `refused`: the ticks are gone, and nothing else was done. */
type BoxesAnswered = 'none' | 'refused' | 'answered';

/**
 * Acts on what `sender` ticked on the dashboard.
 *
 * @throws GitHubError where GitHub does not answer; the ticks are still there then, and it may be tried again.
 */
export async function actOnBoxes(
  ports: CommandPorts,
  { number, sender }: { readonly number: number; readonly sender: string },
  options: CommandOptions,
): Promise<BoxesAnswered> {
  const { github } = ports;
  const issue = await github.issue(number);
  if (issue === null || issue.state === 'closed' || !isDashboard(issue, github.ownLogins)) return 'none';
  const boxes = tickedBoxes(issue.body);
  if (boxes.length === 0 || github.ownLogins.includes(sender)) return 'none';
  const isAllowed = mayWrite(await github.role(sender));
  const answers = isAllowed ? await answersTo(ports, boxes, { issue, by: sender }, options) : [];
  await github.updateIssue(number, { body: withoutTicks(issue.body) });
  if (!isAllowed) return 'refused';
  await github.createComment(number, boxComment(answers, sender));
  if (boxes.some(({ kind }) => kind === 'rerun')) await answerRerun(ports, number, options);
  return 'answered';
}

function isDashboard({ author, body }: Issue, ownLogins: readonly string[]): boolean {
  return ownLogins.includes(author) && markerKind(body) === 'dashboard';
}

async function answersTo(
  ports: CommandPorts,
  boxes: readonly DashboardBox[],
  ticked: Ticked,
  options: CommandOptions,
): Promise<BoxAnswer[]> {
  const ground = await commandGround(ports);
  if (!ground.ok) return boxes.map((box) => ({ box, body: refused(ground.error).body }));
  return await boxAnswers(ports, ground.value, boxes, ticked, options);
}
