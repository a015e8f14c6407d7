// One trade from its entry to flat, through the BingX client at the local exchange, with one death of the process at a moment that is given.

import { moveMarket } from '../../src/adapters/venues/exchange/feed/move-market.ts';
import { type LocalExchange, startLocalExchange } from '../../src/adapters/venues/exchange/local-exchange.ts';
import { truthOf } from '../../src/adapters/venues/exchange/model/exchange.ts';
import { passed } from '../../src/adapters/venues/exchange/settle.ts';
import { type VirtualTimers, virtualTimers } from '../../src/adapters/virtual-timers.ts';
import type { Lots, PriceTicks } from '../../src/domain/steps.ts';
import { CONTRACT_INSTRUMENT } from '../contracts/venue.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { KernelHost, type Moment } from './kernel-host.ts';
import {
  endOf,
  intend,
  isIdle,
  LIFE_START_MS,
  LIFE_SYMBOL,
  type LifeEnd,
  type LifeOptions,
  lifeConfig,
  permit,
  tellPrice,
} from './life.ts';
import { openBingxAt } from './open-bingx.ts';

interface OneLifeOptions extends LifeOptions {
  /** Whether what was not synced is lost with the process. */
  readonly isPowerCut: boolean;
}

export interface Life extends LifeEnd {
  /** Moments at which the process could have died. */
  readonly moments: readonly Moment[];
  /** Entries that filled at all. */
  readonly entriesAtVenue: number;
}

export const WANTED_LOTS = 100;

const KEY = { apiKey: 'life-key', secret: 'life-secret', accountId: 'own' };

export async function liveOnce(options: OneLifeOptions): Promise<Life> {
  const timers = virtualTimers(LIFE_START_MS);
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

class OneLife {
  private readonly options: OneLifeOptions;
  private readonly timers: VirtualTimers;
  private readonly exchange: LocalExchange;
  private readonly host: KernelHost;
  private readonly disk = simulatedDisk();
  private readonly moments: Moment[] = [];
  private isCounting = false;
  private exits = 0;

  constructor(options: OneLifeOptions, timers: VirtualTimers, exchange: LocalExchange) {
    this.options = options;
    this.timers = timers;
    this.exchange = exchange;
    this.host = new KernelHost({
      disk: this.disk,
      config: lifeConfig(options.style),
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
    intend(this.host, 'ENTER', 'entry');
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
    if (!isIdle(this.host)) {
      this.exits += 1;
      intend(this.host, 'EXIT', `exit-${this.exits}`);
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
    permit(this.host);
  }

  private pass(ms: number): Promise<void> {
    return passed(this.exchange, this.timers, () => this.host.activity, ms);
  }

  private quote(bid: number): void {
    const [low, high] = [bid as PriceTicks, (bid + 1) as PriceTicks];
    const size = 10_000 as Lots;
    moveMarket(this.exchange.world, LIFE_SYMBOL, {
      bid: low,
      ask: high,
      mark: low,
      bidLots: size,
      askLots: size,
    });
    tellPrice(this.host, bid);
  }

  private isOver(): boolean {
    return isIdle(this.host) && truthOf(this.exchange.world.model, KEY.accountId).positions.length === 0;
  }

  private result(): Life {
    const truth = truthOf(this.exchange.world.model, KEY.accountId);
    const entries = truth.orders.filter(({ report }) => report.side === 'BUY' && report.filledLots > 0);
    return { moments: this.moments, entriesAtVenue: entries.length, ...endOf(this.host, truth) };
  }
}
