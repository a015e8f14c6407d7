// Fields of the venue's JSON and what is around them: every spelling of a number, and nothing that is made up.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEnvelope } from '../../../../src/adapters/venues/bingx/codec-envelope.ts';
import {
  costAt,
  flagIn,
  idIn,
  instantIn,
  lotsIn,
  moneyIn,
  plainDecimal,
  stepsIn,
  textIn,
} from '../../../../src/adapters/venues/bingx/fields.ts';
import type { JsonTextObject } from '../../../../src/adapters/venues/json-text.ts';
import { stepOf } from '../../../../src/domain/instrument.ts';
import { divideHalfEven } from '../../../../src/domain/money.ts';
import type { Lots } from '../../../../src/domain/steps.ts';
import { json, problemOf, told, usdt } from './payloads.ts';

const SEED = { seed: 20261128, numRuns: 300 };
const LOT = stepOf('0.0001');

function row(text: string): JsonTextObject {
  return json(text) as JsonTextObject;
}

describe('a field', () => {
  it('is the first of its names that says anything', () => {
    expect(textIn(row('{"a":"","b":null,"c":" x ","d":"y"}'), 'a', 'b', 'c', 'd')).toBe('x');
    expect(textIn(row('{"a":1.50}'), 'a')).toBe('1.50');
    expect(textIn(row('{"a":true}'), 'a')).toBe('true');
  });

  it('says nothing where it is empty, absent, a list or an object', () => {
    for (const text of ['{}', '{"a":""}', '{"a":"  "}', '{"a":null}', '{"a":[1]}', '{"a":{}}'])
      expect(textIn(row(text), 'a'), text).toBeNull();
  });

  it('is never one that every object has', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(textIn(row('{}'), name), name).toBeNull();
    expect(textIn(row('{"__proto__":{"a":"1"}}'), 'a')).toBeNull();
  });

  it('is true or false in any spelling, and otherwise unknown', () => {
    expect(flagIn(row('{"a":"true"}'), 'a')).toBe(true);
    expect(flagIn(row('{"a":"False"}'), 'a')).toBe(false);
    expect(flagIn(row('{"a":true}'), 'a')).toBe(true);
    expect(flagIn(row('{"a":1}'), 'a')).toBeNull();
    expect(flagIn(row('{"a":""}'), 'a')).toBeNull();
  });
});

describe('a decimal', () => {
  it('is written without its exponent, digit for digit', () => {
    expect(plainDecimal('1.5')).toBe('1.5');
    expect(plainDecimal('-1.25E2')).toBe('-125');
    expect(plainDecimal('1.25e1')).toBe('12.5');
    expect(plainDecimal('1E-8')).toBe('0.00000001');
    expect(plainDecimal('0E-8')).toBe('0.00000000');
    expect(plainDecimal('12e0')).toBe('12');
  });

  it('is none where it is anything else', () => {
    for (const text of [
      'NaN',
      'Infinity',
      '0x10',
      '1,5',
      '1.',
      '.5',
      '+1',
      '1e',
      '1e99',
      '--1',
      '1e-31',
      ' 1',
    ])
      expect(plainDecimal(text), text).toBeNull();
  });

  it('keeps its value whatever the exponent', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 15n), fc.integer({ min: -20, max: 20 }), (digits, exponent) => {
        const [whole = '', fraction = ''] = (plainDecimal(`${digits}e${exponent}`) ?? '').split('.');
        const scaled = BigInt(whole + fraction) * 10n ** BigInt(20 - fraction.length);
        expect(scaled).toBe(digits * 10n ** BigInt(20 + exponent));
      }),
      SEED,
    );
  });
});

describe('a quantity', () => {
  it('is read in whole lots from a text or a number, with zeros behind it', () => {
    expect(told(lotsIn(row('{"q":"0.00100000"}'), LOT, 'q'))).toBe(10);
    expect(told(lotsIn(row('{"q":0.001}'), LOT, 'q'))).toBe(10);
    expect(told(lotsIn(row('{"q":1E-3}'), LOT, 'q'))).toBe(10);
    expect(told(lotsIn(row('{"q":""}'), LOT, 'q'))).toBeNull();
  });

  it('is refused, not rounded, where it is finer than the lot, negative, too large or no number', () => {
    for (const text of ['0.00015', '-0.0001', '1e12', 'NaN', '12abc', '1e30', '99999999999999999999'])
      expect(problemOf(lotsIn({ q: text }, LOT, 'q')), text).toMatch(/^q: /);
  });

  it('may be negative where a position is meant', () => {
    expect(told(stepsIn({ q: '-0.0002' }, LOT, 'q'))).toBe(-2);
  });
});

