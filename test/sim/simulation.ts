// One simulated world from its seed to its end: things go wrong for a while, then they stop, and all has to come right.

import { createExchange, openAccount, setQuote } from '../../src/adapters/venues/exchange/model/exchange.ts';
import type { Exchange } from '../../src/adapters/venues/exchange/model/state.ts';
import { lots, priceTicks } from '../../src/domain/steps.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import { isBlended } from './blending.ts';
import type { Coverage } from './coverage.ts';
import { FaultPlan } from './faults.ts';
import { Gateway } from './gateway.ts';
import { Host, type Subject } from './host.ts';
import { Judge, Violation } from './judge.ts';
import { unsettled } from './liveness.ts';
import { Market } from './market.ts';
import { Policy } from './policy.ts';
import { Push } from './push.ts';
import { streamOf } from './random.ts';
import { Schedule } from './schedule.ts';
import { BEGIN_MS, OWN_ACCOUNT, type Settings, settingsOf } from './settings.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Faults (`name`, `name#3`) and decisions (`intent#4`, `intent#6-9`) that are left out. */
  readonly without?: readonly string[];
  readonly coverage?: Coverage;
  /** Told of every event, for a trace. */
  readonly onEvent?: (line: string) => void;
  /** Wraps the kernel, so that a test can break it. */
  readonly wrap?: (subject: Subject) => Subject;
}

export interface SimulationResult {
  readonly seed: number;
  readonly events: number;
  readonly violation: { readonly invariant: string; readonly text: string; readonly step: number } | null;
  readonly fired: readonly string[];
  readonly intents: number;
  readonly log: readonly KernelEvent[];
  readonly hash: string;
  /** Others traded beside us so that L3 could not be judged. */
  readonly isMixed: boolean;
}

/** What faults leave behind is given so long to come right: ten minutes, and what views and clocks may lag. */
const CALM_MS = 600_000 + 35_000 + 300_000;
const LOOK_EVERY_MS = 5_000;

/** `intent#4-6` is each of `intent#4`, `intent#5` and `intent#6`. */
function namesOf(without: readonly string[]): ReadonlySet<string> {
  const names = without.flatMap((one) => {
    const range = /^(.+)#(\d+)-(\d+)$/.exec(one);
    if (range === null) return [one];
    const [first, last] = [Number(range[2]), Number(range[3])];
    return Array.from({ length: last - first + 1 }, (_, at) => `${range[1]}#${first + at}`);
  });
  return new Set(names);
}

class World {
  readonly schedule = new Schedule(BEGIN_MS);
  readonly faults: FaultPlan;
  readonly settings: Settings;
  readonly exchange: Exchange;
  readonly host: Host;
  readonly judge: Judge;
  readonly gateway: Gateway;
  readonly push: Push;
  readonly market: Market;
  readonly policy: Policy;
  isOver = false;
  private isCalm = false;

  constructor(options: SimulationOptions) {
    const { seed } = options;
    const without = namesOf(options.without ?? []);
    this.faults = new FaultPlan(seed, without);
    this.settings = settingsOf(seed, this.faults);
    this.exchange = createExchange(this.settings.exchange);
    openAccount(this.exchange, OWN_ACCOUNT, this.settings.wallet, BEGIN_MS);
    this.judge = new Judge(this.settings, this.exchange, this.schedule, options);
    const { schedule, faults, settings, exchange } = this;
    const host = (): Host => this.host;
    const moved = (): void => this.push.pump();
    const latency = streamOf(seed, 'latency');
    this.market = new Market({
      schedule,
      faults,
      settings,
      exchange,
      host,
      moved,
      draw: streamOf(seed, 'prices'),
      others: streamOf(seed, 'others'),
    });
    this.gateway = new Gateway({
      schedule,
      faults,
      latency,
      exchange,
      host,
      moved,
      sent: (effect) => this.judge.sent(effect),
      beforeCancel: (request) => this.market.beforeCancel(request),
    });
    this.push = new Push({ schedule, faults, latency: streamOf(seed, 'push'), exchange, host });
    this.policy = new Policy({
      schedule,
      faults,
      settings,
      host,
      without,
      draw: streamOf(seed, 'policy'),
      people: streamOf(seed, 'people'),
    });
    this.host = new Host({
      schedule,
      faults,
      config: settings.kernel,
      watcher: this.judge,
      wrap: options.wrap ?? ((subject) => subject),
      carryOut: (effect, generation) => this.gateway.carryOut(effect, generation),
      begun: () => this.begun(),
      ended: () => this.ended(),
    });
  }

  private begun(): void {
    const { positionMode } = this.settings.kernel;
    this.host.deliver((atMs) => ({ kind: 'ACCOUNT', atMs, positionMode }));
    this.policy.permit(true);
    this.push.connect(300);
  }

