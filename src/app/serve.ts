// The app as a server: webhooks come in through the door, wait on disk, are handled by the worker, and a sweep makes up for lost ones.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RetryOptions } from '../adapters/github/retry.ts';
import { type AppRegistration, GitHubError } from '../domain/github.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { validate } from '../domain/validate.ts';
import type { Clock, Disk, Log } from '../ports.ts';
import { type AppHealth, appHealth } from './app-health.ts';
import type { AppSettings } from './app-settings.ts';
import { openDeliveryQueue } from './delivery-queue.ts';
import { deliveryWorker } from './delivery-worker.ts';
import { type AppPorts, type HandledEvent, handleEvent } from './handle-event.ts';
import { NEEDED_EVENTS } from './manifest.ts';
import { type FrameEvent, type InstalledRepository, type ProbotFrame, probotFrame } from './probot-frame.ts';
import { type JobsFor, type PortsFor, repositoryPorts } from './repository-ports.ts';
import { routeEvent } from './route-event.ts';
import { installationProblems, registrationProblems } from './start-checks.ts';
import { sweepRounds } from './sweep-rounds.ts';
import { InstallationEvent, RepositoryEvent } from './webhook-events.ts';
import { webhookServer } from './webhook-server.ts';

export interface ServeOptions {
  readonly settings: AppSettings;
  /** The folder `settings.dir`. */
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  /** Waits, in milliseconds; ends early, without an error, where the signal is given. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Uniform in `[0, 1)`. */
  random(): number;
  readonly codeVersion: string;
  readonly jobsFor: JobsFor;
}

export interface AppServer {
  /** `http://127.0.0.1:3000`. */
  readonly url: string;
  health(): AppHealth;
  /** Asks for missed deliveries and looks at every repository. Never throws: what failed is logged, and `health` counts it. */
  sweep(): Promise<void>;
  /** Resolves when no delivery is being handled. */
  idle(): Promise<void>;
  /** Sweeps now and then, until the app is stopped. */
  sweepForever(): Promise<void>;
  /** Takes nothing more, finishes what is being handled, and closes the door. */
  stop(): Promise<void>;
}

/** Asks GitHub how the app is registered. Returns what is lacking, each with the next step; empty where nothing is. */
export async function checkRegistration(
  settings: AppSettings,
  patience: RetryOptions,
): Promise<readonly string[]> {
  const frame = await probotFrame(settings, patience, async () => {});
  const registration = await registrationOf(frame);
  if (!registration.ok) return [registration.error];
  const installations = await frame.installations();
  return [
    ...registrationProblems(registration.value),
    ...installations.flatMap(installationProblems),
    ...(installations.length === 0
      ? ['the app is installed nowhere; install it on its page, Install App']
      : []),
  ];
}

/**
 * Checks the registration, takes up what an earlier run left in the queue, and listens.
 *
 * @returns the running server, or why it did not start
 */
export async function serveApp(options: ServeOptions): Promise<Result<AppServer, readonly string[]>> {
  const { settings, log } = options;
  let handle: (event: FrameEvent) => Promise<void> = async () => {};
  const frame = await probotFrame(settings, patienceOf(options), async (event) => await handle(event));
  const registration = await registrationOf(frame);
  if (!registration.ok) return err([registration.error]);
  const problems = registrationProblems(registration.value);
  if (problems.length > 0) return err(problems);
  const ownLogin = `${registration.value.slug}[bot]`;
  const portsFor = repositoryPorts({ frame, settings, ownLogin, log, jobsFor: options.jobsFor });
  handle = async (event) => await onEvent({ log, ownLogin, portsFor }, event);
  return await startServer(options, frame, portsFor);
}

async function startServer(
  options: ServeOptions,
  frame: ProbotFrame,
  portsFor: PortsFor,
): Promise<Result<AppServer, readonly string[]>> {
  const { settings, disk, clock, log, sleep } = options;
  const startedAtMs = clock.nowMs();
  const stopping = new AbortController();
  const queue = openDeliveryQueue(disk, startedAtMs, log);
  const worker = deliveryWorker({ queue, clock, log, sleep, handle: frame.receive });
  const { app, installations, repositories } = frame;
  const rounds = sweepRounds({
    app,
    disk,
    queue,
    worker,
    clock,
    log,
    isHandled,
    installations,
    repositories,
    portsFor,
    sleep,
  });
  let lastDeliveryMs: number | null = null;
  let sweeping: Promise<void> = Promise.resolve();
  const health = (): AppHealth => {
    const isStopping = stopping.signal.aborted;
    const version = options.codeVersion;
    return appHealth({ version, startedAtMs, queue, rounds, lastDeliveryMs, isStopping });
  };
  const server = webhookServer({
    clock,
    log,
    verify: frame.verify,
    isHandled,
    accept(delivery) {
      const result = queue.add(delivery);
      lastDeliveryMs = delivery.receivedAtMs;
      worker.wake();
      return result;
    },
    health: () => ({ ...health() }),
  });
  const url = await listen(server, settings);
  if (!url.ok) return err([url.error]);
  worker.wake();
  return ok({
    url: url.value,
    health,
    sweep: async () => await rounds.round(stopping.signal),
    idle: async () => await worker.idle(),
    async sweepForever() {
      sweeping = rounds.forever(stopping.signal);
      await sweeping;
    },
    async stop() {
      stopping.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await Promise.all([worker.stop(), sweeping]);
      server.closeAllConnections();
      await closed;
    },
  });
}

