// What `warden kernel run` needs before it begins: settings, a policy, folders, a clock, and an id that was never used before.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { configProblemText, loadPink } from '../adapters/config/config-files.ts';
import { givenVariable } from '../adapters/github/given-variable.ts';
import { steadyTimers } from '../adapters/steady-clock.ts';
import type { RunId } from '../domain/ids.ts';
import { CONTROL_SOCKET } from '../domain/kernel-control.ts';
import { randomFrom } from '../domain/random.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { isoFromMs } from '../domain/time.ts';
import type { Log } from '../ports.ts';
import { controlTokenFrom } from '../runner/control/control-http.ts';
import { loadPolicy } from '../runner/load-policy.ts';
import type { RunnerDeps } from '../runner/runner.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import type { KernelRunOptions } from './kernel-options.ts';
import { type Refusal, refusal } from './outcome.ts';

export interface PreparedRun {
  readonly deps: RunnerDeps;
  /** Resolves with the reason where the kernel ends by itself. */
  readonly halt: Promise<string>;
}

/** Returns everything that a runner is made of, or the refusal with file, place and next step. */
export async function prepareRun(
  context: CommandContext,
  options: KernelRunOptions,
): Promise<Result<PreparedRun, Refusal>> {
  const { configDir, stateDir, codeVersion, host } = context;
  const pink = loadPink(configDir);
  if (!pink.ok)
    return usage(`the configuration was refused\n${pink.error.map(configProblemText).join('\n')}`);
  const policy = await loadPolicy(pink.value, configDir);
  if (!policy.ok) return usage(`${join(configDir, 'pink.yaml')}: ${policy.error}`);
  const token = controlTokenFrom(host.env['PINK_CONTROL_TOKEN']);
  if (!token.ok) return usage(token.error);
  const dataDir = resolve(host.cwd, options.data);
  const log = timedLog(context);
  let onHalted: (why: string) => void = () => undefined;
  const halt = new Promise<string>((resolvePromise) => {
    onHalted = resolvePromise;
  });
  const deps: RunnerDeps = {
    pink: pink.value,
    policy: policy.value,
    configDir,
    dataDir,
    stateDir,
    socketPath: socketPath(context, options, dataDir),
    controlToken: token.value,
    env: host.env,
    stdin: Readable.from(host.stdin, { objectMode: false }),
    timers: steadyTimers(log),
    random: randomFrom(Number.parseInt(host.randomHex(4), 16), 'runner'),
    log,
    version: codeVersion,
    runId: `run-${isoFromMs(host.clock.nowMs())}-${host.randomHex(4)}` as RunId,
    onHalted: (why) => onHalted(why),
  };
  return ok({ deps, halt });
}

function usage(message: string): { readonly ok: false; readonly error: Refusal } {
  return err(refusal(EXIT.usage, `kernel run: ${message}`));
}

function socketPath({ host }: CommandContext, { socket }: KernelRunOptions, dataDir: string): string {
  const given = socket ?? givenVariable(host.env, 'PINK_CONTROL_SOCKET');
  if (given !== null) return resolve(host.cwd, given);
  return existsSync(dirname(CONTROL_SOCKET)) ? CONTROL_SOCKET : join(dataDir, 'control.sock');
}

/** A service's lines get their instants from the journal of the system. */
function timedLog({ host, clock, log }: CommandContext): Log {
  if (host.env['JOURNAL_STREAM'] !== undefined) return log;
  const at = (text: string): string => `${isoFromMs(clock.nowMs())} ${text}`;
  return {
    info: (text) => log.info(at(text)),
    warn: (text) => log.warn(at(text)),
    error: (text) => log.error(at(text)),
  };
}
