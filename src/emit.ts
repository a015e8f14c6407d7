// The library agents import as `warden/emit`: hand over a signal, or run with a record of whether it worked.
// It writes the same files as `warden emit`, under the same locks, so both can be used side by side.

import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendEvents } from './adapters/state/event-log.ts';
import { isEventProducer, producerLock } from './adapters/state/event-shards.ts';
import { type LockHeld, processOwner, withLock } from './adapters/state/lock.ts';
import { nodeDisk } from './adapters/state/node-disk.ts';
import { packedDisk } from './adapters/state/packed-disk.ts';
import { appendTelemetry, TELEMETRY_LOCK } from './adapters/state/telemetry-log.ts';
import { parseAlphaEvent } from './domain/event.ts';
import { name } from './domain/fields.ts';
import { type Problem, problemText } from './domain/problem.ts';
import type { Result } from './domain/result.ts';
import { TelemetryEvent } from './domain/telemetry.ts';
import { isoFromMs } from './domain/time.ts';
import { validate } from './domain/validate.ts';

/** A signal as an agent knows it. What is left out is unknown, never zero. */
export interface AlphaSignal {
  /** RFC 3339 with a zone, or epoch seconds or milliseconds. */
  readonly ts: string | number;
  readonly agent: string;
  /** As `BTC/USDT`, `BTC/USDT:USDT` for a perpetual, `SPY` for an equity. */
  readonly symbol: string;
  readonly direction: 'LONG' | 'SHORT' | 'FLAT' | 'BUY' | 'SELL' | 'UP' | 'DOWN' | 1 | -1 | 0;
  readonly market?: 'spot' | 'perp' | 'equity';
  /** The id of the run, as {@link runWithTelemetry} gives it: it joins the signal with its run. */
  readonly run_id?: string | null;
  /**
   * One signal for ever, so nothing that starts again each day or run. Without one the id is the SHA-256 of the signal:
   * the same signal is one event however often it is sent.
   */
  readonly event_id?: string;
  readonly score_final?: number | null;
  readonly confidence?: number | null;
  readonly regime?: string;
  readonly strategy_class?: string;
  readonly expected_pnl_bps?: number;
  readonly meta?: Readonly<Record<string, unknown>>;
}

export interface EmitOptions {
  /** The state folder; default the variable WARDEN_STATE, else `state/data` below the working directory. */
  readonly state?: string;
  /** Who writes: the folder of the events; default `emit`. */
  readonly producer?: string;
  /** How long to wait for another writer, milliseconds; default 30,000. */
  readonly waitMs?: number;
}

export interface TelemetryOptions extends Omit<EmitOptions, 'producer'> {
  /** Told when the record of a run could not be written; default a warning of the process on standard error. */
  readonly onTelemetryFailure?: (error: Error) => void;
}

/** The signal is not an event that can be reconciled. Nothing was stored. */
export class AlphaSignalRefused extends Error {
  override readonly name = 'AlphaSignalRefused';
  /** Everything that is wrong with it, each with its place. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`the signal was refused: ${problems.map(problemText).join('; ')}`);
    this.problems = problems;
  }
}

/** Another process kept the files locked for the whole wait. Nothing was stored; the same call can be repeated. */
export class StateLocked extends Error {
  override readonly name = 'StateLocked';
  readonly held: LockHeld;

