// The whole of a runner: what it opens, in which order it begins, what it knows of itself, and how it ends.

import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { openFeed } from '../adapters/feeds/open-feed.ts';
import { faultText } from '../adapters/journal/journal-fault.ts';
import { nodeJournalDisk } from '../adapters/journal/node-journal-disk.ts';
import { nodeDisk } from '../adapters/state/node-disk.ts';
import { paperMarket } from '../adapters/venues/exchange/paper/paper-market.ts';
import { type OpenedVenue, openVenue } from '../adapters/venues/open-venue.ts';
import type { RunId } from '../domain/ids.ts';
import { symbolKey } from '../domain/market.ts';
import type { Pink } from '../domain/pink-settings.ts';
import type { Random } from '../domain/random.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { checkedDurationMs } from '../domain/time.ts';
import type { Policy } from '../policy/policy.ts';
import type { Feed, Log, Timers } from '../ports.ts';
import { type ControlDesk, controlDesk } from './control/control-desk.ts';
import { controlOverHttp } from './control/control-http.ts';
import { controlMemory } from './control/control-memory.ts';
import { type ControlServer, startControlServer } from './control/control-server.ts';
import { recallCommand } from './control/recall-command.ts';
import { folderProblem, markFolder } from './data-folder.ts';
import { NO_LISTS, type RunnerFacts } from './facts.ts';
import { type ObeyedLists, openLists } from './lists/obey-lists.ts';
import { createMetrics } from './metrics.ts';
import type { Observer } from './record.ts';
import { tellRecovery } from './recovery-words.ts';
import { type Sinks, type StartSinks, startSinks } from './sinks/start-sinks.ts';
import { loadHistory, saveHistory } from './status/history-file.ts';
import type { LiveMessage } from './status/runner-view.ts';
import { type StatusServer, startStatusServer } from './status/status-server.ts';
import { viewOf } from './status/view.ts';
import { openTrader, type Trader } from './trader.ts';
import { VenueStream } from './venue-stream.ts';

const HISTORY_FILE = 'history.json';
const HISTORY_EVERY_MS = 30_000;
/** What a stop leaves for the sinks and the remote to catch up. */
const CATCH_UP_MS = 10_000;

export interface RunnerDeps {
  readonly pink: Pink;
  readonly policy: Policy;
  /** Where pink.yaml and the kill list are. */
  readonly configDir: string;
  /** The runner's own folder: journal, rows, and what it remembers. Nobody else uses it. */
  readonly dataDir: string;
  /** The state that others read. */
  readonly stateDir: string;
  readonly socketPath: string;
  /** Lets commands in over HTTP on loopback; `null`: nobody may. */
  readonly controlToken: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** Of the package. */
  readonly version: string;
  /** Never used before. */
  readonly runId: RunId;
  /** The kernel has ended by itself, in a sentence: the runner is to be stopped, and begun again. */
  readonly onHalted: (why: string) => void;
  /** In place of the feed of the settings, for whoever plays a market of his own. */
  readonly feed?: Feed;
  /** `false` waits for no disk: for a run that can be made again, since a power cut may lose any of it. Default: everything is durable. */
  readonly isDurable?: boolean;
  /** Begins the thread of the sinks; default: a worker of the built program. */
  readonly beginSinkThread?: StartSinks['begin'];
}

export interface Runner {
  facts(): RunnerFacts;
  /** What the status page shows now, whether it is served or not. */
  moment(): LiveMessage;
  /** Of the status page; `null` where there is none. */
  readonly statusPort: number | null;
  readonly socketPath: string;
  /** Why the process should be ended and begun again; `null` while it works. */
  whyDead(): string | null;
  /** Ends it as the settings say. Returns what is left, in words; to be called once. */
  stop(): Promise<readonly string[]>;
}

/** Why a runner did not begin. `settings`: what it was given does not do, or its folder, its lists or its feed cannot be opened. */
export interface RunnerRefusal {
  readonly kind: 'settings' | 'venue' | 'journal';
  readonly message: string;
}

/** Begins a runner in a folder that nobody else uses. It trades when the returned promise is kept. */
export async function startRunner(deps: RunnerDeps): Promise<Result<Runner, RunnerRefusal>> {
  const runner = new PinkRunner(deps);
  let hasBegun = false;
  try {
    const refusal = await runner.begin();
    hasBegun = refusal === null;
    return refusal === null ? ok(runner) : err(refusal);
  } finally {
    if (!hasBegun) await runner.abandon();
  }
}

