// PINK in the demo: the real runner at the local exchange, over sockets of this machine, through days that pass as fast as they can.

import { join } from 'node:path';
import { Readable } from 'node:stream';
import { configProblemText, loadPink } from '../../adapters/config/config-files.ts';
import { readAcks } from '../../adapters/state/kernel-records.ts';
import { nodeDisk } from '../../adapters/state/node-disk.ts';
import { moveMarket } from '../../adapters/venues/exchange/feed/move-market.ts';
import { listedInstrument } from '../../adapters/venues/exchange/listed-instruments.ts';
import { type LocalExchange, startLocalExchange } from '../../adapters/venues/exchange/local-exchange.ts';
import { accountOf } from '../../adapters/venues/exchange/model/state.ts';
import { type VirtualTimers, virtualTimers } from '../../adapters/virtual-timers.ts';
import type { RunId } from '../../domain/ids.ts';
import { type Instrument, stepsFrom } from '../../domain/instrument.ts';
import { moneyText } from '../../domain/money.ts';
import type { Pink } from '../../domain/pink-settings.ts';
import { randomFrom } from '../../domain/random.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { ClosedCandles } from '../../domain/scan.ts';
import type { Lots, PriceTicks } from '../../domain/steps.ts';
import { DAY_MS } from '../../domain/time.ts';
import type { Log } from '../../ports.ts';
import { type Runner, startRunner } from '../../runner/runner.ts';
import { BUILT_PAGE, loadPageFiles } from '../../runner/status/page-files.ts';
import { stillPage } from '../../runner/status/still-page.ts';
import type { DemoMarket } from '../market.ts';
import { BarClock } from './bar-clock.ts';
import { type BarFeed, barFeed } from './bar-feed.ts';
import { BAR_MS, barsAt, type Perp, perpsOf } from './bars.ts';
import { type OwnSinks, ownSinks } from './own-sinks.ts';
import { swingPolicy } from './swing-policy.ts';

export interface DemoPinkOptions {
  /** PINK's own folder, absolute: its journal, what it remembers, its socket. */
  readonly dir: string;
  /** Where `pink.yaml` and `kill-list.yaml` are. */
  readonly configDir: string;
  readonly stateDir: string;
  readonly market: DemoMarket;
  readonly seed: number;
  readonly log: Log;
  readonly codeVersion: string;
  /** Of the built status page. Default: that of this program. */
  readonly pageFolder?: string;
}

/** What PINK did, in figures that come out of its kernel and of the exchange. Money in USDT, as text. */
export interface DemoPinkSummary {
  /** Entries of which something was filled. */
  readonly entries: number;
  readonly tradesClosed: number;
  /** Positions that are held. */
  readonly positions: number;
  /** K: what the kernel's own book says the wallet is. */
  readonly wallet: string;
  /** E less K, and how it is judged: `OK` means that every cent is explained. */
  readonly residual: string;
  readonly band: string;
  /** Entries that were decided and that the kill list refused. */
  readonly entriesDenied: number;
  readonly acks: number;
  /** Orders that the exchange was sent, and requests of any kind, over HTTP. */
  readonly orders: number;
  readonly requests: number;
  /** Records of the journal. */
  readonly records: number;
}

export interface DemoPink {
  /**
   * Lives until an instant, epoch ms: hears each bar that closes, decides and trades. What the lists say by now is in force before the
   * first of them. When it resolves, everything is settled and written. A bar that closes at that very instant takes its few seconds.
   */
  liveUntil(untilMs: number): Promise<void>;
  summary(): DemoPinkSummary;
  /**
   * Writes the status page of this instant as files of a folder, and returns their names; none, and a word in the log, where the page was
   * not built.
   */
  writeStatusPage(dir: string): Promise<readonly string[]>;
  /** Ends the runner and the exchange. */
  stop(): Promise<void>;
}

const KEY = { apiKey: 'demo-key', secret: 'demo-secret', accountId: 'pink' };
/** Longer than any leap of time, so that a key of an hour is extended when PINK wakes. */
const LISTEN_KEY_MS = DAY_MS;
/**
 * PINK looks at its account every five minutes. It wakes up four minutes before a bar, so that its margin is known when the bar closes, and
 * so that it looks again a minute later: funding of that instant is explained before it counts as a fault, which it does after two.
 */
const WAKE_BEFORE_MS = 240_000;
const LOOK_AGAIN_MS = 75_000;
/** Of what is held PINK asks the venue for a price where none came for five seconds. */
const QUOTE_EVERY_MS = 4_000;
/** Within a second a changed list is in force. */
const LISTS_MS = 1_000;
/** What the best levels hold, in lots: no order of the demo is as large. */
const LEVEL_LOTS = 10_000_000 as Lots;
/** Bars that closed so lately would be traded and not only looked at. */
const PAST_FROM_MS = 3 * BAR_MS;

