// Scans out of standard input, a line each, until whoever writes them ends it.

import type { Readable } from 'node:stream';
import type { Feed, Timers } from '../../ports.ts';
import { linesFrom } from '../input/lines.ts';
import { startFeed } from './feed-run.ts';
import { SCAN_BYTES_MAX, scanIntake } from './scan-intake.ts';

export interface ScanStreamOptions {
  readonly input: Readable;
  readonly staleAfterMs: number;
  readonly timers: Timers;
}

/** A last line without a newline is a line. The stream is given up where the feed is ended. */
export function scanStreamFeed({ input, staleAfterMs, timers }: ScanStreamOptions): Feed {
  return {
    follow: (listen) =>
      startFeed(timers, listen, (run) => {
        run.setState(true, 'reads standard input');
        const { line } = scanIntake(run, staleAfterMs);
        const read = async (): Promise<void> => {
          for await (const lines of linesFrom(input, SCAN_BYTES_MAX))
            for (const one of lines) line(one, `standard input:${one.number}`);
        };
        const reading = read().then(
          () => run.end(),
          (error: unknown) => {
            // What the stream itself did not fail at is a defect of whoever listens.
            if (!(error instanceof Error) || (error !== input.errored && !isCutOff(error))) throw error;
            run.setState(false, `standard input cannot be read: ${error.message}`);
            run.end();
          },
        );
        return () => {
          input.destroy();
          return reading;
        };
      }),
  };
}

/** Given up, by us or by somebody else, before its end. */
function isCutOff(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
