// The work of the app on one repository, as the jobs do it: what the app adds is only where the state comes from.

import { actOnBoxes } from '../jobs/answer-boxes.ts';
import { answerCommand } from '../jobs/answer-command.ts';
import { publishToGitHub } from '../jobs/publish-github.ts';
import { reviewConfig } from '../jobs/review-config.ts';
import { settingsInForce } from '../jobs/settings-in-force.ts';
import { watch } from '../jobs/watch.ts';
import type { Clock, GitHub, GitHubActions, Log, StateBranch } from '../ports.ts';
import type { AppJobs } from './handle-event.ts';

/** Lost with the process. */
export interface Watching {
  /** For what every look finds again. */
  readonly log: Log;
  /** When schedules were last kept on, epoch ms. */
  keptOnMs: number | null;
}

export interface JobPorts {
  readonly github: GitHub;
  readonly actions: GitHubActions;
  readonly state: StateBranch;
  readonly log: Log;
  /** What the looks at what should run have in common; default: nothing. */
  readonly watching?: Watching;
}

interface JobOptions {
  readonly clock: Clock;
  readonly codeVersion: string;
}

/** Returns the jobs over a repository and its state branch. */
export function appJobs(ports: JobPorts, { clock, codeVersion }: JobOptions): AppJobs {
  const { github, actions, state, log, watching = { log, keptOnMs: null } } = ports;
  const now = () => ({ nowMs: clock.nowMs(), codeVersion });
  return {
    async publish() {
      const newest = await state.newest();
      if (newest === null) return [];
      const { commit: stateCommit, disk } = newest;
      const { failed } = await publishToGitHub({ github, disk, log }, { ...now(), stateCommit });
      return failed.map(({ what, error }) => `${what}: ${error}`);
    },
    async watch() {
      const disk = (await state.newest())?.disk ?? null;
      const settings = await settingsInForce(github, disk);
      // The issue about the configuration says that it is broken.
      if (settings === null) return [];
      const nowMs = clock.nowMs();
      const { keptOnMs } = watching;
      const { failed, keptOn } = await watch(
        { github, actions, disk, log: watching.log },
        { nowMs, settings, keptOnMs },
      );
      if (keptOn.length > 0) watching.keptOnMs = nowMs;
      return failed.map(({ what, error }) => `${what}: ${error}`);
    },
    async reviewConfig(number) {
      await reviewConfig(ports, number, now());
    },
    async answerCommand(comment, deliveryGuid) {
      await answerCommand(ports, { ...comment, deliveryGuid }, now());
    },
    async actOnBoxes(number, sender) {
      await actOnBoxes(ports, { number, sender }, now());
    },
  };
}
