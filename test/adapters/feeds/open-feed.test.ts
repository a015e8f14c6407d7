// From the section feed of pink.yaml to a feed that speaks, for every kind, and what is refused before it begins.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenFeedOptions, openFeed } from '../../../src/adapters/feeds/open-feed.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { FeedSettings } from '../../../src/domain/feed-settings.ts';
import type { FeedNotice } from '../../../src/domain/scan.ts';
import { validate } from '../../../src/domain/validate.ts';
import { fakeMaps } from './fake-maps.ts';
import { lineOf, START_MS, settled } from './payloads.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-open-feed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function optionsOf(feed: object, over: Partial<OpenFeedOptions> = {}): OpenFeedOptions {
  const settings = validate(FeedSettings, feed);
  if (!settings.ok) throw new Error(JSON.stringify(settings.error));
  return {
    settings: settings.value,
    symbols: ['BTC-USDT', 'PEPE-USDT'],
    timers: virtualTimers(START_MS),
    random: () => 1,
    folder,
    stdin: new PassThrough(),
    ...over,
  };
}

async function heard(feed: object, over: Partial<OpenFeedOptions> = {}): Promise<readonly FeedNotice[]> {
  const timers = virtualTimers(START_MS);
  const opened = await openFeed(optionsOf(feed, { timers, ...over }));
  if (!opened.ok) throw new Error(opened.error);
  const notices: FeedNotice[] = [];
  const stop = opened.value.follow((notice) => notices.push(notice));
  for (let turn = 0; turn < 4; turn += 1) {
    timers.advance(500);
    await settled();
  }
  await stop();
  return notices;
}

async function refusal(feed: object): Promise<string> {
  const opened = await openFeed(optionsOf(feed));
  return opened.ok ? '' : opened.error;
}

const scansIn = (notices: readonly FeedNotice[]): readonly number[] =>
  notices.flatMap((one) => (one.kind === 'scan' ? [one.scan.scanNumber] : []));

describe('the feed that ships', () => {
  it('draws prices that begin at those of the local exchange, after a past that warms a policy', async () => {
    const notices = await heard({});
    expect(notices[0]).toEqual({
      kind: 'state',
      isUp: true,
      why: 'simulates bars of 1 min out of seed 1, in real time',
    });
    const closed = notices.flatMap((one) => (one.kind === 'candles' ? [one.closed] : []));
    expect(closed).toHaveLength(1_000);
    expect(closed[0]?.candles['BTCUSDT']?.open).toBe(65_000);
    expect(closed[0]?.candles['PEPEUSDT']?.open).toBe(100);
    // So often that no price is older than what an entry needs.
    expect(notices.filter(({ kind }) => kind === 'quote').length).toBeGreaterThanOrEqual(2);
  });

  it('is stale where it says nothing for longer than it may', async () => {
    const timers = virtualTimers(START_MS);
    const opened = await openFeed(
      optionsOf({ kind: 'scans', stale_after: '5s', scans: { path: '-' } }, { timers }),
    );
    const states: string[] = [];
    if (opened.ok) opened.value.follow((one) => one.kind === 'state' && states.push(one.why));
    timers.advance(5_000);
    expect(states).toEqual(['reads standard input', 'silent: 5 s since it began']);
  });
});

describe('scans', () => {
  it('are read from a file, a folder or standard input, from the folder of the settings on', async () => {
    writeFileSync(join(folder, 'scans.jsonl'), lineOf(1) + lineOf(2));
    mkdirSync(join(folder, 'in'));
    writeFileSync(join(folder, 'in', '3.json'), lineOf(3));
    const stdin = new PassThrough();
    stdin.end(lineOf(4).trimEnd());
    const scans = (path: string) => ({ kind: 'scans', scans: { path, from: 'start' } });
    expect(scansIn(await heard(scans('scans.jsonl')))).toEqual([1, 2]);
    expect(scansIn(await heard(scans('in')))).toEqual([3]);
    const piped = await heard(scans('-'), { stdin });
    expect(scansIn(piped)).toEqual([4]);
    expect(piped.at(-1)?.kind).toBe('ended');
  });

  it('that are not there yet are a file where the name has an ending, and else a folder', async () => {
    const why = async (path: string) =>
      (await heard({ kind: 'scans', scans: { path } })).map((one) => (one.kind === 'state' ? one.why : ''));
    expect(await why('later.jsonl')).toEqual([
      `there is no file ${join(folder, 'later.jsonl')}; it is waited for`,
    ]);
    expect(await why('later')).toEqual([`there is no folder ${join(folder, 'later')}; it is waited for`]);
  });

  it('are not read from a pipe that has a name', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await refusal({ kind: 'scans', scans: { path: 'pipe' } })).toBe(
      `feed.scans: ${join(folder, 'pipe')} is neither a file nor a folder; read a pipe as -, standard input`,
    );
  });

  it('are read from a map of Hazelcast, where its section is left out as well', async () => {
    const maps = fakeMaps();
    maps.values.set('features/latest_scan', lineOf(5));
    expect(scansIn(await heard({ kind: 'hazelcast' }, { openMaps: () => maps }))).toEqual([5]);
  });
});

describe('what cannot be had', () => {
  it.each([
    [{ kind: 'candles', candles: { dir: 'none' } }, /^feed\.candles: .+none cannot be read: ENOENT/],
    [
      { kind: 'exchange', exchange: { id: 'bingxx' } },
      /^feed\.exchange: "bingxx" is no exchange id of ccxt; did you mean "bingx"\?$/,
    ],
    [
      { kind: 'exchange', exchange: { id: 'bingx', url: 'https://example.com' } },
      /^feed\.exchange: url is https:\/\/example\.com; expected an address of this machine/,
    ],
    [
      { kind: 'exchange', exchange: { id: 'bingx', url: 'nonsense' } },
      /^feed\.exchange: url is nonsense; expected/,
    ],
  ])('is refused before anything begins: %j', async (feed, sentence) => {
    expect(await refusal(feed)).toMatch(sentence);
  });

  it('is asked of no network before somebody follows', async () => {
    const opened = await openFeed(
      optionsOf({ kind: 'exchange', exchange: { id: 'bingx', url: 'http://127.0.0.1:9' } }),
    );
    expect(opened.ok).toBe(true);
  });
});
