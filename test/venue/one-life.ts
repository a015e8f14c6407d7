// One trade from its entry to flat, through the BingX client at the local exchange, with one death of the process at a moment that is given.

import { moveMarket } from '../../src/adapters/venues/exchange/feed/move-market.ts';
import { type LocalExchange, startLocalExchange } from '../../src/adapters/venues/exchange/local-exchange.ts';
import { truthOf } from '../../src/adapters/venues/exchange/model/exchange.ts';
import { type VirtualTimers, virtualTimers } from '../../src/adapters/virtual-timers.ts';
import type { StrategyClass } from '../../src/domain/ids.ts';
import { absolute, type Money, minus } from '../../src/domain/money.ts';
import { type Lots, type PriceTicks, ppm } from '../../src/domain/steps.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../../src/kernel/config.ts';
import { intentFrom } from '../../src/kernel/intents.ts';
import { CONTRACT_INSTRUMENT } from '../contracts/venue.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { KernelHost, type Moment } from './kernel-host.ts';
import { openBingxAt } from './open-bingx.ts';
import { passed } from './settle.ts';

interface LifeOptions {
  /** The process dies at this moment, counted from the first; `null`: it lives. */
  readonly diesAt: number | null;
  readonly style: 'taker' | 'maker';
  /** Whether what was not synced is lost with the process. */
  readonly isPowerCut: boolean;
}

export interface Life {
  /** Moments at which the process could have died. */
  readonly moments: readonly Moment[];
  /** Client order ids that left, of all processes. */
  readonly sentIds: readonly string[];
  /** Lots that entries filled, and those that any of them asked for. */
  readonly enteredLots: number;
  readonly entriesAtVenue: number;
  readonly largestPosition: number;
  readonly openPositions: number;
  readonly openOrders: number;
  readonly residual: Money;
}

export const WANTED_LOTS = 100;

const START_MS = 1_780_000_000_000;
const BTC = CONTRACT_INSTRUMENT.symbol;
const CLASS = 'champion' as StrategyClass;
const KEY = { apiKey: 'life-key', secret: 'life-secret', accountId: 'own' };
export async function liveOnce(options: LifeOptions): Promise<Life> {
  const timers = virtualTimers(START_MS);
  const exchange = await startLocalExchange({
    port: 0,
    instruments: [CONTRACT_INSTRUMENT],
    keys: [KEY],
    timers,
    seed: 1,
  });
  try {
    return await new OneLife(options, timers, exchange).run();
  } finally {
    await exchange.close();
  }
}

function configOf(style: LifeOptions['style']): KernelConfig {
  const { limits, router } = KERNEL_DEFAULTS;
  return {
    ...KERNEL_DEFAULTS,
    instance: 'life',
    instruments: [CONTRACT_INSTRUMENT],
    limits: { ...limits, hotWindowMs: 500 },
    router: { ...router, style, entryTtlMs: 3_000, exitTtlMs: 2_000, entryMiss: 'market' },
  };
}

class OneLife {
  private readonly options: LifeOptions;
  private readonly timers: VirtualTimers;
  private readonly exchange: LocalExchange;
  private readonly host: KernelHost;
  private readonly disk = simulatedDisk();
  private readonly moments: Moment[] = [];
  private isCounting = false;
  private exits = 0;

  constructor(options: LifeOptions, timers: VirtualTimers, exchange: LocalExchange) {
    this.options = options;
    this.timers = timers;
    this.exchange = exchange;
    this.host = new KernelHost({
      disk: this.disk,
      config: configOf(options.style),
      timers,
      open: () => openBingxAt({ exchange, key: KEY, timers, seed: 1 }),
      dies: (moment) => this.dies(moment),
    });
  }

