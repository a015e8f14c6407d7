// Allocation: caps, factors and statuses, and that nobody ever gets what another lost.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AllocationConfig } from '../../src/domain/supervisor-config.ts';
import { validate } from '../../src/domain/validate.ts';
import { type AllocationInput, allocationOf } from '../../src/supervision/allocate.ts';

function config(over: Partial<AllocationConfig> = {}): AllocationConfig {
  const checked = validate(AllocationConfig, { ...over });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return checked.value;
}

function anInput(over: Partial<AllocationInput> = {}): AllocationInput {
  return {
    agent: 'momentum',
    strategyClass: 'macro',
    stage: 'live',
    base: 0.1,
    multiplier: 1,
    worst: 'OK',
    classStatus: 'ENABLED',
    ...over,
  };
}

/** The only agent's weight. */
function weightOf(over: Partial<AllocationInput>, under = config()): number | undefined {
  return allocationOf([anInput(over)], under)['momentum']?.weight;
}

const anyInput = fc.record({
  strategyClass: fc.constantFrom('macro', 'carry'),
  stage: fc.constantFrom('live', 'live', 'live', 'shadow'),
  base: fc.double({ min: 0, max: 1, noNaN: true }),
  multiplier: fc.double({ min: 0.01, max: 10, noNaN: true }),
  worst: fc.constantFrom('OK', 'WARN', 'ALERT'),
  classStatus: fc.constantFrom('ENABLED', 'ENABLED', 'ENABLED', 'DISABLED'),
} as const);
const anyInputs = fc
  .array(anyInput, { maxLength: 30 })
  .map((inputs) => inputs.map((input, index): AllocationInput => ({ ...input, agent: `a${index}` })));
const anyConfig = fc
  .record({ max_weight: fc.double({ min: 0.001, max: 1, noNaN: true }) })
  .map((over) => config(over));

function millionths(inputs: readonly AllocationInput[], under: AllocationConfig): Map<string, number> {
  return new Map(
    Object.entries(allocationOf(inputs, under)).map(([agent, { weight }]) => [agent, weight * 1e6]),
  );
}

function sumOf(values: Iterable<number>): number {
  return [...values].reduce((sum, value) => sum + value, 0);
}

describe('allocationOf', () => {
  it('is the base times the multiplier times the factor of divergence', () => {
    expect(weightOf({ multiplier: 0.9 })).toBe(0.09);
    expect(weightOf({ multiplier: 0.9, worst: 'WARN' })).toBe(0.0675);
    expect(weightOf({ multiplier: 0.9, worst: 'ALERT' })).toBe(0.045);
  });

  it('says where the weight comes from', () => {
    expect(allocationOf([anInput({ worst: 'WARN' })], config())).toEqual({
      momentum: {
        strategy_class: 'macro',
        base: 0.1,
        multiplier: 1,
        divergence_factor: 0.75,
        status: 'ENABLED',
        weight: 0.075,
      },
    });
  });

  it('caps the share of one agent', () => {
    expect(weightOf({ base: 0.9 })).toBe(0.25);
    expect(weightOf({ base: 0.9 }, config({ max_weight: 0.3 }))).toBe(0.3);
  });

  it('gives nothing to an agent in shadow or of a disabled class, and says the class first', () => {
    const shadow = anInput({ agent: 'shadow', stage: 'shadow' });
    const disabled = anInput({ agent: 'disabled', classStatus: 'DISABLED' });
    const both = anInput({ agent: 'both', stage: 'shadow', classStatus: 'DISABLED' });
    expect(allocationOf([shadow, disabled, both], config())).toMatchObject({
      shadow: { status: 'SHADOW', weight: 0 },
      disabled: { status: 'DISABLED', weight: 0 },
      both: { status: 'DISABLED', weight: 0 },
    });
  });

  it('scales all down where they want more than everything', () => {
    const many = Array.from({ length: 8 }, (_, index) => anInput({ agent: `a${index}`, base: 0.25 }));
    const weights = Object.values(allocationOf(many, config())).map(({ weight }) => weight);
    expect(weights).toEqual(new Array(8).fill(0.125));
  });

  it('rounds down to millionths, but not what binary fractions only seem to lack', () => {
    expect(weightOf({ base: 0.1234567 })).toBe(0.123456);
    expect(weightOf({ base: 0.01, multiplier: 0.57 })).toBe(0.0057);
  });

  it('is the same in whatever order the agents come', () => {
    fc.assert(
      fc.property(anyInputs, anyConfig, (inputs, under) => {
        const [one, other] = [allocationOf(inputs, under), allocationOf([...inputs].reverse(), under)];
        expect(JSON.stringify(other)).toBe(JSON.stringify(one));
      }),
    );
  });

  it('never gives away more than there is, nor more than the cap to one', () => {
    fc.assert(
      fc.property(anyInputs, anyConfig, (inputs, under) => {
        const weights = [...millionths(inputs, under).values()];
        expect(sumOf(weights.map(Math.floor))).toBeLessThanOrEqual(1e6);
        for (const weight of weights)
          expect(weight / 1e6).toBeLessThanOrEqual(under.max_weight * (1 + 1e-15));
      }),
    );
  });

  it('gives more for more base, a larger multiplier or less divergence, and not less', () => {
    const better = fc.record({
      base: fc.double({ min: 0, max: 1, noNaN: true }),
      multiplier: fc.double({ min: 0, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(anyInputs, better, anyConfig, (inputs, more, under) => {
        const [first, ...others] = inputs;
        if (first === undefined) return;
        const improved: AllocationInput = {
          ...first,
          base: Math.max(first.base, more.base),
          multiplier: first.multiplier + more.multiplier,
          worst: 'OK',
        };
        const before = millionths(inputs, under).get('a0') ?? 0;
        const after = millionths([improved, ...others], under).get('a0') ?? 0;
        expect(after).toBeGreaterThanOrEqual(before - 1.5);
      }),
    );
  });

  it('gives the share of a disabled class to nobody', () => {
    fc.assert(
      fc.property(anyInputs, anyConfig, (inputs, under) => {
        const disabled = inputs.map((input, index) =>
          index === 0 ? { ...input, classStatus: 'DISABLED' as const } : input,
        );
        const [before, after] = [millionths(inputs, under), millionths(disabled, under)];
        const isScaled = sumOf(before.values()) > 1e6 - inputs.length - 1;
        for (const [agent, weight] of after) {
          if (agent !== 'a0' && !isScaled) expect(weight).toBe(before.get(agent));
        }
        expect(sumOf(after.values())).toBeLessThanOrEqual(sumOf(before.values()) + inputs.length + 1);
      }),
    );
  });

  it('asserts one entry per agent, a base that is a share and a multiplier that is positive', () => {
    expect(() => allocationOf([anInput(), anInput()], config())).toThrow('"momentum" has one allocation');
    expect(() => weightOf({ base: Number.NaN })).toThrow('a base weight lies in [0, 1]');
    expect(() => weightOf({ multiplier: 0 })).toThrow('a multiplier is positive');
  });

  it('has room for an agent of any name', () => {
    const inputs = ['__proto__', 'constructor'].map((agent) => anInput({ agent }));
    expect(Object.keys(allocationOf(inputs, config()))).toEqual(['__proto__', 'constructor']);
  });
});
