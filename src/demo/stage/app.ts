// The app of the demo: the real server in this process, which the GitHub of this machine sends its webhooks to.

import type { LocalGitHub } from '../../adapters/github/local/local-github.ts';
import { nodeDisk } from '../../adapters/state/node-disk.ts';
import { appJobs } from '../../app/app-jobs.ts';
import { serveApp } from '../../app/serve.ts';
import { assert } from '../../domain/assert.ts';
import type { Clock, Log } from '../../ports.ts';

export interface DemoAppOptions {
  readonly github: LocalGitHub;
  /** Where the app keeps its queue and its copies of the state. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly codeVersion: string;
}

export interface DemoApp {
  /** Resolves when no webhook is on its way and none is being handled. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the app as it is served elsewhere: it is told by webhooks alone, and checks their signatures. */
export async function startDemoApp({
  github,
  dir,
  clock,
  log,
  codeVersion,
}: DemoAppOptions): Promise<DemoApp> {
  const started = await serveApp({
    settings: {
      appId: github.app.id,
      privateKey: github.app.privateKey,
      webhookSecret: github.app.webhookSecret,
      host: '127.0.0.1',
      port: 0,
      dir,
      apiUrl: github.apiUrl,
      serverUrl: `${github.apiUrl}/git`,
    },
    disk: nodeDisk(dir, { durable: false }),
    ...{ clock, log: quieter(log), codeVersion },
    // The clock stands still while the app works, so no wait would ever end.
    sleep: async () => {},
    random: () => 0,
    jobsFor: (ports) => appJobs(ports, { clock, codeVersion }),
  });
  assert(started.ok, () => (started.ok ? '' : started.error.join('; ')));
  const app = started.value;
  github.deliveries.setTarget(`${app.url}/api/github/webhooks`);
  return {
    settled: async () => await quiet(github, app),
    async stop() {
      github.deliveries.setTarget(null);
      await app.stop();
    },
  };
}

/** A line for every delivery is for the log of a server. */
function quieter(log: Log): Log {
  return { ...log, info: () => {} };
}

/** What is handled may set off webhooks, which are handled in turn; one that is on its way is seen by the next round only. */
async function quiet({ deliveries }: LocalGitHub, app: { idle(): Promise<void> }): Promise<void> {
  for (let quietRounds = 0; quietRounds < 2; quietRounds += 1) {
    const before = deliveries.log.length;
    await deliveries.idle();
    await app.idle();
    if (deliveries.log.length !== before) quietRounds = -1;
  }
}
