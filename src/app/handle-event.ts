// Carries out what an event asks for, through the jobs. Running it twice, late, or in another order ends in the same state.

import type { GitHub } from '../ports.ts';
import { isSupervised, NOT_SUPERVISED, type RepositorySettings } from './repository-settings.ts';
import { type AppAction, type GivenComment, routeEvent } from './route-event.ts';

/** The work of the app on one repository. Each looks at the state of GitHub first, and writes nothing that is there already. */
export interface AppJobs {
  /** Returns what is still owed, a sentence each: the next sweep tries that again. */
  publish(): Promise<readonly string[]>;
  /** Looks whether everything runs that should. Returns what is still owed, a sentence each. */
  watch(): Promise<readonly string[]>;
  reviewConfig(number: number): Promise<void>;
  /** `guid`: of the delivery that told of the comment, where there was one. */
  answerCommand(comment: GivenComment, guid: string | null): Promise<void>;
  /** Acts on the ticked boxes of the dashboard, in the name of `sender`. */
  actOnBoxes(number: number, sender: string): Promise<void>;
}

export interface AppPorts {
  readonly github: Pick<GitHub, 'ownLogins' | 'pulls' | 'comments' | 'head'>;
  readonly jobs: AppJobs;
  readonly settings: RepositorySettings;
}

export interface ReceivedEvent {
  readonly name: string;
  readonly payload: unknown;
  /** GUID of the delivery; `null` in a workflow, which is not told. */
  readonly guid: string | null;
}

/** What became of an event. */
export type HandledEvent =
  | {
      readonly outcome: 'handled';
      readonly actions: readonly string[];
      /** What GitHub refused, while the rest was done; the next sweep tries it again. */
      readonly owed: readonly string[];
    }
  | { readonly outcome: 'ignored' | 'dropped'; readonly reason: string };

/**
 * Handles one event.
 *
 * @throws AggregateError where some of the work failed; the rest was done, and all of it may be tried again.
 */
export async function handleEvent(ports: AppPorts, event: ReceivedEvent): Promise<HandledEvent> {
  const { github, settings } = ports;
  const facts = { ownLogins: github.ownLogins, stateBranch: settings.stateBranch };
  const routed = routeEvent(event.name, event.payload, facts);
  if (routed.kind !== 'act') return { outcome: routed.kind, reason: routed.reason };
  if (!(await isSupervised(github, settings))) return { outcome: 'ignored', reason: NOT_SUPERVISED };
  const failures: unknown[] = [];
  const done: string[] = [];
  const owed: string[] = [];
  for (const action of routed.actions) {
    try {
      owed.push(...(await perform(ports, action, event.guid)));
      done.push(actionText(action));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `handling ${event.name} failed in part`);
  return { outcome: 'handled', actions: done, owed };
}

async function perform(ports: AppPorts, action: AppAction, guid: string | null): Promise<readonly string[]> {
  const { jobs } = ports;
  switch (action.kind) {
    case 'publish':
      return await jobs.publish();
    case 'review':
      await jobs.reviewConfig(action.number);
      break;
    case 'review-head':
      await reviewOpen(ports, (headSha) => headSha === action.headSha);
      break;
    case 'review-open':
      await reviewOpen(ports, () => true);
      break;
    case 'command':
      await jobs.answerCommand(action.comment, guid);
      break;
    case 'boxes':
      await jobs.actOnBoxes(action.number, action.sender);
  }
  return [];
}

async function reviewOpen({ github, jobs }: AppPorts, isWanted: (headSha: string) => boolean): Promise<void> {
  const failures: unknown[] = [];
  for (const { number, headSha } of await github.pulls({ state: 'open' })) {
    if (!isWanted(headSha)) continue;
    try {
      await jobs.reviewConfig(number);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some reviews failed');
}

function actionText(action: AppAction): string {
  switch (action.kind) {
    case 'review':
      return `reviewed pull request #${action.number}`;
    case 'review-head':
      return `reviewed the open pull requests of ${action.headSha.slice(0, 7)}`;
    case 'review-open':
      return 'reviewed the open pull requests';
    case 'command':
      return `looked at the commands of comment ${action.comment.commentId}`;
    case 'boxes':
      return `looked at the boxes of issue #${action.number}`;
    case 'publish':
      return 'published the newest state';
  }
}
