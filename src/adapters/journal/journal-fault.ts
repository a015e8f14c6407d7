// What makes a journal one that nobody may trade on: where it is, what was found there, and what a person can do.

export interface JournalFault {
  /** damaged: what was written is not there, or is something else. differs: it is, but this program makes something else of it. */
  readonly kind: 'damaged' | 'differs';
  readonly file: string;
  /** Byte of the file, counted from 0. */
  readonly offset: number;
  /** Number of the record, where it is known. */
  readonly record: number | null;
  /** What was found and what was expected, in one sentence without a full stop. */
  readonly problem: string;
  /** The next step for a person, as a sentence. */
  readonly advice: string;
  /** State hashes, where they are what differs. */
  readonly hashes: { readonly expected: string; readonly actual: string } | null;
}

const FROM_BACKUP =
  'Restore the file from a backup, or begin a new journal in an empty folder: the kernel then takes its picture from the venue alone.';
const SAME_VERSION =
  'Use the version of the program that wrote the journal; where it is the same, this is a defect: please report it with the journal.';

/** Where in a journal something is. */
interface Place {
  readonly file: string;
  readonly offset: number;
  readonly record: number | null;
}

/** What was written is not there, or is something else. */
export function damage(place: Place, problem: string): JournalFault {
  return { kind: 'damaged', ...place, problem, advice: FROM_BACKUP, hashes: null };
}

/** It is there, but this program makes something else of it. `hashes`: those of the states, where they are what differs. */
export function difference(place: Place, problem: string, hashes: JournalFault['hashes']): JournalFault {
  return { kind: 'differs', ...place, problem, advice: SAME_VERSION, hashes };
}

/** Tells a fault from whatever else a function may return. */
export function isFault<T extends object>(value: T | JournalFault): value is JournalFault {
  return 'problem' in value && 'advice' in value;
}

/** Returns the fault as one line of text. */
export function faultText({ file, offset, record, problem, advice }: JournalFault): string {
  const place = record === null ? `byte ${offset}` : `record ${record}, byte ${offset}`;
  return `${file}, ${place}: ${problem}. ${advice}`;
}
