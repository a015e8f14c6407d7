// The stages that operators know, read from a slot along the life of a trade.

import { expect, it } from 'vitest';
import { stageOf } from '../../src/kernel/stage.ts';
import { KernelDriver, usdt } from './build.ts';

it('follows a trade from idle to its last row', () => {
  const kernel = new KernelDriver({ router: { style: 'maker' } }).ready();
  const stages = [stageOf(kernel.slot())];
  const look = () => stages.push(stageOf(kernel.slot()));
  kernel.enter({ exitLegRatios: [0.5, 1] });
  look();
  kernel.ack();
  kernel.report(20, 10_000, { fee: usdt(0.004) });
  look();
  kernel.report(50, 10_000, { fee: usdt(0.01) });
  look();
  kernel.hold(50);
  kernel.exit();
  look();
  kernel.ack();
  look();
  kernel.report(25, 10_001, { fee: usdt(0.005) });
  look();
  kernel.exit();
  kernel.ack();
  kernel.report(25, 10_001);
  look();
  kernel.report(25, 10_001, { fee: usdt(0.005) });
  look();
  kernel.hold(0);
  kernel.wait(20_000);
  look();
  expect(stages).toEqual([
    'IDLE',
    'ORDER_REQUESTED',
    'PARTIAL_FILL',
    'POSITION_OPENED',
    'EXIT_SENT',
    'EXIT_WORKING',
    'POSITION_PARTIALLY_CLOSED',
    'POSITION_CLOSED',
    'TRADE_TERMINAL_WRITTEN',
    'IDLE',
  ]);
});

it('says that an entry or an exit was rejected', () => {
  const kernel = new KernelDriver().ready();
  kernel.enter();
  kernel.reject('MARGIN');
  expect(stageOf(kernel.slot())).toBe('ORDER_REJECTED');
  kernel.enter();
  kernel.fill(10_000);
  kernel.hold(50);
  kernel.exit();
  kernel.reject('BUSY');
  expect(stageOf(kernel.slot())).toBe('EXIT_REJECTED');
});
