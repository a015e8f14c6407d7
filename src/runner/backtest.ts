// A run over the past: the kernel, policy and host of a live run, a paper market that a feed moves, and a clock that only passes when all is done.

import { faultText } from '../adapters/journal/journal-fault.ts';
import type { OpenedVenue } from '../adapters/venues/open-venue.ts';
import type { VirtualTimers } from '../adapters/virtual-timers.ts';
import { assert } from '../domain/assert.ts';
import type { RunId, StrategyClass } from '../domain/ids.ts';
import type { Pink } from '../domain/pink-settings.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { PPM_ONE } from '../domain/steps.ts';
import { HOUR_MS, MINUTE_MS } from '../domain/time.ts';
import type { KernelState } from '../kernel/state.ts';
import type { Policy } from '../policy/policy.ts';
import type { Feed, JournalDisk, Log, Progress } from '../ports.ts';
import type { DrainPolicy } from './drain.ts';
import type { MoveMarket } from './feed-desk.ts';
import type { Observer } from './record.ts';
import { openTrader, type Trader } from './trader.ts';

/** One run has one id, so that the same past always leaves the same journal. */
const RUN_ID = 'backtest' as RunId;
/** What a drain at the end may take, in virtual time. */
const DRAIN_MS = 10 * MINUTE_MS;
/** Turns of the loop that one instant may take: each is at least one answer, or one more event. */
const TURNS_MAX = 100_000;
/** Steps of the clock after which a terminal is told how far it is. */
const TOLD_EVERY = 5_000;

export interface BacktestDeps {
  readonly pink: Pink;
  readonly policy: Policy;
  /** At the instant that the feed begins at. */
  readonly timers: VirtualTimers;
  readonly venue: Extract<OpenedVenue, { kind: 'paper' }>;
  readonly moveMarket: MoveMarket;
  readonly feed: Feed;
  /** When the feed ends, epoch ms; for the progress. */
  readonly endMs: number;
  /** Empty. */
  readonly journal: JournalDisk;
  readonly log: Log;
  readonly progress: Progress;
  readonly observers: readonly Observer[];
  readonly atEnd: DrainPolicy;
}

export interface BacktestResult {
  /** The kernel as it ended: to be read. */
  readonly state: KernelState;
  readonly trader: Trader;
  /** Digest of the journal's last seal: the same past, settings and code lead to the same. */
  readonly journalHash: string;
  /** What the drain at the end left, in words. */
  readonly left: readonly string[];
}

/** Runs the feed to its end as fast as it goes. The class of the policy may enter, whatever a kill list says of the present. */
export async function runBacktest(deps: BacktestDeps): Promise<Result<BacktestResult, string>> {
  const { pink, policy, timers, venue, log, progress } = deps;
  let hasEnded = false;
  let halted: string | null = null;
  const opened = openTrader({
    pink,
    venue: venue.venue,
    moveMarket: deps.moveMarket,
    feed: deps.feed,
    policy,
    journal: deps.journal,
    dataDisk: null,
    timers,
    log,
    runId: RUN_ID,
    observers: deps.observers,
    onHalted: (why) => {
      halted = why;
    },
    onFeedEnded: () => {
      hasEnded = true;
    },
  });
  if (!opened.ok) return err(faultText(opened.error));
  const trader = opened.value;
  const { host } = trader;
  const clock = clockOf(timers, trader);
  trader.begin();
  const permission = {
    strategyClass: policy.strategyClass as StrategyClass,
    isEnabled: true,
    sizePpm: PPM_ONE,
  };
  host.take((atMs) => ({ kind: 'PERMISSIONS', atMs, version: 'backtest', permissions: [permission] }));
  await clock.settle();
  trader.beginFeed();
  const startMs = timers.nowMs();
  progress.start('backtest, hours', Math.max(1, hoursBetween(startMs, deps.endMs)));
  let told = 0;
  for (let steps = 1; !hasEnded && halted === null && timers.nextMs() !== null; steps += 1) {
    await clock.step();
    if (steps % TOLD_EVERY !== 0) continue;
    const hours = hoursBetween(startMs, timers.nowMs());
    progress.advance(hours - told);
    told = hours;
    await settled();
  }
  progress.done();
  const left = await clock.until(trader.stop(deps.atEnd, DRAIN_MS));
  if (halted !== null) return err(`the kernel halted: ${halted}`);
  return ok({ state: host.state, trader, journalHash: host.chain, left });
}

function hoursBetween(fromMs: number, toMs: number): number {
  return Math.floor((toMs - fromMs) / HOUR_MS);
}

interface BacktestClock {
  step(): Promise<void>;
  settle(): Promise<void>;
  /** Lets time pass until a promise is kept. */
  until<T>(promise: Promise<T>): Promise<T>;
}

/** Time stands still while anything is under way: an answer of the paper venue comes at the instant of its question. */
function clockOf(timers: VirtualTimers, { host }: Trader): BacktestClock {
  let seen = 0;
  const settle = async (): Promise<void> => {
    for (let turns = 0; host.state.seq !== seen || host.underway > 0; turns += 1) {
      assert(turns < TURNS_MAX, 'an answer of the paper venue comes at the instant of its question');
      seen = host.state.seq;
      await settled();
    }
  };
  const step = async (): Promise<void> => {
    timers.advanceToNext();
    await settle();
  };
  return {
    step,
    settle,
    async until<T>(promise: Promise<T>): Promise<T> {
      let isKept = false;
      const kept = promise.finally(() => {
        isKept = true;
      });
      for (await settled(); !isKept; await settled()) await step();
      return await kept;
    },
  };
}

/** Every promise that can be kept by now is kept. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
