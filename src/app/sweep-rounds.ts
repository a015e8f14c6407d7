// The rounds of the sweep: now and then over all deliveries and all repositories, each failure told and none in the way of the next.

import { causesOf, causeText } from '../domain/causes.ts';
import { MINUTE_MS } from '../domain/time.ts';
import type { Clock, Disk, GitHubApp, Log } from '../ports.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { DeliveryWorker } from './delivery-worker.ts';
import type { Installation, InstalledRepository } from './probot-frame.ts';
import type { PortsFor } from './repository-ports.ts';
import { installationProblems } from './start-checks.ts';
import { redeliverMissed, type SweepMemory, sweepMemory, sweepRepository } from './sweep.ts';

interface RoundPorts {
  readonly app: GitHubApp;
  /** Keeps when the last round was, over restarts. */
  readonly disk: Disk;
  readonly queue: Pick<DeliveryQueue, 'knows' | 'forgetOld'>;
  readonly worker: Pick<DeliveryWorker, 'inLane'>;
  readonly clock: Clock;
  readonly log: Log;
  isHandled(event: string): boolean;
  installations(): Promise<readonly Installation[]>;
  repositories(installations: readonly Installation[]): Promise<readonly InstalledRepository[]>;
  readonly portsFor: PortsFor;
  /** Waits, in milliseconds; ends early, without an error, where the signal is given. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface SweepRounds {
  /** Makes one round. Never throws: what failed is logged, and shown by `problems` until the next round. */
  round(ended: AbortSignal): Promise<void>;
  /** Makes rounds until the signal is given. */
  forever(ended: AbortSignal): Promise<void>;
  /** When the last round of this process began, epoch milliseconds. */
  lastMs(): number | null;
  problems(): readonly string[];
}

const ROUND_MS = 5 * MINUTE_MS;
const MARK_PATH = 'last-sweep.json';

/** Returns the rounds; none is made yet. */
export function sweepRounds(ports: RoundPorts): SweepRounds {
  const memories = new Map<string, SweepMemory>();
  let lastMs: number | null = null;
  let problems: readonly string[] = [];
  const rounds: SweepRounds = {
    async round(ended) {
      const startedMs = ports.clock.nowMs();
      problems = [
        ...(await problemsOf(
          'asking for missed deliveries',
          async () => await askForMissed(ports, startedMs),
        )),
        ...(await lookAtAll(ports, memories, ended)),
      ];
      for (const problem of problems) ports.log.error(`${problem}; the next sweep tries again`);
      lastMs = startedMs;
    },
    async forever(ended) {
      while (!ended.aborted) {
        await rounds.round(ended);
        await ports.sleep(ROUND_MS, ended);
      }
    },
    lastMs: () => lastMs,
    problems: () => problems,
  };
  return rounds;
}

async function askForMissed(ports: RoundPorts, startedMs: number): Promise<void> {
  const { app, clock, log, queue, disk, isHandled } = ports;
  const known = { app, clock, log, isKnown: queue.knows, isHandled };
  const { asked, isComplete } = await redeliverMissed(known, readMark(disk));
  if (asked > 0) log.info(`${asked} deliveries had been missed and were asked for again`);
  if (isComplete) disk.replace(MARK_PATH, `{"started_ms":${startedMs}}\n`);
  queue.forgetOld(startedMs);
}

/** Without a mark, as on the first start, all that GitHub still knows is asked for. */
function readMark(disk: Disk): number | null {
  const text = disk.read(MARK_PATH)?.toString('utf8') ?? '';
  const found = /^\{"started_ms":(\d{1,15})\}\s*$/.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

async function lookAtAll(
  ports: RoundPorts,
  memories: Map<string, SweepMemory>,
  ended: AbortSignal,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const listing = await problemsOf('listing the repositories of the app', async () => {
    const installations = await ports.installations();
    problems.push(...installations.flatMap(installationProblems));
    for (const installed of await ports.repositories(installations)) {
      const { fullName } = installed;
      if (ended.aborted) return;
      const memory = memories.get(fullName) ?? sweepMemory();
      memories.set(fullName, memory);
      const look = async (): Promise<void> => {
        await sweepRepository(await ports.portsFor(installed), memory, ports.clock.nowMs());
      };
      const failed = await problemsOf(`looking at ${fullName}`, async () => {
        await ports.worker.inLane(fullName, look);
      });
      problems.push(...failed);
    }
  });
  return [...listing, ...problems];
}

async function problemsOf(what: string, run: () => Promise<void>): Promise<readonly string[]> {
  try {
    await run();
    return [];
  } catch (error) {
    return [`${what} failed: ${causesOf(error).map(causeText).join('; ')}`];
  }
}
