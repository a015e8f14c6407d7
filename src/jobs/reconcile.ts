// The reconcile job: read new events, fetch prices, settle what is due, insert rows. Run twice, it writes nothing more.

import { loadModel, modelIndex } from '../adapters/state/model-store.ts';
import { loadPending, savePending } from '../adapters/state/pending-store.ts';
import { assert } from '../domain/assert.ts';
import { type AgentRegistry, strategyClassOf } from '../domain/config.ts';
import type { Model } from '../domain/model.ts';
import type { Pending } from '../domain/pending.ts';
import type { Disk, Log, Prices, Progress } from '../ports.ts';
import {
  ALL_PAIRS,
  type Backlog,
  backlogFrom,
  duePairs,
  type PairChoice,
  pendingFrom,
  prune,
} from '../supervision/backlog.ts';
import { expectedFrom, modelAsOf } from '../supervision/expected.ts';
import type { ReconciledFacts } from '../supervision/job-summary-reconcile.ts';
import type { ReconcileRules } from '../supervision/rules.ts';
import type { ExpectedAsOf, SettleContext } from '../supervision/settle.ts';
import { fetchPrices, type PriceBoard } from './price-board.ts';
import { type ReadCounts, readEventsInto, recallContext } from './read-events.ts';
import { emptyTally, type Loss, settleBatch, type Tally } from './settle-batch.ts';

export interface ReconcilePorts {
  readonly disk: Disk;
  readonly prices: Prices;
  readonly log: Log;
  readonly progress: Progress;
}

export interface ReconcileOptions {
  readonly nowMs: number;
  readonly rules: ReconcileRules;
  readonly agents: AgentRegistry;
  /** Default: every pair that is due. */
  readonly choice?: PairChoice;
}

export interface ReconcileReport extends ReconciledFacts {
  readonly events: ReadCounts;
  readonly losses: readonly Loss[];
  /** Whether anything was written. */
  readonly changed: boolean;
}

/** Rows held in memory at once; bounds the job's memory whatever the backlog. */
const PAIRS_PER_BATCH = 20_000;
const LOSSES_MAX = 50;

/** Runs one reconcile as of `nowMs`. The caller holds the lock `reconcile`. */
export async function reconcile(ports: ReconcilePorts, options: ReconcileOptions): Promise<ReconcileReport> {
  const { disk, prices, progress } = ports;
  const { nowMs, rules, agents, choice = ALL_PAIRS } = options;
  const before = pendingOrRebuild(disk, rules, ports.log);
  const backlog = backlogFrom(before);
  const events = readEventsInto(backlog, before?.files ?? {}, disk, nowMs, rules);
  recallContext(backlog, disk, rules);
  const due = duePairs(backlog, nowMs, rules, choice);
  const requestsBefore = prices.requestCount();
  const board = await fetchPrices(prices, due, backlog, rules, nowMs, progress);
  const tally = emptyTally();
  const context: SettleContext = {
    nowMs,
    rules,
    expectedAsOf: expectedAsOf(disk),
    strategyClassOf: (event) => strategyClassOf(event, agents),
  };
  progress.start('rows', due.length);
  for (let from = 0; from < due.length; from += PAIRS_PER_BATCH) {
    const batch = due.slice(from, from + PAIRS_PER_BATCH);
    settleBatch(disk, batch, board, context, backlog, tally);
    progress.advance(batch.length);
  }
  progress.done();
  prune(backlog, nowMs, rules);
  const saved = savePending(disk, pendingFrom(backlog, events.files, rules));
  return {
    ...reportFrom(events.counts, due.length, tally, board, backlog, rules),
    first_rejects: events.firstRejects,
    remarks: events.remarks,
    price_requests: prices.requestCount() - requestsBefore,
    changed: saved === 'saved' || tally.reconciled + tally.rejects_written > 0,
  };
}

/** What was remembered, or `null` where everything must be read again: nothing remembered, damaged, or other horizons. */
function pendingOrRebuild(disk: Disk, rules: ReconcileRules, log: Log): Pending | null {
  const loaded = loadPending(disk);
  if (!loaded.ok) {
    log.warn(`alpha/pending.json: ${loaded.error}; it is derived and is rebuilt from events and rows`);
    return null;
  }
  const pending = loaded.value;
  if (pending === null || pending.horizons_hours.join() === rules.horizonsHours.join()) return pending;
  const hours = (horizons: readonly number[]): string => `${horizons.join(', ')} h`;
  const change = `${hours(pending.horizons_hours)} to ${hours(rules.horizonsHours)}`;
  log.info(`horizons changed from ${change}: every event is looked at again`);
  return null;
}

function expectedAsOf(disk: Disk): ExpectedAsOf {
  const indexes = new Map<number, ReturnType<typeof modelIndex>>();
  const models = new Map<string, Model>();
  return (horizonHours, entryMs, signal, sigmaAsofBps) => {
    const index = indexes.get(horizonHours) ?? modelIndex(disk, horizonHours);
    indexes.set(horizonHours, index);
    const modelId = modelAsOf(index, entryMs);
    if (modelId === null) return expectedFrom(null, signal, sigmaAsofBps);
    const key = `${horizonHours}/${modelId}`;
    const model = models.get(key) ?? loadModel(disk, horizonHours, modelId);
    assert(model !== null, `model ${key} was listed a moment ago`);
    models.set(key, model);
    return expectedFrom(model, signal, sigmaAsofBps);
  };
}

function reportFrom(
  events: ReadCounts,
  duePairCount: number,
  tally: Tally,
  board: PriceBoard,
  backlog: Backlog,
  rules: ReconcileRules,
): Omit<ReconcileReport, 'first_rejects' | 'remarks' | 'price_requests' | 'changed'> {
  let openPairs = 0;
  for (const { open } of backlog.events.values()) openPairs += open.length;
  const lost =
    tally.given_up.stale_price + tally.given_up.no_price + events.invalid * rules.horizonsHours.length;
  const settled = tally.reconciled + lost;
  const lossRatio = settled === 0 ? 0 : lost / settled;
  const asked = [...board.values()].filter((priced) => priced.kind !== 'no_source');
  const unavailable = asked.filter((priced) => priced.kind === 'unavailable').length;
  const losses = [...tally.losses.values()].sort(
    (a, b) => b.pairs - a.pairs || (a.symbol < b.symbol ? -1 : 1),
  );
  return {
    events,
    due: {
      pairs: duePairCount,
      reconciled: tally.reconciled,
      already_reconciled: tally.already_reconciled,
      priced_across_gap: tally.priced_across_gap,
      given_up: tally.given_up,
      waiting: tally.waiting,
    },
    open_pairs: openPairs,
    losses: losses.slice(0, LOSSES_MAX),
    instruments: { asked: asked.length, unavailable },
    loss_ratio: lossRatio,
    max_loss_ratio: rules.maxLossRatio,
    loss_too_high: settled >= rules.maxLossMinPairs && lossRatio > rules.maxLossRatio,
  };
}
