// The section `sinks` of config/pink.yaml: who follows the journal beside trading.

import Type, { type Static } from 'typebox';
import { sectionOrNull } from './fields.ts';
import { hazelcastCluster, hazelcastName } from './hazelcast-settings.ts';
import { closed, section } from './supervisor-fields.ts';

const ClickHouse = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://',
      maxLength: 200,
      description: 'user and password are in the environment',
    }),
    database: Type.String({
      pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$',
      default: 'pink',
      description: 'that holds the tables; made where it is missing',
    }),
  },
  { ...closed, description: 'rows of the journal into tables of ClickHouse; null: none' },
);

const Hazelcast = Type.Object(
  {
    ...hazelcastCluster,
    snapshot_map: hazelcastName('pink_engine', 'the map that gets engine snapshots'),
    daily_map: hazelcastName('pink_daily_pnl', 'the map that gets the result of each day'),
  },
  { ...closed, description: 'the newest state and results of days into maps of Hazelcast; null: none' },
);

export const SinkSettings = Type.Object(
  {
    ndjson: Type.Boolean({
      default: true,
      description: 'one file of rows for each UTC day, beside the journal',
    }),
    alpha_events: Type.Boolean({
      default: true,
      description: 'entries as alpha events in the state, so that PINK is judged as well',
    }),
    clickhouse: sectionOrNull(ClickHouse),
    hazelcast: sectionOrNull(Hazelcast),
  },
  section,
);
export type SinkSettings = Static<typeof SinkSettings>;
