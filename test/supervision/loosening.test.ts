// How much a change of the kill list loosens, limit by limit, after inheritance and defaults.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DisabledClass, KillList } from '../../src/domain/kill-list.ts';
import { limitsOf } from '../../src/supervision/limits.ts';
import { beyondLimit, limitChanges, statusChanges } from '../../src/supervision/loosening.ts';

const DISABLED: DisabledClass = {
  status: 'DISABLED',
  reason: 'The tail broke.',
  evidence: 'verdict',
  since: '2026-03-01T00:00:00.000Z',
  episode: 'macro/1',
};

function changes(base: KillList, head: KillList, defaults: readonly [number, number] = [4, 4]) {
  return limitChanges(
    { killList: base, defaultMaxSigma: defaults[0] },
    { killList: head, defaultMaxSigma: defaults[1] },
  );
}

describe('limitChanges', () => {
  it('says by which share a limit is raised or lowered', () => {
    const base: KillList = { macro: { status: 'ENABLED', max_cvar_sigma: 4 } };

    expect(changes(base, { macro: { status: 'ENABLED', max_cvar_sigma: 5 } })).toMatchObject([
      { subject: 'macro', what: 'max_cvar_sigma', before: '4', after: '5', effect: 'looser', share: 0.25 },
    ]);
    expect(changes(base, { macro: { status: 'ENABLED', max_cvar_sigma: 3 } })).toMatchObject([
      { effect: 'tighter', share: 0.25 },
    ]);
    expect(changes(base, base)).toEqual([]);
  });

  it('calls a limit that is gone a loosening, whatever is left', () => {
    const both: KillList = { macro: { status: 'ENABLED', max_cvar_sigma: 4, max_cvar_error_bps: 900 } };
    const one: KillList = { macro: { status: 'ENABLED', max_cvar_error_bps: 900 } };

    expect(changes(both, one)).toMatchObject([
      { what: 'max_cvar_sigma', before: '4', after: null, effect: 'looser', share: null },
    ]);
    expect(changes(one, both)).toMatchObject([{ what: 'max_cvar_sigma', effect: 'tighter' }]);
  });

  it('knows that a limit in basis points replaces the default in sigma', () => {
    expect(changes({}, { macro: { status: 'ENABLED', max_cvar_error_bps: 9000 } })).toMatchObject([
      { what: 'max_cvar_sigma', before: '4 (default)', after: null, effect: 'looser', share: null },
      { what: 'max_cvar_error_bps', before: null, after: '9,000', effect: 'tighter' },
    ]);
  });

  it('compares a class that is removed with the default that applies to it then', () => {
    const base: KillList = { macro: { status: 'ENABLED', max_cvar_sigma: 2 } };

    expect(changes(base, {})).toMatchObject([
      { before: '2', after: '4 (default)', effect: 'looser', share: 1 },
    ]);
    expect(changes({ macro: { status: 'ENABLED', max_cvar_sigma: 4 } }, {})).toEqual([]);
  });

  it('leaves classes that only have the default to the default', () => {
    expect(changes({ macro: { status: 'ENABLED' } }, { macro: { status: 'ENABLED' } }, [4, 9])).toEqual([]);
  });

  it('names a regime only where it differs otherwise than its class', () => {
    const base: KillList = {
      macro: { status: 'ENABLED', max_cvar_sigma: 4, by_regime: { TREND: { max_cvar_sigma: 3 } } },
    };
    const removed: KillList = { macro: { status: 'ENABLED', max_cvar_sigma: 4 } };
    const inherited: KillList = {
      macro: { status: 'ENABLED', max_cvar_sigma: 5, by_regime: { TREND: { max_cvar_error_bps: 10 } } },
    };

    expect(changes(base, removed)).toMatchObject([
      { regime: 'TREND', before: '3', after: '4', effect: 'looser' },
    ]);
    expect(changes(removed, inherited)).toMatchObject([
      { regime: null, what: 'max_cvar_sigma' },
      {
        regime: 'TREND',
        what: 'max_cvar_error_bps',
        effect: 'tighter',
        path: 'macro.by_regime.TREND.max_cvar_error_bps',
      },
    ]);
  });

  it('names a limit of a regime that changes as another limit of its class does', () => {
    const base: KillList = {
      macro: {
        ...{ status: 'ENABLED', max_cvar_sigma: 4, max_cvar_error_bps: 9 },
        by_regime: { TREND: { max_cvar_sigma: 5, max_cvar_error_bps: 4 } },
      },
    };
    const head: KillList = {
      macro: {
        ...{ status: 'ENABLED', max_cvar_sigma: 8, max_cvar_error_bps: 9 },
        by_regime: { TREND: { max_cvar_sigma: 5, max_cvar_error_bps: 8 } },
      },
    };

    expect(changes(base, head)).toMatchObject([
      { regime: null, what: 'max_cvar_sigma', before: '4', after: '8' },
      { regime: 'TREND', what: 'max_cvar_error_bps', before: '4', after: '8', effect: 'looser' },
    ]);
  });

  it('finds a loosening exactly where some limit that applies is higher or gone', () => {
    const entry = fc.record(
      {
        max_cvar_sigma: fc.integer({ min: 1, max: 4 }),
        max_cvar_error_bps: fc.integer({ min: 1, max: 4 }),
        by_regime: fc.dictionary(
          fc.constantFrom('TREND', 'RANGE'),
          fc.record({ max_cvar_sigma: fc.integer({ min: 1, max: 4 }) }),
        ),
      },
      { requiredKeys: [] },
    );
    const lists = fc
      .dictionary(fc.constantFrom('macro', 'arb', 'constructor'), entry)
      .map((raw) =>
        Object.fromEntries(Object.entries(raw).map(([k, v]) => [k, { status: 'ENABLED' as const, ...v }])),
      );
    fc.assert(
      fc.property(lists, lists, (base, head) => {
        const found = changes(base, head).some(({ effect }) => effect === 'looser');
        const expected = ['macro', 'arb', 'constructor'].some((name) =>
          ['TREND', 'RANGE', 'CHOP'].some((regime) => {
            const [a, b] = [limitsOf(base, name, regime, 4), limitsOf(head, name, regime, 4)];
            return (['max_cvar_sigma', 'max_cvar_error_bps'] as const).some((unit) => {
              const [before, after] = [a[unit], b[unit]];
              return before !== null && (after === null || after > before);
            });
          }),
        );
        expect(found).toBe(expected);
      }),
    );
  });
});