/** A wait of a client is not cut short by the end of the server: what it waits for is being handled and is finished. */
function patienceOf({ clock, log, sleep, random }: ServeOptions): RetryOptions {
  const never = new AbortController().signal;
  return { log, random, nowMs: () => clock.nowMs(), sleep: async (ms) => await sleep(ms, never) };
}

async function registrationOf({ app }: ProbotFrame): Promise<Result<AppRegistration, string>> {
  try {
    return ok(await app.registration());
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const isRefused = error.status === 401 || error.status === 404;
    const step = isRefused
      ? 'check that WARDEN_APP_ID and WARDEN_APP_PRIVATE_KEY belong to one app and the key was not deleted, and the clock of this machine'
      : 'start the app again when GitHub answers at GITHUB_API_URL';
    return err(`GitHub does not say how the app is registered: ${error.message}; ${step}`);
  }
}

async function listen(server: Server, { host, port }: AppSettings): Promise<Result<string, string>> {
  return await new Promise((resolve) => {
    server.once('error', (error) => {
      resolve(err(`the app cannot listen on ${host}:${port}: ${error.message}; set HOST and PORT`));
    });
    server.listen(port, host, () => {
      const { address, family, port: chosen } = server.address() as AddressInfo;
      resolve(ok(`http://${family === 'IPv6' ? `[${address}]` : address}:${chosen}`));
    });
  });
}

function isHandled(event: string): boolean {
  return NEEDED_EVENTS.some(({ name }) => name === event);
}

interface EventParts {
  readonly log: Log;
  readonly ownLogin: string;
  readonly portsFor: PortsFor;
}

/** What an event is about is told by its payload; what is done about it is read from GitHub. */
async function onEvent({ log, ownLogin, portsFor }: EventParts, event: FrameEvent): Promise<void> {
  const { guid, name, payload } = event;
  const installed = installedIn(payload);
  if (installed === null) {
    log.info(`delivery ${guid} (${name}) concerns no repository of an installation; nothing is done`);
    return;
  }
  // Most deliveries ask for nothing, and those must cost no request. A push, and an edited issue, need the configuration.
  const early = routeEvent(name, payload, { ownLogins: [ownLogin], stateBranch: '' });
  const handled =
    early.kind !== 'act' && name !== 'push' && name !== 'issues'
      ? { outcome: early.kind, reason: early.reason }
      : await handleThere(portsFor, installed, { name, payload, guid });
  const words = handled.outcome === 'handled' ? handled.actions.join(', ') : handled.reason;
  const line = `delivery ${guid} (${name}) of ${installed.fullName}: ${handled.outcome}: ${words}`;
  if (handled.outcome === 'handled')
    for (const owed of handled.owed)
      log.warn(`delivery ${guid} (${name}): still owed, the next sweep tries again: ${owed}`);
  if (handled.outcome === 'dropped') log.warn(line);
  else log.info(line);
}

async function handleThere(
  portsFor: PortsFor,
  installed: InstalledRepository,
  event: FrameEvent,
): Promise<HandledEvent> {
  let ports: AppPorts;
  try {
    ports = await portsFor(installed);
  } catch (error) {
    if (isGone(error)) return { outcome: 'ignored', reason: 'the app is not installed there any more' };
    throw error;
  }
  return await handleEvent(ports, event);
}

/** As where the app was removed or suspended, or the repository deleted, while the delivery waited: no attempt would mend that. */
function isGone(error: unknown): boolean {
  if (!(error instanceof GitHubError)) return false;
  return (
    error.status === 404 || (error.status === 403 && /installation has been suspended/i.test(error.message))
  );
}

function installedIn(payload: unknown): InstalledRepository | null {
  const installation = validate(InstallationEvent, payload);
  const repository = validate(RepositoryEvent, payload);
  if (!installation.ok || !repository.ok) return null;
  return {
    installationId: installation.value.installation.id,
    fullName: repository.value.repository.full_name,
  };
}
