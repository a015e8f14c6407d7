// The subject of a commit of the state: which job, of which time, and what it added, so that the history reads like a diary.

/** Something that a job counted; what it did not do is not mentioned. */
export interface Counted {
  readonly count: number;
  /** `row`; more of them are `rows`. */
  readonly noun: string;
  /** Whether they were added to ones that were there: `+12 rows`. */
  readonly isAdded?: boolean;
}

/** Returns `state: reconcile 2026-11-21 (+12 rows, 1 verdict)`, where the day, or the month, is `time`. */
export function stateMessage(job: string, time: string, counted: readonly Counted[]): string {
  const parts = countedWords(counted);
  return `state: ${job} ${time}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}

/** Returns each as words, without those of which there is none. */
export function countedWords(counted: readonly Counted[]): readonly string[] {
  return counted
    .filter(({ count }) => count > 0)
    .map(
      ({ count, noun, isAdded }) => `${isAdded === true ? '+' : ''}${count} ${noun}${count === 1 ? '' : 's'}`,
    );
}
