// The section `feed` of config/pink.yaml: where prices and scans come from.

import Type, { type Static } from 'typebox';
import { duration } from './durations.ts';
import { oneOfByDefault, orNullByDefault } from './fields.ts';
import { hazelcastCluster, hazelcastName } from './hazelcast-settings.ts';
import type { Problem } from './problem.ts';
import { closed, section } from './supervisor-fields.ts';

function ofKind(kind: string) {
  return { ...closed, description: `where kind is ${kind}` };
}

const path = Type.String({ minLength: 1, maxLength: 1_000 });

/** Each with a section of its own. */
const KINDS = ['simulated', 'scans', 'candles', 'exchange', 'hazelcast'] as const;

/** A section of one kind of feed; that of another kind than `kind` is refused. */
export const FeedSettings = Type.Object(
  {
    kind: oneOfByDefault(
      KINDS,
      'simulated',
      'simulated: prices out of a seed; scans: lines of JSON; candles: candle files played again; exchange: live, through ccxt; hazelcast: a map',
    ),
    stale_after: duration('60s', 'a feed that is silent for longer is stale: no entries from it'),
    simulated: Type.Optional(
      Type.Object(
        {
          seed: Type.Integer({
            minimum: 0,
            maximum: 4_294_967_295,
            default: 1,
            description: 'the same seed gives the same prices',
          }),
          bar: duration('1m', 'length of a bar'),
          speed: Type.Number({
            exclusiveMinimum: 0,
            maximum: 10_000,
            default: 1,
            description: 'how many times as fast as the clock a bar passes',
          }),
          volatility_bps: Type.Number({
            exclusiveMinimum: 0,
            maximum: 10_000,
            default: 8,
            description: 'standard deviation of a bar',
          }),
        },
        ofKind('simulated'),
      ),
    ),
    scans: Type.Optional(
      Type.Object(
        {
          path: Type.String({
            ...path,
            description: 'a file that grows, a folder that gets files, or - for standard input',
          }),
          from: oneOfByDefault(['start', 'end'], 'end', 'end: only what comes from now on'),
        },
        ofKind('scans'),
      ),
    ),
    candles: Type.Optional(
      Type.Object(
        {
          dir: Type.String({ ...path, description: 'the folder of <SYMBOL>-perp-….csv or .csv.gz' }),
          speed: Type.Number({
            exclusiveMinimum: 0,
            maximum: 100_000,
            default: 60,
            description: 'how many times as fast as they were',
          }),
        },
        ofKind('candles'),
      ),
    ),
    exchange: Type.Optional(
      Type.Object(
        {
          id: Type.String({ pattern: '^[a-z0-9]{1,32}$', description: 'ccxt exchange id, e.g. bingx' }),
          timeframe: oneOfByDefault(['1m', '5m', '15m', '1h'], '1m', 'length of a bar'),
          quotes_every: duration('2s', 'how often tickers are asked for'),
          url: orNullByDefault(
            Type.String({
              minLength: 1,
              maxLength: 200,
              description: 'in place of the public addresses of the exchange; on this machine only',
            }),
          ),
        },
        ofKind('exchange'),
      ),
    ),
    hazelcast: Type.Optional(
      Type.Object(
        {
          ...hazelcastCluster,
          map: hazelcastName('features', 'the map that is looked at'),
          key: hazelcastName('latest_scan', 'its key whose value is the newest scan'),
        },
        ofKind('hazelcast'),
      ),
    ),
  },
  section,
);
export type FeedSettings = Static<typeof FeedSettings>;

/** Returns what is wrong between the fields of a feed that fits its schema: a kind and the section of another. */
export function feedProblems(feed: FeedSettings): readonly Problem[] {
  const problems: Problem[] = [];
  for (const kind of KINDS)
    if (kind !== feed.kind && feed[kind] !== undefined)
      problems.push({
        path: `feed.${kind}`,
        message: `is for feed.kind ${kind}, and it is ${feed.kind}; remove the section, or set feed.kind`,
      });
  const { kind } = feed;
  if (kind !== 'simulated' && kind !== 'hazelcast' && feed[kind] === undefined)
    problems.push({ path: `feed.${kind}`, message: `is missing; feed.kind ${kind} needs it` });
  return problems;
}
