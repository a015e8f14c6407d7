// A run of the kernel out of a seed, for the status page: hours of prices and trades, the same each time, with nothing asked of anybody.

import type { StrategyClass } from '../../src/domain/ids.ts';
import type { Money } from '../../src/domain/money.ts';
import { randomFrom } from '../../src/domain/random.ts';
import type { RunnerFacts } from '../../src/runner/facts.ts';
import type { AppliedRecord } from '../../src/runner/record.ts';
import { StatusHistory } from '../../src/runner/status/history.ts';
import { BTC, CHAMPION, type ConfigOver, KernelDriver, quote, START_MS, usdt } from '../kernel/build.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const TICK_MS = 10 * SECOND_MS;
const FIRST_PRICE = 968_400;
const LOTS = 50;

/** A kernel whose records a history watches. */
export class WatchedKernel extends KernelDriver {
  readonly history = new StatusHistory();

  protected override observed(record: AppliedRecord): void {
    this.history.observe(record, this.state);
  }
}

/** Facts of a runner around a kernel. */
export function factsOf(kernel: WatchedKernel, over: Partial<RunnerFacts> = {}): RunnerFacts {
  const { nowMs } = kernel;
  return {
    nowMs,
    startedAtMs: START_MS,
    runnerId: 'pink-1',
    version: '0.1.0',
    environment: 'paper',
    marginAsset: 'USDT',
    policy: 'champion@1#0f3c9a41',
    kernel: kernel.state,
    halted: null,
    parts: [
      { name: 'feed', state: 'up', why: '', lastAtMs: nowMs - 400 },
      { name: 'stream', state: 'up', why: '', lastAtMs: nowMs - 1_800 },
      { name: 'git', state: 'up', why: '', lastAtMs: nowMs - 21_000 },
    ],
    sinks: [
      { name: 'ndjson', state: 'up', why: '', lastAtMs: nowMs - 900, lag: 0, failures: 0 },
      { name: 'alpha events', state: 'up', why: '', lastAtMs: nowMs - 900, lag: 2, failures: 0 },
    ],
    lists: {
      killList: { sha256: 'c0ffee'.padEnd(64, '0'), commit: '1f'.repeat(20), appliedAtMs: nowMs - 3_600_000 },
      allocation: { sha256: 'beef'.padEnd(64, '1'), commit: '1f'.repeat(20), appliedAtMs: nowMs - 600_000 },
      classes: new Map([
        [CHAMPION, { isEnabled: true, reason: null, episode: null, sizeFactor: 1 }],
        [
          'macro',
          {
            isEnabled: false,
            reason: 'its shortfall is beyond the limit',
            episode: 'macro-TREND-3',
            sizeFactor: 1,
          },
        ],
      ]),
      problem: null,
    },
    scan: {
      scanNumber: 2_160,
      receivedAtMs: nowMs - 4_000,
      velDiv: -0.0231,
      isVolOk: true,
      posture: 'APEX',
      acbBoost: 1.15,
      problems: [],
      lastDecision: { action: 'HOLD', symbol: BTC, reason: 'below the take profit' },
    },
    isStopping: false,
    ...over,
  };
}

export class FakeRun {
  readonly kernel: WatchedKernel;
  private readonly random = randomFrom(7, 'status page');
  private price = FIRST_PRICE;
  private drift = 0;

  constructor(over: ConfigOver = {}) {
    this.kernel = new WatchedKernel({ router: { style: 'maker' }, ...over });
    this.kernel.apply({ kind: 'START', runId: 'run-2026-05-28-1' });
    this.kernel.apply({ kind: 'ACCOUNT', positionMode: 'one_way' });
    this.kernel.apply({ kind: 'STREAM', isUp: true });
    const permissions = [
      { strategyClass: CHAMPION, isEnabled: true, sizePpm: 1_000_000 },
      { strategyClass: 'macro' as StrategyClass, isEnabled: false, sizePpm: 1_000_000 },
    ];
    this.kernel.apply({ kind: 'PERMISSIONS', version: 'c0ffee00beef1111', permissions });
    this.kernel.mark(this.price);
  }

