// The demo's days in memory: agents and a stand-in for the kernel speak, the jobs run, and a person merges what is proposed about classes.

import { resolve } from 'node:path';
import { loadWardenConfig } from '../../src/adapters/config/config-files.ts';
import { loadMetaReport } from '../../src/adapters/state/supervisor-files.ts';
import { readVerdicts } from '../../src/adapters/state/verdict-log.ts';
import { demoSettings } from '../../src/demo/demo-settings.ts';
import { linesByDay } from '../../src/demo/emission.ts';
import type { DemoMarket } from '../../src/demo/market.ts';
import { type Steps, stepsOver } from '../../src/demo/steps.ts';
import { type SupervisionSummary, supervisionOf } from '../../src/demo/supervision-summary.ts';
import type { KillListEntry } from '../../src/domain/kill-list.ts';
import { randomFrom } from '../../src/domain/random.ts';
import { type Settings, settingsFrom } from '../../src/domain/settings.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { newDiary } from '../../src/supervision/diary.ts';
import { fakePrices } from '../fakes/fake-prices.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';

export interface Played {
  readonly supervision: SupervisionSummary;
  /** Days on which an agent of the class was first seen in ALERT, and on which verdicts about classes were first said. */
  readonly firstAlertDay: number | null;
  readonly verdictDays: readonly { readonly said: string; readonly day: number }[];
}

const TRAIN_EVERY_DAYS = 7;
/** As long a person takes to read a proposal and merge it. */
const MERGE_AFTER_DAYS = 2;
const RUN_AFTER_MIDNIGHT_MS = 600_000;
const silent = (): void => {};

/** Plays `days` of `market`; ends early on the day on which a class was let in again. */
export async function playStory(market: DemoMarket, seed: number, days: number): Promise<Played> {
  const loaded = loadWardenConfig(resolve(import.meta.dirname, '../../config'));
  if (!loaded.ok) throw new Error('the shipped configuration is valid');
  let settings = demoSettings(settingsFrom({ warden: loaded.value.config, agents: {}, kill_list: {} }));
  const disk = memoryDisk();
  const diary = newDiary();
  const prices = fakePrices(market.instruments.map(({ series }) => series));
  const ports = {
    disk,
    prices,
    clock: { nowMs: () => 0 },
    log: { info: silent, warn: silent, error: silent },
  };
  const lock = {
    waitMs: 0,
    owner: { pid: 1, host: 'test', since: isoFromMs(market.startMs) },
    sleep: async () => {},
  };
  const stepsUnder = (own: Settings): Steps =>
    stepsOver(ports, { settings: own, codeVersion: '0.1.0' }, lock, diary);
  let steps = stepsUnder(settings);
  let merge: { readonly day: number; readonly verdict: Verdict } | null = null;
  let firstAlertDay: number | null = null;
  const verdictDays: { said: string; day: number }[] = [];
  for (const [index, lines] of linesByDay(market, seed, days).entries()) {
    const day = index + 1;
    const runMs = market.startMs + day * DAY_MS + RUN_AFTER_MIDNIGHT_MS;
    if (merge !== null && merge.day === day) {
      settings = merged(settings, merge.verdict, runMs);
      steps = stepsUnder(settings);
      merge = null;
    }
    await steps.emit('pink', standIn(market, seed, index), runMs);
    for (const [producer, batch] of lines) await steps.emit(producer, batch, runMs);
    await steps.reconcile(runMs);
    if (day % TRAIN_EVERY_DAYS === 0) await steps.train(runMs);
    await steps.supervise(runMs);
    if (diary.alerts.size > 0) firstAlertDay ??= day;
    const verdict = readVerdicts(disk)
      .filter(({ kind }) => kind === 'DISABLE' || kind === 'REENABLE')
      .at(verdictDays.length);
    if (verdict === undefined) continue;
    verdictDays.push({ said: `${verdict.kind} ${verdict.subject}`, day });
    if (verdict.kind === 'REENABLE') break;
    merge = { day: day + MERGE_AFTER_DAYS, verdict };
  }
  const report = loadMetaReport(disk);
  if (!report.ok) throw new Error('the last look left a report');
  return {
    supervision: supervisionOf(disk, diary, market.story.breakMs),
    firstAlertDay,
    verdictDays,
  };
}

function merged(settings: Settings, verdict: Verdict, nowMs: number): Settings {
  const { subject, episode, verdict_id } = verdict;
  const limits = { max_cvar_sigma: settings.kill_list[subject]?.max_cvar_sigma ?? 0 };
  const entry: KillListEntry = {
    ...limits,
    status: 'DISABLED',
    reason: 'its tail is beyond the limit',
    evidence: verdict_id,
    since: isoFromMs(nowMs),
    episode,
  };
  return settingsFrom({ ...settings, kill_list: { ...settings.kill_list, [subject]: entry } });
}

/** What the kernel would emit on a day: three entries on perps that follow the move of the day before. */
function standIn(market: DemoMarket, seed: number, index: number): string[] {
  const random = randomFrom(seed, `stand-in ${index}`);
  const perps = market.instruments.filter(({ series }) => series.market === 'perp');
  const firstHour = (market.startMs - market.firstOpenMs) / HOUR_MS + index * 24;
  const lines = [4, 12, 20].flatMap((hourOfDay) => {
    const perp = perps[Math.floor(random.uniform() * perps.length)];
    const hour = firstHour + hourOfDay - 1;
    const [now, before] = [perp?.closeByHour[hour] ?? null, perp?.closeByHour[hour - 24] ?? null];
    if (perp === undefined || now === null || before === null) return [];
    return {
      ts: isoFromMs(market.firstOpenMs + (hour + 1) * HOUR_MS),
      agent: 'pink',
      symbol: perp.series.symbol,
      market: 'perp',
      direction: now > before ? 'LONG' : 'SHORT',
      regime: 'unknown',
      strategy_class: 'macro',
    };
  });
  return lines.map((line) => JSON.stringify(line));
}