/** Starts the exchange and the runner. The failure is a sentence. */
export async function openPink(options: DemoPinkOptions): Promise<Result<DemoPink, string>> {
  const { market, configDir, seed } = options;
  const pink = loadPink(configDir);
  if (!pink.ok) return err(pink.error.map(configProblemText).join('; '));
  const perps = perpsOf(market);
  const timers = virtualTimers(market.startMs);
  const first = barsAt(perps, market.firstOpenMs, market.startMs);
  const instruments = perps.flatMap(({ symbol, key }) => {
    const price = first.candles[key]?.close ?? null;
    return price === null ? [] : (listedInstrument(symbol, price)?.instrument ?? []);
  });
  const exchange = await startLocalExchange({
    port: 0,
    instruments,
    keys: [KEY],
    timers,
    seed,
    wire: { marginAsset: 'VST' },
    listenKeyMs: LISTEN_KEY_MS,
  });
  try {
    const living = await beginLife(options, { pink: pink.value, perps, timers, exchange, first });
    if (!living.ok) await exchange.close();
    return living;
  } catch (error) {
    // What still listens would keep the process from ending.
    await exchange.close();
    throw error;
  }
}

interface Begun extends Pick<Parts, 'perps' | 'exchange'> {
  readonly pink: Pink;
  readonly timers: VirtualTimers;
  /** The bars that closed last. */
  readonly first: ClosedCandles;
}

async function beginLife(
  options: DemoPinkOptions,
  { pink, perps, timers, exchange, first }: Begun,
): Promise<Result<DemoPink, string>> {
  const { market, configDir, seed, log } = options;
  move(exchange, perps, first);
  const sinks = ownSinks(timers, log);
  const feed = barFeed(pastBars(market, perps));
  const clock = new BarClock(exchange, timers, sinks.durableSeq);
  const started = await clock.until(
    startRunner({
      pink,
      policy: swingPolicy(),
      configDir,
      dataDir: join(options.dir, 'data'),
      stateDir: options.stateDir,
      socketPath: join(options.dir, 'control.sock'),
      controlToken: null,
      env: {
        BINGX_REST_URL: exchange.url,
        BINGX_STREAM_URL: exchange.streamUrl,
        BINGX_API_KEY: KEY.apiKey,
        BINGX_API_SECRET: KEY.secret,
      },
      stdin: Readable.from([]),
      timers,
      random: randomFrom(seed, 'pink'),
      log,
      version: options.codeVersion,
      runId: 'demo' as RunId,
      onHalted: () => undefined,
      feed,
      isDurable: false,
      beginSinkThread: sinks.begin,
    }),
  );
  if (!started.ok) return err(started.error.message);
  const runner = started.value;
  const living = new LivingPink(options, { perps, exchange, sinks, feed, clock, runner });
  await living.awake(first);
  return ok(living);
}

/** What warms the policy up before the first day. */
function pastBars(market: DemoMarket, perps: readonly Perp[]): readonly ClosedCandles[] {
  const past: ClosedCandles[] = [];
  for (let atMs = market.firstOpenMs + 2 * BAR_MS; atMs <= market.startMs - PAST_FROM_MS; atMs += BAR_MS)
    past.push(barsAt(perps, market.firstOpenMs, atMs));
  return past;
}

/** Moves the exchange to the closes of its bars. */
function move({ world }: LocalExchange, perps: readonly Perp[], { candles }: ClosedCandles): void {
  for (const { symbol, key } of perps) {
    const instrument = world.model.markets.get(symbol)?.instrument;
    const close = candles[key]?.close;
    if (instrument === undefined || close === undefined) continue;
    const mark = ticksOf(instrument, close);
    const [bid, ask] = [(mark - 1) as PriceTicks, (mark + 1) as PriceTicks];
    moveMarket(world, symbol, { bid, ask, mark, bidLots: LEVEL_LOTS, askLots: LEVEL_LOTS });
  }
}

function ticksOf({ tick }: Instrument, price: number): PriceTicks {
  const ticks = stepsFrom(tick, price, 'nearest');
  return Math.max(2, ticks.ok ? ticks.value : 0) as PriceTicks;
}

interface Parts {
  readonly perps: readonly Perp[];
  readonly exchange: LocalExchange;
  readonly sinks: OwnSinks;
  readonly feed: BarFeed;
  readonly clock: BarClock;
  readonly runner: Runner;
}

