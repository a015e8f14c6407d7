// What a runner obeys and reports: the lists in force, their acknowledgements, the heartbeat, and all of it through git where there is one.

import { saveKernelSummary } from '../../adapters/state/kernel-records.ts';
import { processOwner } from '../../adapters/state/lock.ts';
import { nodeDisk } from '../../adapters/state/node-disk.ts';
import type { KernelSummary } from '../../domain/kernel-records.ts';
import type { Pink } from '../../domain/pink-settings.ts';
import { ok, type Result } from '../../domain/result.ts';
import { checkedDurationMs } from '../../domain/time.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { Disk, Log, Timers } from '../../ports.ts';
import type { ListsInForce, RunnerFacts } from '../facts.ts';
import type { Observer, PartHealth, Take } from '../record.ts';
import { type Acks, acknowledge } from './acks.ts';
import { type GitSync, openGitSync } from './git-sync.ts';
import { beatHeart, type Heartbeat } from './heartbeat.ts';
import { listFiles } from './list-files.ts';
import { type ListWatch, watchLists } from './list-watch.ts';

const LOCK_WAIT_MS = 2_000;

export interface ObeyDeps {
  readonly pink: Pink;
  readonly configDir: string;
  readonly stateDir: string;
  /** The runner's own folder. */
  readonly dataDir: string;
  /** `false` waits for no disk; default: every write is durable. */
  readonly isDurable?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The kernel that is told, and told of. */
  readonly host: { readonly take: Take; readonly state: KernelState; readonly halted: string | null };
  readonly facts: () => RunnerFacts;
  readonly startedAtMs: number;
  readonly timers: Timers;
  /** In `[0, 1)`. */
  readonly random: () => number;
  readonly log: Log;
}

export interface ObeyedLists {
  readonly observe: Observer;
  inForce(): ListsInForce;
  /** The heartbeat of now. */
  summary(): KernelSummary;
  /** The remote of git; `null`: there is none. */
  part(): PartHealth | null;
  /** The kernel takes events, and the facts can be had, from here on. Nothing is waited for. */
  begin(): void;
  /** Writes the last heartbeat, and has it pushed within `withinMs` where it goes to a remote. */
  stop(withinMs: number): Promise<void>;
}

/**
 * Opens everything, and begins nothing.
 *
 * @returns why the remote that the settings name cannot be used, in a sentence with the next step.
 */
export async function openLists(deps: ObeyDeps): Promise<Result<ObeyedLists, string>> {
  const { pink, configDir, stateDir, dataDir, isDurable = true, env, timers, random, log } = deps;
  const { git, id } = pink.runner;
  const stateDisk = nodeDisk(stateDir, { durable: isDurable });
  if (git === null) return ok(new Obeyed(deps, stateDisk, null));
  let obeyed: Obeyed | null = null;
  const sync = await openGitSync({
    ...{ git, configDir, stateDir, dataDir, runnerId: id, env, timers, random, log },
    onLook: () => obeyed?.look(),
    restore: () => obeyed?.restore(),
  });
  if (!sync.ok) return sync;
  obeyed = new Obeyed(deps, stateDisk, sync.value);
  return ok(obeyed);
}

class Obeyed implements ObeyedLists {
  private readonly stateDisk: Disk;
  private readonly log: Log;
  private readonly sync: GitSync | null;
  private readonly watch: ListWatch;
  private readonly acks: Acks;
  private readonly heart: Heartbeat;

  constructor(deps: ObeyDeps, stateDisk: Disk, sync: GitSync | null) {
    const { pink, host, timers, log, configDir, stateDir, dataDir, isDurable = true } = deps;
    this.stateDisk = stateDisk;
    this.log = log;
    this.sync = sync;
    this.watch = watchLists({
      source: sync?.lists.source ?? listFiles({ configDir, stateDir }),
      take: host.take,
      versionInForce: () => versionInForce(host.state),
      disk: nodeDisk(dataDir, { durable: isDurable }),
      ...{ timers, log, agent: pink.runner.agent, isMoneyReal: pink.venue.environment === 'live' },
      onChange: () => {
        this.acks.settle();
        this.heart.changed();
      },
    });
    this.acks = acknowledge({
      disk: stateDisk,
      lock: {
        waitMs: LOCK_WAIT_MS,
        owner: processOwner(),
        sleep: (ms) => new Promise((resolve) => void timers.after(ms, resolve)),
      },
      runnerId: pink.runner.id,
      kernel: () => host.state,
      halted: () => host.halted,
      lists: () => this.watch.inForce(),
      handedAtMs: () => this.watch.handedAtMs(),
      ...{ timers, log },
      onWritten: () => sync?.push.ask('ack'),
    });
    this.heart = beatHeart({
      disk: stateDisk,
      facts: deps.facts,
      startedAtMs: deps.startedAtMs,
      everyMs: checkedDurationMs(pink.runner.heartbeat),
      ...{ timers, log },
      onWritten: (why) => sync?.push.ask(why),
    });
  }

  readonly observe: Observer = (record, state) => {
    this.acks.observe(record, state);
    this.heart.observe(record, state);
  };

  inForce(): ListsInForce {
    return this.watch.inForce();
  }

  summary(): KernelSummary {
    return this.heart.now();
  }

  part(): PartHealth | null {
    return this.sync?.health() ?? null;
  }

  begin(): void {
    this.watch.begin();
    // What a runner that died over it owes.
    this.acks.settle();
    this.heart.begin();
    void this.sync?.lists.begin();
  }

  look(): void {
    this.watch.look();
  }

  /** A pull makes the heartbeat what the branch has of it. */
  restore(): void {
    const last = this.heart.last();
    if (last !== null) saveKernelSummary(this.stateDisk, last);
  }

  async stop(withinMs: number): Promise<void> {
    this.watch.end();
    this.sync?.lists.end();
    await this.acks.idle();
    this.acks.end();
    this.heart.stop();
    if (this.sync === null) return;
    await this.sync.push.end(withinMs);
    const { state, why } = this.sync.push.health();
    if (state !== 'up') this.log.warn(`The last heartbeat may not be at the remote: ${why}.`);
  }
}

function versionInForce({ trading }: KernelState): string | null {
  return trading.reasons.has('PERMISSIONS_UNKNOWN') ? null : trading.permissionsVersion;
}
