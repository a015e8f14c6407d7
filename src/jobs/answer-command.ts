// Answers the commands of one comment: only people who may push are answered, once, with one comment that says what came of each.

import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import { GitHubError, type IssueComment, mayWrite } from '../domain/github.ts';
import { markerFacts } from '../domain/marker.ts';
import { isoFromMs, msFromIso } from '../domain/time.ts';
import type { GitHub } from '../ports.ts';
import {
  type Answer,
  AnswerMarker,
  answerComment,
  helpText,
  proposedText,
} from '../supervision/answer-text.ts';
import { type Command, type CommandLine, readCommands } from '../supervision/command.ts';
import { answerDecision } from './answer-decision.ts';
import { answerExplain, answerSimulate, done, type Outcome, refused } from './answer-figures.ts';
import { answerRerun } from './answer-rerun.ts';
import {
  type CommandGround,
  type CommandOptions,
  type CommandPorts,
  commandGround,
} from './command-ground.ts';
import { proposeDisable } from './propose-disable.ts';
import { ownComments, sameText } from './sticky-comment.ts';

/** A new comment, as an event told of it. */
interface CommandComment {
  /** Of the issue or pull request. */
  readonly number: number;
  readonly commentId: number;
  /** Login. */
  readonly author: string;
  readonly body: string;
  readonly isBot: boolean;
  /** GUID of the delivery, or `null` where none is known. */
  readonly deliveryGuid: string | null;
}

/**
 * What became of a comment. `gone`: it was removed or edited since. `answered-before`: an answer to it is there. `refused`: its
 * author may not push, and got a reaction and nothing else.
 */
export type CommandAnswered =
  | { readonly outcome: 'no-command' | 'answered-before' | 'gone' | 'refused' }
  | { readonly outcome: 'answered'; readonly answers: readonly Answer[] };

/**
 * Answers a comment. Told twice of the same one, or after a run that died, it is answered once; what a command does is found
 * done then. Edits of comments are not for here.
 *
 * @throws GitHubError where GitHub does not answer; then the comment is not answered, and all of it may be tried again.
 */
export async function answerCommand(
  ports: CommandPorts,
  comment: CommandComment,
  options: CommandOptions,
): Promise<CommandAnswered> {
  const { github } = ports;
  const { lines, left } = readCommands(comment.body);
  if (lines.length === 0 || comment.isBot || github.ownLogins.includes(comment.author))
    return { outcome: 'no-command' };
  const comments = await github.comments(comment.number);
  const asked = comments.find(({ id }) => id === comment.commentId);
  if (asked === undefined || asked.author !== comment.author || !sameText(asked.body, comment.body))
    return { outcome: 'gone' };
  if (wasAnswered(comments, comment, github.ownLogins)) return { outcome: 'answered-before' };
  if (!mayWrite(await github.role(comment.author))) {
    await github.react(comment.commentId, '-1');
    return { outcome: 'refused' };
  }
  await github.react(comment.commentId, 'eyes');
  const answers = await answersTo(ports, lines, { comment, asked }, options);
  const marker: AnswerMarker = { v: 1, comment: comment.commentId, delivery: comment.deliveryGuid };
  await answerOnce(github, comment, answerComment(marker, comment.author, answers, left));
  await github.react(comment.commentId, answers.every(({ isDone }) => isDone) ? 'rocket' : 'confused');
  return { outcome: 'answered', answers };
}

function wasAnswered(
  comments: readonly IssueComment[],
  { commentId }: Pick<CommandComment, 'commentId'>,
  ownLogins: readonly string[],
): boolean {
  return answersOf(comments, commentId, ownLogins).length > 0;
}

function answersOf(
  comments: readonly IssueComment[],
  commentId: number,
  ownLogins: readonly string[],
): IssueComment[] {
  return ownComments(comments, 'answer', ownLogins).filter(
    ({ body }) => markerFacts(body, 'answer', AnswerMarker)?.comment === commentId,
  );
}

/** Where two processes answered at once, the older answer stays. */
async function answerOnce(
  github: GitHub,
  { number, commentId }: CommandComment,
  body: string,
): Promise<void> {
  await github.createComment(number, body);
  const [, ...others] = answersOf(await github.comments(number), commentId, github.ownLogins);
  for (const { id } of others) await github.deleteComment(id);
}

interface Asked {
  readonly comment: CommandComment;
  /** As it is at GitHub. */
  readonly asked: IssueComment;
}

async function answersTo(
  ports: CommandPorts,
  lines: readonly CommandLine[],
  asked: Asked,
  options: CommandOptions,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { text, command } of lines) {
    const outcome = command.ok
      ? await withFailures(ports, text, async () => await perform(ports, command.value, asked, options))
      : refused(command.error);
    answers.push({ command: text, ...outcome });
  }
  return answers;
}

/** What a person can do something about is answered; whether GitHub did what was asked must be known before an answer says so. */
async function withFailures(
  { log }: CommandPorts,
  command: string,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof GitHubError && error.kind !== 'unavailable') {
      log.warn(`"${command}" was not done: ${error.message}`);
      return refused(`GitHub did not do it: ${error.message}`);
    }
    if (error instanceof CorruptStateError) {
      log.error(`"${command}" was not done: ${error.message}`);
      return refused(error.message);
    }
    throw error;
  }
}

async function perform(
  ports: CommandPorts,
  command: Command,
  { comment, asked }: Asked,
  options: CommandOptions,
): Promise<Outcome> {
  const { github, log } = ports;
  const said = { by: comment.author, at: isoFromMs(msFromIso(asked.createdAt)) };
  switch (command.kind) {
    case 'help':
      return done(helpText());
    case 'rerun':
      return await answerRerun(ports, comment.number, options);
    case 'keep':
    case 'snooze': {
      const { fullName } = await github.repository();
      const decided = await answerDecision(github, fullName, comment.number, command, said);
      return decided.isDone ? await followed(ports, comment.number, decided, options) : decided;
    }
    case 'explain':
      return await onGround(ports, (ground) => answerExplain(ground, command.name, log, options));
    case 'simulate':
      return await onGround(
        ports,
        async (ground) =>
          await answerSimulate(github, ground, { ...command, number: comment.number }, options),
      );
    case 'disable':
      return await onGround(ports, async (ground) => {
        const { strategyClass, reason } = command;
        const request = { strategyClass, reason, source: asked.url, ...said };
        const proposed = await proposeDisable(ports, ground, request, options);
        return proposed.ok ? done(proposedText(proposed.value)) : refused(proposed.error);
      });
  }
}

async function onGround(
  ports: CommandPorts,
  answer: (ground: CommandGround) => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  const ground = await commandGround(ports);
  return ground.ok ? await answer(ground.value) : refused(ground.error);
}

/** A decision closes its proposal at once, where that can be done now. */
async function followed(
  ports: CommandPorts,
  number: number,
  decided: Outcome,
  options: CommandOptions,
): Promise<Outcome> {
  await answerRerun(ports, number, options);
  const pull = await ports.github.pull(number);
  const end =
    pull?.state === 'closed' ? 'This pull request is closed.' : 'The next run closes this pull request.';
  return done(`${decided.body} ${end}`);
}
