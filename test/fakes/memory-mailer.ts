// A Mailer that keeps what it is given, and refuses as often as it is told to.

import { err, ok } from '../../src/domain/result.ts';
import type { Mailer, MailMessage } from '../../src/ports.ts';

export interface MemoryMailer extends Mailer {
  readonly sent: MailMessage[];
  /** Refuses the next `times` messages with `answer`. */
  refuse(times: number, answer: string): void;
}

export function memoryMailer(): MemoryMailer {
  const sent: MailMessage[] = [];
  let refusals = { times: 0, answer: '' };
  return {
    sent,
    refuse: (times, answer) => {
      refusals = { times, answer };
    },
    send: async (message) => {
      if (refusals.times > 0) {
        refusals = { ...refusals, times: refusals.times - 1 };
        return err(refusals.answer);
      }
      sent.push(message);
      return ok(undefined);
    },
  };
}

/** A Log whose lines can be read. */
export function memoryLog() {
  const lines: string[] = [];
  return {
    lines,
    info: (message: string) => void lines.push(message),
    warn: (message: string) => void lines.push(`warning: ${message}`),
    error: (message: string) => void lines.push(`error: ${message}`),
  };
}
