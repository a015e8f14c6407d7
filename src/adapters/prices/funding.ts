// Funding of perpetuals: a payment that a source left out would be booked as zero, so holes are found before use.

import type { FundingRate } from '../../domain/market.ts';
import { shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { HOUR_MS, isoFromMs, MINUTE_MS, parseInstant } from '../../domain/time.ts';
import { type CsvTable, cell, placeOf } from './csv-file.ts';

export const FUNDING_COLUMNS = ['ts_ms', 'rate'] as const;

/** A payment above this share of the notional is a unit mistake (per cent or basis points). */
const RATE_MAX = 0.1;

/** The usual longest interval between payments; shorter ones (4 h, 1 h) are common, longer ones show in the data. */
const USUAL_INTERVAL_MS = 8 * HOUR_MS;

/** A longer interval is believed once it was seen this often; below that it is rather a hole. */
const INTERVAL_SEEN_MIN = 3;

/** Exchanges stamp payments some milliseconds to seconds late. */
const STAMP_SLACK_MS = MINUTE_MS;

/**
 * Returns what is missing where `funding` does not cover `[fromMs, toMs]` without a hole, otherwise `null`.
 * Two neighbouring payments may be 8 h apart, or as far as is most common in the data where that is a habit.
 *
 * @param funding sorted by time.
 */
export function fundingHole(funding: readonly FundingRate[], fromMs: number, toMs: number): string | null {
  const allowedMs = Math.max(USUAL_INTERVAL_MS, mostCommonGapMs(funding)) + STAMP_SLACK_MS;
  let beforeMs = fromMs;
  for (const { atMs } of [...funding, { atMs: toMs }]) {
    if (atMs < fromMs) continue;
    if (beforeMs >= toMs) return null;
    if (atMs - beforeMs > allowedMs) {
      return `there is no funding between ${isoFromMs(beforeMs)} and ${isoFromMs(atMs)}`;
    }
    beforeMs = atMs;
  }
  return null;
}

function mostCommonGapMs(funding: readonly FundingRate[]): number {
  const counts = new Map<number, number>();
  let best = 0;
  for (const [i, { atMs }] of funding.entries()) {
    const before = funding[i - 1];
    if (before === undefined) continue;
    const gapMs = Math.round((atMs - before.atMs) / MINUTE_MS) * MINUTE_MS;
    const count = (counts.get(gapMs) ?? 0) + 1;
    counts.set(gapMs, count);
    if (count >= INTERVAL_SEEN_MIN && count > (counts.get(best) ?? 0)) best = gapMs;
  }
  return best;
}

/**
 * Reads the lines `ts_ms,rate` of funding files, `rate` as a share of the notional (0.0001 is one basis point), and
 * returns them sorted. The same payment in two places is taken once.
 *
 * @returns the payments, or one sentence with file and line, what was found and what was expected.
 */
export function fundingFromTables(tables: readonly CsvTable[]): Result<readonly FundingRate[], string> {
  const rates = new Map<number, number>();
  for (const table of tables) {
    for (const row of table.rows.keys()) {
      const [tsText, rateText] = [cell(table, row, 0), cell(table, row, 1)];
      const place = placeOf(table.name, row);
      const at = parseInstant(Number(tsText));
      if (tsText === '' || !at.ok || at.value !== Number(tsText)) {
        return err(`${place} has ts_ms ${shown(tsText)}; expected epoch milliseconds`);
      }
      const rate = Number(rateText);
      if (rateText === '' || !(Math.abs(rate) <= RATE_MAX)) {
        return err(`${place} has rate ${shown(rateText)}; expected a share of the notional, e.g. 0.0001`);
      }
      const known = rates.get(at.value);
      if (known !== undefined && known !== rate) {
        return err(
          `${place} has rate ${rate} where another line of that instant has ${known}; expected one truth`,
        );
      }
      rates.set(at.value, rate);
    }
  }
  const sorted = [...rates].sort(([a], [b]) => a - b);
  return ok(sorted.map(([atMs, rate]) => ({ atMs, rate })));
}
