// Permissions: who may enter and how large, and what becomes of an entry whose class loses its permission.

import { describe, expect, it } from 'vitest';
import type { StrategyClass } from '../../src/domain/ids.ts';
import { CHAMPION, KernelDriver } from './build.ts';

const list = (over: Record<string, unknown> = {}) => [
  { strategyClass: CHAMPION, isEnabled: true, sizePpm: 1_000_000, ...over },
];

function permit(kernel: KernelDriver, version: string, permissions: unknown) {
  return kernel.apply({ kind: 'PERMISSIONS', version, permissions });
}

const disabled = (kernel: KernelDriver) =>
  kernel.effects.flatMap((effect) =>
    effect.kind === 'PUBLISH' && effect.publication.topic === 'strategy_disabled' ? [effect.publication] : [],
  );

describe('permissions', () => {
  it('refuse a class that is disabled, that may have no size, and that nobody knows', () => {
    const kernel = new KernelDriver().ready();
    permit(kernel, 'v2', list({ isEnabled: false }));
    expect(kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED', details: 'class=champion' });
    permit(kernel, 'v3', list({ sizePpm: 0 }));
    expect(kernel.enter()).toMatchObject({ code: 'STRATEGY_DISABLED' });
    expect(kernel.enter({ strategyClass: 'rogue' as StrategyClass })).toMatchObject({
      code: 'STRATEGY_UNKNOWN',
    });
    expect(kernel.sent).toEqual([]);
  });

  it('scale an entry down to whole lots, and never up', () => {
    const kernel = new KernelDriver().ready();
    permit(kernel, 'v2', list({ sizePpm: 250_000 }));
    kernel.enter({ size: 0.051 });
    expect(kernel.lastSent.quantity).toBe(12);

    const larger = new KernelDriver().ready();
    permit(larger, 'v2', list({ sizePpm: 3_000_000 }));
    larger.enter({ size: 0.051 });
    expect(larger.lastSent.quantity).toBe(51);
  });

  it('let nobody in while there is no list, and everybody of the same list when it is back', () => {
    const kernel = new KernelDriver().ready();
    permit(kernel, 'v2', null);
    expect(kernel.enter()).toMatchObject({ code: 'ENTRY_FROZEN', details: 'reasons=PERMISSIONS_UNKNOWN' });
    expect(permit(kernel, 'v2', null)).toMatchObject({ code: 'DUPLICATE_EVENT' });
    permit(kernel, 'v1', list());
    expect(kernel.enter()).toMatchObject({ isAccepted: true });
  });

  it('do not hold up an exit, even where there is no list and the class is disabled', () => {
    const kernel = new KernelDriver().ready();
    kernel.enter();
    kernel.fill(10_001);
    permit(kernel, 'v2', list({ isEnabled: false }));
    permit(kernel, 'v3', null);
    expect(kernel.exit()).toMatchObject({ isAccepted: true });
    expect(kernel.lastSent).toMatchObject({ side: 'SELL', quantity: 50, reduceOnly: true });
  });

  it('count the same version once', () => {
    const kernel = new KernelDriver().ready();
    expect(permit(kernel, 'v1', list())).toMatchObject({ code: 'DUPLICATE_EVENT', details: 'version=v1' });
  });

  it.each([
    ['no list', 'v2', 'everybody'],
    ['no version', '', list()],
    ['a class without a name', 'v2', list({ strategyClass: '' })],
    ['a share that is no number', 'v2', list({ sizePpm: Number.NaN })],
    ['a share below zero', 'v2', list({ sizePpm: -1 })],
    ['a switch that is a word', 'v2', list({ isEnabled: 'yes' })],
    ['a class that is named twice', 'v2', [...list(), ...list({ isEnabled: false })]],
    ['an entry of nothing', 'v2', [null]],
  ])('are refused where they have %s, and nobody may enter', (_, version, permissions) => {
    const kernel = new KernelDriver().ready();
    expect(permit(kernel, version, permissions)).toMatchObject({ code: 'MALFORMED_EVENT' });
    expect(kernel.enter()).toMatchObject({ code: 'ENTRY_FROZEN' });
  });

  it('cancel the resting entry of a class that loses its own, and say how many orders that were', () => {
    const kernel = new KernelDriver({ router: { style: 'maker' } }).ready();
    kernel.enter();
    kernel.ack();
    permit(kernel, 'v2', list({ isEnabled: false }));

    expect(kernel.effects.filter(({ kind }) => kind === 'CANCEL')).toHaveLength(1);
    expect(disabled(kernel)).toEqual([
      { topic: 'strategy_disabled', strategyClass: CHAMPION, ordersCanceled: 1 },
    ]);
    permit(kernel, 'v3', list({ isEnabled: false }));
    expect(disabled(kernel)).toHaveLength(1);
  });

  it('are lost by being left out of a list as well', () => {
    const kernel = new KernelDriver().ready();
    permit(kernel, 'v2', []);
    expect(disabled(kernel)).toEqual([
      { topic: 'strategy_disabled', strategyClass: CHAMPION, ordersCanceled: 0 },
    ]);
    expect(kernel.enter()).toMatchObject({ code: 'STRATEGY_UNKNOWN' });
  });
});
