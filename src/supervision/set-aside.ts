// Why a class that was let in again is not stopped again at once: the rows it was stopped for are still in the window.

import type { CellThreshold } from '../domain/cvar.ts';
import { HOUR_MS, msFromIso } from '../domain/time.ts';
import type { CellMeasurements } from './cell.ts';
import type { LossUnit } from './loss.ts';
import { isBeyondRecently } from './recovery.ts';

/**
 * Whether a breach of a cell is more than the rows which a recovery set aside. A recovery is judged by the newest rows alone
 * (`recent`), while the window of the cell reaches further back, over the rows that the class was stopped for. As long as
 * it holds such rows, the newest ones must be beyond a breached limit as well; what is unknown of them is not a recovery.
 *
 * @param setAsideBefore entry of the oldest row by which the last recovery of the cell was judged (a UTC instant), or
 *   `null` where there was none
 * @param horizonHours of the rows: so long before its exit a row was entered
 */
export function isBreachedAnew(
  measurements: CellMeasurements,
  threshold: CellThreshold | null,
  breached: readonly LossUnit[],
  setAsideBefore: string | null,
  horizonHours: number,
): boolean {
  const { window_from: windowFrom, recent } = measurements;
  if (setAsideBefore === null || windowFrom === null) return true;
  const oldestEntryMs = msFromIso(windowFrom) - horizonHours * HOUR_MS;
  if (oldestEntryMs >= msFromIso(setAsideBefore)) return true;
  return isBeyondRecently(recent, threshold, breached);
}
