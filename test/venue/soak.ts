// A kernel that trades through the BingX client at the local exchange, for thousands of orders, while everything goes wrong that can.

import type { BingxVenue } from '../../src/adapters/venues/bingx/bingx-venue.ts';
import { FAULT_NAMES, type FaultName } from '../../src/adapters/venues/exchange/faults.ts';
import { moveMarket } from '../../src/adapters/venues/exchange/feed/move-market.ts';
import { type LocalExchange, startLocalExchange } from '../../src/adapters/venues/exchange/local-exchange.ts';
import { truthOf } from '../../src/adapters/venues/exchange/model/exchange.ts';
import { HONEST, type Quirks } from '../../src/adapters/venues/exchange/model/quirks.ts';
import { passed } from '../../src/adapters/venues/exchange/settle.ts';
import { PRESENT_WIRE, type WireSwitches } from '../../src/adapters/venues/exchange/wire-switches.ts';
import { type VirtualTimers, virtualTimers } from '../../src/adapters/virtual-timers.ts';
import type { ClientOrderId, StrategyClass, SymbolName } from '../../src/domain/ids.ts';
import { type Instrument, stepOf } from '../../src/domain/instrument.ts';
import { absolute, type Money, minus, money } from '../../src/domain/money.ts';
import { type Random, randomFrom } from '../../src/domain/random.ts';
import { type EpochMs, type Lots, lots, type PriceTicks, ppm } from '../../src/domain/steps.ts';
import type { PositionMode } from '../../src/domain/venue.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../../src/kernel/config.ts';
import { intentFrom } from '../../src/kernel/intents.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { KernelHost, type Moment } from './kernel-host.ts';
import { openBingxAt } from './open-bingx.ts';

/** What goes wrong at which rate, so that each happens many times in a thousand orders and trading goes on. */
export const SOAK_FAULTS: Partial<Record<FaultName, number>> = {
  request_lost: 0.004,
  response_lost: 0.004,
  request_delayed: 0.01,
  response_delayed: 0.01,
  connection_reset: 0.005,
  server_error: 0.005,
  gateway_timeout: 0.005,
  unreadable: 0.003,
  rate_limited: 0.001,
  busy: 0.005,
  clock_skew: 0.003,
  order_rejected: 0.005,
  funding_window: 0.005,
  cancel_rejected: 0.02,
  fill_during_cancel: 0.05,
  partial_fill: 0.02,
  order_expired: 0.005,
  position_deleveraged: 0.003,
  closed_by_hand: 0.003,
  money_moved: 0.000_3,
  order_not_found: 0.02,
  lag_orders: 0.05,
  lag_positions: 0.05,
  lag_fills: 0.05,
  frame_duplicated: 0.05,
  frame_reordered: 0.05,
  frame_dropped: 0.02,
  frame_contradictory: 0.01,
  frames_replayed: 0.5,
  frame_malformed: 0.01,
  frame_oversized: 0.002,
  socket_dropped: 0.002,
  stream_silent: 0.0005,
  listen_key_expired: 0.0005,
};

export interface SoakOptions {
  readonly seed: number;
  /** Ends after so many orders were sent. */
  readonly orders: number;
  readonly faults: Partial<Record<FaultName, number>>;
  /** How often the process dies, of the moments at which it can. */
  readonly deathRate: number;
  /** The venue has no quirk, and positions are net. */
  readonly isPlain?: boolean;
  readonly progress?: (orders: number) => void;
}

export interface SoakResult {
  /** Quirks and spellings that were on, and the mode of positions. */
  readonly manners: readonly string[];
  readonly ordersSent: number;
  readonly ordersAtVenue: number;
  readonly deaths: number;
  readonly hits: Readonly<Record<FaultName, number>>;
  readonly virtualMs: number;
  /** E − K − explained, at the end. */
  readonly residual: Money;
  readonly openPositions: number;
  readonly openOrders: number;
  /** Orders that the venue has and nobody sent, and orders that made a position larger than any intent asked for. */
  readonly problems: readonly string[];
  readonly malformed: number;
  readonly requests: number;
}

const START_MS = 1_780_000_000_000;
const KEY = { apiKey: 'soak-key-0123456789', secret: 'soak-secret-0123456789', accountId: 'own' };
const CLASS = 'champion' as StrategyClass;
const STEP_MS = 500;
const SETTLE_MS = 1_800_000;