describe('an amount', () => {
  it('is exact to 1e-8 and rounded half to even beyond', () => {
    expect(told(moneyIn({ n: '-0.05642405' }, 'n'))).toBe(-5_642_405n);
    expect(told(moneyIn({ n: '0.000000005' }, 'n'))).toBe(0n);
    expect(told(moneyIn({ n: '0.000000015' }, 'n'))).toBe(2n);
    expect(told(moneyIn({ n: '-0.000000015' }, 'n'))).toBe(-2n);
    expect(told(moneyIn({ n: '0E-8' }, 'n'))).toBe(0n);
    expect(told(moneyIn({ n: '-0.33699650000000003' }, 'n'))).toBe(-33_699_650n);
  });

  it('is absent where it is empty, and a problem where it is no number', () => {
    expect(told(moneyIn({ n: '' }, 'n'))).toBeNull();
    expect(problemOf(moneyIn({ n: 'NaN' }, 'n'))).toBe('n: "NaN" is no amount');
    expect(problemOf(moneyIn({ n: '99.99%' }, 'n'))).toContain('is no amount');
  });

  it('at an average of any number of decimals is computed exactly and rounded once', () => {
    fc.assert(
      fc.property(
        fc.bigInt(1n, 10n ** 12n),
        fc.integer({ min: 0, max: 16 }),
        fc.integer({ min: 0, max: 2 ** 31 }),
        (units, decimals, quantity) => {
          const digits = units.toString().padStart(decimals + 1, '0');
          const point = digits.length - decimals;
          const average = decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
          const exact = units * BigInt(quantity) * 10n ** 8n;
          const expected = divideHalfEven(exact, 10n ** BigInt(decimals + LOT.decimals));
          expect(told(costAt(average, LOT, quantity as Lots))).toBe(expected);
        },
      ),
      SEED,
    );
    expect(problemOf(costAt('-1', LOT, 1 as Lots))).toContain('is no price');
    expect(told(costAt('112848.1', LOT, 10 as Lots))).toBe(usdt('112.8481'));
  });
});

describe('an id', () => {
  it('keeps digits that a double would lose, bare or quoted', () => {
    expect(told(idIn(row('{"i":2086368129182601217}'), 'i'))).toBe('2086368129182601217');
    expect(told(idIn(row('{"i":"2086368129182601217"}'), 'i'))).toBe('2086368129182601217');
  });

  it('is absent where it is empty or 0, and refused where it is no whole number', () => {
    expect(told(idIn({ i: '' }, 'i'))).toBeNull();
    expect(told(idIn(row('{"i":0}'), 'i'))).toBeNull();
    for (const text of ['-1', '1.5', '1e18', '01', 'abc', '12345678901234567890'])
      expect(problemOf(idIn({ i: text }, 'i')), text).toContain('is no id');
  });
});

describe('an instant', () => {
  it('is of this century, in milliseconds', () => {
    expect(told(instantIn({ T: '1758608899316' }, 'T'))).toBe(1_758_608_899_316);
    expect(told(instantIn({ T: '0' }, 'T'))).toBeNull();
    for (const text of ['1758608899', '-1', 'soon', '9999999999999999', '1758608899316.5'])
      expect(problemOf(instantIn({ T: text }, 'T')), text).toContain('epoch milliseconds');
  });
});

describe('an answer', () => {
  it('with code 0 is its data, and as a whole where fields stand beside the code', () => {
    expect(readEnvelope(json('{"code":0,"msg":"","data":{"a":1}}'))).toEqual({
      kind: 'data',
      data: { a: '1' },
    });
    expect(readEnvelope(json('{"code":"0","data":[]}'))).toEqual({ kind: 'data', data: [] });
    expect(readEnvelope(json('{"code":0,"msg":"","data":null}'))).toEqual({ kind: 'data', data: null });
    expect(readEnvelope(json('{"code":0,"msg":"","amount":3,"type":1}'))).toEqual({
      kind: 'data',
      data: { code: '0', msg: '', amount: '3', type: '1' },
    });
  });

  it('without a code is data', () => {
    expect(readEnvelope(json('{"listenKey":"ab"}'))).toEqual({ kind: 'data', data: { listenKey: 'ab' } });
  });

  it('with another code is an error, as number or text, with the venue’s own words cut to a length', () => {
    const error = { kind: 'error', code: 109421, text: 'order not exist' };
    expect(readEnvelope(json('{"code":109421,"msg":"order not exist","data":{}}'))).toEqual(error);
    expect(readEnvelope(json('{"code":"109421","msg":"order not exist"}'))).toEqual(error);
    expect(readEnvelope(json('{"code":100500,"data":null}'))).toEqual({
      kind: 'error',
      code: 100500,
      text: '',
    });
    const long = readEnvelope({ code: '1', msg: 'x'.repeat(5_000) });
    expect(long.kind === 'error' && long.text.length).toBe(300);
  });

  it('is unreadable where it is no object, or its code no number', () => {
    for (const text of ['[]', '"OK"', 'null', '1', '{"code":"ok"}', '{"code":0.5}', '{"code":true}'])
      expect(readEnvelope(json(text)).kind, text).toBe('unreadable');
  });
});
