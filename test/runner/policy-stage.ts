// A policy in a paper market, begun and in step with the venue: what the tests of everything before the kernel stand on.

import type { RunId, StrategyClass } from '../../src/domain/ids.ts';
import { Pink } from '../../src/domain/pink-settings.ts';
import type { FeedNotice, Scan } from '../../src/domain/scan.ts';
import { type EpochMs, PPM_ONE } from '../../src/domain/steps.ts';
import { validate } from '../../src/domain/validate.ts';
import { positionOf } from '../../src/kernel/exposure.ts';
import type { Decision, Policy, PolicyView } from '../../src/policy/policy.ts';
import type { Feed } from '../../src/ports.ts';
import type { AppliedRecord } from '../../src/runner/record.ts';
import { openTrader, type Trader } from '../../src/runner/trader.ts';
import type { memoryDisk } from '../fakes/memory-disk.ts';
import { memoryLog } from '../fakes/memory-mailer.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { BTC, ETH } from '../kernel/build.ts';
import { type PaperWorld, paperWorld } from './paper-world.ts';

export const HOLD: Decision = {
  slot: 0,
  action: 'HOLD',
  reason: 'nothing to do',
  symbol: '',
  side: 'SHORT',
  tradeId: null,
  referencePrice: null,
  size: null,
  leverage: null,
  exitLegRatios: [],
  isUrgent: false,
  facts: {},
};

/** A policy out of one function; its memory counts its steps. */
export function policyOf(decide: (view: PolicyView, steps: number) => readonly Decision[]): Policy<number> {
  return {
    name: 'test',
    version: '1',
    settings: {},
    strategyClass: 'macro',
    begin: () => 0,
    step: (steps, view) => ({ memory: steps + 1, decisions: decide(view, steps) }),
  };
}

export function enterAt(price: number): Decision {
  return {
    ...HOLD,
    action: 'ENTER',
    reason: 'go',
    symbol: BTC,
    referencePrice: price,
    size: 0.05,
    leverage: 1,
  };
}

/** Enters with each scan on which it is flat. */
export const entering = policyOf(({ slots: [slot], isNewScan }) =>
  slot?.status === 'free' && isNewScan ? [enterAt(50_000)] : [],
);

export function scanOf(scanNumber: number, price: number, atMs: number, over: Partial<Scan> = {}): Scan {
  return {
    scanNumber,
    scannedAtMs: atMs as EpochMs,
    receivedAtMs: atMs as EpochMs,
    prices: { BTCUSDT: price },
    anchor: 'BTCUSDT',
    velDiv: -0.05,
    w50Velocity: -0.04,
    w750Velocity: 0.01,
    isVolOk: true,
    posture: 'APEX',
    acbBoost: null,
    exf: null,
    esof: null,
    problems: [],
    ...over,
  };
}

export interface Stage {
  readonly trader: Trader;
  readonly world: PaperWorld;
  readonly records: AppliedRecord[];
  readonly log: ReturnType<typeof memoryLog>;
  say(notice: FeedNotice): void;
  scan(price: number, over?: Partial<Scan>): void;
}

interface StageOptions {
  readonly world?: PaperWorld;
  readonly disk?: ReturnType<typeof simulatedDisk>;
  readonly data?: ReturnType<typeof memoryDisk> | null;
  readonly run?: string;
  readonly pink?: object;
}

export async function stageOf(policy: Policy<number>, options: StageOptions = {}): Promise<Stage> {
  const { world = paperWorld(), disk = simulatedDisk(), data = null, run = 'run-1', pink = {} } = options;
  const checked = validate(Pink, { version: 1, venue: { symbols: [BTC, 'ETH-USDT'] }, ...pink });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  const records: AppliedRecord[] = [];
  const log = memoryLog();
  let listen: (notice: FeedNotice) => void = () => undefined;
  const feed: Feed = {
    follow(given) {
      listen = given;
      return async () => undefined;
    },
  };
  const opened = openTrader({
    pink: checked.value,
    venue: world.venue,
    moveMarket: ({ key, mark }) => void world.price(mark * 10, key === 'BTCUSDT' ? BTC : ETH),
    feed,
    policy,
    journal: disk,
    dataDisk: data,
    timers: world.timers,
    log,
    runId: run as RunId,
    observers: [(record) => records.push(record)],
    onHalted: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.error.problem);
  const trader = opened.value;
  trader.begin();
  const permissions = [{ strategyClass: 'macro' as StrategyClass, isEnabled: true, sizePpm: PPM_ONE }];
  trader.host.take((atMs) => ({ kind: 'PERMISSIONS', atMs, version: '1', permissions }));
  world.price(500_000);
  await world.passed(2_000);
  trader.beginFeed();
  let scans = 0;
  return {
    trader,
    world,
    records,
    log,
    say: (notice) => listen(notice),
    scan(price, over = {}) {
      scans += 1;
      listen({ kind: 'scan', scan: scanOf(scans, price, world.timers.nowMs(), over) });
    },
  };
}

export function positionIn({ host }: Pick<Trader, 'host'>): number {
  const trade = host.state.slots[0]?.trade ?? null;
  return trade === null ? 0 : positionOf(trade);
}

export function kinds(records: readonly AppliedRecord[]): readonly string[] {
  return records.map(({ event }) => event.kind);
}
