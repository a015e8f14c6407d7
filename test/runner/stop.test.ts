// What a stop proves before the end where something is under way: an entry that fills meanwhile, a kernel that halts meanwhile.

import { describe, expect, it } from 'vitest';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { paperWorld } from './paper-world.ts';
import { entering, positionIn, type Stage, stageOf } from './policy-stage.ts';

/** A maker entry that rests at a venue whose answers take as long. */
async function resting(latencyMs: number, disk = simulatedDisk()): Promise<Stage> {
  const world = paperWorld(latencyMs);
  const stage = await stageOf(entering, { world, disk, pink: { execution: { style: 'maker' } } });
  await world.passed(20_000);
  world.price(500_000);
  stage.scan(50_000);
  await world.passed(3 * latencyMs);
  expect(stage.trader.host.state.liveOrders).toBe(1);
  return stage;
}

describe('a stop', () => {
  it('that is to close everything closes an entry as well whose cancel came too late', async () => {
    const stage = await resting(3_000);

    const stopped = stage.trader.stop('flatten', 60_000);
    stage.world.price(500_500);
    await stage.world.passed(2_000);
    expect(positionIn(stage.trader)).toBe(-50);
    await stage.world.passed(60_000);

    expect(await stopped).toEqual([]);
    expect(positionIn(stage.trader)).toBe(0);
  });

  it('does not wait for a kernel that has halted, and says what is left', async () => {
    const disk = simulatedDisk();
    const stage = await resting(400, disk);
    const { host } = stage.trader;
    const problem = 'x'.repeat(100_000);

    const stopped = stage.trader.stop('cancel', 600_000);
    disk.setCapacity(0);
    for (let round = 0; round < 1_000 && host.halted === null; round += 1)
      host.take((atMs) => ({ kind: 'MALFORMED', atMs, what: 'test', problem }));
    await stage.world.passed(1_000);
    const settled = await Promise.race([stopped, Promise.resolve('it still waits')]);

    expect(host.halted).toContain('full');
    expect(settled).toEqual([expect.stringContaining('BTC-USDT is CANCEL_SENT')]);
  });
});
