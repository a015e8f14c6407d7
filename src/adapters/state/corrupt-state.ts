// The error for stored state that is not what Warden writes: it is shown to a person, and nothing is written over it.

/**
 * State that cannot be trusted. Not a value, because no caller can go on: rows that were judged once must not
 * be rewritten over garbage.
 */
export class CorruptStateError extends Error {
  override readonly name = 'CorruptStateError';

  /**
   * @param place the file below the state folder, with its line where there is one
   * @param finding what was found and what was expected
   * @param remedy the next step; default: for ground
   */
  constructor(
    place: string,
    finding: string,
    remedy = 'Restore the file from the history of the state branch, then run again.',
  ) {
    super(`${place}: ${finding}. ${remedy}`);
  }
}
