// What Warden says about the boxes that were ticked on the dashboard, and the dashboard without the ticks.

import { markerLine } from '../domain/marker.ts';
import type { AnswerMarker } from './answer-text.ts';
import type { DashboardBox } from './dashboard-boxes.ts';
import { mdCode, mdName } from './markdown.ts';

/** What came of a tick. */
export interface BoxAnswer {
  readonly box: DashboardBox;
  /** Markdown. */
  readonly body: string;
}

/** No comment has this id: the boxes are part of the issue itself. */
const NO_COMMENT = 0;

/**
 * Returns the comment that says what came of the ticks.
 *
 * @param by login, or `null` where it is not known who ticked them
 */
export function boxComment(answers: readonly BoxAnswer[], by: string | null): string {
  const marker: AnswerMarker = { v: 1, comment: NO_COMMENT, delivery: null };
  const who = by === null ? 'by somebody who may write here' : `by ${mdCode(by)}`;
  const lines = answers.map(({ box, body }) => `- ${wordsOf(box)}: ${body}`);
  return [markerLine('answer', marker), `Asked for on the dashboard ${who}:`, lines.join('\n')].join('\n\n');
}

function wordsOf(box: DashboardBox): string {
  return box.kind === 'rerun' ? 'Look again now' : `Propose to disable ${mdName(box.strategyClass)}`;
}

/** Returns the body with no box ticked, and everything else as it is. */
export function withoutTicks(body: string): string {
  return body.replaceAll(/^- \[[xX]\] (?=[^\n]*<!-- warden:box )/gm, '- [ ] ');
}