class PinkRunner implements Runner {
  readonly socketPath: string;
  private readonly deps: RunnerDeps;
  private readonly startedAtMs: number;
  private readonly memory = controlMemory();
  private readonly desk: ControlDesk;
  private readonly metrics = createMetrics();
  private readonly durable: { readonly durable: boolean };
  private readonly dataDisk: ReturnType<typeof nodeDisk>;
  private readonly history: ReturnType<typeof loadHistory>;
  private opened: OpenedVenue | null = null;
  private stream: VenueStream | null = null;
  private trader: Trader | null = null;
  private control: ControlServer | null = null;
  private status: StatusServer | null = null;
  private lists: ObeyedLists | null = null;
  private sinks: Sinks | null = null;
  private isStopping = false;
  private callOffHistory: () => void = () => undefined;
  private readonly ends: (() => Promise<void> | void)[] = [];

  constructor(deps: RunnerDeps) {
    this.deps = deps;
    this.socketPath = deps.socketPath;
    this.startedAtMs = deps.timers.nowMs();
    this.durable = { durable: deps.isDurable ?? true };
    this.dataDisk = nodeDisk(deps.dataDir, this.durable);
    this.history = loadHistory(this.dataDisk, HISTORY_FILE, deps.log);
    this.desk = controlDesk({
      take: (make) => this.trader?.host.take(make) ?? null,
      facts: () => (this.trader === null ? null : this.facts()),
      summary: () => this.lists?.summary() ?? null,
      memory: this.memory,
      log: deps.log,
    });
  }

  get statusPort(): number | null {
    return this.status?.port ?? null;
  }

  async begin(): Promise<RunnerRefusal | null> {
    const { pink, timers, env, random, log } = this.deps;
    const problem = folderProblem(this.dataDisk, this.deps.dataDir, pink);
    if (problem !== null) return { kind: 'settings', message: problem };
    const refusal = await this.openControl();
    if (refusal !== null) return refusal;
    const paperFile = { disk: this.dataDisk, name: 'paper-account.json' };
    const opened = await openVenue({ settings: pink.venue, env, timers, random, paperFile });
    if (!opened.ok) return { kind: opened.error.kind, message: opened.error.message };
    this.opened = opened.value;
    const feed = this.deps.feed === undefined ? await this.openFeed(opened.value) : ok(this.deps.feed);
    if (!feed.ok) return { kind: 'settings', message: feed.error };
    markFolder(this.dataDisk, pink);
    const trader = this.openTrader(opened.value, feed.value);
    if (!trader.ok) return { kind: 'journal', message: trader.error };
    recallCommand(this.memory, trader.value.host.state, nodeJournalDisk(join(this.deps.dataDir, 'journal')));
    const lists = await this.openLists(trader.value);
    if (!lists.ok) return { kind: 'settings', message: lists.error };
    this.trader = trader.value;
    this.lists = lists.value;
    this.history.begin(trader.value.host.state);
    this.openSinks(trader.value);
    trader.value.begin();
    lists.value.begin();
    await this.openStatus();
    this.ends.push(opened.value.keepSwitch(log));
    this.keepHistory();
    this.warnOfUnknownClass();
    trader.value.beginFeed();
    return null;
  }

  private async openControl(): Promise<RunnerRefusal | null> {
    const { timers, log } = this.deps;
    const server = await startControlServer({ path: this.socketPath, desk: this.desk, timers, log });
    if (!server.ok) return { kind: 'settings', message: server.error };
    this.control = server.value;
    return null;
  }

  private openFeed({ venue }: OpenedVenue): Promise<Result<Feed, string>> {
    const { pink, timers, random, configDir, stdin } = this.deps;
    const ticks = new Map(venue.instruments.map(({ symbol, tick }) => [symbolKey(symbol), tick]));
    return openFeed({
      settings: pink.feed,
      symbols: pink.venue.symbols,
      timers,
      random: random.uniform,
      folder: configDir,
      stdin,
      tickOf: (key) => ticks.get(key) ?? null,
    });
  }

  private openTrader(opened: OpenedVenue, feed: Feed): Result<Trader, string> {
    const { pink, policy, dataDir, timers, log, runId, onHalted } = this.deps;
    const market = opened.kind === 'paper' ? paperMarket({ ...opened, timers }) : null;
    this.stream = new VenueStream(opened, timers, log);
    const folder = join(dataDir, 'journal');
    try {
      const trader = openTrader({
        pink,
        venue: opened.venue,
        moveMarket: market === null ? null : (quote) => void market.quote(quote),
        feed,
        policy,
        journal: nodeJournalDisk(folder, this.durable),
        // What nobody starts again needs no memory.
        dataDisk: this.durable.durable ? this.dataDisk : null,
        timers,
        log,
        runId,
        observers: this.observers(),
        onHalted,
        onReplayed: this.memory.observe,
        onNotice: this.stream.listen,
      });
      if (!trader.ok) return err(faultText(trader.error));
      const { report, state } = trader.value.host;
      tellRecovery(report, folder, log);
      if (state.trading.reasons.has('JOURNAL_FULL'))
        log.warn(`${folder}: the disk is full, so entries are refused until it has room; exits go on`);
      return trader;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return err(
        `${folder} cannot be written: ${error.message}; make room there, or look at its permissions`,
      );
    }
  }

