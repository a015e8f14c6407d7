// The publishing part of a run: only what was pushed is published, under its commit, and what was done is pushed as receipts.

import { dayOf } from '../domain/time.ts';
import { stateMessage } from '../supervision/state-message.ts';
import type { CommandContext } from './context.ts';
import { type Published, publishOutcome, recordPublished } from './publish.ts';
import { type Changed, doneOnce, type RunState } from './run-change.ts';
import { didPublish, publishFault } from './run-did.ts';
import type { RunSession } from './run-session.ts';
import { type JobStep, jobStep } from './run-step.ts';

/** Digits of a commit in the name of its tag. */
const TAG_DIGITS = 12;

/** Publishes the newest state, once, and pushes the receipts of it. */
export async function publishState(
  { context: { nowMs }, github }: RunSession,
  state: RunState,
): Promise<Changed<Published | null>> {
  let cited: string | null = null;
  let published: Published | null = null;
  const publish = async (context: CommandContext, commit: string | null): Promise<JobStep<Published>> => {
    cited = commit;
    const run = async () => await publishOutcome(context, commit, github);
    const step = await jobStep(context, 'publish', run, { did: didPublish, fault: publishFault });
    published = step.made;
    return step;
  };
  return await state.change({
    step: 'receipts',
    apply: doneOnce('publish', publish, recordPublished),
    message: (made) =>
      stateMessage('publish', dayOf(nowMs), [{ count: receiptsOf(made), noun: 'receipt', isAdded: true }]),
    tags: () => tagsOf(cited, published),
  });
}

/**
 * What a pull request or a comment cites must stay, whatever is done to the branch later, and whether this run or the app was faster to
 * write it. The dashboard is written anew each time.
 */
function tagsOf(commit: string | null, made: Published | null): Readonly<Record<string, string>> {
  const isCited = made?.github?.effects.some(
    ({ outcome, effect, cites }) => (outcome === 'done' && effect !== 'issue') || cites === commit,
  );
  return commit === null || isCited !== true ? {} : { [`state/${commit.slice(0, TAG_DIGITS)}`]: commit };
}

function receiptsOf(made: Published | null): number {
  if (made === null) return 0;
  const { github, mails } = made;
  const mailed = mails.sent.reduce((sum, { items }) => sum + items, 0);
  return (github?.receipts ?? 0) + mailed + mails.superseded;
}
