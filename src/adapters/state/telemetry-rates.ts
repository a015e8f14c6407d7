// Reads from the telemetry log how many runs of each agent failed.

import { type AgentRuns, TelemetryEvent } from '../../domain/telemetry.ts';
import { isoFromMs, monthOf, msFromIso } from '../../domain/time.ts';
import type { Disk } from '../../ports.ts';
import { readLines } from './jsonl.ts';
import { recordFrom } from './record-line.ts';
import { MONTH_PATTERN, stemOf } from './state-path.ts';

const FOLDER = 'telemetry/events';

/**
 * Returns, by agent, the runs that started in `(fromMs, toMs]`. A run is one run id: told of twice it is one run, and it
 * failed where any of its events says so, so nobody gathers clean runs by repeating one. Agents without a run are absent.
 * Only the files of these months are read; a torn last line was never acknowledged and does not count.
 *
 * @throws CorruptStateError with file and line, where a line is no telemetry event.
 */
export function telemetryRates(disk: Disk, fromMs: number, toMs: number): Map<string, AgentRuns> {
  const [from, to] = [isoFromMs(fromMs), isoFromMs(toMs)];
  const failedByRun = new Map<string, Map<string, boolean>>();
  for (const path of logsBetween(disk, monthOf(fromMs), monthOf(toMs))) {
    readLines(disk, path, { bytes: 0, lines: 0 }, (line) => {
      const { ts, agent, run_id, status } = recordFrom(TelemetryEvent, path, line).record;
      if (ts <= from || ts > to) return;
      const runs = failedByRun.get(agent) ?? new Map<string, boolean>();
      failedByRun.set(agent, runs.set(run_id, status === 'error' || runs.get(run_id) === true));
    });
  }
  return new Map([...failedByRun].map(([agent, failed]) => [agent, countsOf([...failed.values()])]));
}

/**
 * Returns the start of the newest run that is known at `nowMs`, or `null` where there is none. A window that ends there, and not
 * at the clock, gives the same rates until something new is recorded.
 */
export function newestRunMs(disk: Disk, nowMs: number): number | null {
  const now = isoFromMs(nowMs);
  const paths = logsBetween(disk, '', monthOf(nowMs));
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    const file = path;
    let newest = '';
    readLines(disk, file, { bytes: 0, lines: 0 }, (line) => {
      const { ts } = recordFrom(TelemetryEvent, file, line).record;
      if (ts <= now && ts > newest) newest = ts;
    });
    if (newest !== '') return msFromIso(newest);
  }
  return null;
}

function countsOf(failed: readonly boolean[]): AgentRuns {
  return { runs: failed.length, errors: failed.filter(Boolean).length };
}

function logsBetween(disk: Disk, firstMonth: string, lastMonth: string): string[] {
  return disk.list(FOLDER).flatMap((name) => {
    const month = stemOf(name, '.jsonl', MONTH_PATTERN);
    return month === null || month < firstMonth || month > lastMonth ? [] : [`${FOLDER}/${name}`];
  });
}
