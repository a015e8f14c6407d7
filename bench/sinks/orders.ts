// Round trips at a paper venue with a journal on the disk: how long an intent takes until its order leaves the host.

import { nodeJournalDisk } from '../../src/adapters/journal/node-journal-disk.ts';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import { paperMarket } from '../../src/adapters/venues/exchange/paper/paper-market.ts';
import { openVenue } from '../../src/adapters/venues/open-venue.ts';
import type { RunId, StrategyClass, SymbolName } from '../../src/domain/ids.ts';
import { money } from '../../src/domain/money.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { ppm } from '../../src/domain/steps.ts';
import { validate } from '../../src/domain/validate.ts';
import { VenueSettings } from '../../src/domain/venue-settings.ts';
import { KERNEL_DEFAULTS } from '../../src/kernel/config.ts';
import { intentFrom } from '../../src/kernel/intents.ts';
import type { Venue } from '../../src/ports.ts';
import { type Host, openHost } from '../../src/runner/host.ts';

const CLASS = 'champion' as StrategyClass;
const SYMBOL = 'BTC-USDT' as SymbolName;
/** Fees are a loss: thousands of orders would end at any limit that fits a person. */
const NO_END = money(1_000_000n * 100_000_000n);
const BEAT_MS = 4;
/** So many prices without an order in between mean that something refuses every intent. */
const IDLE_MAX = 2_000;

/** What is measured of one journal. */
export interface OrderTimes {
  /** Milliseconds from the intent to the moment at which its order leaves the host. */
  readonly times: readonly number[];
  /** The journal's last record. */
  readonly lastSeq: number;
}

/**
 * Trades in and out until so many orders have left.
 *
 * @param sealed told after each commit, as a runner tells its sinks
 */
export async function timedOrders(
  journalDir: string,
  orders: number,
  sealed: (seq: number) => void,
): Promise<OrderTimes> {
  const timers = systemTimers();
  const settings = validate(VenueSettings, { environment: 'paper', symbols: [SYMBOL] });
  if (!settings.ok) throw new Error('the settings of the venue do not fit');
  const opened = await openVenue({
    settings: settings.value,
    env: {},
    timers,
    random: randomFrom(1, 'bench'),
    paperFile: null,
  });
  if (!opened.ok || opened.value.kind !== 'paper') throw new Error('there is no paper venue');
  const { venue, model } = opened.value;
  const market = paperMarket({ model, venue, timers });
  const times: number[] = [];
  let decidedAt = 0;
  const measured: Venue = {
    instruments: venue.instruments,
    account: venue.account,
    submit: async (...args) => {
      times.push(performance.now() - decidedAt);
      return await venue.submit(...args);
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
  };
  const host = hostOf(measured, journalDir, () => sealed(host.state.seq));
  const price = (n: number): void => tellPrice(market, host, n);
  price(0);
  host.begin();
  const permissions = [{ strategyClass: CLASS, isEnabled: true, sizePpm: ppm(1_000_000) }];
  host.take((atMs) => ({ kind: 'PERMISSIONS', atMs, version: 'v1', permissions }));
  for (let n = 1; times.length < orders; n += 1) {
    price(n);
    if (n > 20 * times.length + IDLE_MAX)
      throw new Error(
        `no order any more after ${times.length}: ${[...host.state.trading.reasons.keys()].join(' ')}`,
      );
    const slot = host.state.slots[0];
    const isIdle = slot === undefined || slot.trade === null || slot.trade.isClosed;
    if (isIdle || slot?.status === 'OPEN') {
      decidedAt = performance.now();
      decide(host, isIdle ? 'ENTER' : 'EXIT', n);
    }
    await new Promise((resolve) => setTimeout(resolve, BEAT_MS));
  }
  await host.end();
  market.close();
  await venue.close();
  return { times, lastSeq: host.state.seq };
}

function hostOf(venue: Venue, journalDir: string, sealed: () => void): Host {
  const { limits, router } = KERNEL_DEFAULTS;
  const opened = openHost({
    disk: nodeJournalDisk(journalDir),
    config: {
      ...KERNEL_DEFAULTS,
      instance: 'bench',
      instruments: venue.instruments,
      limits: { ...limits, hotWindowMs: 0, maxEntriesPerMinute: 100_000, maxDailyLoss: NO_END },
      router: { ...router, style: 'taker' },
    },
    venue,
    timers: systemTimers(),
    log: { info: () => undefined, warn: () => undefined, error: console.error },
    runId: 'bench-1' as RunId,
    observers: [sealed],
    onHalted: (why) => console.error(why),
  });
  if (!opened.ok) throw new Error(opened.error.problem);
  return opened.value;
}

function tellPrice(market: ReturnType<typeof paperMarket>, host: Host, n: number): void {
  const mark = 90_000 + (n % 50);
  market.quote({ key: 'BTCUSDT', bid: mark, ask: mark + 1, mark });
  const ticks = host.state.instruments.get(SYMBOL)?.tick;
  if (ticks === undefined) throw new Error('there is no instrument');
  const steps = (price: number): number => Math.round((price * 10 ** ticks.decimals) / ticks.units);
  host.take((atMs) => ({
    kind: 'MARK',
    atMs,
    symbol: SYMBOL,
    bid: steps(mark) as never,
    ask: steps(mark + 1) as never,
    mark: steps(mark) as never,
    quotedAtMs: atMs,
  }));
}

/** A decision with facts of the length that those of the champion have, and the intent that follows it. */
function decide(host: Host, action: 'ENTER' | 'EXIT', n: number): void {
  const facts = JSON.stringify({
    scan_number: n,
    vel_div: -0.031,
    posture: 'APEX',
    payload: 'x'.repeat(500),
  });
  const decided = { decisionId: `bench-${n}`, policy: 'bench@1#00000000', action, symbol: SYMBOL, facts };
  host.take((atMs) => ({ kind: 'DECISION', atMs, ...decided, reason: 'bench' }));
  const raw = {
    intent_id: `bench-${n}`,
    action,
    slot_id: 0,
    asset: SYMBOL,
    side: n % 3 === 0 ? 'SHORT' : 'LONG',
    strategy_class: CLASS,
    timestamp: Date.now(),
    reference_price: 90_000 + (n % 50),
    target_size: action === 'ENTER' ? 0.01 : null,
    leverage: 2,
    exit_leg_ratios: [],
    is_urgent: true,
    reason: 'bench',
  };
  host.take((atMs) => intentFrom(raw, atMs));
}
