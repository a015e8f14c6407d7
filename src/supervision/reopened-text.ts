// What becomes of the comment with which Warden closed a pull request, once that is open again.

import { minuteText } from './report-numbers.ts';

/** Returns the comment without its marker, so that it counts no more, and with the instant (a UTC instant) from which it is history. */
export function reopenedText(closingBody: string, at: string): string {
  const [, ...said] = closingBody.split('\n');
  const words = said.join('\n').trim();
  return `**Open again** since ${minuteText(at)} UTC, as it is called for again. What was said when it was closed:\n\n${words}`;
}
