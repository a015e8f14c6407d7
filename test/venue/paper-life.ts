// One trade from its entry to flat on a paper account that is kept in a file, with one death of the process at a moment that is given.

import { truthOf } from '../../src/adapters/venues/exchange/model/exchange.ts';
import { type PaperMarket, paperMarket } from '../../src/adapters/venues/exchange/paper/paper-market.ts';
import { type OpenedVenue, openVenue } from '../../src/adapters/venues/open-venue.ts';
import { virtualTimers } from '../../src/adapters/virtual-timers.ts';
import { Pink } from '../../src/domain/pink-settings.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { validate } from '../../src/domain/validate.ts';
import type { Disk, Venue } from '../../src/ports.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
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

/** Beside those of the host: before the account is on the disk, and after it. */
type PaperMoment = Moment | 'saving' | 'saved';

export interface PaperLife extends LifeEnd {
  readonly moments: readonly PaperMoment[];
}

const ACCOUNT = 'paper';

export async function livePaperOnce(options: LifeOptions): Promise<PaperLife> {
  return await new PaperLifeRun(options).run();
}

class PaperLifeRun {
  private readonly options: LifeOptions;
  private readonly timers = virtualTimers(LIFE_START_MS);
  /** The file of the account outlives every process; so does the journal, as far as it was synced. */
  private readonly accountDisk = memoryDisk();
  private readonly journalDisk = simulatedDisk();
  private readonly host: KernelHost;
  private readonly moments: PaperMoment[] = [];
  private opened: Extract<OpenedVenue, { kind: 'paper' }> | null = null;
  private market: PaperMarket | null = null;
  private isCounting = false;
  private exits = 0;

  constructor(options: LifeOptions) {
    this.options = options;
    this.host = new KernelHost({
      disk: this.journalDisk,
      config: lifeConfig(options.style),
      timers: this.timers,
      open: () => this.open(),
      dies: (moment) => this.dies(moment),
    });
  }

  private async open(): Promise<Venue> {
    const settings = validate(Pink, { version: 1, venue: { symbols: [LIFE_SYMBOL] } });
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
    intend(this.host, 'ENTER', 'entry');
    for (let n = 0; n < 6; n += 1) await this.step(500_000);
    // A quote that rests is passed by the price, so that it fills in whole.
    for (let n = 0; n < 8; n += 1) await this.step(499_900);
    for (let n = 0; n < 6; n += 1) await this.leave(500_100);
    this.isCounting = false;
    for (let n = 0; n < 300 && !this.isOver(); n += 1) await this.leave(500_100);
    // What was in doubt is asked for again, and pictures are taken until they agree.
    for (let n = 0; n < 40; n += 1) await this.step(500_100, 10_000);
    return { moments: this.moments, ...endOf(this.host, this.truth()) };
  }

  private async step(bid: number, ms = 1_000): Promise<void> {
    await this.ensureUp();
    this.quote(bid);
    await this.pass(ms);
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
    await this.host.begin();
    permit(this.host);
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
    this.market?.quote({ key: 'BTCUSDT', bid: bid / 10, ask: (bid + 1) / 10, mark: bid / 10 });
    tellPrice(this.host, bid);
  }

  private truth() {
    if (this.opened === null) throw new Error('no account was opened');
    return truthOf(this.opened.model, ACCOUNT);
  }

  private isOver(): boolean {
    return isIdle(this.host) && this.truth().positions.length === 0;
  }
}
