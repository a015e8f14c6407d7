// Tells systemd how the runner is: begun, alive, stopping. Node has no datagram socket of this machine, so systemd-notify sends it.

import { execFile } from 'node:child_process';
import { err, ok, type Result } from '../domain/result.ts';
import type { Log, Timers } from '../ports.ts';

/** Whoever started this process, as far as it wants to know. */
export interface ServiceManager {
  /** It works: what waits for its start goes on, and from now on its life is told. */
  ready(status: string): void;
  /** What a person sees of it in one line. */
  status(text: string): void;
  /** A stop has begun; its life is still told. */
  stopping(status: string): void;
  /** Tells nothing more. Resolves when what was to be told is. */
  close(): Promise<void>;
}

/** Sends assignments such as `READY=1` in one message. The failure is a sentence. */
export type SendNotification = (assignments: readonly string[]) => Promise<Result<void, string>>;

interface ServiceManagerDeps {
  /** The variables of the process, as systemd sets them: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of this process. */
  readonly pid: number;
  /** Of the machine: a life is told by the time that passes, whatever day it is. */
  readonly timers: Timers;
  readonly log: Pick<Log, 'warn' | 'error'>;
  /** Why this process should be ended and begun again, in a few words; `null` while it works. */
  readonly whyDead: () => string | null;
  /** Default: systemd-notify. */
  readonly send?: SendNotification;
}

/** Returns the service manager of the environment; one to which nothing is told where there is none. */
export function serviceManager(deps: ServiceManagerDeps): ServiceManager {
  const { env } = deps;
  const socket = env['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return NOBODY;
  return new Systemd(deps, deps.send ?? bySystemdNotify(socket, env['PATH']));
}

const NOBODY: ServiceManager = {
  ready: () => undefined,
  status: () => undefined,
  stopping: () => undefined,
  close: () => Promise.resolve(),
};

const STATUS_CHARS_MAX = 200;

class Systemd implements ServiceManager {
  private readonly deps: ServiceManagerDeps;
  private readonly send: SendNotification;
  /** `null`: systemd waits for no sign of life. */
  private readonly everyMs: number | null;
  /** To be sent with the next message, by variable: the newest of each counts. */
  private unsent = new Map<string, string>();
  private sending: Promise<void> | null = null;
  private callOff: () => void = () => undefined;
  private isReady = false;
  private isClosed = false;
  private hasFailed = false;
  private isDeadTold = false;
  private lastStatus: string | null = null;

  constructor(deps: ServiceManagerDeps, send: SendNotification) {
    this.deps = deps;
    this.send = send;
    this.everyMs = signOfLifeEveryMs(deps);
  }

  ready(status: string): void {
    if (this.isReady) return;
    this.isReady = true;
    this.say('READY', '1');
    this.status(status);
    this.keepAlive();
  }

  status(text: string): void {
    const line = lineOf(text);
    if (line === this.lastStatus) return;
    this.lastStatus = line;
    this.say('STATUS', line);
  }

  stopping(status: string): void {
    this.say('STOPPING', '1');
    this.status(status);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.callOff();
    while (this.sending !== null) await this.sending;
  }

  private keepAlive(): void {
    const { everyMs, deps } = this;
    if (everyMs === null || this.isClosed) return;
    const why = deps.whyDead();
    if (why === null) this.say('WATCHDOG', '1');
    else if (!this.isDeadTold) deps.log.error(`no sign of life is given to systemd any more: ${why}`);
    this.isDeadTold = why !== null;
    this.callOff = deps.timers.after(everyMs, () => this.keepAlive());
  }

  private say(name: string, value: string): void {
    if (this.isClosed) return;
    this.unsent.set(name, value);
    this.sending ??= this.sendAll();
  }

  /** One message at a time, since two could pass each other; what comes up meanwhile goes together with the next. */
  private async sendAll(): Promise<void> {
    // What is said in one go is one message.
    await Promise.resolve();
    while (this.unsent.size > 0) {
      const assignments = [...this.unsent].map(([name, value]) => `${name}=${value}`);
      this.unsent = new Map();
      const sent = await this.send(assignments);
      if (!sent.ok && !this.hasFailed)
        this.deps.log.warn(`systemd was not told ${assignments[0]}: ${sent.error}`);
      this.hasFailed = !sent.ok;
    }
    this.sending = null;
  }
}

/** Half of what systemd waits for, as it recommends. It may be meant for another process than this one. */
function signOfLifeEveryMs({ env, pid }: ServiceManagerDeps): number | null {
  const waitsUs = Number(env['WATCHDOG_USEC'] ?? '');
  const meantFor = env['WATCHDOG_PID'];
  if (!Number.isSafeInteger(waitsUs) || waitsUs <= 0) return null;
  if (meantFor !== undefined && meantFor !== String(pid)) return null;
  return Math.max(1, Math.floor(waitsUs / 2_000));
}

/** A line end would begin another assignment. */
function lineOf(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, STATUS_CHARS_MAX);
}

const SEND_TIMEOUT_MS = 5_000;

/** The child gets the socket and the path, and no secret of this process. */
function bySystemdNotify(socket: string, path: string | undefined): SendNotification {
  const env = { NOTIFY_SOCKET: socket, ...(path === undefined ? {} : { PATH: path }) };
  return (assignments) =>
    new Promise((resolve) => {
      execFile('systemd-notify', [...assignments], { env, timeout: SEND_TIMEOUT_MS }, (error, _, stderr) => {
        const words = stderr.trim().split('\n', 1).join('');
        resolve(error === null ? ok(undefined) : err(words === '' ? error.message : words));
      });
    });
}
