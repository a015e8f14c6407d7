// Maps of Hazelcast in memory, with what a cluster that cannot be reached answers.

import type { HazelcastMaps } from '../../../src/adapters/hazelcast/hazelcast-maps.ts';
import { err, ok } from '../../../src/domain/result.ts';

export interface FakeMaps extends HazelcastMaps {
  /** By `map/key`. */
  readonly values: Map<string, string>;
  failure: string | null;
  isClosed: boolean;
  gets: number;
}

export function fakeMaps(): FakeMaps {
  const maps: FakeMaps = {
    values: new Map(),
    failure: null,
    isClosed: false,
    gets: 0,
    map: (name) => ({
      async get(key) {
        maps.gets += 1;
        return maps.failure === null ? ok(maps.values.get(`${name}/${key}`) ?? null) : err(maps.failure);
      },
      async set(key, json) {
        maps.values.set(`${name}/${key}`, json);
        return ok(undefined);
      },
    }),
    async close() {
      maps.isClosed = true;
    },
  };
  return maps;
}