  private ended(): void {
    this.gateway.reset();
    this.push.disconnect();
  }

  run(): void {
    const { schedule, settings } = this;
    for (const { symbol } of settings.kernel.instruments) {
      const price = settings.firstPrices.get(symbol) ?? 1_000;
      const [bid, ask] = [priceTicks(price), priceTicks(price + 1)];
      setQuote(
        this.exchange,
        symbol,
        { bid, ask, mark: bid, bidLots: lots(900), askLots: lots(900) },
        BEGIN_MS,
      );
    }
    this.host.begin();
    this.every(settings.markEveryMs, () => this.market.tick());
    this.every(settings.actEveryMs, () => this.act());
    this.every(7_000, () => this.push.tick());
    const isOver = (): boolean => this.isOver;
    schedule.run(BEGIN_MS + settings.faultyMs, isOver);
    // Whoever is down when the faults stop is waited for: days of downtime are no time in which anything has to come right.
    while (!this.host.isUp) schedule.run(schedule.nowMs + 60_000, isOver);
    this.calmDown();
    const deadlineMs = schedule.nowMs + CALM_MS;
    for (let missing = this.missing(); missing !== null; missing = this.missing()) {
      if (schedule.nowMs >= deadlineMs) this.judge.violated(missing.invariant, missing.text);
      schedule.run(schedule.nowMs + LOOK_EVERY_MS, isOver);
    }
    this.judge.atTheEnd(this.host.log, this.host.subject?.state ?? null);
  }

  private missing(): { readonly invariant: string; readonly text: string } | null {
    const state = this.host.subject?.state;
    if (state === undefined) return { invariant: 'L1', text: 'the process does not run' };
    return unsettled(state, this.exchange, this.judge);
  }

  private calmDown(): void {
    this.isCalm = true;
    this.faults.isOn = false;
    this.host.setDiskRoom(null);
    this.host.jumpClock(0);
    if (!this.push.isUp) this.push.connect(500);
    this.policy.permit(true);
    if (this.host.subject?.state.trading.command === 'HALTED') this.policy.order('RUN');
  }

  private act(): void {
    if (this.isCalm) return;
    const { faults, host, schedule } = this;
    this.policy.act();
    if (faults.fires('disk_full')) {
      host.setDiskRoom(faults.between('disk_full', 0, 3_000));
      schedule.in(faults.between('disk_full', 1_000, 60_000), () => host.setDiskRoom(null));
    }
    if (faults.fires('clock_jump')) {
      host.jumpClock(faults.pick('clock_jump', [-300_000, 300_000, 20_000, -20_000]));
      schedule.in(faults.between('clock_jump', 1_000, 30_000), () => host.jumpClock(0));
    }
    if (faults.fires('pause')) host.pause(30_000);
    if (!faults.fires('wrong_mode')) return;
    const right = this.settings.kernel.positionMode;
    const wrong = right === 'hedge' ? 'one_way' : 'hedge';
    host.deliver((atMs) => ({ kind: 'ACCOUNT', atMs, positionMode: wrong }));
    schedule.in(faults.between('wrong_mode', 1_000, 60_000), () =>
      host.deliver((atMs) => ({ kind: 'ACCOUNT', atMs, positionMode: right })),
    );
  }

  /** Now and then, for ever; while the process is down for days, seldom. */
  private every(ms: number, run: () => void): void {
    const again = (): void => {
      run();
      this.schedule.in(this.host.isUp ? ms : ms * 200, again);
    };
    this.schedule.in(ms, again);
  }
}

/** Runs the world of one seed. A broken invariant is a result; anything else that is thrown is a defect of the simulation, or of the kernel. */
export function simulate(options: SimulationOptions): SimulationResult {
  let world: World | null = null;
  let violation: SimulationResult['violation'] = null;
  try {
    world = new World(options);
    world.run();
  } catch (error) {
    const step = world?.host.log.length ?? 0;
    if (error instanceof Violation) violation = { invariant: error.invariant, text: error.message, step };
    else {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      violation = { invariant: 'I11', text, step };
    }
  }
  const isMixed = world !== null && isBlended(world.exchange, (id) => world?.judge.isOwn(id) === true);
  if (world !== null) options.coverage?.addWorld(world.faults.hits, isMixed);
  return {
    seed: options.seed,
    events: world?.host.log.length ?? 0,
    violation,
    fired: world?.faults.fired ?? [],
    intents: world?.policy.decisions ?? 0,
    log: world?.host.log ?? [],
    hash: world?.judge.lastHash ?? '',
    isMixed,
  };
}
