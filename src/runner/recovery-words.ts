// What a recovery found, for the log: a person should know of everything that is not as it was left.

import type { RecoveryReport } from '../adapters/journal/recovery.ts';
import type { Log } from '../ports.ts';

/** Tells what was found in the journal of `folder`, the gravest last. */
export function tellRecovery(report: RecoveryReport, folder: string, log: Log): void {
  const { snapshot, records, refusedSnapshots, cut, poisons, lost } = report;
  if (records > 0 || snapshot !== null)
    log.info(
      `the journal goes on: ${records} records applied again, from ${snapshot ?? 'its first record'} on`,
    );
  if (cut !== null)
    log.info(
      `${cut.file}: ${cut.bytes} bytes with ${cut.records} records were never sealed and are cut off; nothing of them had an effect`,
    );
  for (const { name, problem } of refusedSnapshots)
    log.warn(
      `${folder}: the snapshot ${name} is not believed: ${problem}; an older one, or the first record, served`,
    );
  for (const { seq, error } of poisons)
    log.error(
      `${folder}: a kernel stopped at the event of record ${seq} (${error}); it is passed over, and a defect: please report it with the journal`,
    );
  if (lost !== null)
    log.error(
      `${folder}: records ${lost.from} to ${lost.to} are lost, and their snapshot is believed: the disk did not keep what it had confirmed; look at it`,
    );
}