interface Traded {
  readonly symbol: SymbolName;
  readonly tick: string;
  readonly lot: string;
  readonly price: number;
  /** Every entry is of so many lots. */
  readonly lots: number;
}

const TRADED: readonly Traded[] = [
  { symbol: 'BTC-USDT' as SymbolName, tick: '0.1', lot: '0.0001', price: 500_000, lots: 100 },
  { symbol: 'ETH-USDT' as SymbolName, tick: '0.01', lot: '0.01', price: 300_000, lots: 20 },
  { symbol: 'XRP-USDT' as SymbolName, tick: '0.0001', lot: '1', price: 6_000, lots: 900 },
];

const INSTRUMENTS: readonly Instrument[] = TRADED.map(({ symbol, tick, lot }) => ({
  symbol,
  tick: stepOf(tick),
  lot: stepOf(lot),
  minLots: lots(1),
  minNotional: money(200_000_000n),
  makerFeePpm: ppm(200),
  takerFeePpm: ppm(500),
  maxLeverage: 125,
}));

/** How the venue behaves and spells, and how positions are counted. */
interface Manners {
  readonly positionMode: PositionMode;
  readonly quirks: Quirks;
  readonly wire: Partial<WireSwitches>;
}

const PLAIN: Manners = { positionMode: 'one_way', quirks: HONEST, wire: {} };
/** Fees in another asset leave the wallet alone, and a fee that is never named stays predicted: neither can be compared to a cent. */
const LEFT_OUT: readonly string[] = ['feeAssetOther'];

/** Each seed has its own manners: every quirk and every spelling in a third of the seeds, hedge mode in a quarter. */
function mannersOf(seed: number): Manners {
  const draw = randomFrom(seed, 'manners');
  const positionMode = draw.uniform() < 0.25 ? 'hedge' : 'one_way';
  const switched = <Switches extends object>(of: Switches): Switches =>
    Object.fromEntries(
      Object.entries(of).map(([name, value]) => {
        const isDrawn = draw.uniform() < 1 / 3 && !LEFT_OUT.includes(name);
        return [name, typeof value === 'boolean' && isDrawn ? !value : value];
      }),
    ) as Switches;
  return { positionMode, quirks: switched(HONEST), wire: switched(PRESENT_WIRE) };
}

function kernelConfig(positionMode: PositionMode): KernelConfig {
  const { limits, router } = KERNEL_DEFAULTS;
  return {
    ...KERNEL_DEFAULTS,
    positionMode,
    instance: 'soak',
    instruments: INSTRUMENTS,
    maxSlots: TRADED.length,
    limits: {
      ...limits,
      maxEntriesPerMinute: 60,
      hotWindowMs: 1_000,
      maxDailyLoss: money(90_000n * 100_000_000n),
    },
    router: { ...router, style: 'maker', entryTtlMs: 4_000, exitTtlMs: 3_000, entryMiss: 'market' },
  };
}

export async function soak(options: SoakOptions): Promise<SoakResult> {
  const timers = virtualTimers(START_MS);
  const manners = options.isPlain ? PLAIN : mannersOf(options.seed);
  const exchange = await startLocalExchange({
    port: 0,
    instruments: INSTRUMENTS,
    keys: [KEY],
    timers,
    seed: options.seed,
    positionMode: manners.positionMode,
    wire: manners.wire,
    model: { quirks: manners.quirks },
  });
  try {
    return await new Soak(options, manners, timers, exchange).run();
  } finally {
    await exchange.close();
  }
}

class Soak {
  private readonly options: SoakOptions;
  private readonly manners: Manners;
  private readonly timers: VirtualTimers;
  private readonly exchange: LocalExchange;
  private readonly draw: Random;
  private readonly deaths: Random;
  private readonly host: KernelHost;
  private readonly prices = new Map(TRADED.map(({ symbol, price }) => [symbol, price]));
  private isMortal = false;
  private isEntering = true;
  private intents = 0;
  private openings = 0;

  constructor(options: SoakOptions, manners: Manners, timers: VirtualTimers, exchange: LocalExchange) {
    this.options = options;
    this.manners = manners;
    this.timers = timers;
    this.exchange = exchange;
    this.draw = randomFrom(options.seed, 'soak');
    this.deaths = randomFrom(options.seed, 'deaths');
    this.host = new KernelHost({
      disk: simulatedDisk(),
      config: kernelConfig(manners.positionMode),
      timers,
      open: () => this.open(),
      dies: (moment) => this.dies(moment),
    });
  }