  constructor(held: LockHeld) {
    super(held.message);
    this.held = held;
  }
}

/**
 * Stores one signal. When the promise resolves it is on disk; sending the same signal again changes nothing.
 *
 * @throws AlphaSignalRefused for a signal with problems, and for an id that belongs to another content.
 * @throws StateLocked where another writer of the same producer does not finish in time.
 */
export async function emitAlphaSignal(
  signal: AlphaSignal,
  options: EmitOptions = {},
): Promise<{ readonly eventId: string }> {
  const producer = options.producer ?? 'emit';
  if (!isEventProducer(producer)) {
    throw new TypeError(
      `producer "${producer}": expected 1 to 32 of a-z, 0-9 and -, as "emit", and not "reconcile"`,
    );
  }
  const event = parseAlphaEvent(signal);
  if (!event.ok) throw new AlphaSignalRefused(event.error);
  const eventId = event.value.event_id;
  const disk = diskOf(options);
  const { conflicts } = lockedValue(
    await withLock(disk, producerLock(producer), lockOptions(options), () =>
      appendEvents(disk, producer, [event.value]),
    ),
  );
  if (conflicts.length > 0) {
    const message = `"${eventId}" belongs to an event with different content; give every event its own id`;
    throw new AlphaSignalRefused([{ path: 'event_id', message }]);
  }
  return { eventId };
}

/**
 * Runs `run` and records whether it worked, how long it took and what it threw. The result, or the error, of `run`
 * is returned or thrown as it is: a record that cannot be written is reported to `onTelemetryFailure` and never
 * takes the place of either. The run is then missing from the evidence, which never counts in the agent's favour.
 *
 * @param agent - 1 to 128 characters; anything else throws a TypeError before `run` starts.
 * @param run - gets the id of this run, `<agent>-<instant>-<random>`, for the `run_id` of its signals.
 */
export async function runWithTelemetry<T>(
  agent: string,
  run: (context: { readonly runId: string }) => T | Promise<T>,
  options: TelemetryOptions = {},
): Promise<T> {
  const checked = validate(name, agent);
  if (!checked.ok) throw new TypeError(`agent: ${checked.error.map(problemText).join('; ')}`);
  const startedAtMs = Date.now();
  const startedMs = performance.now();
  const runId = runIdOf(agent, startedAtMs);
  const record = async (outcome: { status: 'ok' } | { status: 'error'; error: string }): Promise<void> => {
    const durationMs = Math.round(performance.now() - startedMs);
    const head = { v: 1, ts: isoFromMs(startedAtMs), agent, run_id: runId } as const;
    try {
      await storeTelemetry({ ...head, duration_ms: durationMs, ...outcome }, options);
    } catch (error) {
      reportFailure(agent, error, options);
    }
  };
  let result: T;
  try {
    result = await run({ runId });
  } catch (error) {
    await record({ status: 'error', error: firstChars(errorText(error), ERROR_CHARS_MAX) });
    throw error;
  }
  await record({ status: 'ok' });
  return result;
}

const LOCK_WAIT_MS = 30_000;
const ERROR_CHARS_MAX = 2000;
/** Leaves room for the instant and the random part in the 128 characters of a run id. */
const AGENT_CHARS_IN_RUN_ID = 90;

function runIdOf(agent: string, startedAtMs: number): string {
  const random = randomBytes(4).toString('hex');
  return `${firstChars(agent, AGENT_CHARS_IN_RUN_ID)}-${isoFromMs(startedAtMs)}-${random}`;
}

async function storeTelemetry(event: TelemetryEvent, options: TelemetryOptions): Promise<void> {
  const checked = validate(TelemetryEvent, event);
  if (!checked.ok) throw new TypeError(checked.error.map(problemText).join('; '));
  const disk = diskOf(options);
  lockedValue(
    await withLock(disk, TELEMETRY_LOCK, lockOptions(options), () => appendTelemetry(disk, [checked.value])),
  );
}

/** A callback that throws would mask the agent's own result, so its error ends as a warning too. */
function reportFailure(agent: string, cause: unknown, options: TelemetryOptions): void {
  const failure = new Error(`the run of "${agent}" could not be recorded: ${errorText(cause)}`, { cause });
  try {
    if (options.onTelemetryFailure !== undefined) options.onTelemetryFailure(failure);
    else process.emitWarning(failure.message, 'WardenTelemetry');
  } catch (error) {
    process.emitWarning(
      `onTelemetryFailure threw ${errorText(error)} for: ${failure.message}`,
      'WardenTelemetry',
    );
  }
}

function diskOf(options: Pick<EmitOptions, 'state'>) {
  // A signal of a month that is packed by now must find what that month holds.
  return packedDisk(nodeDisk(resolve(options.state ?? process.env['WARDEN_STATE'] ?? 'state/data')));
}

function lockOptions(options: Pick<EmitOptions, 'waitMs'>) {
  const pause = async (ms: number): Promise<void> => await sleep(ms);
  return { waitMs: options.waitMs ?? LOCK_WAIT_MS, owner: processOwner(), sleep: pause };
}

function lockedValue<T>(result: Result<T, LockHeld>): T {
  if (!result.ok) throw new StateLocked(result.error);
  return result.value;
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Cuts by character, so that half a surrogate pair never reaches a file. */
function firstChars(text: string, max: number): string {
  return Array.from(text).slice(0, max).join('');
}
