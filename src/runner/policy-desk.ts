// Where the policy sits: each scan and each moment that matters becomes a view, its decisions are written down, and go to the kernel as intents.

import type { IntentId, SymbolName } from '../domain/ids.ts';
import { err, type Result } from '../domain/result.ts';
import type { ClosedCandles, Scan } from '../domain/scan.ts';
import type { EpochMs } from '../domain/steps.ts';
import { DAY_MS, isoFromMs, MINUTE_MS } from '../domain/time.ts';
import type { KernelEvent } from '../kernel/event.ts';
import { intentFrom } from '../kernel/intents.ts';
import type { KernelState } from '../kernel/state.ts';
import { rawIntentOf } from '../policy/intent.ts';
import { policyTag } from '../policy/own-policy.ts';
import type { ClosedTrade, Decision, Policy, PolicyView, SlotView } from '../policy/policy.ts';
import { type ReadDecision, type ReadStep, readStep, thrownText } from '../policy/policy-step.ts';
import { type CandleMemory, candleScan, noCandles } from '../policy/velocity.ts';
import type { Clock, Log } from '../ports.ts';
import type { ScanInForce } from './facts.ts';
import type { KeptMemory } from './policy-memory.ts';
import type { PriceBoard } from './price-board.ts';
import type { Observer, Take } from './record.ts';
import { capitalUsdt, slotViews, usdtOf } from './slot-views.ts';

/** A policy that fails says so at most so often, and where it fails in the same words again, half as often each time, down to once a day. */
const FAILURE_EVERY_MS = MINUTE_MS;
const SAME_FAILURE_EVERY_MS = DAY_MS;
const PROBLEM_CHARS_MAX = 500;
/** Bars that closed longer ago than so many of them only warm the policy up. */
const PAST_BARS = 2;

export interface PolicyDeskDeps {
  readonly policy: Policy;
  readonly kept: KeptMemory | null;
  readonly board: PriceBoard;
  readonly clock: Clock;
  readonly log: Log;
  readonly take: Take;
  readonly state: () => KernelState;
  /** What ids of decisions begin with: of another run, another. */
  readonly runId: string;
  /** Symbol key whose bars the velocities are of. */
  readonly anchor: string;
  /** Has the kernel told a fresh price of a symbol before an entry, and resolves when that was tried. */
  readonly freshen: (symbol: SymbolName) => Promise<void> | null;
}

export class PolicyDesk {
  readonly tag: string;
  /** What the newest scan said; `null` before the first. */
  scan: ScanInForce | null = null;
  /** Whether decisions still go to the kernel. */
  isOpen = true;
  private readonly deps: PolicyDeskDeps;
  private memory: unknown;
  private candles: CandleMemory;
  private newest: Scan | null = null;
  private closed: ClosedTrade[];
  private decisions = 0;
  /** Whether `memory` is that of another process still, which no step has taken. */
  private isMemoryUntried: boolean;
  /** Entries that wait for a fresh price, by slot: of nothing that the kernel knows yet. */
  private readonly awaited = new Map<number, Decision>();
  private told = { problem: '', atMs: Number.NEGATIVE_INFINITY, everyMs: FAILURE_EVERY_MS };

  constructor(deps: PolicyDeskDeps) {
    const { policy, kept } = deps;
    this.deps = deps;
    this.tag = policyTag(policy);
    this.memory = kept === null ? policy.begin() : kept.policy;
    this.isMemoryUntried = kept !== null;
    this.candles = kept?.candles ?? noCandles();
    this.closed = [...(kept?.closed ?? [])];
  }

  /** What the policy would have to know after a restart. */
  kept(): KeptMemory {
    return { tag: this.tag, policy: this.memory, candles: this.candles, closed: this.closed };
  }

  /** Hears of trades that end, whose outcome the next step is told. */
  readonly observe: Observer = ({ effects }) => {
    for (const effect of effects) {
      if (effect.kind !== 'PUBLISH' || effect.publication.topic !== 'trade_closed') continue;
      const { tradeId, realized, fees, funding } = effect.publication;
      this.closed.push({
        tradeId,
        realizedUsdt: usdtOf(realized),
        feesUsdt: usdtOf(fees),
        fundingUsdt: usdtOf(funding),
      });
    }
  };

  /** Bars that closed become a scan; those of the past only warm the policy up. */
  onCandles(closed: ClosedCandles): void {
    const nowMs = this.deps.clock.nowMs() as EpochMs;
    const isPast = nowMs - closed.closedAtMs > PAST_BARS * closed.barMs;
    const receivedAtMs = isPast ? closed.closedAtMs : nowMs;
    const folded = candleScan(this.candles, closed, this.deps.anchor, receivedAtMs);
    this.candles = folded.memory;
    if (folded.scan === null) return;
    if (!isPast) {
      this.onScan(folded.scan);
      return;
    }
    this.newest = folded.scan;
    this.step(folded.scan, true, closed.closedAtMs, []);
  }

  onScan(scan: Scan): void {
    this.newest = scan;
    const { scanNumber, receivedAtMs, velDiv, isVolOk, posture, acbBoost, problems } = scan;
    const lastDecision = this.scan?.lastDecision ?? null;
    this.scan = { scanNumber, receivedAtMs, velDiv, isVolOk, posture, acbBoost, problems, lastDecision };
    this.decide(true);
  }

