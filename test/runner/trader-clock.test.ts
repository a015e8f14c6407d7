// What a trader does by the clock, what it keeps of its policy, and what it lets go of when it stops.

import { describe, expect, it } from 'vitest';
import type { RunId } from '../../src/domain/ids.ts';
import { Pink } from '../../src/domain/pink-settings.ts';
import type { FeedNotice } from '../../src/domain/scan.ts';
import type { EpochMs } from '../../src/domain/steps.ts';
import { validate } from '../../src/domain/validate.ts';
import type { Policy, PolicyView } from '../../src/policy/policy.ts';
import { openTrader } from '../../src/runner/trader.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { memoryLog } from '../fakes/memory-mailer.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { BTC } from '../kernel/build.ts';
import { paperWorld } from './paper-world.ts';
import { enterAt, policyOf, positionIn, scanOf, stageOf } from './policy-stage.ts';

const still = policyOf(() => []);

function opened(policy: Policy<number> = still) {
  const world = paperWorld();
  const checked = validate(Pink, { version: 1, venue: { symbols: [BTC, 'ETH-USDT'] } });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  const data = memoryDisk();
  const log = memoryLog();
  const acts: string[] = [];
  let listen: (notice: FeedNotice) => void = () => undefined;
  const trader = openTrader({
    pink: checked.value,
    venue: world.venue,
    moveMarket: null,
    feed: {
      follow(given) {
        listen = given;
        return async () => void acts.push('the feed is let go');
      },
    },
    policy,
    journal: simulatedDisk(),
    dataDisk: data,
    timers: world.timers,
    log,
    runId: 'run-1' as RunId,
    observers: [({ event }) => void (event.kind === 'DECISION' && acts.push(event.action))],
    onHalted: () => undefined,
    onFeedEnded: () => void acts.push('the feed has ended'),
  });
  if (!trader.ok) throw new Error(trader.error.problem);
  trader.value.begin();
  trader.value.beginFeed();
  return { trader: trader.value, world, data, log, acts, say: (notice: FeedNotice) => listen(notice) };
}

function kept(data: ReturnType<typeof memoryDisk>): unknown {
  return JSON.parse(data.dump()['policy-memory.json'] ?? 'null');
}

describe('the clock of a trader', () => {
  it('lets the policy look at what it holds every five seconds, where no price moves', async () => {
    const moments: number[] = [];
    const policy = policyOf(({ slots: [slot], isNewScan, nowMs }) => {
      if (slot?.status === 'free' && isNewScan) return [enterAt(50_000)];
      if (slot?.status === 'open' && !isNewScan) moments.push(nowMs);
      return [];
    });
    const stage = await stageOf(policy);
    stage.scan(50_000);
    await stage.world.passed(100);
    expect(positionIn(stage.trader)).toBe(-50);
    moments.length = 0;
    await stage.world.passed(20_000);

    const apart = moments.slice(1).map((at, index) => at - (moments[index] ?? 0));
    expect(new Set(moments).size).toBeGreaterThanOrEqual(4);
    expect(Math.max(...apart)).toBeLessThanOrEqual(5_000);
  });

  it('keeps what the policy remembers every ten seconds', async () => {
    const it = opened();
    it.say({ kind: 'scan', scan: scanOf(1, 50_000, it.world.timers.nowMs()) });
    await it.world.passed(9_999);
    expect(kept(it.data)).toBeNull();
    await it.world.passed(1);
    expect(kept(it.data)).toMatchObject({ policy: 1 });

    it.say({ kind: 'scan', scan: scanOf(2, 50_000, it.world.timers.nowMs()) });
    await it.world.passed(10_000);
    expect(kept(it.data)).toMatchObject({ policy: 2 });
  });

  it('says once that the memory cannot be kept, and again after it could', async () => {
    const it = opened();
    const { replace } = it.data;
    const refuse = (): never => {
      throw new Error('no room');
    };
    it.data.replace = refuse;
    await it.world.passed(30_000);
    expect(it.log.lines.filter((line) => line.includes('no room'))).toHaveLength(1);

    it.data.replace = replace;
    await it.world.passed(10_000);
    it.data.replace = refuse;
    await it.world.passed(20_000);
    expect(it.log.lines.filter((line) => line.includes('no room'))).toHaveLength(2);
  });
});

describe('bars of a feed', () => {
  it('are measured by the first symbol of the settings', () => {
    const views: PolicyView[] = [];
    const it = opened(
      policyOf((view) => {
        views.push(view);
        return [];
      }),
    );
    const candle = { open: 1, high: 1, low: 1, close: 1 };
    const closedAtMs = it.world.timers.nowMs() as EpochMs;
    it.say({
      kind: 'candles',
      closed: { closedAtMs, barMs: 60_000, candles: { BTCUSDT: candle, ETHUSDT: candle } },
    });

    expect(views[0]?.scan?.anchor).toBe('BTCUSDT');
  });
});

describe('the end of a trader', () => {
  it('lets the feed go and keeps the memory before the last word, and leaves nothing that waits', async () => {
    const it = opened();
    it.say({ kind: 'scan', scan: scanOf(1, 50_000, it.world.timers.nowMs()) });
    await it.world.passed(100);
    await it.trader.stop('keep', 0);

    expect(it.acts).toEqual(['the feed is let go', 'STOP']);
    expect(kept(it.data)).toMatchObject({ policy: 1 });
    expect(it.world.timers.nextMs()).toBeNull();
  });

  it('of its feed is told to the caller', () => {
    const it = opened();
    it.say({ kind: 'ended' });

    expect(it.acts).toEqual(['the feed has ended']);
  });
});
