// What the jobs share on the command line: the configuration they need, where prices come from, the lock and the provenance.

import type { AgentRegistry, WardenConfig } from '../domain/config.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { RunRecord } from '../domain/run.ts';
import { isoFromMs } from '../domain/time.ts';
import type { Prices } from '../ports.ts';
import type { ReconcileRules } from '../supervision/rules.ts';
import { type CommandContext, folderOption } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type JobOutcome, type Outcome, type Refusal, refusal, refusedJob } from './outcome.ts';

interface JobConfig {
  readonly config: WardenConfig;
  readonly agents: AgentRegistry;
  readonly sha256: string;
}

/** Reads warden.yaml and agents.yaml; every problem of both is listed with file, line and column. */
export async function loadJobConfig(context: CommandContext): Promise<Result<JobConfig, Refusal>> {
  const { agentsNotice, configProblemText, loadAgents, loadWardenConfig } = await import(
    '../adapters/config/config-files.ts'
  );
  const warden = loadWardenConfig(context.configDir);
  const agents = loadAgents(context.configDir);
  if (warden.ok && agents.ok) {
    const notice = agentsNotice(context.configDir);
    if (notice !== null) context.log.warn(notice);
    return ok({ config: warden.value.config, agents: agents.value, sha256: warden.value.sha256 });
  }
  const problems = [...(warden.ok ? [] : warden.error), ...(agents.ok ? [] : agents.error)];
  return err(
    refusal(EXIT.usage, `the configuration was refused\n${problems.map(configProblemText).join('\n')}`),
  );
}

/** What reconcile and replay start from. */
interface PricedJob extends JobConfig {
  readonly prices: Prices;
  readonly rules: ReconcileRules;
}

/** Reads the configuration and opens the prices: candle files where a folder is given, else its sources. */
export async function loadPricedJob(
  context: CommandContext,
  candleDir: string | undefined,
): Promise<Result<PricedJob, Refusal>> {
  const loaded = await loadJobConfig(context);
  if (!loaded.ok) return loaded;
  const prices = await pricesOf(context, loaded.value.config, candleDir);
  if (!prices.ok) return prices;
  const { rulesFromConfig } = await import('../supervision/rules.ts');
  return ok({ ...loaded.value, prices: prices.value, rules: rulesFromConfig(loaded.value.config) });
}

/** Candle files where a folder is given, else the sources of the configuration. */
async function pricesOf(
  context: CommandContext,
  config: WardenConfig,
  candleDir: string | undefined,
): Promise<Result<Prices, Refusal>> {
  if (candleDir === undefined) {
    const { pricesByMarket } = await import('../adapters/prices/market-prices.ts');
    return ok(pricesByMarket(config.prices, context.host.env, context.clock));
  }
  const dir = folderOption('--prices', candleDir, context.host.cwd, 'name a folder of candle files');
  if (!dir.ok) return dir;
  const { candleFilePrices } = await import('../adapters/prices/candle-files.ts');
  return ok(candleFilePrices(dir.value));
}

/**
 * Says so where the state has nothing to work on: right for a first run, and all that a mistyped `--state` would show. A run that took
 * the state from its branch mistypes nothing, and may find nothing new for weeks.
 */
export function remarkOnEmptyState(context: CommandContext, wanted: 'events' | 'rows'): void {
  const folder = wanted === 'events' ? 'alpha/events' : 'alpha/reconciled';
  if (context.disk.list(folder).length > 0) return;
  const nextStep = wanted === 'events' ? 'emit or ingest some' : 'run reconcile first';
  context.log.warn(
    `the state folder ${context.stateDir} holds no ${wanted} yet; ${nextStep}, or name another folder with --state`,
  );
}

/** Scheduled runs overlap now and then: the later one waits a little, then gives way. */
const LOCK_WAIT_MS = 10_000;

/** Runs a job under its lock. */
export async function underLock(
  context: CommandContext,
  name: string,
  run: () => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  const held = await jobUnderLock(context, name, async () => ({ outcome: await run(), made: null }));
  return held.outcome;
}

/** Runs a job under its lock, where the caller asks what it made. */
export async function jobUnderLock<T>(
  { disk }: Pick<CommandContext, 'disk'>,
  name: string,
  run: () => Promise<JobOutcome<T>>,
  waitMs: number = LOCK_WAIT_MS,
): Promise<JobOutcome<T>> {
  const { processOwner, withLock } = await import('../adapters/state/lock.ts');
  const { setTimeout: sleep } = await import('node:timers/promises');
  const options = { waitMs, owner: processOwner(), sleep: async (ms: number) => await sleep(ms) };
  const held = await withLock(disk, name, options, run);
  return held.ok ? held.value : refusedJob(refusal(EXIT.stateRefused, held.error.message));
}

/** Appends the provenance of a run that changed something. */
export async function recordRun(
  context: CommandContext,
  job: RunRecord['job'],
  facts: Pick<RunRecord, 'counts' | 'price_requests' | 'config_sha256'>,
): Promise<void> {
  const { appendRun } = await import('../adapters/state/run-log.ts');
  const { disk, runId, nowMs, startedAtMs, clock, codeVersion, commit, schedule } = context;
  appendRun(disk, {
    v: 1,
    run_id: runId,
    job,
    now: isoFromMs(nowMs),
    started_at: isoFromMs(startedAtMs),
    duration_ms: clock.nowMs() - startedAtMs,
    code_version: codeVersion,
    commit,
    ...facts,
    ...(schedule === null ? {} : { schedule }),
  });
}
