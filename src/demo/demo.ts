// The demo: a made-up market and its agents go through the same jobs as real ones, day by day in simulated time.

import { candleFilePrices } from '../adapters/prices/candle-files.ts';
import { type LockHeld, type LockOptions, processOwner, withLock } from '../adapters/state/lock.ts';
import { nodeDisk } from '../adapters/state/node-disk.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { DAY_MS, MINUTE_MS } from '../domain/time.ts';
import type { Progress } from '../ports.ts';
import { newDiary } from '../supervision/diary.ts';
import { demoSettings } from './demo-settings.ts';
import { type DayLines, linesByDay } from './emission.ts';
import { claimFolder, type DemoFolder, emptyFolder, writeCandles, writeConfig } from './folder.ts';
import { makeMarket, type Outage } from './market.ts';
import { type OnGitHub, showOnGitHub } from './on-github.ts';
import { type StepOptions, type StepPorts, type Steps, stepsOver } from './steps.ts';
import { type DemoSummary, summaryOf } from './summary.ts';
import { type SupervisionSummary, supervisionOf } from './supervision-summary.ts';

export interface DemoPorts extends Pick<StepPorts, 'clock' | 'log'> {
  readonly progress: Progress;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface DemoOptions extends StepOptions {
  /** The demo's own folder, absolute. */
  readonly dir: string;
  readonly seed: number;
  /** Simulated days. */
  readonly days: number;
}

export interface DemoDone {
  readonly folder: DemoFolder;
  readonly startMs: number;
  readonly outage: Outage;
  readonly breakMs: number;
  /** The instant of the last run; as of then nothing is left to do. */
  readonly lastRunMs: number;
  readonly summary: DemoSummary;
  readonly supervision: SupervisionSummary;
  /** What GitHub showed, or why that was left out. */
  readonly onGitHub: Result<OnGitHub, string>;
}

/** `not_ours`: the folder is left alone. `locked`: somebody else is at work in it. */
export interface DemoFailure {
  readonly kind: 'not_ours' | 'locked';
  readonly message: string;
}

/** The jobs run when the bar of the last hour has settled. */
const RUN_AFTER_MIDNIGHT_MS = 10 * MINUTE_MS;
const TRAIN_EVERY_DAYS = 7;

/**
 * Runs the whole demo in `options.dir`, whose state and candles are made anew. Equal options leave equal bytes, but for
 * `runs/`, which tells of the runs themselves.
 */
export async function runDemo(
  ports: DemoPorts,
  options: DemoOptions,
): Promise<Result<DemoDone, DemoFailure>> {
  const claimed = claimFolder(options.dir);
  if (!claimed.ok) return err({ kind: 'not_ours', message: claimed.error });
  const folder = claimed.value;
  const lock: LockOptions = { waitMs: 0, owner: processOwner(), sleep: ports.sleep };
  const done = await withLock(folder.disk, 'demo', lock, async () => {
    emptyFolder(folder);
    return await simulate(folder, ports, options, lock);
  });
  const simulated = done.ok ? done.value : done;
  return simulated.ok ? simulated : err({ kind: 'locked', message: simulated.error.message });
}

async function simulate(
  folder: DemoFolder,
  ports: DemoPorts,
  options: DemoOptions,
  lock: LockOptions,
): Promise<Result<DemoDone, LockHeld>> {
  const { seed, days, codeVersion } = options;
  const settings = demoSettings(options.settings);
  const market = makeMarket(seed, days);
  writeCandles(folder, market);
  writeConfig(folder, settings);
  const disk = nodeDisk(folder.stateDir, { durable: false });
  const prices = candleFilePrices(folder.candleDir);
  const diary = newDiary();
  const steps = stepsOver({ ...ports, disk, prices }, { settings, codeVersion }, lock, diary);
  const runMsOf = (day: number): number => market.startMs + day * DAY_MS + RUN_AFTER_MIDNIGHT_MS;
  ports.progress.start('demo, simulated days', days);
  for (const [index, lines] of linesByDay(market, seed, days).entries()) {
    const day = index + 1;
    const isTraining = day % TRAIN_EVERY_DAYS === 0 || day === days;
    const held = await liveDay(steps, lines, runMsOf(day), isTraining);
    if (held !== null) return err(held);
    ports.progress.advance(1);
  }
  ports.progress.done();
  const summary = summaryOf(disk, { horizonsHours: settings.warden.horizons_hours, story: market.story });
  const { startMs, outage, story } = market;
  const { breakMs } = story;
  const supervision = supervisionOf(disk, diary, breakMs);
  const lastRunMs = runMsOf(days);
  const onGitHub = await showOnGitHub(
    folder,
    { disk, log: ports.log },
    { settings, codeVersion, nowMs: lastRunMs },
  );
  return ok({ folder, startMs, outage, breakMs, lastRunMs, summary, supervision, onGitHub });
}

async function liveDay(
  steps: Steps,
  linesByProducer: DayLines,
  runMs: number,
  isTraining: boolean,
): Promise<LockHeld | null> {
  for (const [producer, lines] of linesByProducer) {
    const held = await steps.emit(producer, lines, runMs);
    if (held !== null) return held;
  }
  return (
    (await steps.reconcile(runMs)) ??
    (isTraining ? await steps.train(runMs) : null) ??
    (await steps.supervise(runMs))
  );
}
