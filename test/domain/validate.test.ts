// The door for untrusted records: what it lets through, and the words it uses for what it does not.

import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { WardenConfig } from '../../src/domain/config.ts';
import { oneOf } from '../../src/domain/fields.ts';
import { problemText } from '../../src/domain/problem.ts';
import { nearest, validate } from '../../src/domain/validate.ts';

const Prices = Type.Object(
  {
    timeframe: oneOf(['1m', '1h'], 'length of a bar'),
    settle_lag: Type.String({ default: '2m', description: 'wait after an exit' }),
    exchanges: Type.Array(Type.String(), { minItems: 1 }),
    max_loss: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'share' })),
  },
  { additionalProperties: false },
);

function problemsOf(value: unknown): readonly string[] {
  const checked = validate(Prices, value);
  return checked.ok ? [] : checked.error.map(problemText);
}

describe('validate', () => {
  it('returns the value with the defaults of the schema filled in', () => {
    const checked = validate(Prices, { timeframe: '1h', exchanges: ['kraken'] });

    expect(checked).toEqual({
      ok: true,
      value: { timeframe: '1h', exchanges: ['kraken'], settle_lag: '2m' },
    });
  });

  it('suggests the key that was probably meant', () => {
    expect(problemsOf({ timeframe: '1h', exchanges: ['x'], setle_lag: '3m' })).toEqual([
      'setle_lag: unknown key; did you mean "settle_lag"?',
    ]);
  });

  it('lists the keys there are where none is close', () => {
    expect(problemsOf({ timeframe: '1h', exchanges: ['x'], colour: 'red' })).toEqual([
      'colour: unknown key; expected one of timeframe, settle_lag, exchanges, max_loss',
    ]);
  });

  it('suggests the word that was probably meant and lists all that are allowed', () => {
    expect(problemsOf({ timeframe: '2h', exchanges: ['x'] })).toEqual([
      'timeframe: "2h" is not allowed; expected 1m | 1h; did you mean "1h"?',
    ]);
  });

  it('says what a missing key would hold', () => {
    expect(problemsOf({ exchanges: ['x'] })).toEqual([
      'timeframe: is missing; expected 1m | 1h (length of a bar)',
    ]);
  });

  it('shows what was found, what was expected, and the unit from the description', () => {
    expect(problemsOf({ timeframe: '1h', exchanges: ['x'], max_loss: 35 })).toEqual([
      'max_loss: 35 must be <= 1 (share)',
    ]);
  });

  it('names the place inside a list', () => {
    expect(problemsOf({ timeframe: '1h', exchanges: ['x', 7] })).toEqual(['exchanges.1: 7 must be string']);
  });

  it('finds every problem, one per place', () => {
    expect(problemsOf({ timeframe: 5, exchanges: [], oops: 1 })).toHaveLength(3);
  });

  it('shortens a long value in its message', () => {
    const [text] = problemsOf({ timeframe: 'x'.repeat(5000), exchanges: ['x'] });

    expect(text?.length).toBeLessThan(200);
  });

  it('refuses a list and a text where an object is expected', () => {
    expect(validate(Prices, []).ok).toBe(false);
    expect(validate(Prices, 'text').ok).toBe(false);
    expect(validate(Prices, null).ok).toBe(false);
  });

  it('fills in whole sections that have a default', () => {
    const given = {
      version: 1,
      horizons_hours: [24],
      prices: {},
      costs: {
        spot: { fee_bps: 1, slip_bps: 1 },
        perp: { fee_bps: 1, slip_bps: 1 },
        equity: { fee_bps: 0, slip_bps: 1 },
      },
      model: { ridge: null },
    };

    const checked = validate(WardenConfig, given);

    expect(checked.ok && checked.value.volatility).toEqual({
      asof_half_life: '20d',
      fast_half_life: '2d',
      min_returns: 24,
    });
    expect(checked.ok && checked.value.state.branch).toBe('warden-state');
    expect(checked.ok && checked.value.model.min_rows).toBe(250);
  });
});

describe('nearest', () => {
  it.each([
    ['setle_lag', 'settle_lag'],
    ['SETTLE_LAG', 'settle_lag'],
    ['timframe', 'timeframe'],
    ['lag_settle', null],
    ['colour', null],
    ['', null],
  ])('finds for "%s": %s', (word, expected) => {
    expect(nearest(word, ['settle_lag', 'timeframe', 'exchanges'])).toBe(expected);
  });

  it('finds nothing among nothing', () => {
    expect(nearest('anything', [])).toBeNull();
  });

  it('prefers the closest of several', () => {
    expect(nearest('max_rows', ['min_rows', 'max_rowz', 'max'])).toBe('max_rowz');
  });
});