  private observers(): readonly Observer[] {
    return [
      this.memory.observe,
      this.history.observe,
      this.metrics.observe,
      (record, state) => this.lists?.observe(record, state),
      ({ seq }) => this.sinks?.sealed(seq),
    ];
  }

  private openLists({ host }: Trader): Promise<Result<ObeyedLists, string>> {
    const { pink, configDir, stateDir, dataDir, env, timers, random, log } = this.deps;
    return openLists({
      ...{ pink, configDir, stateDir, dataDir, env, timers, log, isDurable: this.durable.durable },
      host,
      facts: () => this.facts(),
      startedAtMs: this.startedAtMs,
      random: random.uniform,
    });
  }

  private openSinks({ host }: Trader): void {
    const { pink, dataDir, stateDir, timers, random, log, beginSinkThread } = this.deps;
    this.sinks = startSinks({
      settings: pink.sinks,
      journalDir: join(dataDir, 'journal'),
      dataDir,
      stateDir,
      agent: pink.runner.agent,
      seed: Math.floor(random.uniform() * 2 ** 32),
      timers,
      log,
      ...(beginSinkThread === undefined ? {} : { begin: beginSinkThread }),
    });
    this.sinks.sealed(host.state.seq);
  }

  private async openStatus(): Promise<void> {
    const { pink, timers, log, controlToken } = this.deps;
    const { port } = pink.status;
    if (port === null) return;
    const started = await startStatusServer({
      port,
      facts: () => this.facts(),
      history: this.history,
      metrics: async () => ({
        type: this.metrics.contentType,
        text: await this.metrics.text(this.facts()),
      }),
      ...(controlToken === null
        ? {}
        : { control: controlOverHttp({ desk: this.desk, token: controlToken, timers, log }) }),
      timers,
      log,
    });
    if (started.ok) this.status = started.value;
    else log.warn(`there is no status page: ${started.error}; trading goes on without it`);
  }

  /** A class that no list names is refused entry by entry; a name that is misspelled should be seen before the first. */
  private warnOfUnknownClass(): void {
    const { killList, classes } = this.facts().lists;
    const { strategyClass } = this.deps.policy;
    if (killList === null || classes.has(strategyClass)) return;
    this.deps.log.warn(
      `the kill list does not name ${strategyClass}, the class of the policy: every entry of it is refused; name the class there, or give the policy one of ${[...classes.keys()].join(', ')}`,
    );
  }

  private keepHistory(): void {
    // Of a run that can be made again it is kept at the end.
    if (!this.durable.durable) return;
    this.callOffHistory = this.deps.timers.after(HISTORY_EVERY_MS, () => {
      this.saveHistory();
      this.keepHistory();
    });
  }

  private saveHistory(): void {
    saveHistory(this.dataDisk, HISTORY_FILE, this.history, this.deps.log);
  }

  facts(): RunnerFacts {
    const { pink, timers, version } = this.deps;
    const { trader, opened, stream } = this;
    if (trader === null || opened === null || stream === null) throw new Error('the runner has not begun');
    const parts = [trader.feedDesk.health(), stream.health()];
    const git = this.lists?.part() ?? null;
    return {
      nowMs: timers.nowMs(),
      startedAtMs: this.startedAtMs,
      runnerId: pink.runner.id,
      version,
      environment: pink.venue.environment,
      marginAsset: opened.venue.account.marginAsset,
      policy: trader.policyDesk.tag,
      kernel: trader.host.state,
      halted: trader.host.halted,
      parts: git === null ? parts : [...parts, git],
      sinks: this.sinks?.health() ?? [],
      lists: this.lists?.inForce() ?? NO_LISTS,
      scan: trader.policyDesk.scan,
      isStopping: this.isStopping,
    };
  }

  moment(): LiveMessage {
    const { history } = this;
    return { kind: 'full', view: viewOf(this.facts(), history.recent()), charts: history.charts() };
  }

  whyDead(): string | null {
    return this.trader?.host.halted ?? null;
  }

  async stop(): Promise<readonly string[]> {
    const { pink } = this.deps;
    this.isStopping = true;
    const within = checkedDurationMs(pink.runner.stop_within);
    const left = (await this.trader?.stop(pink.runner.on_stop, within)) ?? [];
    await Promise.all([this.lists?.stop(CATCH_UP_MS), this.sinks?.close(CATCH_UP_MS)]);
    this.callOffHistory();
    this.saveHistory();
    await this.abandon();
    return left;
  }

  /** Closes what is open, whatever has begun. */
  async abandon(): Promise<void> {
    for (const end of this.ends.splice(0)) await end();
    await this.status?.close();
    await this.control?.close();
    await this.opened?.venue.close();
  }
}