  async run(): Promise<SoakResult> {
    this.movePrices();
    await this.begin();
    this.setFaults(true);
    let reported = 0;
    while (this.host.sent.length < this.options.orders) {
      await this.step();
      if (this.host.sent.length - reported >= 500) {
        reported = this.host.sent.length;
        this.options.progress?.(reported);
      }
    }
    this.setFaults(false);
    this.isEntering = false;
    await this.flatten();
    return this.result();
  }

  private setFaults(isOn: boolean): void {
    this.isMortal = isOn;
    for (const name of FAULT_NAMES)
      this.exchange.world.faults.set(name, isOn ? (this.options.faults[name] ?? 0) : 0);
  }

  private dies(moment: Moment): boolean {
    const rate = this.options.deathRate / (moment === 'applied' || moment === 'committed' ? 10 : 1);
    return this.isMortal && this.deaths.uniform() < rate;
  }

  private open(): Promise<BingxVenue> {
    this.openings += 1;
    const { exchange, timers } = this;
    return openBingxAt({ exchange, key: KEY, timers, seed: this.options.seed + this.openings });
  }

  /** Begins a process. While the venue does not let it in, time passes and it tries again, as a supervisor of processes would. */
  private async begin(): Promise<void> {
    let isDone = false;
    let failure: unknown = null;
    const beginning = this.host.begin().then(
      () => {
        isDone = true;
      },
      (error: unknown) => {
        failure = error;
        isDone = true;
      },
    );
    while (!isDone) await this.pass(STEP_MS);
    await beginning;
    if (failure !== null) {
      if (!(failure instanceof Error) || !failure.message.startsWith('venue:')) throw failure;
      await this.pass(5_000);
      await this.begin();
      return;
    }
    this.permit();
    this.tellPrices();
  }

  private permit(): void {
    const permissions = [{ strategyClass: CLASS, isEnabled: true, sizePpm: ppm(1_000_000) }];
    this.host.take((atMs) => ({ kind: 'PERMISSIONS', atMs, version: 'v1', permissions }));
  }

  private async step(): Promise<void> {
    if (!this.host.isUp) await this.begin();
    this.movePrices();
    this.tellPrices();
    this.decide();
    await this.pass(STEP_MS);
  }

  private pass(ms: number): Promise<void> {
    return passed(this.exchange, this.timers, () => this.host.activity, ms);
  }

  private movePrices(): void {
    for (const { symbol } of TRADED) {
      const walked = (this.prices.get(symbol) ?? 0) * Math.exp(0.000_3 * this.draw.fatTailed());
      this.prices.set(symbol, walked);
      const bid = Math.round(walked) as PriceTicks;
      const ask = (bid + 1 + Math.floor(this.draw.uniform() * 3)) as PriceTicks;
      const size = (): Lots => Math.floor(this.draw.uniform() * 150) as Lots;
      const isBuyerMaker = this.draw.uniform() < 0.5;
      const trade = { price: isBuyerMaker ? bid : ask, lots: (1 + size()) as Lots, isBuyerMaker };
      moveMarket(
        this.exchange.world,
        symbol,
        { bid, ask, mark: bid, bidLots: size(), askLots: size() },
        trade,
      );
    }
  }

  private tellPrices(): void {
    for (const { symbol } of TRADED) {
      const quote = this.exchange.world.model.markets.get(symbol)?.quote;
      if (quote == null) continue;
      const { bid, ask, mark } = quote;
      this.host.take((atMs) => ({ kind: 'MARK', atMs, symbol, bid, ask, mark, quotedAtMs: atMs }));
    }
  }

  private decide(): void {
    const state = this.host.kernel?.state;
    if (state === undefined) return;
    for (const [slotId, { symbol, lot, lots: size }] of TRADED.entries()) {
      const slot = state.slots[slotId];
      const isIdle = slot === undefined || slot.trade === null || slot.trade.isClosed;
      if (isIdle && !this.isEntering) continue;
      if (!isIdle && this.draw.uniform() < 0.6) continue;
      this.intents += 1;
      const mark = state.marks.get(symbol)?.mark ?? 0;
      const { tick } = INSTRUMENTS[slotId] ?? { tick: stepOf('1') };
      const raw = {
        intent_id: `intent-${this.intents}`,
        action: isIdle ? 'ENTER' : 'EXIT',
        slot_id: slotId,
        asset: symbol,
        side: this.draw.uniform() < 0.5 ? 'LONG' : 'SHORT',
        strategy_class: CLASS,
        timestamp: this.timers.nowMs(),
        reference_price: (mark * tick.units) / 10 ** tick.decimals,
        target_size: isIdle ? size * Number(lot) : null,
        leverage: 1 + Math.floor(this.draw.uniform() * 3),
        exit_leg_ratios: [],
        is_urgent: this.draw.uniform() < 0.3,
        reason: 'soak',
      };
      this.host.take((atMs: EpochMs) => intentFrom(raw, atMs));
    }
  }

