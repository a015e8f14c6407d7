// States that a site is written from: one that jobs left after a class broke, with PINK beside, and one that others named.

import { appendEvents } from '../../src/adapters/state/event-log.ts';
import { appendAcks, saveKernelSummary } from '../../src/adapters/state/kernel-records.ts';
import { savePending } from '../../src/adapters/state/pending-store.ts';
import { appendReceipts } from '../../src/adapters/state/receipt-log.ts';
import { appendRejects } from '../../src/adapters/state/reject-log.ts';
import { appendRun } from '../../src/adapters/state/run-log.ts';
import { readVerdicts } from '../../src/adapters/state/verdict-log.ts';
import { canonicalJson } from '../../src/domain/canonical.ts';
import { rejectFrom } from '../../src/domain/reject.ts';
import type { ReconciledRow } from '../../src/domain/row.ts';
import type { RunRecord } from '../../src/domain/run.ts';
import type { MetaReport } from '../../src/domain/supervisor.ts';
import { DAY_MS, HOUR_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import { receiptId } from '../../src/domain/verdict.ts';
import type { Disk } from '../../src/ports.ts';
import { readContent } from '../../src/site/read-content.ts';
import type { SiteContent } from '../../src/site/site-content.ts';
import { sitePages } from '../../src/site/site-pages.ts';
import { anEvent, anOpenEvent, aRow, T0 } from '../builders.ts';
import { anAck, aReceipt, aSummary, SHA } from '../domain/record-builders.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import {
  BREAK_DAY,
  ENABLED,
  insertAll,
  look,
  REGISTRY,
  settledMs,
  worldRows,
  worldSettings,
} from '../jobs/supervise-world.ts';

/** The last day of signals of the world. */
const LAST_DAY = BREAK_DAY + 16;
const DISABLED_DAY = BREAK_DAY + 12;
/** PINK is judged under this name. */
export const PINK_AGENT = 'pink-1';
export const NO_FACTS = { stateCommit: null, repositoryUrl: null };
export const PULL_URL = 'https://github.com/acme/alpha/pull/7';

/** `macro` broke, was disabled by a person and PINK obeyed; one run is missing, some input was set aside, and signals wait. */
export function aBrokenWorld(): MemoryDisk {
  const disk = memoryDisk();
  insertAll(disk, [...worldRows(30, LAST_DAY), ...pinkRows()]);
  for (let day = 44; day < DISABLED_DAY; day += day < BREAK_DAY ? 32 : 2) look(disk, settledMs(day));
  const verdict = readVerdicts(disk).find(({ kind }) => kind === 'DISABLE');
  if (verdict === undefined) throw new Error('the class broke');
  const facts = {
    ...aReceipt(),
    key: canonicalJson(['pull', 'disable', verdict.episode]),
    verdict_id: verdict.verdict_id,
    target: PULL_URL,
  };
  appendReceipts(disk, [{ ...facts, receipt_id: receiptId(facts) }]);
  const settings = worldSettings({
    kill_list: {
      ...ENABLED,
      macro: {
        status: 'DISABLED',
        max_cvar_sigma: 4,
        reason: 'its shortfall is beyond the limit',
        evidence: verdict.verdict_id,
        since: isoFromMs(settledMs(DISABLED_DAY)),
        episode: verdict.episode,
      },
    },
    agents: { ...REGISTRY, [PINK_AGENT]: { strategy_class: 'macro', stage: 'live', base_weight: 0.2 } },
  });
  look(disk, settledMs(LAST_DAY), { settings });
  writePink(disk, verdict.episode);
  writeQuality(disk);
  return disk;
}

function pinkRows(): ReconciledRow[] {
  return Array.from({ length: 60 }, (_, index) => {
    const entryMs = T0 + (90 + index) * DAY_MS + 3 * HOUR_MS;
    const errorBps = Math.round(200 * Math.sin(index));
    return aRow({
      event_id: `pink-${index}`,
      agent: PINK_AGENT,
      strategy_class: 'macro',
      regime: 'TREND',
      ts: isoFromMs(entryMs),
      entry_at: isoFromMs(entryMs),
      exit_at: isoFromMs(entryMs + DAY_MS),
      horizon_hours: 24,
      expected_pnl_bps: 5 + (index % 7),
      realized_pnl_bps: errorBps,
      net_pnl_bps: errorBps - 20,
      pnl_error_bps: errorBps,
      abs_error_bps: Math.abs(errorBps),
      expected_sigma_bps: 300,
      expected_abs_bps: 240,
    });
  });
}

