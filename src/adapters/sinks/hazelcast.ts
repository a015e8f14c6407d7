// The sink into Hazelcast: what each engine is at this moment, and the result of each day, in the maps that the platform reads.

import { ok, type Result } from '../../domain/result.ts';
import type { SinkRow } from '../../domain/sink-row.ts';
import type { Sink, Timers } from '../../ports.ts';
import {
  type HazelcastMap,
  type HazelcastMaps,
  type HazelcastPackage,
  hazelcastMaps,
} from '../hazelcast/hazelcast-maps.ts';
import { loadOptional } from '../optional-package.ts';
import {
  type EngineSnapshot,
  noSnapshot,
  snapshotAfter,
  snapshotFrom,
  snapshotJson,
} from './engine-snapshot.ts';

interface Settings {
  readonly cluster: string;
  readonly members: readonly string[];
  readonly snapshot_map: string;
  readonly daily_map: string;
}

/**
 * Opens the sink; asks no cluster yet.
 *
 * @param parts `load` imports the client's package; default: the one that is installed.
 * @returns the sink, or how to install the client.
 */
export async function hazelcastSink(
  settings: Settings,
  parts: { readonly timers: Timers; readonly load?: () => Promise<HazelcastPackage> },
): Promise<Result<Sink, string>> {
  const wantedBy = 'sinks.hazelcast';
  const load = parts.load ?? (() => import('hazelcast-client'));
  const loaded = await loadOptional('hazelcast-client', wantedBy, load);
  if (!loaded.ok) return loaded;
  const maps = hazelcastMaps({ ...settings, wantedBy }, { timers: parts.timers, load });
  return ok(sinkInto(maps, settings));
}

/** Returns the sink into maps that are open. */
export function sinkInto(maps: HazelcastMaps, names: Pick<Settings, 'snapshot_map' | 'daily_map'>): Sink {
  const snapshots = maps.map(names.snapshot_map);
  const days = maps.map(names.daily_map);
  /** By instance: what is known to be in the map. */
  const written = new Map<string, EngineSnapshot>();
  return {
    name: 'hazelcast',
    write: async (rows) => {
      for (const [day, row] of newestDays(rows)) {
        const done = await days.set(day, JSON.stringify(row));
        if (!done.ok) return done;
      }
      for (const instance of new Set(rows.map((row) => row.instance))) {
        const before = await knownOf(snapshots, written.get(instance), instance);
        if (!before.ok) return before;
        const own = rows.filter((row) => row.instance === instance);
        const after = own.reduce(snapshotAfter, before.value);
        const done = await snapshots.set(instance, snapshotJson(after));
        if (!done.ok) return done;
        written.set(instance, after);
      }
      return ok(undefined);
    },
    close: () => maps.close(),
  };
}

/** What this process wrote last, else what the one before left in the map. */
async function knownOf(
  map: HazelcastMap,
  written: EngineSnapshot | undefined,
  instance: string,
): Promise<Result<EngineSnapshot, string>> {
  if (written !== undefined) return ok(written);
  const found = await map.get(instance);
  if (!found.ok) return found;
  const left = found.value === null ? null : snapshotFrom(found.value, instance);
  return ok(left ?? noSnapshot(instance));
}

/** The newest row of each day. */
function newestDays(rows: readonly SinkRow[]): ReadonlyMap<string, SinkRow> {
  return new Map(rows.flatMap((row) => (row.table === 'daily_pnl' ? [[row.day, row] as const] : [])));
}
