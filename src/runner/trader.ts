// The part of a runner that trades: feed → board → policy → kernel → venue. Live, on paper and in a backtest it is the same.

import type { JournalFault } from '../adapters/journal/journal-fault.ts';
import type { RunId, SymbolName } from '../domain/ids.ts';
import { symbolKey } from '../domain/market.ts';
import type { Pink } from '../domain/pink-settings.ts';
import { ok, type Result } from '../domain/result.ts';
import { checkedDurationMs } from '../domain/time.ts';
import type { VenueNotice } from '../domain/venue.ts';
import { policyTag } from '../policy/own-policy.ts';
import type { Policy } from '../policy/policy.ts';
import type { Disk, Feed, JournalDisk, Log, Timers, Venue } from '../ports.ts';
import { type DrainPolicy, drain } from './drain.ts';
import { FeedDesk, type MoveMarket } from './feed-desk.ts';
import { type Host, openHost } from './host.ts';
import { kernelConfigFrom } from './kernel-config.ts';
import { PolicyDesk } from './policy-desk.ts';
import { loadMemory, saveMemory } from './policy-memory.ts';
import { PriceBoard } from './price-board.ts';
import { keepPrices, type PriceKeeper } from './price-keeper.ts';
import type { Observer } from './record.ts';

/** How often exits are looked at where no price moves. */
const MOMENT_EVERY_MS = 5_000;
/** How often the policy's memory is kept. */
const KEEP_EVERY_MS = 10_000;

export interface TraderDeps {
  readonly pink: Pink;
  readonly venue: Venue;
  /** Moves the market of a venue that has none of its own. */
  readonly moveMarket: MoveMarket | null;
  readonly feed: Feed;
  readonly policy: Policy;
  readonly journal: JournalDisk;
  /** Where the policy's memory is kept; `null`: nowhere. */
  readonly dataDisk: Disk | null;
  readonly timers: Timers;
  readonly log: Log;
  readonly runId: RunId;
  readonly observers: readonly Observer[];
  readonly onHalted: (why: string) => void;
  readonly onReplayed?: Observer;
  readonly onNotice?: (notice: VenueNotice) => void;
  readonly onFeedEnded?: () => void;
}

export interface Trader {
  readonly host: Host;
  readonly policyDesk: PolicyDesk;
  readonly feedDesk: FeedDesk;
  /** Follows the venue: the kernel looks at the account. Permissions are the caller's to tell, and then the feed begins. */
  begin(): void;
  beginFeed(): void;
  /**
   * Ends it: first the policy, then what `drainPolicy` says, then the feed and the kernel. The venue is the caller's to close.
   *
   * @returns what the drain left, in words.
   */
  stop(drainPolicy: DrainPolicy, withinMs: number): Promise<readonly string[]>;
}

/** Recovers the kernel, and puts a policy and a feed before it. */
export function openTrader(deps: TraderDeps): Result<Trader, JournalFault> {
  const { pink, venue, timers, log, runId, policy, dataDisk, observers } = deps;
  const staleMs = checkedDurationMs(pink.feed.stale_after);
  const board = new PriceBoard(venue.instruments, staleMs, deps.moveMarket !== null);
  const tag = policyTag(policy);
  const opened = openHost({
    disk: deps.journal,
    config: kernelConfigFrom(pink, venue.instruments),
    venue,
    timers,
    log,
    runId,
    observers: [(record, state) => policyDesk.observe(record, state), ...observers],
    onHalted: deps.onHalted,
    ...(deps.onReplayed === undefined ? {} : { onReplayed: deps.onReplayed }),
    ...(deps.onNotice === undefined ? {} : { onNotice: deps.onNotice }),
  });
  if (!opened.ok) return opened;
  const host = opened.value;
  const keeper = keepPrices({
    venue,
    clock: timers,
    board,
    take: host.take,
    state: () => host.state,
    onPrice: () => policyDesk.onMoment(),
  });
  const policyDesk = new PolicyDesk({
    policy,
    kept: dataDisk === null ? null : loadMemory(dataDisk, tag, log),
    board,
    clock: timers,
    log,
    take: host.take,
    state: () => host.state,
    runId,
    anchor: symbolKey(pink.venue.symbols[0] ?? ''),
    freshen: keeper.freshen,
  });
  const feedDesk = new FeedDesk({
    board,
    policy: policyDesk,
    clock: timers,
    log,
    take: host.take,
    moveMarket: deps.moveMarket,
    onEnded: deps.onFeedEnded ?? (() => undefined),
  });
  return ok(new PolicyTrader(deps, host, policyDesk, feedDesk, keeper));
}

class PolicyTrader implements Trader {
  readonly host: Host;
  readonly policyDesk: PolicyDesk;
  readonly feedDesk: FeedDesk;
  private readonly deps: TraderDeps;
  private readonly keeper: PriceKeeper;
  private endFeed: () => Promise<void> = async () => undefined;
  private callOffMoment: () => void = () => undefined;
  private callOffKeep: () => void = () => undefined;
  private isKeepFailureTold = false;

  constructor(deps: TraderDeps, host: Host, policyDesk: PolicyDesk, feedDesk: FeedDesk, keeper: PriceKeeper) {
    this.deps = deps;
    this.host = host;
    this.policyDesk = policyDesk;
    this.feedDesk = feedDesk;
    this.keeper = keeper;
  }

  begin(): void {
    this.host.begin();
    this.moment();
    if (this.deps.dataDisk !== null) this.keep();
  }

  beginFeed(): void {
    this.endFeed = this.deps.feed.follow(this.feedDesk.listen);
  }

  private moment(): void {
    this.callOffMoment = this.deps.timers.after(MOMENT_EVERY_MS, () => {
      this.keeper.look();
      this.policyDesk.onMoment();
      this.moment();
    });
  }

  private keep(): void {
    this.callOffKeep = this.deps.timers.after(KEEP_EVERY_MS, () => {
      this.saveMemory();
      this.keep();
    });
  }

  private saveMemory(): void {
    const { dataDisk, log } = this.deps;
    if (dataDisk === null) return;
    const failure = saveMemory(dataDisk, this.policyDesk.kept());
    if (failure !== null && !this.isKeepFailureTold) log.warn(failure);
    this.isKeepFailureTold = failure !== null;
  }

  async stop(drainPolicy: DrainPolicy, withinMs: number): Promise<readonly string[]> {
    const { timers, runId } = this.deps;
    this.policyDesk.isOpen = false;
    this.callOffMoment();
    this.callOffKeep();
    const left = await drain({
      policy: this.host.halted === null ? drainPolicy : 'keep',
      take: this.host.take,
      state: () => this.host.state,
      hasHalted: () => this.host.halted !== null,
      timers,
      withinMs,
      runId,
    });
    await this.endFeed();
    this.saveMemory();
    // The last word of a run that was stopped: one that was killed has none, by which whoever follows the journal tells them apart.
    const stopped = {
      policy: '',
      action: 'STOP',
      symbol: '' as SymbolName,
      reason: 'the runner stops',
      facts: '{}',
    };
    this.host.take((atMs) => ({ kind: 'DECISION', atMs, decisionId: `${runId}.stop`, ...stopped }));
    await this.host.end();
    return left;
  }
}
