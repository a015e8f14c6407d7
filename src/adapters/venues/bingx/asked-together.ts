// Questions of one kind beside each other: one after the other, a venue that answers slowly would answer later than whoever asks waits, and never in time.

import { err, ok, type Result } from '../../../domain/result.ts';

/** Of two questions a second that the venue lets through, as many as are under way where an answer takes two seconds. */
const TOGETHER_MAX = 4;

/**
 * Asks for each item in its order, a few at a time; after the first failure, which is returned, for none any more.
 *
 * @returns the answers, in the order of the items.
 */
export async function askedTogether<Item, Answer, Failure>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result<Answer, Failure>>,
): Promise<Result<readonly Answer[], Failure>> {
  const answers: Answer[] = [];
  const turns = items.entries();
  let failed: { readonly error: Failure } | null = null;
  const askOnAndOn = async (): Promise<void> => {
    for (const [at, item] of turns) {
      const answer = await ask(item);
      if (answer.ok) answers[at] = answer.value;
      else failed ??= answer;
      if (failed !== null) return;
    }
  };
  await Promise.all(Array.from({ length: TOGETHER_MAX }, askOnAndOn));
  return failed === null ? ok(answers) : err((failed as { readonly error: Failure }).error);
}
