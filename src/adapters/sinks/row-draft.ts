// A row before it has its key, the words that all rows share, and which of two rows comes first.

import { moneyText } from '../../domain/money.ts';
import { type SinkRow, WORDS_MAX } from '../../domain/sink-row.ts';
import { isoFromMs } from '../../domain/time.ts';
import type { KernelState } from '../../kernel/state.ts';

/** What every row is found by. */
type Key = 'instance' | 'run' | 'seq' | 'part' | 'at';
type Unkeyed<Row> = Row extends unknown ? Omit<Row, Key> : never;
export type RowDraft = Unkeyed<SinkRow>;

/** The last instant that is written in the fixed width. */
const LATEST_MS = 253_402_300_799_999;

/** Returns an instant as rows have it; one beyond the year 9999 is its last. */
export function instantText(ms: number): string {
  return isoFromMs(Math.min(Math.max(0, ms), LATEST_MS));
}

/** Returns a text of somebody else, cut where it is longer than a row holds; never in the middle of a character. */
export function cut(text: string): string {
  if (text.length <= WORDS_MAX) return text;
  const end = text.charCodeAt(WORDS_MAX - 1);
  return text.slice(0, end >= 0xd800 && end <= 0xdbff ? WORDS_MAX - 1 : WORDS_MAX);
}

/** Returns K, or `null` before the venue has first said what is in the wallet. */
export function walletText({ ledger }: KernelState): string | null {
  return ledger.seededAtMs === null ? null : moneyText(ledger.wallet);
}

/** Returns E, or `null` while the venue has not said. */
export function venueWalletText({ ledger }: KernelState): string | null {
  return ledger.venueWallet === null ? null : moneyText(ledger.venueWallet);
}

/** Where a row stands among all. */
export interface RowPlace {
  readonly at: string;
  readonly seq: number;
  readonly part: number;
}

/** Whether a row comes after another: instants of a kernel never go back, and a journal that was begun anew begins later. */
export function isBehind(row: RowPlace, last: RowPlace): boolean {
  if (row.at !== last.at) return row.at > last.at;
  return row.seq === last.seq ? row.part > last.part : row.seq > last.seq;
}