function writePink(disk: Disk, episode: string): void {
  const atMs = settledMs(LAST_DAY);
  appendEvents(
    disk,
    'pink',
    Array.from({ length: 30 }, (_, index) =>
      anEvent({
        event_id: `pink-1:${index}`,
        agent: PINK_AGENT,
        ts: isoFromMs(atMs - (30 - index) * HOUR_MS),
        symbol: 'BTC/USDT:USDT',
        market: 'perp',
        direction: index % 3 === 0 ? 'SHORT' : 'LONG',
        strategy_class: 'macro',
        meta: { executed: index < 20, outcome: index < 20 ? 'ACCEPTED' : 'CLASS_DISABLED' },
      }),
    ),
  );
  const at = isoFromMs(atMs);
  const summary = aSummary();
  const macro = summary.strategies['macro'];
  if (macro === undefined) throw new Error('the summary of the builders has a class macro');
  saveKernelSummary(disk, {
    ...summary,
    ts: at,
    next_due_at: isoFromMs(atMs + HOUR_MS),
    strategies: { macro: { ...macro, episode } },
  });
  // From the twentieth entry on none was let in.
  appendAcks(disk, [anAck({ ts: isoFromMs(atMs - 10 * HOUR_MS), episode, ack_id: SHA })]);
}

function writeQuality(disk: Disk): void {
  const reject = (code: 'invalid_event' | 'stale_price' | 'no_price', raw: string) =>
    rejectFrom({
      code,
      reason: `${code}: ${raw}`,
      file: 'stdin',
      line: 1,
      event_id: null,
      horizon_hours: null,
      raw,
    });
  appendRejects(disk, 'emit', '2021-05', [reject('invalid_event', 'a'), reject('invalid_event', 'b')]);
  appendRejects(disk, 'reconcile', '2021-05', [reject('stale_price', 'c'), reject('no_price', 'd')]);
  savePending(disk, {
    v: 1,
    generated_at: isoFromMs(settledMs(LAST_DAY)),
    horizons_hours: [1, 4, 24],
    context_from: null,
    files: {},
    events: [anOpenEvent({ event_id: 'waits', ts: isoFromMs(settledMs(LAST_DAY)) })],
  });
  for (const hour of [0, 1, 2, 4]) appendRun(disk, aScheduledRun(settledMs(LAST_DAY) + hour * HOUR_MS));
}

/** A run that a schedule of every hour started three minutes late. */
export function aScheduledRun(expectedMs: number, over: Partial<RunRecord> = {}): RunRecord {
  const expectedAt = isoFromMs(expectedMs + 13 * 60_000);
  return {
    v: 1,
    run_id: `r-${expectedMs}`,
    job: 'reconcile',
    now: expectedAt,
    started_at: isoFromMs(msFromIso(expectedAt) + 3 * 60_000),
    duration_ms: 1,
    code_version: '0.1.0',
    commit: null,
    config_sha256: null,
    counts: {},
    price_requests: 0,
    schedule: { cron: '13 * * * *', expected_at: expectedAt },
    ...over,
  };
}

/** No state holds a name with a line end in it. */
function storable<T>(byName: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(byName).filter(([name]) => !name.includes('\n')));
}

/** A state that holds a report and, of every agent in it, a row in each of two days. */
export function aReportedDisk(of: MetaReport): MemoryDisk {
  const report = { ...of, agents: storable(of.agents), strategies: storable(of.strategies) };
  const disk = memoryDisk({ 'supervisor/meta_report.json': JSON.stringify(report) });
  const endMs = msFromIso(report.generated_at ?? isoFromMs(T0));
  const rows = Object.entries(report.agents).flatMap(([agent, { strategy_class }], place) =>
    [2, 1].map((daysAgo) => {
      const exitMs = endMs - daysAgo * DAY_MS;
      return aRow({
        event_id: `e-${String(place).padStart(4, '0')}-${daysAgo}`,
        agent,
        strategy_class,
        regime: report.strategies[strategy_class]?.current_regime ?? 'TREND',
        horizon_hours: report.horizon_hours,
        ts: isoFromMs(exitMs - DAY_MS),
        entry_at: isoFromMs(exitMs - DAY_MS),
        exit_at: isoFromMs(exitMs),
        expected_pnl_bps: 4,
      });
    }),
  );
  insertAll(disk, rows);
  return disk;
}

/** Path → text of every page of a state. */
export function pagesOf(disk: Disk, over: Partial<SiteContent> = {}): ReadonlyMap<string, string> {
  return new Map(sitePages({ ...readContent(disk, NO_FACTS), ...over }));
}