class LivingPink implements DemoPink {
  private readonly options: DemoPinkOptions;
  private readonly parts: Parts;

  constructor(options: DemoPinkOptions, parts: Parts) {
    this.options = options;
    this.parts = parts;
  }

  async liveUntil(untilMs: number): Promise<void> {
    const { clock, sinks, perps } = this.parts;
    if (untilMs <= clock.nowMs) return;
    clock.sleepUntil(Math.min(untilMs, clock.nowMs + LISTS_MS));
    await this.awake(barsAt(perps, this.options.market.firstOpenMs, nextBar(clock.nowMs) - BAR_MS));
    for (let atMs = nextBar(clock.nowMs); atMs <= untilMs; atMs += BAR_MS) await this.bar(atMs);
    if (untilMs > clock.nowMs) await clock.leapTo(untilMs);
    await sinks.follow();
  }

  /**
   * Wakes up shortly before a bar closes, so that what fell due meanwhile is done and the account has been looked at when it does. Then
   * prices move, and the policy decides.
   */
  private async bar(atMs: number): Promise<void> {
    const { clock, feed, exchange, perps, runner } = this.parts;
    const { firstOpenMs } = this.options.market;
    const before = barsAt(perps, firstOpenMs, atMs - BAR_MS);
    const closed = barsAt(perps, firstOpenMs, atMs);
    clock.sleepUntil(Math.max(clock.nowMs, atMs - WAKE_BEFORE_MS));
    await this.awake(before);
    clock.sleepUntil(atMs);
    move(exchange, perps, closed);
    feed.quote(closed, clock.nowMs);
    await clock.leapTo(atMs);
    feed.bars(closed);
    await this.awake(closed);
    if (runner.facts().kernel.ledger.band === 'OK') return;
    clock.sleepUntil(atMs + LOOK_AGAIN_MS);
    await this.awake(closed);
  }

  /** Does what is due, and lets the seconds pass that orders and questions take, while everything costs what it did where bars closed. */
  async awake(closed: ClosedCandles): Promise<void> {
    const { clock, feed } = this.parts;
    await clock.settle();
    let quotedAtMs = clock.nowMs;
    feed.quote(closed, quotedAtMs);
    await clock.leapTo(clock.nowMs);
    while (this.isBusy()) {
      if (clock.nowMs - quotedAtMs >= QUOTE_EVERY_MS) {
        quotedAtMs = clock.nowMs;
        feed.quote(closed, quotedAtMs);
      }
      await clock.step();
    }
  }

  private isBusy(): boolean {
    const { slots, resync } = this.parts.runner.facts().kernel;
    return resync.part !== null || slots.some(({ status }) => status === 'ENTERING' || status === 'EXITING');
  }

  summary(): DemoPinkSummary {
    const { exchange, runner } = this.parts;
    const { kernel, runnerId } = runner.facts();
    const { orders } = accountOf(exchange.world.model, KEY.accountId);
    const acks = readAcks(nodeDisk(this.options.stateDir));
    return {
      entries: orders.filter(({ reduceOnly, filledLots }) => !reduceOnly && filledLots > 0).length,
      tradesClosed: kernel.tradesClosed,
      positions: kernel.slots.filter(({ trade }) => trade !== null).length,
      wallet: moneyText(kernel.ledger.wallet),
      residual: moneyText(kernel.ledger.residual),
      band: kernel.ledger.band,
      entriesDenied: kernel.outcomes.get('STRATEGY_DISABLED') ?? 0,
      acks: acks.filter(({ runner_id }) => runner_id === runnerId).length,
      orders: orders.length,
      requests: exchange.traffic().requestsTaken,
      records: kernel.seq,
    };
  }

  async writeStatusPage(dir: string): Promise<readonly string[]> {
    const { runner, sinks } = this.parts;
    const files = loadPageFiles(this.options.pageFolder ?? BUILT_PAGE);
    if (!files.ok) {
      this.options.log.warn(files.error);
      return [];
    }
    await sinks.follow();
    const disk = nodeDisk(dir, { durable: false });
    const page = stillPage(files.value, runner.moment());
    for (const [name, bytes] of page) disk.replace(name, bytes);
    return [...page.keys()].sort();
  }

  async stop(): Promise<void> {
    const { clock, runner, exchange } = this.parts;
    for (const left of await clock.until(runner.stop())) this.options.log.warn(left);
    await exchange.close();
  }
}

function nextBar(nowMs: number): number {
  return (Math.floor(nowMs / BAR_MS) + 1) * BAR_MS;
}
