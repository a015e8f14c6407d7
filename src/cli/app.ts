// `warden app`: the GitHub App as a server, or one event of a workflow without one.

import type { AppServer, ServeOptions } from '../app/serve.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type Outcome, refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';

interface AppCliOptions {
  readonly check?: boolean;
  readonly event?: boolean;
}

const ENVIRONMENT = `
Environment of the server (docs/deploy.md):
  WARDEN_APP_ID, WARDEN_APP_PRIVATE_KEY, WEBHOOK_SECRET
  HOST (127.0.0.1), PORT (3000), WARDEN_APP_DIR (warden-app)
  GITHUB_API_URL, GITHUB_SERVER_URL for a GitHub Enterprise Server
Environment of --event, which GitHub Actions sets all but the token of:
  GITHUB_TOKEN, or WARDEN_APP_ID and WARDEN_APP_PRIVATE_KEY
  GITHUB_REPOSITORY, GITHUB_EVENT_NAME, GITHUB_EVENT_PATH`;

/** Adds the command to the frame. */
export function registerApp(frame: Frame): void {
  frame
    .command({
      usage: 'app',
      summary: 'Serve the GitHub App: answer webhooks, or handle the one event of a workflow',
      example: 'warden app --check',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.sideEffectsOwed],
      writes: true,
      takesInputs: true,
    })
    .option('--check', 'only check the settings and how the app is registered')
    .option('--event', 'handle the event that started this workflow of GitHub Actions, and end')
    .addHelpText('after', ENVIRONMENT)
    .action(
      frame.run<AppCliOptions>(async (context, { check, event }) => {
        if (check === true && event === true)
          return refusal(EXIT.usage, '--check is for the server, and --event is without one; choose one');
        if (event === true) {
          const { runWorkflowEvent } = await import('./app-event.ts');
          return await runWorkflowEvent(context);
        }
        if (context.dryRun)
          return refusal(EXIT.usage, '--dry-run goes with --event; a server answers for what it does');
        return await serverOutcome(context, check === true);
      }),
    );
}

async function serverOutcome(context: CommandContext, isCheck: boolean): Promise<Outcome> {
  const { host, clock, log, codeVersion } = context;
  const { appSettingsFrom } = await import('../app/app-settings.ts');
  const settings = appSettingsFrom(host.env, host.cwd);
  if (!settings.ok) return refused(settings.error);
  const { checkRegistration, serveApp } = await import('../app/serve.ts');
  if (isCheck) {
    const nowMs = (): number => clock.nowMs();
    const sleep = async (ms: number): Promise<void> => await pause(ms, new AbortController().signal);
    const problems = await checkRegistration(settings.value, { log, nowMs, sleep, random: Math.random });
    if (problems.length > 0) return refused(problems);
    return report(EXIT.done, 'the settings are complete, and the app is registered as it has to be', {});
  }
  const { nodeDisk } = await import('../adapters/state/node-disk.ts');
  const { appJobs } = await import('../app/app-jobs.ts');
  const disk = nodeDisk(settings.value.dir);
  const options: ServeOptions = {
    settings: settings.value,
    disk,
    clock,
    log,
    sleep: pause,
    random: Math.random,
    codeVersion,
    jobsFor: (ports) => appJobs(ports, { clock, codeVersion }),
  };
  return await alone(disk, async () => {
    const started = await serveApp(options);
    return started.ok ? await untilStopped(started.value, context) : refused(started.error);
  });
}

/** Two servers on one folder would handle each delivery twice and remove each other's copies of the state. */
async function alone(disk: ServeOptions['disk'], run: () => Promise<Outcome>): Promise<Outcome> {
  const { processOwner, withLock } = await import('../adapters/state/lock.ts');
  const sleep = async (ms: number): Promise<void> => await pause(ms, new AbortController().signal);
  const held = await withLock(disk, 'app', { waitMs: 2_000, owner: processOwner(), sleep }, run);
  return held.ok
    ? held.value
    : refusal(EXIT.stateRefused, `${held.error.message}; or name another folder with WARDEN_APP_DIR`);
}

async function untilStopped(server: AppServer, { log }: CommandContext): Promise<Outcome> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  log.info(
    `the app listens on ${server.url}; webhooks go to /api/github/webhooks, its health is at /healthz`,
  );
  const ended = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  await Promise.race([ended, server.sweepForever()]);
  log.info('the app stops: it finishes what it is at, and leaves the rest for the next start');
  const { queue_length: left } = server.health();
  await server.stop();
  return report(EXIT.done, 'the app has stopped', { waiting_deliveries: left });
}

function refused(problems: readonly string[]): Outcome {
  const sentences = problems.map((problem) => `- ${problem}`).join('\n');
  return refusal(EXIT.usage, `the app was not started\n${sentences}`);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { setTimeout: sleep } = await import('node:timers/promises');
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    // Waking up early is what the signal is for.
    if (!signal.aborted) throw error;
  }
}
