// The feed that config/pink.yaml asks for, with the watch that tells when it is silent.

import { extname, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { assert } from '../../domain/assert.ts';
import { FeedSettings } from '../../domain/feed-settings.ts';
import type { Step } from '../../domain/instrument.ts';
import { symbolKey } from '../../domain/market.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { checkedDurationMs } from '../../domain/time.ts';
import { validate } from '../../domain/validate.ts';
import { LOOPBACK } from '../../domain/venue-settings.ts';
import type { Feed, Timers } from '../../ports.ts';
import { type HazelcastMaps, hazelcastMaps } from '../hazelcast/hazelcast-maps.ts';
import { unknownExchange } from '../prices/ccxt-exchange.ts';
import { barMsOf } from '../prices/closed-bars.ts';
import { listedInstrument } from '../venues/exchange/listed-instruments.ts';
import { candleFeed, PAST_BARS_MAX } from './candle-feed.ts';
import { exchangeFeed } from './exchange-feed.ts';
import { disked, type FollowedFiles, nodeFollowedFiles } from './followed-files.ts';
import { hazelcastFeed } from './hazelcast-feed.ts';
import { ccxtSource } from './market-source.ts';
import { scanFileFeed } from './scan-file.ts';
import { scanFolderFeed } from './scan-folder.ts';
import { scanStreamFeed } from './scan-stream.ts';
import { simulatedFeed } from './simulated-feed.ts';
import { watchedForSilence } from './stale-watch.ts';

/** Between two points of a bar that is played slowly there is a quote so often, so that no price grows stale. */
const QUOTE_EVERY_MS = 2_000;
/** What a simulated price begins at where nobody knows a better one. */
const FIRST_PRICE = 100;

export interface OpenFeedOptions {
  readonly settings: FeedSettings;
  /** What is traded, as the venue spells it. */
  readonly symbols: readonly string[];
  readonly timers: Timers;
  /** Uniform in `[0, 1)`, to spread what waits. */
  random(): number;
  /** Paths of the settings are from here on. */
  readonly folder: string;
  readonly stdin: Readable;
  /** By symbol key; default: nobody knows ticks. */
  readonly tickOf?: (key: string) => Step | null;
  /** Candles come at the time of their files, for a clock of the past; then there are no quotes but at the four points of a bar. */
  readonly isAtFileTime?: boolean;
  readonly files?: FollowedFiles;
  readonly openMaps?: () => HazelcastMaps;
}

/**
 * Returns the feed, or the sentence that says what its section asks for and cannot have: files that are not there, an exchange that ccxt
 * does not know, an address of another machine. Nothing is asked over a network before it is followed.
 */
export async function openFeed(options: OpenFeedOptions): Promise<Result<Feed, string>> {
  const { settings, timers } = options;
  const staleAfterMs = checkedDurationMs(settings.stale_after);
  const feed = await feedOf(options, staleAfterMs);
  if (!feed.ok) return err(`feed.${settings.kind}: ${feed.error}`);
  return ok(watchedForSilence(feed.value, staleAfterMs, timers));
}

async function feedOf(options: OpenFeedOptions, staleAfterMs: number): Promise<Result<Feed, string>> {
  const { settings, timers, symbols, isAtFileTime = false } = options;
  const tickOf = options.tickOf ?? (() => null);
  const quoteEveryMs = isAtFileTime ? null : QUOTE_EVERY_MS;
  if (settings.kind === 'scans') return scansOf(sectionOf(settings, 'scans'), options, staleAfterMs);
  if (settings.kind === 'candles') {
    const { dir, speed } = sectionOf(settings, 'candles');
    const path = resolve(options.folder, dir);
    return await candleFeed({ symbols, dir: path, speed, timers, isAtFileTime, quoteEveryMs, tickOf });
  }
  if (settings.kind === 'exchange') return exchangeOf(sectionOf(settings, 'exchange'), options);
  if (settings.kind === 'hazelcast')
    return ok(hazelcastOf(sectionOf(settings, 'hazelcast'), options, staleAfterMs));
  const { seed, bar, speed, volatility_bps: volatilityBps } = sectionOf(settings, 'simulated');
  const barMs = checkedDurationMs(bar);
  const firstPrices = new Map(symbols.map((symbol) => [symbolKey(symbol), firstPriceOf(symbol)]));
  const pastBars = PAST_BARS_MAX;
  return ok(
    simulatedFeed({ firstPrices, seed, barMs, speed, volatilityBps, timers, pastBars, quoteEveryMs, tickOf }),
  );
}

/** Returns a section with its defaults, of settings that were checked when they were read. */
function sectionOf<K extends FeedSettings['kind']>(
  settings: FeedSettings,
  kind: K,
): NonNullable<FeedSettings[K]> {
  const filled = validate(FeedSettings, { ...settings, [kind]: settings[kind] ?? {} });
  const section = filled.ok ? filled.value[kind] : undefined;
  assert(section !== undefined, () => `feed.${kind} was accepted when the configuration was read`);
  return section;
}

function scansOf(
  { path, from }: NonNullable<FeedSettings['scans']>,
  { timers, folder, stdin, files = nodeFollowedFiles() }: OpenFeedOptions,
  staleAfterMs: number,
): Result<Feed, string> {
  if (path === '-') return ok(scanStreamFeed({ input: stdin, staleAfterMs, timers }));
  const full = resolve(folder, path);
  const kind = disked(() => files.kindOf(full));
  if (!kind.ok) return err(`${full} cannot be read: ${kind.error}`);
  if (kind.value === 'other')
    return err(`${full} is neither a file nor a folder; read a pipe as -, standard input`);
  const options = { path: full, from, staleAfterMs, timers, files };
  // What is not there yet is a file where its name looks like one.
  const isFolder = kind.value === null ? extname(full) === '' : kind.value === 'folder';
  return ok(isFolder ? scanFolderFeed(options) : scanFileFeed(options));
}

function exchangeOf(
  { id, timeframe, quotes_every: quotesEvery, url }: NonNullable<FeedSettings['exchange']>,
  { symbols, timers, random }: OpenFeedOptions,
): Result<Feed, string> {
  const unknown = unknownExchange(id);
  if (unknown !== null) return err(unknown);
  if (url !== null && !(URL.canParse(url) && LOOPBACK.test(new URL(url).hostname)))
    return err(`url is ${url}; expected an address of this machine, as http://127.0.0.1:8787, or null`);
  const barMs = barMsOf(timeframe);
  assert(barMs !== null, () => `${timeframe} was accepted when the configuration was read`);
  const source = ccxtSource({ id, timeframe, symbols, url });
  const quotesEveryMs = checkedDurationMs(quotesEvery);
  return ok(exchangeFeed({ name: id, symbols, barMs, quotesEveryMs, source, timers, random }));
}

function hazelcastOf(
  { cluster, members, map, key }: NonNullable<FeedSettings['hazelcast']>,
  { timers, random, openMaps }: OpenFeedOptions,
  staleAfterMs: number,
): Feed {
  const open =
    openMaps ?? (() => hazelcastMaps({ wantedBy: 'feed.hazelcast', cluster, members }, { timers }));
  return hazelcastFeed({ map, key, staleAfterMs, timers, random, open });
}

/** The first price of the local exchange, so that a market and a feed of one symbol begin at the same. */
function firstPriceOf(symbol: string): number {
  const listed = listedInstrument(symbol, null);
  if (listed === null) return FIRST_PRICE;
  const { units, decimals } = listed.instrument.tick;
  return (listed.firstTicks * units) / 10 ** decimals;
}
