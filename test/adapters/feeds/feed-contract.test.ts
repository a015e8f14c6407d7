// Every feed of the product against the contract, each with a source in memory.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { candleFeed } from '../../../src/adapters/feeds/candle-feed.ts';
import { exchangeFeed } from '../../../src/adapters/feeds/exchange-feed.ts';
import { hazelcastFeed } from '../../../src/adapters/feeds/hazelcast-feed.ts';
import { scanFileFeed } from '../../../src/adapters/feeds/scan-file.ts';
import { scanFolderFeed } from '../../../src/adapters/feeds/scan-folder.ts';
import { scanStreamFeed } from '../../../src/adapters/feeds/scan-stream.ts';
import { simulatedFeed } from '../../../src/adapters/feeds/simulated-feed.ts';
import { watchedForSilence } from '../../../src/adapters/feeds/stale-watch.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { Feed } from '../../../src/ports.ts';
import { type FeedWorld, feedContract } from '../../contracts/feed.ts';
import { memoryFollowedFiles } from '../../fakes/memory-followed-files.ts';
import { fakeMaps } from './fake-maps.ts';
import { fakeMarket } from './fake-market.ts';
import { lineOf, START_MS, settled } from './payloads.ts';

const MINUTE_MS = 60_000;

type Timers = ReturnType<typeof virtualTimers>;

/** A world by a virtual clock, of which only the source is missing. */
function worldOf(
  timers: Timers,
  feed: Feed,
  source: Partial<FeedWorld>,
  pass: { readonly ms: number; readonly stepMs: number },
): FeedWorld {
  return {
    feed,
    say: () => undefined,
    sayAgain: null,
    sayNonsense: null,
    end: null,
    close: async () => undefined,
    ...source,
    nowMs: timers.nowMs,
    isWaiting: () => timers.nextMs() !== null,
    pass: async () => {
      await settled();
      for (let passed = 0; passed < pass.ms; passed += pass.stepMs) {
        timers.advance(pass.stepMs);
        await settled();
      }
    },
  };
}

const BRIEFLY = { ms: 2_000, stepMs: 500 };
const A_BAR = { ms: MINUTE_MS + 2_000, stepMs: 2_000 };
const scans = { staleAfterMs: MINUTE_MS };

feedContract('scans in a file', async () => {
  const timers = virtualTimers(START_MS);
  const files = memoryFollowedFiles();
  files.append('/scans.jsonl', '');
  const append = (n: number): void => files.append('/scans.jsonl', lineOf(n));
  const feed = scanFileFeed({ path: '/scans.jsonl', from: 'start', timers, files, ...scans });
  const sayNonsense = (): void => files.append('/scans.jsonl', '{"scan_number":\n');
  return worldOf(timers, feed, { say: append, sayAgain: append, sayNonsense }, BRIEFLY);
});

feedContract('scans in a folder', async () => {
  const timers = virtualTimers(START_MS);
  const files = memoryFollowedFiles();
  files.makeFolder('/scans');
  let made = 100;
  const put = (text: string): void => {
    made += 1;
    files.append(`/scans/${made}.json`, text);
  };
  const feed = scanFolderFeed({ path: '/scans', from: 'end', timers, files, ...scans });
  const say = (n: number): void => put(lineOf(n));
  return worldOf(
    timers,
    feed,
    { say, sayAgain: say, sayNonsense: () => put('{') },
    { ms: 4_000, stepMs: 500 },
  );
});

feedContract('scans on standard input', async () => {
  const timers = virtualTimers(START_MS);
  const input = new PassThrough();
  const write = (n: number): void => {
    if (!input.destroyed) input.write(lineOf(n));
  };
  const source = {
    say: write,
    sayAgain: write,
    sayNonsense: () => input.write('nonsense\n'),
    end: () => input.end(),
  };
  return worldOf(timers, scanStreamFeed({ input, timers, ...scans }), source, BRIEFLY);
});

feedContract('scans in a map', async () => {
  const timers = virtualTimers(START_MS);
  const maps = fakeMaps();
  const put = (text: string): void => void maps.values.set('features/latest_scan', text);
  const say = (n: number): void => put(lineOf(n));
  const feed = hazelcastFeed({
    map: 'features',
    key: 'latest_scan',
    timers,
    random: () => 1,
    open: () => maps,
    ...scans,
  });
  return worldOf(timers, feed, { say, sayAgain: say, sayNonsense: () => put('[1]') }, BRIEFLY);
});

feedContract('candles out of files', async () => {
  const timers = virtualTimers(START_MS);
  const dir = mkdtempSync(join(tmpdir(), 'warden-feed-'));
  const bars = Array.from({ length: 40 }, (_, at) => `${START_MS + at * MINUTE_MS},100,103,98,101,1`);
  writeFileSync(join(dir, 'BTCUSDT-perp-1m.csv'), `ts_ms,open,high,low,close,volume\n${bars.join('\n')}\n`);
  const opened = await candleFeed({
    symbols: ['BTC-USDT'],
    dir,
    speed: 1,
    timers,
    isAtFileTime: false,
    quoteEveryMs: 2_000,
    tickOf: () => null,
  });
  if (!opened.ok) throw new Error(opened.error);
  const source = {
    end: () => timers.advance(40 * MINUTE_MS),
    close: async () => rmSync(dir, { recursive: true }),
  };
  return worldOf(timers, opened.value, source, BRIEFLY);
});

feedContract('prices out of a seed', async () => {
  const timers = virtualTimers(START_MS);
  const feed = simulatedFeed({
    firstPrices: new Map([['BTCUSDT', 65_000]]),
    seed: 1,
    barMs: MINUTE_MS,
    speed: 60,
    volatilityBps: 8,
    timers,
    pastBars: 5,
    quoteEveryMs: 2_000,
    tickOf: () => ({ units: 1, decimals: 1 }),
  });
  return worldOf(timers, watchedForSilence(feed, MINUTE_MS, timers), {}, BRIEFLY);
});

feedContract('a live market', async () => {
  const timers = virtualTimers(START_MS);
  const symbols = ['BTC-USDT', 'ETH-USDT'];
  const market = fakeMarket(symbols, timers);
  const { quotesSent } = market;
  const feed = exchangeFeed({
    name: 'fake',
    symbols,
    barMs: MINUTE_MS,
    quotesEveryMs: 2_000,
    source: market,
    timers,
    random: () => 1,
  });
  const sayNonsense = (): void => {
    let isFirst = true;
    market.quotesSent = (symbol) => {
      const sent = quotesSent(symbol);
      if (!isFirst) return sent;
      isFirst = false;
      return { ...sent, bid: null };
    };
  };
  return worldOf(timers, feed, { sayNonsense }, A_BAR);
});
