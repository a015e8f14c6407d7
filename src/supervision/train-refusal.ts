// Why a horizon got no model, in words: the codes of the pointer file are for programs.

const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['insufficient_rows', 'fewer rows than model.min_rows'],
  ['singular', 'the features are copies of one another; set model.ridge or remove one'],
]);

/** Returns the words of a reason; what is no code stays as it is. */
export function refusalWords(reason: string): string {
  return REFUSALS.get(reason) ?? reason;
}
