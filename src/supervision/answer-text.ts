// The answer to a comment with commands: who asked what, and what came of each, in one comment that fits.

import Type, { type Static } from 'typebox';
import { orNull, version } from '../domain/fields.ts';
import { GITHUB_LIMITS, type PullRequest } from '../domain/github.ts';
import { markerLine } from '../domain/marker.ts';
import { closed } from '../domain/supervisor-fields.ts';
import { COMMANDS, COMMANDS_MAX } from './command.ts';
import { mdCode, mdLink, mdTable } from './markdown.ts';
import { fitMarkdown } from './markdown-fit.ts';
import { cut } from './outside-text.ts';

/** The facts of an answer: the comment it answers and, where it came as an event, the delivery. */
export const AnswerMarker = Type.Object(
  {
    v: version,
    comment: Type.Integer({ minimum: 0 }),
    delivery: orNull(Type.String({ maxLength: 100 })),
  },
  closed,
);
export type AnswerMarker = Static<typeof AnswerMarker>;

/** What came of one command. */
export interface Answer {
  /** As it was written. */
  readonly command: string;
  readonly isDone: boolean;
  /** Markdown. */
  readonly body: string;
}

const COMMAND_SHOWN_MAX = 160;
const FRAME_CHARS = 2000;
const CUT_WORDS =
  '_This answer is longer than GitHub takes and ends here. The command line shows all of it._';

/**
 * Returns the comment, which names who asked and mentions nobody. Every answer gets the same room, so that a long one takes
 * away nothing of the next.
 *
 * @param left commands of the comment that were not done, since there were too many
 */
export function answerComment(
  marker: AnswerMarker,
  author: string,
  answers: readonly Answer[],
  left: number,
): string {
  const room = Math.floor((GITHUB_LIMITS.bodyChars - FRAME_CHARS) / Math.max(1, answers.length));
  const parts = answers.map(({ command, isDone, body }) => {
    const head = `${isDone ? '' : 'Not done: '}${mdCode(cut(command, COMMAND_SHOWN_MAX))}, asked by ${mdCode(author)}`;
    return fitMarkdown(`${head}\n\n${body}`, room, CUT_WORDS);
  });
  const more =
    left === 0
      ? []
      : [
          `${left} more in the same comment were not done: at most ${COMMANDS_MAX} commands of one comment are.`,
        ];
  return [markerLine('answer', marker), ...parts, ...more].join('\n\n');
}

/** Returns the list of commands. */
export function helpText(): string {
  const rows = Object.values(COMMANDS).map(([usage, effect]) => [mdCode(`/warden ${usage}`), effect]);
  return [
    mdTable(['command', 'what it does'], rows, ['left', 'left']),
    'A command stands at the beginning of a line of a new comment. A name with spaces is put in quotes. Only people who may push to this repository are answered.',
  ].join('\n\n');
}

/** `already`: there was an open one, and nothing was written. */
export interface Proposed {
  readonly kind: 'opened' | 'reopened' | 'already';
  readonly pull: Pick<PullRequest, 'number' | 'url'>;
}

const PROPOSED: Readonly<Record<Proposed['kind'], string>> = {
  opened: 'Opened',
  reopened: 'Opened again:',
  already: 'It is open already:',
};

/** Returns the sentence that links what was proposed. */
export function proposedText({ kind, pull }: Proposed): string {
  return `${PROPOSED[kind]} ${mdLink(`#${pull.number}`, pull.url)}. Merging it stops new entries of the class.`;
}
