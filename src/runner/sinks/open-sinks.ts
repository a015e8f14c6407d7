// The sinks that a configuration asks for; one that cannot be opened is there as well, and says why.

import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessGone, type LockOptions, type LockOwner, processOwner } from '../../adapters/state/lock.ts';
import { nodeDisk } from '../../adapters/state/node-disk.ts';
import { packedDisk } from '../../adapters/state/packed-disk.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { SinkSettings } from '../../domain/sink-settings.ts';
import { msFromIso } from '../../domain/time.ts';
import type { Disk, Log, Sink, Timers } from '../../ports.ts';

/** Where sinks find what they need. */
export interface SinkPlaces {
  readonly settings: SinkSettings;
  /** The data folder of the runner. */
  readonly dataDir: string;
  /** The state that is committed. */
  readonly stateDir: string;
  /** As whom PINK's own entries are judged. */
  readonly agent: string;
  /** `false` waits for no disk, as for a run that can be made again; default: every row is durable. */
  readonly isDurable?: boolean;
}

export interface SinkParts {
  /** Of the data folder. */
  readonly data: Disk;
  readonly timers: Timers;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** When this thread began: a lock of this process that is older is of a thread that died. */
  readonly beganMs: number;
}

const LOCK_WAIT_MS = 10_000;

/** Returns the names of the sinks that are configured, in the order of their followers. */
export function sinkNames({ ndjson, alpha_events, clickhouse, hazelcast }: SinkSettings): readonly string[] {
  const wanted = { ndjson, alpha_events, clickhouse: clickhouse !== null, hazelcast: hazelcast !== null };
  return Object.entries(wanted).flatMap(([name, isWanted]) => (isWanted ? [name] : []));
}

/** Opens the sinks that are configured. What only some need is imported where it is configured. */
export async function openSinks(places: SinkPlaces, parts: SinkParts): Promise<readonly Sink[]> {
  return await Promise.all(
    sinkNames(places.settings).map(async (name) => {
      const opened = await opening(name, places, parts);
      return opened.ok ? opened.value : closedSink(name, opened.error);
    }),
  );
}

async function opening(name: string, places: SinkPlaces, parts: SinkParts): Promise<Result<Sink, string>> {
  try {
    return await openOne(name, places, parts);
  } catch (error) {
    return err(`it could not be opened: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function openOne(name: string, places: SinkPlaces, parts: SinkParts): Promise<Result<Sink, string>> {
  const { settings, stateDir, agent, isDurable = true } = places;
  const { data, timers, log, env } = parts;
  if (name === 'clickhouse' && settings.clickhouse !== null) {
    const { clickhouseSink } = await import('../../adapters/sinks/clickhouse.ts');
    return await clickhouseSink(settings.clickhouse, { timers, env });
  }
  if (name === 'hazelcast' && settings.hazelcast !== null) {
    const { hazelcastSink } = await import('../../adapters/sinks/hazelcast.ts');
    return await hazelcastSink(settings.hazelcast, { timers });
  }
  if (name === 'ndjson') {
    const { ndjsonSink } = await import('../../adapters/sinks/ndjson.ts');
    return ok(ndjsonSink(data));
  }
  const { alphaEventsSink } = await import('../../adapters/sinks/alpha-events.ts');
  const openState = (): Disk => packedDisk(nodeDisk(stateDir, { durable: isDurable }));
  return ok(alphaEventsSink({ openState, data, agent, lock: lockOptions(parts), log }));
}

/** A sink that cannot work says why at each try, until the configuration or the machine is another. */
function closedSink(name: string, problem: string): Sink {
  return { name, write: () => Promise.resolve(err(problem)), close: () => Promise.resolve() };
}

function lockOptions({ beganMs }: SinkParts): LockOptions {
  const isOfDeadThread = ({ pid, since }: LockOwner): boolean =>
    pid === process.pid && msFromIso(since) < beganMs;
  return {
    waitMs: LOCK_WAIT_MS,
    owner: processOwner(),
    sleep: async (ms) => await sleep(ms),
    isGone: (owner) => isOfDeadThread(owner) || isProcessGone(owner),
  };
}