  /** Lets time pass, with a price every ten seconds. */
  pass(ms: number): void {
    const endMs = this.kernel.nowMs + ms;
    while (this.kernel.nowMs < endMs) {
      this.kernel.wait(Math.min(TICK_MS, endMs - this.kernel.nowMs), false);
      this.drift = this.drift * 0.98 + this.random.normal() * 1.6;
      this.price = Math.round(this.price + this.drift + this.random.fatTailed() * 42);
      this.kernel.mark(this.price);
    }
  }

  /** Decides, enters by a quote, and is filled. */
  enter(side: 'LONG' | 'SHORT', reason: string): void {
    const { kernel } = this;
    this.decide('ENTER', reason);
    kernel.enter({ side, size: LOTS / 1_000, referencePrice: this.price / 10, reason });
    this.fill(side === 'LONG' ? LOTS : -LOTS);
  }

  /** Decides and leaves by a quote, which is filled. */
  exit(reason: string): void {
    this.ask(reason);
    this.fill(0);
  }

  /** Asks for an exit, whose quote rests. */
  ask(reason: string): void {
    this.decide('EXIT', reason);
    this.kernel.exit({ reason, side: this.kernel.slot().trade?.side ?? 'LONG' });
  }

  /** A quote that the venue has taken and nobody has filled. */
  rest(): void {
    this.kernel.ack();
    this.kernel.report(0, this.price);
  }

  decide(action: string, reason: string): void {
    this.kernel.apply({
      kind: 'DECISION',
      decisionId: `decision-${this.kernel.state.seq}`,
      policy: 'champion@1#0f3c9a41',
      action,
      symbol: BTC,
      reason,
      facts: '{}',
    });
  }

  /** Half of it, then all, as quotes are filled; then the venue says what the wallet is. */
  private fill(positionLots: number): void {
    const { kernel } = this;
    const order = kernel.lastSent;
    const price = order.limit ?? this.price;
    kernel.ack();
    for (const lots of [Math.floor(order.quantity / 2), order.quantity]) {
      kernel.nowMs += 1_400;
      const fee = ((quote(lots, price) * 200n) / 1_000_000n) as Money;
      kernel.report(lots, price, { fee, feeAsset: null, isMaker: true });
    }
    kernel.hold(positionLots, price);
    this.balance(0n);
  }

  /** The venue's wallet, off K by an amount in 1e-8. */
  balance(offBy: bigint): void {
    const { kernel } = this;
    const wallet = (kernel.state.ledger.wallet + offBy) as Money;
    kernel.view = { ...kernel.view, wallet };
    const used = usdt(kernel.state.liveOrders > 0 ? 2_420 : 0);
    const row = { wallet, availableMargin: wallet - used, usedMargin: used, venueAtMs: kernel.nowMs };
    kernel.apply({ kind: 'BALANCE', requestId: null, result: { kind: 'KNOWN', rows: [row] } });
  }
}

/** Some hours: nine trades that ended, one that is held, and a quote for its exit that rests. */
export function hours(): FakeRun {
  const run = new FakeRun();
  run.pass(25 * MINUTE_MS);
  const reasons = [
    'take_profit',
    'max_hold',
    'stop_loss',
    'take_profit',
    'divergence',
    'take_profit',
    'max_hold',
    'stop_loss',
    'take_profit',
  ];
  for (const [at, reason] of reasons.entries()) {
    run.enter(at % 3 === 1 ? 'LONG' : 'SHORT', 'velocity divergence');
    run.pass((9 + ((at * 7) % 17)) * MINUTE_MS);
    run.exit(reason);
    run.pass((6 + ((at * 5) % 11)) * MINUTE_MS);
    run.decide('HOLD', 'nothing to do');
  }
  run.enter('SHORT', 'velocity divergence');
  run.pass(14 * MINUTE_MS);
  run.ask('take_profit');
  run.rest();
  run.kernel.nowMs += 2_600;
  run.kernel.mark(run.kernel.state.marks.get(BTC)?.mark ?? FIRST_PRICE);
  return run;
}
