// A runner that obeys the lists of its own machine: what it owes from before, what it lets go of, and whose money is real.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import { Pink } from '../../../src/domain/pink-settings.ts';
import type { EpochMs } from '../../../src/domain/steps.ts';
import { validate } from '../../../src/domain/validate.ts';
import { openLists } from '../../../src/runner/lists/obey-lists.ts';
import type { Take } from '../../../src/runner/record.ts';
import { KernelDriver, START_MS } from '../../kernel/build.ts';
import { factsOf } from '../facts-of.ts';
import { allocationText, DISABLED, ENABLED, SaidLog } from './list-world.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-lists-'));
  for (const name of ['config', 'state', 'data']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'config/kill-list.yaml'), ENABLED);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function obeyed(kernel: KernelDriver, environment: 'paper' | 'demo' | 'live' = 'paper') {
  const pink = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'], environment } });
  if (!pink.ok) throw new Error(JSON.stringify(pink.error));
  const timers = virtualTimers(START_MS);
  let handed = 0;
  const take: Take = (make) => {
    handed += 1;
    return kernel.apply({ ...make(timers.nowMs() as EpochMs) });
  };
  const opened = await openLists({
    pink: pink.value,
    configDir: join(folder, 'config'),
    stateDir: join(folder, 'state'),
    dataDir: join(folder, 'data'),
    env: {},
    host: { take, state: kernel.state, halted: null },
    facts: () => factsOf(kernel, { nowMs: timers.nowMs() }),
    startedAtMs: START_MS,
    timers,
    random: () => 0,
    log: new SaidLog(),
  });
  if (!opened.ok) throw new Error(opened.error);
  opened.value.begin();
  await settled();
  return { lists: opened.value, timers, handed: () => handed };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

function lines(): readonly string[] {
  return readFileSync(join(folder, 'state/kernel/acks.jsonl'), 'utf8').trimEnd().split('\n');
}

describe('the lists of this machine', () => {
  it('are acknowledged at the start where that is owed, although nothing has changed', async () => {
    const kernel = new KernelDriver().ready();
    const first = await obeyed(kernel);
    expect(lines()).toHaveLength(1);
    await first.lists.stop(0);
    rmSync(join(folder, 'state/kernel/acks.jsonl'));

    const second = await obeyed(kernel);
    expect(second.handed()).toBe(0);
    expect(lines()).toHaveLength(1);
    await second.lists.stop(0);
  });

  it('are looked at no more after the stop, and nothing waits', async () => {
    const kernel = new KernelDriver().ready();
    const { lists, timers, handed } = await obeyed(kernel);
    expect(handed()).toBe(1);
    await lists.stop(0);
    writeFileSync(join(folder, 'config/kill-list.yaml'), DISABLED);
    timers.advance(60_000);

    expect(handed()).toBe(1);
    expect(timers.nextMs()).toBeNull();
  });

  it('that cannot be read at a first start let nobody in, and say that there was no good one', async () => {
    writeFileSync(join(folder, 'config/kill-list.yaml'), 'champion: {');
    const kernel = new KernelDriver();
    kernel.apply({ kind: 'START', runId: 'run-1' });
    const { lists, timers } = await obeyed(kernel);
    timers.advance(1_000);

    expect(kernel.state.trading.reasons.has('PERMISSIONS_UNKNOWN')).toBe(true);
    expect(lists.inForce().problem).toContain('there was no good one before');
    await lists.stop(0);
  });

  it.each([
    ['paper', 1],
    ['demo', 1],
    ['live', 0],
  ] as const)('give an agent in shadow on %s a share of %d', async (environment, share) => {
    mkdirSync(join(folder, 'state/supervisor'));
    writeFileSync(join(folder, 'state/supervisor/allocation.json'), allocationText({ status: 'SHADOW' }));
    const { lists } = await obeyed(new KernelDriver().ready(), environment);

    expect(lists.inForce().classes.get('champion')?.sizeFactor).toBe(share);
    await lists.stop(0);
  });
});
