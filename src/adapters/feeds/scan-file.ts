// Scans out of a file that grows by a line for each: followed by polling, through rotation and truncation.

import { basename } from 'node:path';
import type { Feed, Timers } from '../../ports.ts';
import { startFeed } from './feed-run.ts';
import { disked, type FollowedFiles } from './followed-files.ts';
import { lineTail } from './line-tail.ts';
import { scanIntake } from './scan-intake.ts';

/** How often files are looked at. */
export const LOOK_EVERY_MS = 500;

export interface ScanFilesOptions {
  readonly path: string;
  readonly from: 'start' | 'end';
  readonly staleAfterMs: number;
  readonly timers: Timers;
  readonly files: FollowedFiles;
}

/**
 * Returns the scans of one file, which need not be there yet. A line counts once its newline is there; at the end of a file that was
 * replaced, what lacks it is a line, too.
 */
export function scanFileFeed({ path, from, staleAfterMs, timers, files }: ScanFilesOptions): Feed {
  const name = basename(path);
  return {
    follow: (listen) =>
      startFeed(timers, listen, (run) => {
        const tail = lineTail(files, path, name, from);
        const intake = scanIntake(run, staleAfterMs);
        const look = (): void => {
          const looked = disked(() => tail.look());
          if (!looked.ok) run.setState(false, `${path} cannot be read: ${looked.error}`);
          else if (looked.value.found === 'missing')
            run.setState(false, `there is no file ${path}; it is waited for`);
          else run.setState(true, `follows ${path}`);
          if (looked.ok) for (const { line, place } of looked.value.lines) intake.line(line, place);
          run.after('look', looked.ok && looked.value.found === 'more' ? 0 : LOOK_EVERY_MS, look);
        };
        look();
        return () => {
          tail.finish();
        };
      }),
  };
}