describe('statusChanges', () => {
  const stopped: KillList = { macro: DISABLED };
  const free: KillList = { macro: { status: 'ENABLED' } };

  it('says that a stop by hand tightens', () => {
    expect(statusChanges(free, stopped, () => null)).toMatchObject([
      { what: 'status', before: 'ENABLED', after: 'DISABLED', effect: 'tighter' },
    ]);
  });

  it.each([
    [true, 'none'],
    [false, 'looser'],
    [null, 'looser'],
  ] as const)('judges letting a class in by what the supervisor says (%s)', (recovered, effect) => {
    expect(statusChanges(stopped, free, () => recovered)).toMatchObject([{ effect, share: null }]);
    expect(statusChanges(stopped, {}, () => recovered)).toMatchObject([{ effect, after: null }]);
  });

  it('sees that an earlier start of a stop ends its cool-down earlier', () => {
    const earlier: KillList = { macro: { ...DISABLED, since: '2026-01-01T00:00:00.000Z' } };

    expect(statusChanges(stopped, earlier, () => null)).toMatchObject([{ what: 'since', effect: 'looser' }]);
    expect(statusChanges(earlier, stopped, () => null)).toMatchObject([{ what: 'since', effect: 'tighter' }]);
    expect(statusChanges(stopped, stopped, () => null)).toEqual([]);
  });
});

describe('beyondLimit', () => {
  const at = (sigma: number): KillList => ({ macro: { status: 'ENABLED', max_cvar_sigma: sigma } });

  it('takes a share that is the limit as within it, whatever binary fractions say', () => {
    expect(beyondLimit(changes(at(4), at(4.8)), 0.2)).toEqual([]);
    expect(beyondLimit(changes(at(3), at(3.3)), 0.1)).toEqual([]);
    expect(beyondLimit(changes(at(4), at(4.81)), 0.2)).toHaveLength(1);
  });

  it('takes what no share measures as beyond it, and what tightens never', () => {
    const gone: KillList = { macro: { status: 'ENABLED', max_cvar_error_bps: 1 } };
    expect(beyondLimit(changes(at(4), gone), 10)).toHaveLength(1);
    expect(beyondLimit(changes(at(4), at(1)), 0)).toEqual([]);
  });

  it('takes what may loosen for what does', () => {
    const stopped: KillList = { macro: DISABLED };
    const renamed: KillList = { macro: { ...DISABLED, episode: 'macro/2' } };
    const found = statusChanges(stopped, renamed, () => null);
    expect(found).toMatchObject([{ what: 'episode', effect: 'unclear' }]);
    expect(beyondLimit(found, 10)).toEqual(found);
  });
});
