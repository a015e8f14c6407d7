// Takes the scans of one source in the order in which they come: each once, what cannot be read told with its place.

import type { Scan } from '../../domain/scan.ts';
import { epochMs } from '../../domain/steps.ts';
import type { InputLine } from '../input/lines.ts';
import type { FeedRun } from './feed-run.ts';
import { readLenientJson } from './lenient-json.ts';
import { scanFrom } from './scan-json.ts';

/** A longer line, or file of one scan, is none: two thousand assets take a tenth of it. */
export const SCAN_BYTES_MAX = 2 * 1024 * 1024;

export interface ScanIntake {
  /** @param place a file and line, or a name of the source. */
  line(line: InputLine, place: string): void;
  /** JSON text of one scan, with the boost that holds where it names none itself. */
  text(text: string, place: string, boost?: unknown): void;
  /** The same as a value of which nothing is known yet. */
  value(value: unknown, place: string, boost?: unknown): void;
}

/**
 * A number that was seen is the same scan, and passed over in silence. A lower one is an older scan that comes late, and told, unless it
 * was made later by its own word: then its source counts anew, which the scan says of itself.
 */
export function scanIntake(run: FeedRun, staleAfterMs: number): ScanIntake {
  let last: Scan | null = null;
  const malformed = (place: string, problem: string): void => run.say({ kind: 'malformed', place, problem });
  const intake: ScanIntake = {
    line: (line, place) => {
      if (line.kind === 'text') intake.text(line.text, place);
      else if (line.kind === 'not_utf8') malformed(place, 'is not UTF-8');
      else malformed(place, `is longer than ${SCAN_BYTES_MAX} bytes; expected one scan a line`);
    },
    text: (text, place, boost) => {
      const read = readLenientJson(text);
      if (read.ok) intake.value(read.value, place, boost);
      else malformed(place, `is not JSON: ${read.error}`);
    },
    value: (value, place, boost) => {
      const receivedAtMs = epochMs(Math.round(run.timers.nowMs()));
      const read = scanFrom(value, { receivedAtMs, staleAfterMs, boost });
      if (!read.ok) {
        malformed(place, read.error);
        return;
      }
      const scan = read.value;
      if (last === null || scan.scanNumber > last.scanNumber) take(scan);
      else if (scan.scanNumber === last.scanNumber) return;
      else if (scan.scannedAtMs > last.scannedAtMs && isDated(scan))
        take(countingAnew(scan, last.scanNumber));
      else
        malformed(place, `is scan ${scan.scanNumber}, which is older than scan ${last.scanNumber} before it`);
    },
  };
  const take = (scan: Scan): void => {
    last = scan;
    run.say({ kind: 'scan', scan });
  };
  return intake;
}

/** Whether its instant is its own word, and not the moment at which it came. */
function isDated(scan: Scan): boolean {
  return scan.scannedAtMs < scan.receivedAtMs || !scan.problems.some((one) => one.startsWith('timestamp:'));
}

function countingAnew(scan: Scan, before: number): Scan {
  return {
    ...scan,
    problems: [...scan.problems, `scan_number: ${scan.scanNumber} after ${before}; its source counts anew`],
  };
}
