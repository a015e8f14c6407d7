// One trade from its entry to flat on a paper account that is kept in a file, with one death of the process at a moment that is given.

import { truthOf } from '../../src/adapters/venues/exchange/model/exchange.ts';
import { type PaperMarket, paperMarket } from '../../src/adapters/venues/exchange/paper/paper-market.ts';
import { type OpenedVenue, openVenue } from '../../src/adapters/venues/open-venue.ts';
import { virtualTimers } from '../../src/adapters/virtual-timers.ts';
import type { StrategyClass } from '../../src/domain/ids.ts';
import { absolute, type Money, minus } from '../../src/domain/money.ts';
import { Pink } from '../../src/domain/pink-settings.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { type PriceTicks, ppm } from '../../src/domain/steps.ts';
import { validate } from '../../src/domain/validate.ts';
import { KERNEL_DEFAULTS, type KernelConfig } from '../../src/kernel/config.ts';
import { intentFrom } from '../../src/kernel/intents.ts';
import type { Disk, Venue } from '../../src/ports.ts';
import { CONTRACT_INSTRUMENT } from '../contracts/venue.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { KernelHost, type Moment } from './kernel-host.ts';

/** Beside those of the host: before the account is on the disk, and after it. */
type PaperMoment = Moment | 'saving' | 'saved';

export interface PaperLifeOptions {
  /** The process dies at this moment, counted from the first; `null`: it lives. */
  readonly diesAt: number | null;
  readonly style: 'taker' | 'maker';
}

export interface PaperLife {
  readonly moments: readonly PaperMoment[];
  readonly sentIds: readonly string[];
  readonly enteredLots: number;
  readonly largestPosition: number;
  readonly openPositions: number;
  readonly openOrders: number;
  readonly residual: Money;
}

const START_MS = 1_780_000_000_000;
const BTC = CONTRACT_INSTRUMENT.symbol;
const CLASS = 'champion' as StrategyClass;
const ACCOUNT = 'paper';

export async function livePaperOnce(options: PaperLifeOptions): Promise<PaperLife> {
  return await new PaperLifeRun(options).run();
}

class PaperLifeRun {
  private readonly options: PaperLifeOptions;
  private readonly timers = virtualTimers(START_MS);
  /** The file of the account outlives every process; so does the journal, as far as it was synced. */
  private readonly accountDisk = memoryDisk();
  private readonly journalDisk = simulatedDisk();
  private readonly host: KernelHost;
  private readonly moments: PaperMoment[] = [];
  private opened: Extract<OpenedVenue, { kind: 'paper' }> | null = null;
  private market: PaperMarket | null = null;
  private isCounting = false;
  private exits = 0;

  constructor(options: PaperLifeOptions) {
    this.options = options;
    this.host = new KernelHost({
      disk: this.journalDisk,
      config: configOf(options.style),
      timers: this.timers,
      open: () => this.open(),
      dies: (moment) => this.dies(moment),
    });
  }

  private async open(): Promise<Venue> {
    const settings = validate(Pink, { version: 1, venue: { symbols: [BTC] } });
    if (!settings.ok) throw new Error(JSON.stringify(settings.error));
    const opened = await openVenue({
      settings: settings.value.venue,
      env: {},
      timers: this.timers,
      random: randomFrom(1, 'paper-life'),
      paperFile: { disk: this.diskOfProcess(), name: 'paper-account.json' },
    });
    if (!opened.ok || opened.value.kind !== 'paper') throw new Error(JSON.stringify(opened));
    this.opened = opened.value;
    this.market = paperMarket({ ...opened.value, timers: this.timers });
    return opened.value.venue;
  }

  /** A process that is dead writes nothing more. */
  private diskOfProcess(): Disk {
    let isDead = false;
    const diesNow = (moment: PaperMoment): boolean => {
      if (!this.host.isUp || !this.dies(moment)) return false;
      isDead = true;
      this.host.die();
      return true;
    };
    return {
      ...this.accountDisk,
      replace: (path, content) => {
        if (isDead || diesNow('saving')) return;
        this.accountDisk.replace(path, content);
        diesNow('saved');
      },
    };
  }

  private dies(moment: PaperMoment): boolean {
    if (!this.isCounting) return false;
    this.moments.push(moment);
    if (this.moments.length - 1 !== this.options.diesAt) return false;
    this.journalDisk.cutPower();
    return true;
  }

  async run(): Promise<PaperLife> {
    for (let n = 0; n < 4; n += 1) await this.step(500_000);
    this.isCounting = true;
    this.intend('ENTER', 'entry');
    for (let n = 0; n < 6; n += 1) await this.step(500_000);
    // A quote that rests is passed by the price, so that it fills in whole.
    for (let n = 0; n < 8; n += 1) await this.step(499_900);
    for (let n = 0; n < 6; n += 1) await this.leave(500_100);
    this.isCounting = false;
    for (let n = 0; n < 300 && !this.isOver(); n += 1) await this.leave(500_100);
    // What was in doubt is asked for again, and pictures are taken until they agree.
    for (let n = 0; n < 40; n += 1) await this.step(500_100, 10_000);
    return this.result();
  }

  private async step(bid: number, ms = 1_000): Promise<void> {
    await this.ensureUp();
    this.quote(bid);
    await this.pass(ms);
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
    await this.host.begin();
    const permissions = [{ strategyClass: CLASS, isEnabled: true, sizePpm: ppm(1_000_000) }];
    this.host.take((atMs) => ({ kind: 'PERMISSIONS', atMs, version: 'v1', permissions }));
  }

  /** Every answer comes in microtasks, so a turn of the loop lets all of them arrive. */
  private async settled(): Promise<void> {
    let last = -1;
    while (last !== this.host.activity) {
      last = this.host.activity;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private async pass(ms: number): Promise<void> {
    const { timers } = this;
    const untilMs = timers.nowMs() + ms;
    await this.settled();
    for (let next = timers.nextMs(); next !== null && next <= untilMs; next = timers.nextMs()) {
      timers.advanceToNext();
      await this.settled();
    }
    timers.advance(untilMs - timers.nowMs());
  }

  private quote(bid: number): void {
    const [low, high] = [bid as PriceTicks, (bid + 1) as PriceTicks];
    this.market?.quote({ key: 'BTCUSDT', bid: bid / 10, ask: (bid + 1) / 10, mark: bid / 10 });
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

  private truth() {
    if (this.opened === null) throw new Error('no account was opened');
    return truthOf(this.opened.model, ACCOUNT);
  }

  private isOver(): boolean {
    return this.isIdle() && this.truth().positions.length === 0;
  }

  private result(): PaperLife {
    const truth = this.truth();
    const ledger = this.host.kernel?.state.ledger;
    if (ledger === undefined) throw new Error('no kernel is left');
    let [held, largest, entered] = [0, 0, 0];
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
      largestPosition: largest,
      openPositions: truth.positions.length,
      openOrders: truth.openOrders.length,
      residual: absolute(minus(minus(truth.wallet, ledger.wallet), ledger.explained)),
    };
  }
}

function configOf(style: PaperLifeOptions['style']): KernelConfig {
  const { limits, router } = KERNEL_DEFAULTS;
  return {
    ...KERNEL_DEFAULTS,
    instance: 'life',
    instruments: [CONTRACT_INSTRUMENT],
    limits: { ...limits, hotWindowMs: 500 },
    router: { ...router, style, entryTtlMs: 3_000, exitTtlMs: 2_000, entryMiss: 'market' },
  };
}
