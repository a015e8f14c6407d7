// Opens what a backtest runs on: candles, a paper venue at their first instant, a policy, and a journal.

import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { configProblemText, loadPink } from '../adapters/config/config-files.ts';
import { openFeed } from '../adapters/feeds/open-feed.ts';
import { nodeJournalDisk } from '../adapters/journal/node-journal-disk.ts';
import { readCandles } from '../adapters/prices/market-candles.ts';
import { paperMarket } from '../adapters/venues/exchange/paper/paper-market.ts';
import { openVenue } from '../adapters/venues/open-venue.ts';
import { virtualTimers } from '../adapters/virtual-timers.ts';
import { symbolKey } from '../domain/market.ts';
import type { Pink } from '../domain/pink-settings.ts';
import { randomFrom } from '../domain/random.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { durationText } from '../domain/time.ts';
import type { Policy } from '../policy/policy.ts';
import type { JournalDisk } from '../ports.ts';
import { type BacktestResult, runBacktest } from '../runner/backtest.ts';
import { type BacktestFigures, BacktestTally } from '../runner/backtest-result.ts';
import type { DrainPolicy } from '../runner/drain.ts';
import { loadPolicy } from '../runner/load-policy.ts';
import { createMetrics, type Metrics } from '../runner/metrics.ts';
import { StatusHistory } from '../runner/status/history.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import type { KernelBacktestOptions } from './kernel-options.ts';
import { type Refusal, refusal } from './outcome.ts';

export interface CandleRun {
  readonly pink: Pink;
  readonly policy: Policy;
  readonly result: BacktestResult;
  readonly figures: BacktestFigures;
  readonly history: StatusHistory;
  readonly metrics: Metrics;
  readonly candles: string;
  readonly seconds: number;
  /** Where the journal was kept; `null`: nowhere. */
  readonly journal: string | null;
}

/** Returns the run, or the refusal that says which file or setting is in the way. */
export async function runOverCandles(
  context: CommandContext,
  options: KernelBacktestOptions,
  candles: string,
): Promise<Result<CandleRun, Refusal>> {
  const loaded = loadPink(context.configDir);
  if (!loaded.ok)
    return usage(`the configuration was refused\n${loaded.error.map(configProblemText).join('\n')}`);
  const dir = resolve(context.host.cwd, candles);
  const span = await spanOf(dir, loaded.value);
  if (!span.ok) return usage(`${candles}: ${span.error}`);
  const pink = overCandles(loaded.value, span.value);
  const policy = await loadPolicy(pink, context.configDir);
  if (!policy.ok) return usage(policy.error);
  const journal = journalOf(context, options);
  if (!journal.ok) return journal;
  try {
    return await runIn(
      context,
      options.atEnd === 'keep' ? 'keep' : 'flatten',
      pink,
      policy.value,
      { dir, candles, ...span.value },
      journal.value,
    );
  } finally {
    if (journal.value.isTemporary) rmSync(journal.value.folder, { recursive: true, force: true });
  }
}

function usage(message: string): { readonly ok: false; readonly error: Refusal } {
  return err(refusal(EXIT.usage, `kernel backtest: ${message}`));
}

/** The settings with candles for a feed, whose bars are what a policy counts where it names no other. */
function overCandles({ feed, policy, ...others }: Pink, { barMs }: Span): Pink {
  const bar = policy.bar ?? durationText(barMs);
  return { ...others, feed: { ...feed, kind: 'candles' }, policy: { ...policy, bar } };
}

interface Span {
  readonly barMs: number;
  readonly startMs: number;
  readonly endMs: number;
}

async function spanOf(dir: string, { venue }: Pink): Promise<Result<Span, string>> {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true)
    return err('is no folder; expected one that holds candle files, as BTCUSDT-perp-1m-202201.csv.gz');
  const read = await readCandles(dir, readdirSync(dir).sort(), venue.symbols);
  if (!read.ok) return read;
  const starts = read.value.map(({ rows }) => rows[0]?.openAtMs ?? Number.POSITIVE_INFINITY);
  const ends = read.value.map(({ rows, barMs }) => (rows.at(-1)?.openAtMs ?? 0) + barMs);
  const [startMs, endMs] = [Math.min(...starts), Math.max(...ends)];
  const barMs = read.value[0]?.barMs ?? 0;
  return startMs < endMs ? ok({ barMs, startMs, endMs }) : err('holds no bars');
}

interface JournalPlace {
  readonly folder: string;
  readonly isTemporary: boolean;
}

function journalOf(
  { host }: CommandContext,
  { journal }: KernelBacktestOptions,
): Result<JournalPlace, Refusal> {
  if (journal === undefined)
    return ok({ folder: mkdtempSync(join(tmpdir(), 'warden-backtest-')), isTemporary: true });
  const folder = resolve(host.cwd, journal);
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0))
    return err(
      refusal(
        EXIT.stateRefused,
        `kernel backtest: --journal ${journal} is not an empty folder; a journal is never written over`,
      ),
    );
  return ok({ folder, isTemporary: false });
}

async function runIn(
  context: CommandContext,
  atEnd: DrainPolicy,
  pink: Pink,
  policy: Policy,
  { dir, candles, startMs, endMs }: Span & { readonly dir: string; readonly candles: string },
  { folder, isTemporary }: JournalPlace,
): Promise<Result<CandleRun, Refusal>> {
  const timers = virtualTimers(startMs);
  const settings = { ...pink.venue, environment: 'paper' as const };
  const random = randomFrom(0, 'backtest');
  const opened = await openVenue({ settings, env: {}, timers, random, paperFile: null });
  if (!opened.ok) return usage(opened.error.message);
  if (opened.value.kind !== 'paper') return usage('the venue of a backtest is paper');
  const venue = opened.value;
  const ticks = new Map(venue.venue.instruments.map(({ symbol, tick }) => [symbolKey(symbol), tick]));
  const feed = await openFeed({
    settings: { kind: 'candles', stale_after: pink.feed.stale_after, candles: { dir, speed: 1 } },
    symbols: pink.venue.symbols,
    timers,
    random: random.uniform,
    folder: dir,
    stdin: Readable.from([]),
    tickOf: (key) => ticks.get(key) ?? null,
    isAtFileTime: true,
  });
  if (!feed.ok) return usage(feed.error);
  const market = paperMarket({ model: venue.model, venue: venue.venue, timers });
  const [history, metrics, tally] = [new StatusHistory(), createMetrics(), new BacktestTally()];
  const begunMs = context.clock.nowMs();
  const result = await runBacktest({
    pink,
    policy,
    timers,
    venue,
    moveMarket: (quote) => void market.quote(quote),
    feed: feed.value,
    endMs,
    journal: unsynced(nodeJournalDisk(folder)),
    log: context.log,
    progress: context.progress,
    observers: [history.observe, metrics.observe, tally.observe],
    atEnd,
  });
  if (!result.ok) return err(refusal(EXIT.stateRefused, `kernel backtest: ${result.error}`));
  return ok({
    pink,
    policy,
    result: result.value,
    figures: tally.figures(result.value.state),
    history,
    metrics,
    candles,
    seconds: (context.clock.nowMs() - begunMs) / 1_000,
    journal: isTemporary ? null : folder,
  });
}

/** The past can be run again: nothing has to outlast a power cut. */
function unsynced(disk: JournalDisk): JournalDisk {
  return { ...disk, sync: () => undefined, syncFolder: () => undefined };
}
