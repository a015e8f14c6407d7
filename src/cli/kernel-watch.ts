// The status of a kernel, watched: a screen that is drawn again on a terminal, elsewhere one line or one object for each change.

import { printable, type TextSink, withoutSecrets } from '../adapters/terminal/log.ts';
import type { KernelControlResponse } from '../domain/kernel-control.ts';
import type { Result } from '../domain/result.ts';
import { isoFromMs } from '../domain/time.ts';
import type { Clock, KernelControlFailure } from '../ports.ts';
import { kernelLineText, kernelScreenText } from './kernel-watch-text.ts';

/** One question at a time, so soon after the answer to the one before. */
const EVERY_MS = 1_000;

/** No line of it is wrapped, so that the screen keeps its shape, and the screen of before comes back at the end. */
const SCREEN_ON = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const SCREEN_OFF = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

type Answer = Result<KernelControlResponse, KernelControlFailure>;

interface WatchDeps {
  /** Asks for the status under a new id, within the client's own limits of time. */
  readonly ask: () => Promise<Answer>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly clock: Clock;
  /** Resolves when a person has seen enough. */
  readonly stopped: Promise<unknown>;
  readonly out: TextSink;
  readonly secrets: readonly string[];
  readonly form: 'screen' | 'lines' | 'json';
}

interface Watched {
  readonly asked: number;
  readonly changes: number;
}

/** Asks until it is stopped. A runner that is not there is said once and asked again: it may be starting. */
export async function watchKernel(deps: WatchDeps): Promise<Watched> {
  const { ask, sleep, clock, stopped, out, secrets, form } = deps;
  let isOver = false;
  const over = stopped.then(() => {
    isOver = true;
    return null;
  });
  const write = (text: string): void => void out.write(withoutSecrets(text, secrets));
  let [asked, changes, line] = [0, 0, ''];
  let known: KernelControlResponse | null = null;
  if (form === 'screen') write(SCREEN_ON);
  try {
    while (!isOver) {
      const answer = await Promise.race([ask(), over]);
      if (answer === null) break;
      asked += 1;
      if (answer.ok) known = answer.value;
      const failure = answer.ok ? null : answer.error.message;
      const now = failure === null && known !== null ? kernelLineText(known) : `not reached: ${failure}`;
      if (now !== line) changes += 1;
      const at = isoFromMs(clock.nowMs());
      if (form === 'screen') write(screenOf(kernelScreenText(known, failure, at)));
      else if (now !== line) write(form === 'lines' ? `${at}  ${printable(now)}\n` : objectOf(answer, at));
      line = now;
      await Promise.race([sleep(EVERY_MS), over]);
    }
  } finally {
    if (form === 'screen') write(SCREEN_OFF);
  }
  return { asked, changes };
}

function screenOf(text: string): string {
  const lines = printable(text).split('\n');
  return `${HOME}${lines.map((each) => `${each}${REST_OF_LINE}`).join('\r\n')}${REST_OF_SCREEN}`;
}

function objectOf(answer: Answer, at: string): string {
  if (!answer.ok) return `${JSON.stringify({ at, reached: false, error: answer.error.message })}\n`;
  const { v: _, explanation: _none, ...rest } = answer.value;
  return `${JSON.stringify({ at, reached: true, ...rest })}\n`;
}