  /** Time has passed, or a price has moved: exits are looked at again. */
  onMoment(): void {
    if (this.deps.state().slots.some(({ trade }) => trade !== null)) this.decide(false);
  }

  private decide(isNewScan: boolean): void {
    if (!this.isOpen) return;
    const nowMs = this.deps.clock.nowMs() as EpochMs;
    const views = slotViews(this.deps.state(), (symbol) => this.deps.board.priceOf(symbol, nowMs)).map(
      (view) => this.withAwaited(view),
    );
    for (const decision of this.step(this.newest, isNewScan, nowMs, views)) this.carry(decision);
  }

  /** Whoever was asked to enter a slot a moment ago is not to be asked again. */
  private withAwaited(view: SlotView): SlotView {
    const entry = this.awaited.get(view.slot);
    if (entry === undefined || view.status !== 'free') return view;
    const { symbol, side } = entry;
    return { ...view, status: 'entering', symbol, side, strategyClass: this.deps.policy.strategyClass };
  }

  private step(
    scan: Scan | null,
    isNewScan: boolean,
    nowMs: EpochMs,
    slots: PolicyView['slots'],
  ): readonly ReadDecision[] {
    const { policy, board, state } = this.deps;
    const view: PolicyView = {
      nowMs,
      scan,
      isNewScan,
      scanAgeMs: scan === null ? Number.POSITIVE_INFINITY : Math.max(0, nowMs - scan.scannedAtMs),
      capitalUsdt: capitalUsdt(state()),
      slots,
      closed: this.closed,
      symbols: board.symbols,
      prices: board.prices(nowMs),
    };
    let read = this.tried(() => this.memory, view);
    if (!read.ok && this.isMemoryUntried) {
      const anew = this.tried(() => policy.begin(), view);
      if (anew.ok) {
        const { log } = this.deps;
        log.warn(
          `the policy ${this.tag} begins without the memory that was kept, since with it ${read.error}`,
        );
        read = anew;
      }
    }
    if (!read.ok) {
      this.failed(`decides nothing until it works again: ${read.error}`);
      return [];
    }
    const { memory, decisions, problems } = read.value;
    this.memory = memory;
    this.isMemoryUntried = false;
    this.closed = [];
    if (problems.length > 0) this.failed(`decides what makes no sense: ${problems.join('; ')}`);
    return decisions;
  }

  private tried(memory: () => unknown, view: PolicyView): Result<ReadStep, string> {
    try {
      const returned: unknown = this.deps.policy.step(memory(), view);
      // What it comes to is nobody's: a failure of it must not end the program.
      if (returned instanceof Promise) returned.catch(() => undefined);
      return readStep(returned);
    } catch (error) {
      return err(`it failed: ${thrownText(error)}`);
    }
  }

  /** The kernel goes on, exits that are under way too; what it did not decide does not come by itself, so a person has to know. */
  private failed(problem: string): void {
    // Not the time of the step: bars of the past are many minutes in one moment.
    const nowMs = this.deps.clock.nowMs();
    const text = problem.slice(0, PROBLEM_CHARS_MAX);
    const isSame = text === this.told.problem;
    if (nowMs - this.told.atMs < (isSame ? this.told.everyMs : FAILURE_EVERY_MS)) return;
    const everyMs = isSame ? Math.min(2 * this.told.everyMs, SAME_FAILURE_EVERY_MS) : FAILURE_EVERY_MS;
    this.told = { problem: text, atMs: nowMs, everyMs };
    this.deps.log.error(`the policy ${this.tag} ${text}`);
    this.deps.take((atMs) => ({ kind: 'MALFORMED', atMs, what: 'policy', problem: text }));
  }

  private carry({ decision, facts }: ReadDecision): void {
    const { take, clock, freshen } = this.deps;
    const { action, symbol, reason } = decision;
    this.decisions += 1;
    const decisionId = `${this.deps.runId}.${this.decisions}` as IntentId;
    if (this.scan !== null) this.scan = { ...this.scan, lastDecision: { action, symbol, reason } };
    const decidedAtMs = clock.nowMs();
    const event = (atMs: EpochMs): KernelEvent => ({
      kind: 'DECISION',
      atMs,
      decisionId,
      policy: this.tag,
      action,
      symbol: symbol as SymbolName,
      reason,
      facts,
    });
    take(event);
    if (action !== 'ENTER' && action !== 'EXIT') return;
    const raw = rawIntentOf(decision, {
      decisionId,
      strategyClass: this.deps.policy.strategyClass,
      decidedAt: isoFromMs(decidedAtMs),
    });
    const send = (): void => {
      if (this.isOpen || action === 'EXIT') take((atMs) => intentFrom(raw, atMs));
    };
    const fresh = action === 'ENTER' ? freshen(symbol as SymbolName) : null;
    if (fresh === null) {
      send();
      return;
    }
    this.awaited.set(decision.slot, decision);
    void fresh.then(() => {
      this.awaited.delete(decision.slot);
      send();
    });
  }
}
