// The demo: a made-up market, its agents and PINK go through the whole of Warden, day by day in simulated time, on a GitHub, an exchange
// and a mailbox that run in this process.

import { dump } from 'js-yaml';
import { candleFilePrices } from '../adapters/prices/candle-files.ts';
import { readAcks } from '../adapters/state/kernel-records.ts';
import { type LockOptions, processOwner, withLock } from '../adapters/state/lock.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import { AGENTS_FILE, CONFIG_FOLDER, KILL_LIST_FILE, WARDEN_FILE } from '../domain/proposal.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import type { Clock, Log, Progress } from '../ports.ts';
import type { DemoDone } from './demo-done.ts';
import { demoSettings } from './demo-settings.ts';
import { linesByDay } from './emission.ts';
import { claimFolder, type DemoFolder, emptyFolder, writeCandles } from './folder.ts';
import { type DemoMarket, makeMarket } from './market.ts';
import { type DemoPinkSummary, openPink } from './pink/demo-pink.ts';
import { pinkYaml } from './pink/pink-yaml.ts';
import { type Played, playDays } from './play.ts';
import { marketFromCandles } from './real-market.ts';
import type { DemoStage } from './stage/demo-stage.ts';
import { gitLacks } from './stage/needs.ts';
import { openStage } from './stage/stage.ts';
import { storyText } from './story.ts';
import { summaryOf } from './summary.ts';
import { supervisionOf } from './supervision-summary.ts';
import { statusPageIn, writePages } from './write-pages.ts';

const PINK_FILE = `${CONFIG_FOLDER}/pink.yaml`;

export interface DemoPorts {
  /** Wall time, for the provenance of runs alone. */
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface DemoOptions {
  readonly settings: Settings;
  readonly codeVersion: string;
  /** The demo's own folder, absolute. */
  readonly dir: string;
  readonly seed: number;
  /** Simulated days. */
  readonly days: number;
  /** Real hourly candles, in place of a made-up market; `fromMs`: midnight of the first day, `null` where it is chosen. */
  readonly candles: { readonly dir: string; readonly fromMs: number | null } | null;
}

/**
 * `not_ours`: the folder is left alone. `locked`: somebody else is at work in it. `not_here`: the machine, or a folder of candles, lacks
 * what it needs.
 */
export interface DemoFailure {
  readonly kind: 'not_ours' | 'locked' | 'not_here';
  readonly message: string;
}

/**
 * Runs the whole demo in `options.dir`, where everything is made anew. Equal options leave equal commits, pages and mails; `runs/` in the
 * state tells of the runs themselves, and is in no commit.
 */
export async function runDemo(
  ports: DemoPorts,
  options: DemoOptions,
): Promise<Result<DemoDone, DemoFailure>> {
  // First of all, so that what is lacking takes no earlier demo away, and candles that are refused leave no folder behind.
  const lacking = await gitLacks();
  if (lacking !== null) return err({ kind: 'not_here', message: lacking });
  const market = await marketOf(options);
  if (!market.ok) return err({ kind: 'not_here', message: market.error });
  const claimed = claimFolder(options.dir);
  if (!claimed.ok) return err({ kind: 'not_ours', message: claimed.error });
  const folder = claimed.value;
  const lock: LockOptions = { waitMs: 0, owner: processOwner(), sleep: ports.sleep };
  const done = await withLock(folder.disk, 'demo', lock, async () => {
    emptyFolder(folder);
    return await onStage({ folder, market: market.value, options }, ports, lock);
  });
  return done.ok ? done.value : err({ kind: 'locked', message: done.error.message });
}

async function marketOf({ seed, days, candles }: DemoOptions): Promise<Result<DemoMarket, string>> {
  if (candles === null) return ok(makeMarket(seed, days));
  return await marketFromCandles(candles.dir, { seed, days, startMs: candles.fromMs });
}

interface Given {
  readonly folder: DemoFolder;
  readonly market: DemoMarket;
  readonly options: DemoOptions;
}

async function onStage(
  { folder, market, options }: Given,
  ports: DemoPorts,
  lock: LockOptions,
): Promise<Result<DemoDone, DemoFailure>> {
  const { log } = ports;
  const { seed, days, codeVersion } = options;
  writeCandles(folder, market);
  const files = filesOf(demoSettings(options.settings), market);
  const opened = await openStage({ dir: folder.dir, files, startMs: market.startMs, log, codeVersion });
  if (!opened.ok) return err({ kind: 'not_here', message: opened.error });
  const stage = opened.value;
  try {
    const { configDir, stateDir } = stage;
    // What a runner tells of an ordinary day is told by its page at the end.
    const quiet: Log = { ...log, info: () => {} };
    const pink = await openPink({
      ...{ dir: folder.pinkDir, configDir, stateDir, market, seed, log: quiet, codeVersion },
    });
    if (!pink.ok) return err({ kind: 'not_here', message: pink.error });
    let isPinkUp = true;
    const endPink = async (): Promise<void> => {
      if (isPinkUp) await pink.value.stop();
      isPinkUp = false;
    };
    try {
      const prices = candleFilePrices(folder.candleDir);
      const played = await playDays(
        { ...ports, prices, stage, pink: pink.value },
        { market, linesByDay: linesByDay(market, seed, days), codeVersion, lock },
      );
      if (!played.ok) return err({ kind: 'locked', message: played.error.message });
      const { pagesDir } = folder;
      await pink.value.writeStatusPage(statusPageIn(pagesDir));
      const summary = pink.value.summary();
      await endPink();
      // What it writes as it ends belongs to the state as well.
      await stage.commit('state: kernel at rest');
      const { commit } = await stage.push();
      const ended = { folder, market, options, stage, pink: summary, played: played.value };
      const done = { ...doneOf(ended), stateCommit: commit };
      writePages(stage, { dir: pagesDir, lines: storyText(done).split('\n'), stateCommit: commit });
      return ok(done);
    } finally {
      await endPink();
    }
  } finally {
    await stage.close();
  }
}

function filesOf(
  { warden, agents, kill_list }: Settings,
  market: DemoMarket,
): Readonly<Record<string, string>> {
  const yaml = (value: unknown): string => dump(value, { noRefs: true });
  return {
    [WARDEN_FILE]: yaml(warden),
    [AGENTS_FILE]: yaml(agents),
    [KILL_LIST_FILE]: yaml(kill_list),
    [PINK_FILE]: pinkYaml(market),
  };
}

interface Ended extends Given {
  readonly stage: DemoStage;
  readonly pink: DemoPinkSummary;
  readonly played: Played;
}

function doneOf({ folder, market, options, stage, pink, played }: Ended): Omit<DemoDone, 'stateCommit'> {
  const { seed, days } = options;
  const { startMs, endMs, outage, story } = market;
  const { disk, repository, checkoutDir, stateDir } = stage;
  const { diary, chronicle, lastRunMs } = played;
  const horizonsHours = stage.settings().warden.horizons_hours;
  const within = (ms: number): number | null => (ms < endMs ? ms : null);
  return {
    options: { seed, days },
    ...{ folder, startMs, outage, lastRunMs, repository, checkoutDir, stateDir, chronicle },
    breakMs: within(story.breakMs),
    recoverMs: within(story.recoverMs),
    summary: summaryOf(disk, { horizonsHours, story }),
    supervision: supervisionOf(disk, diary, story.breakMs),
    verdicts: readVerdicts(disk),
    mails: stage.mails(),
    pink,
    acks: readAcks(disk),
  };
}