  async run(): Promise<Life> {
    this.quote(500_000);
    await this.ensureUp();
    for (let n = 0; n < 3; n += 1) await this.step(500_000);
    this.isCounting = true;
    this.intend('ENTER', 'entry');
    for (let n = 0; n < 6; n += 1) await this.step(500_000);
    // A quote that rests is passed by the price, so that it fills in whole.
    for (let n = 0; n < 8; n += 1) await this.step(499_900);
    for (let n = 0; n < 6; n += 1) await this.leave(500_100);
    this.isCounting = false;
    // The venue has to be sure of what was in doubt, and the kernel of the venue.
    for (let n = 0; n < 300 && !this.isOver(); n += 1) await this.leave(500_100);
    await this.pass(400_000);
    return this.result();
  }

  private dies(moment: Moment): boolean {
    if (!this.isCounting) return false;
    this.moments.push(moment);
    if (this.moments.length - 1 !== this.options.diesAt) return false;
    if (this.options.isPowerCut) this.disk.cutPower();
    return true;
  }

  private async step(bid: number): Promise<void> {
    await this.ensureUp();
    this.quote(bid);
    await this.pass(1_000);
  }

  private async leave(bid: number): Promise<void> {
    await this.ensureUp();
    this.quote(bid);
    if (!this.isIdle()) {
      this.exits += 1;
      this.intend('EXIT', `exit-${this.exits}`);
    }
    await this.pass(1_000);
  }

  private async ensureUp(): Promise<void> {
    if (this.host.isUp) return;
    let isUp = false;
    const beginning = this.host.begin().then(() => {
      isUp = true;
    });
    while (!isUp) await this.pass(100);
    await beginning;
    const permissions = [{ strategyClass: CLASS, isEnabled: true, sizePpm: ppm(1_000_000) }];
    this.host.take((atMs) => ({ kind: 'PERMISSIONS', atMs, version: 'v1', permissions }));
  }

  private pass(ms: number): Promise<void> {
    return passed(this.exchange, this.timers, () => this.host.activity, ms);
  }

  private quote(bid: number): void {
    const [low, high] = [bid as PriceTicks, (bid + 1) as PriceTicks];
    const size = 10_000 as Lots;
    moveMarket(this.exchange.world, BTC, { bid: low, ask: high, mark: low, bidLots: size, askLots: size });
    this.host.take((atMs) => ({
      kind: 'MARK',
      atMs,
      symbol: BTC,
      bid: low,
      ask: high,
      mark: low,
      quotedAtMs: atMs,
    }));
  }

  private intend(action: 'ENTER' | 'EXIT', id: string): void {
    const raw = {
      intent_id: id,
      action,
      slot_id: 0,
      asset: BTC,
      side: 'LONG',
      strategy_class: CLASS,
      timestamp: this.timers.nowMs(),
      reference_price: 50_000,
      target_size: action === 'ENTER' ? 0.01 : null,
      leverage: 2,
      exit_leg_ratios: [],
      is_urgent: false,
      reason: 'life',
    };
    this.host.take((atMs) => intentFrom(raw, atMs));
  }

  private isIdle(): boolean {
    return this.host.kernel?.state.slots.every((slot) => slot.trade === null || slot.trade.isClosed) ?? false;
  }

  private isOver(): boolean {
    return this.isIdle() && truthOf(this.exchange.world.model, KEY.accountId).positions.length === 0;
  }

  private result(): Life {
    const truth = truthOf(this.exchange.world.model, KEY.accountId);
    const ledger = this.host.kernel?.state.ledger;
    if (ledger === undefined) throw new Error('no kernel is left');
    let held = 0;
    let largest = 0;
    let entered = 0;
    for (const { report } of truth.orders) {
      const isEntry = report.side === 'BUY';
      held += isEntry ? report.filledLots : -report.filledLots;
      largest = Math.max(largest, Math.abs(held));
      if (isEntry) entered += report.filledLots;
    }
    return {
      moments: this.moments,
      sentIds: this.host.sent.map(({ clientOrderId }) => clientOrderId),
      enteredLots: entered,
      entriesAtVenue: truth.orders.filter(({ report }) => report.side === 'BUY' && report.filledLots > 0)
        .length,
      largestPosition: largest,
      openPositions: truth.positions.length,
      openOrders: truth.openOrders.length,
      residual: absolute(minus(minus(truth.wallet, ledger.wallet), ledger.explained)),
    };
  }
}