  /** Nothing goes wrong any more: everything is closed, and the kernel gets the time it needs to be sure. */
  private async flatten(): Promise<void> {
    if (!this.host.isUp) await this.begin();
    const untilMs = this.timers.nowMs() + SETTLE_MS;
    while (this.timers.nowMs() < untilMs) {
      this.movePrices();
      this.tellPrices();
      this.decide();
      await this.pass(2_000);
      const isFlat = truthOf(this.exchange.world.model, KEY.accountId).positions.length === 0;
      const slots = this.host.kernel?.state.slots ?? [];
      const isIdle = slots.every((slot) => slot.trade === null || slot.trade.isClosed);
      if (isFlat && isIdle && this.timers.nowMs() > untilMs - SETTLE_MS + 900_000) break;
    }
  }

  private result(): SoakResult {
    const truth = truthOf(this.exchange.world.model, KEY.accountId);
    const ledger = this.host.kernel?.state.ledger;
    if (ledger === undefined) throw new Error('no kernel is left');
    return {
      manners: mannersText(this.manners),
      ordersSent: this.host.sent.length,
      ordersAtVenue: truth.orders.length,
      deaths: this.host.deaths,
      hits: this.exchange.world.faults.hits,
      virtualMs: this.timers.nowMs() - START_MS,
      residual: absolute(minus(minus(truth.wallet, ledger.wallet), ledger.explained)),
      openPositions: truth.positions.length,
      openOrders: truth.openOrders.length,
      problems: this.problems(),
      malformed: this.host.malformed,
      requests: this.exchange.traffic().requestsTaken,
    };
  }

  /** Every order of the venue has to be one that was sent, once, and was never called refused; and no position may ever have been larger than an entry. */
  private problems(): readonly string[] {
    const { orders } = truthOf(this.exchange.world.model, KEY.accountId);
    const sent = new Set(this.host.sent.map(({ clientOrderId }) => clientOrderId as string));
    const problems: string[] = [];
    if (sent.size !== this.host.sent.length) problems.push('an id was sent twice');
    const seen = new Set<string>();
    for (const { report } of orders) {
      const id = report.clientOrderId as string | null;
      // The venue and people trade without one.
      if (id === null) continue;
      if (this.host.refused.has(report.clientOrderId as ClientOrderId))
        problems.push(`${id} is at the venue, and was said to be refused`);
      if (!sent.has(id)) problems.push(`${id} is at the venue and was never sent`);
      if (seen.has(id)) problems.push(`${id} is at the venue twice`);
      seen.add(id);
    }
    for (const { symbol, lots: most } of TRADED) problems.push(...this.overfilled(symbol, most));
    return problems;
  }

  private overfilled(symbol: SymbolName, most: number): readonly string[] {
    const { orders } = truthOf(this.exchange.world.model, KEY.accountId);
    const trades = orders
      .filter(({ report }) => report.symbol === symbol)
      .flatMap(({ report, trades: own }) =>
        own.map((trade) => ({ ...trade, signed: report.side === 'BUY' ? trade.lots : -trade.lots })),
      )
      .sort((a, b) => a.atMs - b.atMs);
    let held = 0;
    let largest = 0;
    for (const { signed } of trades) {
      held += signed;
      largest = Math.max(largest, Math.abs(held));
    }
    return largest > most
      ? [`${symbol}: ${largest} lots were held, and no entry asked for more than ${most}`]
      : [];
  }
}

function mannersText({ positionMode, quirks, wire }: Manners): readonly string[] {
  const plain: Readonly<Record<string, unknown>> = { ...HONEST, ...PRESENT_WIRE };
  const changed = Object.entries({ ...quirks, ...wire }).filter(([name, value]) => plain[name] !== value);
  return [positionMode, ...changed.map(([name]) => name)];
}
