// What the kill list and the allocation permit: who may enter, how large, and which texts are the same version.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KillList } from '../../../src/domain/kill-list.ts';
import type { Allocation } from '../../../src/domain/supervisor.ts';
import { permissionsOf, permissionsVersion } from '../../../src/runner/lists/permissions.ts';

const LIST: KillList = {
  macro: { status: 'ENABLED', max_cvar_sigma: 4 },
  arb: {
    status: 'DISABLED',
    reason: 'it loses',
    evidence: 'a person saw it',
    since: '2026-11-21T10:00:00.000Z',
    episode: 'arb/2',
  },
};

/** Compilers take the key for what every object has. */
const INHERITED: KillList = Object.fromEntries([['constructor', { status: 'ENABLED' as const }]]);

function allocation(over: Partial<Allocation[string]> = {}): Allocation {
  const row = { strategy_class: 'macro', base: 0.2, multiplier: 1, divergence_factor: 1, weight: 0.1 };
  return { pink: { ...row, status: 'ENABLED', ...over } };
}

const factor = (all: Allocation | null, agent = 'pink'): number =>
  permissionsOf(LIST, all, agent, true).permissions[0]?.sizePpm ?? -1;

describe('permissions', () => {
  it('name each class once, with why and for which episode it is disabled', () => {
    const { permissions, classes } = permissionsOf(LIST, null, 'pink', true);
    expect(permissions).toEqual([
      { strategyClass: 'arb', isEnabled: false, sizePpm: 1_000_000 },
      { strategyClass: 'macro', isEnabled: true, sizePpm: 1_000_000 },
    ]);
    expect(classes.get('arb')).toEqual({
      isEnabled: false,
      reason: 'it loses',
      episode: 'arb/2',
      sizeFactor: 1,
    });
    expect(classes.get('macro')).toMatchObject({ isEnabled: true, reason: null, episode: null });
  });

  it.each([
    ['no allocation', null, 1_000_000],
    ['an allocation that does not know the agent', { other: allocation()['pink'] }, 1_000_000],
    ['half of its base', allocation(), 500_000],
    ['more than its base', allocation({ weight: 0.4 }), 1_000_000],
    ['nothing', allocation({ weight: 0 }), 0],
    ['a weight in shadow', allocation({ status: 'SHADOW' }), 0],
    ['a weight of a class that is disabled', allocation({ status: 'DISABLED' }), 0],
    ['no base', allocation({ base: 0, weight: 0.1 }), 0],
    ['0.07 of 0.1, which binary fractions cannot say', allocation({ base: 0.1, weight: 0.07 }), 700_000],
  ])('scale entries by the share: %s', (_, all, ppm) => {
    expect(factor(all as Allocation | null)).toBe(ppm);
  });

  it('leave an agent in shadow its whole size where no capital follows it', () => {
    const shadow = allocation({ status: 'SHADOW', weight: 0, base: 0 });
    expect(permissionsOf(LIST, shadow, 'pink', false).permissions[0]?.sizePpm).toBe(1_000_000);
    const disabled = allocation({ status: 'DISABLED', weight: 0 });
    expect(permissionsOf(LIST, disabled, 'pink', false).permissions[0]?.sizePpm).toBe(0);
  });

  it('look up names that every object has by nature as what they are: names', () => {
    expect(factor(allocation(), 'constructor')).toBe(1_000_000);
    const { classes } = permissionsOf(INHERITED, null, 'pink', true);
    expect(classes.get('constructor')).toMatchObject({ isEnabled: true });
  });

  it('never scale up, and never beyond whole millionths', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (base, weight) => {
        const ppm = factor(allocation({ base, weight }));
        expect(Number.isSafeInteger(ppm)).toBe(true);
        expect(ppm).toBeGreaterThanOrEqual(0);
        expect(ppm).toBeLessThanOrEqual(1_000_000);
        if (base > 0) expect(ppm / 1e6).toBeLessThanOrEqual(Math.min(1, weight / base) + 1e-9);
      }),
    );
  });

  it('are one version for the same contents and agent, and another for each that differs', () => {
    const a = 'a'.repeat(64);
    const b = 'b'.repeat(64);
    const versions = [
      permissionsVersion(a, null, 'pink'),
      permissionsVersion(b, null, 'pink'),
      permissionsVersion(a, a, 'pink'),
      permissionsVersion(a, b, 'pink'),
      permissionsVersion(a, null, 'rose'),
    ];
    expect(new Set(versions).size).toBe(versions.length);
    expect(permissionsVersion(a, null, 'pink')).toBe(versions[0]);
  });
});
