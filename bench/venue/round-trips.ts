// How long it takes from an intent to the venue's acknowledgement: gates, a durable record, a signature, the way there, and the way back.

import { nodeJournalDisk } from '../../src/adapters/journal/node-journal-disk.ts';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import { connectBingx } from '../../src/adapters/venues/bingx/connect-bingx.ts';
import { Secret } from '../../src/adapters/venues/bingx/secret.ts';
import type { StrategyClass } from '../../src/domain/ids.ts';
import { money } from '../../src/domain/money.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { ppm } from '../../src/domain/steps.ts';
import { KERNEL_DEFAULTS } from '../../src/kernel/config.ts';
import { intentFrom } from '../../src/kernel/intents.ts';
import type { Venue } from '../../src/ports.ts';
import { KernelHost } from '../../test/venue/kernel-host.ts';
import { type Tail, tailOf } from '../kernel/spread.ts';

interface Address {
  readonly restUrl: string;
  readonly streamUrl: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly folder: string;
}

export interface RoundTrips {
  readonly entries: Tail;
  readonly exits: Tail;
}

const CLASS = 'champion' as StrategyClass;
const SYMBOL = 'BTC-USDT';
/** Fees are a loss: thousands of orders would end at any limit that fits a person. */
const NO_END = money(1_000_000n * 100_000_000n);
/** So many prices without an order in between mean that something refuses every intent. */
const IDLE_MAX = 2_000;

/** Times in milliseconds. */
export async function roundTrips(address: Address, orders: number): Promise<RoundTrips> {
  const timers = systemTimers();
  const opened = await connectBingx({
    setup: {
      environment: 'demo',
      restUrls: [address.restUrl],
      streamUrl: address.streamUrl,
      credentials: { apiKey: new Secret(address.apiKey), apiSecret: new Secret(address.secret) },
      symbols: [SYMBOL],
      positionMode: 'one_way',
      account: 'exclusive',
      marginAsset: 'USDT',
    },
    timers,
    random: randomFrom(1, 'bench'),
    limitMultiplier: 10_000,
  });
  if (!opened.ok) throw new Error(opened.error);
  const venue = opened.value;
  const acknowledged = new Map<boolean, number[]>([
    [true, []],
    [false, []],
  ]);
  let decidedAt = 0;
  const measured = {
    instruments: venue.instruments,
    account: venue.account,
    submit: async (...args: Parameters<Venue['submit']>) => {
      const result = await venue.submit(...args);
      if (result.kind === 'ACK') acknowledged.get(args[0].reduceOnly)?.push(performance.now() - decidedAt);
      return result;
    },
    cancel: venue.cancel.bind(venue),
    query: venue.query.bind(venue),
    openOrders: venue.openOrders.bind(venue),
    positions: venue.positions.bind(venue),
    ordersTradedSince: venue.ordersTradedSince.bind(venue),
    income: venue.income.bind(venue),
    balance: venue.balance.bind(venue),
    quote: venue.quote.bind(venue),
    follow: venue.follow.bind(venue),
    cancelAllAfter: venue.cancelAllAfter.bind(venue),
    close: venue.close.bind(venue),
  } satisfies Venue;
  const host = hostOf(measured, address.folder);
  await host.begin();
  const permissions = [{ strategyClass: CLASS, isEnabled: true, sizePpm: ppm(1_000_000) }];
  host.take((atMs) => ({ kind: 'PERMISSIONS', atMs, version: 'v1', permissions }));
  const count = (): number => [...acknowledged.values()].reduce((sum, times) => sum + times.length, 0);
  for (let n = 0; count() < orders; n += 1) {
    await tellPrice(host, venue);
    const slot = host.kernel?.state.slots[0];
    const isIdle = slot === undefined || slot.trade === null || slot.trade.isClosed;
    const isOpen = slot?.status === 'OPEN';
    if (n > 2 * count() + IDLE_MAX)
      throw new Error(
        `no order any more after ${count()}: ${[...(host.kernel?.state.trading.reasons ?? [])].join(' ')}`,
      );
    if (isIdle || isOpen) {
      decidedAt = performance.now();
      intend(host, isIdle ? 'ENTER' : 'EXIT', n);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await host.end();
  return {
    entries: tailOf(Float64Array.from(acknowledged.get(false) ?? [])),
    exits: tailOf(Float64Array.from(acknowledged.get(true) ?? [])),
  };
}

function hostOf(venue: Venue, folder: string): KernelHost {
  const { limits, router } = KERNEL_DEFAULTS;
  return new KernelHost({
    disk: nodeJournalDisk(folder),
    config: {
      ...KERNEL_DEFAULTS,
      instance: 'bench',
      instruments: venue.instruments,
      limits: { ...limits, hotWindowMs: 0, maxEntriesPerMinute: 100_000, maxDailyLoss: NO_END },
      router: { ...router, style: 'taker' },
    },
    timers: systemTimers(),
    open: async () => venue,
  });
}

async function tellPrice(host: KernelHost, venue: Venue): Promise<void> {
  const quote = await venue.quote(SYMBOL, 'housekeeping');
  const [row] = quote.kind === 'KNOWN' ? quote.rows : [];
  if (row === undefined) throw new Error('the exchange has no price');
  const { symbol, bid, ask, mark } = row;
  host.take((atMs) => ({ kind: 'MARK', atMs, symbol, bid, ask, mark, quotedAtMs: atMs }));
}

function intend(host: KernelHost, action: 'ENTER' | 'EXIT', n: number): void {
  const mark = host.kernel?.state.marks.get(SYMBOL as never)?.mark ?? 0;
  const raw = {
    intent_id: `bench-${n}`,
    action,
    slot_id: 0,
    asset: SYMBOL,
    side: n % 3 === 0 ? 'SHORT' : 'LONG',
    strategy_class: CLASS,
    timestamp: Date.now(),
    reference_price: mark / 10,
    target_size: action === 'ENTER' ? 0.01 : null,
    leverage: 2,
    exit_leg_ratios: [],
    is_urgent: true,
    reason: 'bench',
  };
  host.take((atMs) => intentFrom(raw, atMs));
}
