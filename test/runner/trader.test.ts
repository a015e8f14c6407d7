// What stands before the kernel: a feed and a policy in a paper market, from a scan to a flat account, and what goes wrong on the way.

import { describe, expect, it } from 'vitest';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { BTC, START_MS } from '../kernel/build.ts';
import { paperWorld } from './paper-world.ts';
import { enterAt, entering, HOLD, kinds, policyOf, positionIn, stageOf } from './policy-stage.ts';

describe('a policy before the kernel', () => {
  it('enters by a scan and is flat by its own exit, each decision written down before its intent', async () => {
    const policy = policyOf(({ slots: [slot], isNewScan }) => {
      if (slot?.status === 'free' && isNewScan) return [enterAt(50_000)];
      if (slot?.status === 'open' && (slot.price?.price ?? 0) < 49_900)
        return [{ ...HOLD, action: 'EXIT', reason: 'far enough', symbol: BTC, tradeId: slot.tradeId }];
      return [HOLD];
    });
    const stage = await stageOf(policy);

    stage.scan(50_000);
    await stage.world.passed(100);
    expect(positionIn(stage.trader)).toBe(-50);
    stage.scan(49_800);
    await stage.world.passed(1_000);

    expect(positionIn(stage.trader)).toBe(0);
    const told = stage.records.filter(({ event }) => event.kind === 'DECISION' || event.kind === 'INTENT');
    const [decision, intent] = told;
    expect(kinds(told).slice(0, 2)).toEqual(['DECISION', 'INTENT']);
    expect(decision?.event).toMatchObject({
      decisionId: 'run-1.1',
      action: 'ENTER',
      reason: 'go',
      symbol: BTC,
    });
    expect(intent?.event).toMatchObject({ intentId: 'run-1.1' });
  });

  it('tells the policy of each trade that ended once, with what the ledger booked for that trade', async () => {
    const closed: unknown[] = [];
    const policy = policyOf((view) => {
      closed.push(...view.closed);
      const [slot] = view.slots;
      if (slot?.status === 'free' && closed.length === 0 && view.isNewScan) return [enterAt(50_000)];
      return slot?.status === 'open' && view.isNewScan
        ? [{ ...HOLD, action: 'EXIT', symbol: BTC, tradeId: slot.tradeId }]
        : [];
    });
    const stage = await stageOf(policy);

    for (const price of [50_000, 49_000, 49_000, 49_000]) {
      stage.scan(price);
      await stage.world.passed(11_000);
    }

    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatchObject({ realizedUsdt: expect.closeTo(49.98, 1), fundingUsdt: 0 });
  });

  it('looks at exits where no scan comes, by the price of the venue', async () => {
    const seen: (string | undefined)[] = [];
    const policy = policyOf(({ slots: [slot], isNewScan }) => {
      if (slot?.status === 'free' && isNewScan) return [enterAt(50_000)];
      if (slot?.status === 'open') seen.push(slot.price?.source);
      if (slot?.status === 'open' && (slot.price?.price ?? 0) > 51_000)
        return [{ ...HOLD, action: 'EXIT', reason: 'stop', symbol: BTC, tradeId: slot.tradeId }];
      return [];
    });
    const stage = await stageOf(policy);
    stage.scan(50_000);
    await stage.world.passed(100);

    stage.world.price(515_000);
    await stage.world.passed(120_000);

    expect(positionIn(stage.trader)).toBe(0);
    expect(seen).toContain('venue');
  });

  it('asks for a fresh price before an entry on an old one', async () => {
    const stage = await stageOf(entering);
    await stage.world.passed(60_000);

    stage.scan(50_000, { prices: {} });
    await stage.world.passed(100);

    const intent = stage.records.find(({ event }) => event.kind === 'INTENT');
    expect(intent?.outcome).toMatchObject({ isAccepted: true });
  });

  it('goes on without a policy that fails, says so at most once a minute, and writes it down', async () => {
    const policy = policyOf(() => {
      throw new TypeError('no such field');
    });
    const stage = await stageOf(policy);

    for (const price of [50_000, 50_010, 50_020]) stage.scan(price);
    await stage.world.passed(100);

    expect(stage.log.lines.filter((line) => line.includes('no such field'))).toHaveLength(1);
    expect(stage.records.filter(({ event }) => event.kind === 'MALFORMED')).toHaveLength(1);
    expect(kinds(stage.records)).toContain('MARK');
  });

  it('keeps what the policy remembers over a restart, and forgets it for another policy', async () => {
    const steps: number[] = [];
    const policy = policyOf((_, before) => {
      steps.push(before);
      return [];
    });
    const [world, disk, data] = [paperWorld(), simulatedDisk(), memoryDisk()];
    const one = await stageOf(policy, { world, disk, data });
    for (const price of [50_000, 50_010]) one.scan(price);
    await one.trader.stop('keep', 0);
    world.reopen();

    const two = await stageOf(policy, { world, disk, data, run: 'run-2' });
    two.scan(50_000);
    await two.trader.stop('keep', 0);
    world.reopen();
    const three = await stageOf({ ...policy, version: '2' }, { world, disk, data, run: 'run-3' });
    three.scan(50_000);

    expect(steps).toEqual([0, 1, 2, 0]);
    expect(three.log.lines.join('\n')).toContain('begins without a memory');
  });

  it('leaves out facts that are too long, and says so', async () => {
    const policy = policyOf(() => [{ ...HOLD, facts: { text: 'x'.repeat(20_000) } }]);
    const stage = await stageOf(policy);

    stage.scan(50_000);

    const decision = stage.records.find(({ event }) => event.kind === 'DECISION');
    expect(decision?.event).toMatchObject({
      facts: expect.stringMatching(/^\{"left_out":"the facts have \d+ characters/),
    });
  });
});

describe('a stop', () => {
  it('is the last word of the journal, so that a run that was stopped is told from one that was killed', async () => {
    const stage = await stageOf(policyOf(() => []));
    await stage.trader.stop('keep', 0);

    expect(stage.records.at(-1)?.event).toMatchObject({
      kind: 'DECISION',
      decisionId: 'run-1.stop',
      policy: '',
      action: 'STOP',
    });
  });

  const maker = { execution: { style: 'maker' } };

  it.each([
    ['keep', -50],
    ['cancel', -50],
    ['flatten', 0],
  ] as const)('that is to %s leaves a position of %d', async (drainPolicy, position) => {
    const stage = await stageOf(entering);
    stage.scan(50_000);
    await stage.world.passed(100);

    const stopped = stage.trader.stop(drainPolicy, 60_000);
    await stage.world.passed(30_000);

    expect(await stopped).toEqual([]);
    expect(positionIn(stage.trader)).toBe(position);
  });

  it('cancels what rests, waits for the proof, and leaves no command behind', async () => {
    const stage = await stageOf(entering, { pink: maker });
    stage.scan(50_000);
    await stage.world.passed(100);
    expect(stage.trader.host.state.liveOrders).toBe(1);

    const stopped = stage.trader.stop('cancel', 60_000);
    await stage.world.passed(30_000);

    expect(await stopped).toEqual([]);
    expect(stage.trader.host.state.liveOrders).toBe(0);
    expect(stage.trader.host.state.trading.command).toBe('RUN');
  });

  it('says what is left where the time is over', async () => {
    const world = paperWorld(4_000);
    const stage = await stageOf(entering, { world, pink: maker });
    await world.passed(120_000);
    stage.world.price(500_000);
    stage.scan(50_000);
    await stage.world.passed(20_000);

    const stopped = stage.trader.stop('cancel', 1_000);
    await stage.world.passed(2_000);

    expect((await stopped).join()).toContain('BTC-USDT is');
  });

  it('takes no decision of the policy any more, while its drain goes on', async () => {
    const stage = await stageOf(entering);
    const stopped = stage.trader.stop('cancel', 5_000);
    stage.scan(50_000);
    await stage.world.passed(6_000);
    await stopped;

    expect(kinds(stage.records)).not.toContain('INTENT');
  });
});

describe('a feed', () => {
  const still = policyOf(() => []);

  it('marks the kernel by its quotes, and leaves alone what is not traded here', async () => {
    const stage = await stageOf(still);
    const quote = { bid: 50_000, ask: 50_000.1, mark: 50_000, quotedAtMs: START_MS };

    stage.say({ kind: 'quote', quote: { key: 'BTCUSDT', ...quote } });
    stage.say({ kind: 'quote', quote: { key: 'DOGEUSDT', ...quote } });

    expect(stage.trader.host.state.marks.get(BTC)).toMatchObject({ bid: 500_000, ask: 500_001 });
    await stage.world.passed(100);
    expect(kinds(stage.records).filter((kind) => kind === 'MARK')).toHaveLength(1);
  });

  it('that says nonsense is written down once a minute, and counted each time', async () => {
    const stage = await stageOf(still);

    for (let line = 1; line <= 5; line += 1)
      stage.say({ kind: 'malformed', place: `scans.jsonl line ${line}`, problem: 'is no JSON' });

    expect(stage.trader.feedDesk.malformed).toBe(5);
    expect(kinds(stage.records).filter((kind) => kind === 'MALFORMED')).toHaveLength(1);
  });

  it('tells a person when it stops and when it works again', async () => {
    const stage = await stageOf(still);
    stage.say({ kind: 'state', isUp: true, why: 'a file' });
    stage.say({ kind: 'state', isUp: false, why: 'nothing new for 60 s' });
    stage.say({ kind: 'state', isUp: false, why: 'nothing new for 61 s' });

    expect(stage.trader.feedDesk.health()).toMatchObject({ state: 'down', why: 'nothing new for 61 s' });
    expect(stage.log.lines.filter((line) => line.includes('nothing new'))).toHaveLength(1);
  });
});
