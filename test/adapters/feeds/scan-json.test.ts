// One scan out of outside JSON: what is believed, what is named, and what no payload can do.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLenientJson } from '../../../src/adapters/feeds/lenient-json.ts';
import { ASSETS_MAX, scanFrom } from '../../../src/adapters/feeds/scan-json.ts';
import { problemInJson } from '../../../src/domain/json-value.ts';
import type { Scan } from '../../../src/domain/scan.ts';
import { epochMs } from '../../../src/domain/steps.ts';
import { payload, START_MS } from './payloads.ts';

const reading = { receivedAtMs: epochMs(START_MS), staleAfterMs: 60_000 };

function scanOf(value: unknown, boost?: unknown): Scan {
  const read = scanFrom(value, { ...reading, boost });
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

describe('a payload', () => {
  it('is read whole', () => {
    expect(scanOf(payload(7))).toEqual({
      scanNumber: 7,
      scannedAtMs: START_MS - 1_000,
      receivedAtMs: START_MS,
      prices: { BTCUSDT: 65_000.5, FETUSDT: 1.25 },
      anchor: null,
      velDiv: -0.031,
      w50Velocity: -0.042,
      w750Velocity: -0.011,
      isVolOk: true,
      posture: 'APEX',
      acbBoost: 1.2,
      exf: { funding: 0.0001 },
      esof: { phase: 3 },
      problems: [],
    });
  });

  it('inside a snapshot takes what it lacks from around it', () => {
    const { scan_number: _, vel_div: __, timestamp: ___, ...rest } = payload(7) as Record<string, unknown>;
    const snapshot = {
      timestamp: '2026-02-28T23:59:58Z',
      symbol: 'btc-usdt',
      price: 64_000,
      scan_number: 9,
      velocity_divergence: 0,
      scan_payload: rest,
    };
    expect(scanOf(snapshot)).toMatchObject({
      scanNumber: 9,
      scannedAtMs: START_MS - 2_000,
      anchor: 'BTCUSDT',
      velDiv: 0,
      prices: { BTCUSDT: 65_000.5 },
      problems: [],
    });
  });

  it('without prices has that of its snapshot', () => {
    const scan_payload = { ...payload(7), assets: [], asset_prices: [] };
    expect(scanOf({ symbol: 'SOLUSDT', price: 150, scan_payload }).prices).toEqual({ SOLUSDT: 150 });
  });

  it.each([
    ['no posture', { posture: null }, { posture: 'APEX' }],
    ['a posture that is no word', { posture: 7 }, { posture: 'UNKNOWN' }],
    ['no word on volatility', { vol_ok: undefined }, { isVolOk: true }],
    ['a word on volatility that is none', { vol_ok: 'yes' }, { isVolOk: false }],
    ['a boost below the floor', { acb_boost: { boost: -3 } }, { acbBoost: 0.1 }],
    ['a boost as text', { acb_boost: '{"boost":1.5}' }, { acbBoost: 1.5 }],
    ['no boost', { acb_boost: {} }, { acbBoost: null }],
    ['a boost that is none', { acb_boost: { boost: '2' } }, { acbBoost: null }],
    [
      'velocities that are text',
      { w50_velocity: '-0.1', vel_div: null },
      { w50Velocity: null, velDiv: null },
    ],
    ['an instant in seconds', { timestamp: START_MS / 1_000 - 5 }, { scannedAtMs: START_MS - 5_000 }],
    ['an instant ahead', { timestamp: START_MS + 60_000 }, { scannedAtMs: START_MS }],
    ['a payload of others that is none', { exf_snapshot: [1], esof_payload: 'x' }, { exf: null, esof: null }],
    ['a number of others that JSON has not', { exf_snapshot: { a: 1 / 0 } }, { exf: null }],
  ])('with %s', (_, over, expected) => {
    expect(scanOf(payload(1, over))).toMatchObject(expected);
  });

  it.each([
    [{ vel_div: null }, 'vel_div: is missing'],
    [{ vel_div: 'x' }, 'vel_div: is "x"; expected a finite number'],
    [{ timestamp: undefined }, 'timestamp: is missing; taken as made when it came'],
    [{ timestamp: START_MS - 7_500_000 }, 'timestamp: the scan is 2 h 5 min old'],
    [{ timestamp: START_MS + 60_000 }, 'timestamp: is 1 min ahead of this clock; taken as made when it came'],
    [{ asset_prices: [1] }, 'asset_prices: has 1 prices for 2 assets; only pairs are taken'],
    [{ asset_prices: [0, 2] }, 'asset_prices.0: BTCUSDT has 0; expected a finite number above 0'],
    [{ asset_prices: ['1', 2] }, 'asset_prices.0: BTCUSDT has "1"; expected a finite number above 0'],
    [{ assets: ['12', 'FETUSDT'] }, 'assets.0: is "12"; expected a symbol such as BTCUSDT'],
    [{ assets: ['A-B', 'AB'] }, 'assets: AB stands twice with two prices; neither is taken'],
    [{ assets: {} }, 'assets, asset_prices: are an object and a list of 2; expected two lists'],
    [{ vol_ok: null }, 'vol_ok: is null; expected true or false, and taken as false'],
  ])('names what is wrong with %j', (over, problem) => {
    expect(scanOf(payload(1, over)).problems).toContain(problem);
  });

  it('has no price of an asset with two', () => {
    const over = { assets: ['A-B', 'CD', 'AB', 'A/B', 'CD'], asset_prices: [1, 5, 2, 1, 5] };
    expect(scanOf(payload(1, over)).prices).toEqual({ CD: 5 });
  });

  it.each([
    [null],
    [7],
    ['scan'],
    [[]],
    [{}],
    [{ scan_number: '7' }],
    [{ scan_number: 1.5 }],
    [{ scan_number: -1 }],
  ])('is none where it is %j', (value) => {
    expect(scanFrom(value, reading).ok).toBe(false);
  });

  it('takes the boost that stands beside it only where it has none itself', () => {
    expect(scanOf(payload(1), '{"boost":3}').acbBoost).toBe(1.2);
    expect(scanOf(payload(1, { acb_boost: undefined }), '{"boost":3}').acbBoost).toBe(3);
  });

  it('is taken up to a number of assets, and says few things of many faults', () => {
    const assets = Array.from({ length: 3_000 }, (_, at) => `A${at}`);
    const many = scanOf(payload(1, { assets, asset_prices: assets.map(() => 1) }));
    expect(Object.keys(many.prices)).toHaveLength(ASSETS_MAX);
    const bad = scanOf(payload(1, { assets, asset_prices: assets.map(() => 0) }));
    expect(bad.problems.length).toBeLessThan(25);
    expect(bad.problems.at(-1)).toMatch(/^and \d+ more$/);
  });

  it('cannot reach what every object has', () => {
    const text =
      '{"__proto__":{"scan_number":5},"scan_number":1,"assets":["__proto__","constructor"],"asset_prices":[1,2],' +
      '"exf_snapshot":{"__proto__":{"polluted":true}}}';
    const scan = scanOf(JSON.parse(text));
    expect(scan.scanNumber).toBe(1);
    expect(scan.prices).toEqual({ PROTO: 1, CONSTRUCTOR: 2 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(scanFrom(JSON.parse('{"__proto__":{"scan_number":5}}'), reading).ok).toBe(false);
  });

  it('whose parts are nested without end is read all the same', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const text = `{"scan_number":1,"vel_div":${deep},"posture":${deep},"acb_boost":${deep},"exf_snapshot":{"a":${deep}}}`;
    expect(scanOf(JSON.parse(text))).toMatchObject({ velDiv: null, posture: 'UNKNOWN', exf: null });
  });
});

/** Any JSON, with the fields of a scan more often than not. */
const anyPayload = fc.oneof(
  fc.jsonValue(),
  fc.record(
    Object.fromEntries(
      Object.keys(payload(1))
        .concat(['scan_payload', 'symbol', 'price', 'velocity_divergence'])
        .map((name) => [name, fc.oneof(fc.jsonValue(), fc.constant((payload(1) as never)[name]))]),
    ),
    { requiredKeys: [] },
  ),
);

describe('any JSON', () => {
  it('is a scan that can be trusted, or a sentence', () => {
    fc.assert(
      fc.property(anyPayload, fc.nat(), (value, scanNumber) => {
        const numbered =
          typeof value === 'object' && value !== null ? { ...value, scan_number: scanNumber } : value;
        const read = scanFrom(numbered, reading);
        if (!read.ok) {
          expect(read.error).toMatch(/^(is|has) .+; expected /);
          return;
        }
        const { prices, scannedAtMs, acbBoost, posture, problems } = read.value;
        for (const [key, price] of Object.entries(prices)) {
          expect(key).toMatch(/^[A-Z0-9]+$/);
          expect(Number.isFinite(price) && price > 0).toBe(true);
        }
        expect(scannedAtMs).toBeLessThanOrEqual(START_MS);
        if (acbBoost !== null) expect(acbBoost).toBeGreaterThanOrEqual(0.1);
        expect(posture.length).toBeGreaterThan(0);
        for (const problem of problems) expect(problem.length).toBeLessThan(400);
        expect(problemInJson(read.value)).toBeNull();
      }),
    );
  });
});

describe('JSON with numbers that are none', () => {
  it('is read with their names in their place, and strings are left alone', () => {
    expect(readLenientJson('{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN \\" Infinity","d":1}')).toEqual({
      ok: true,
      value: { a: 'NaN', b: ['-Infinity', 'Infinity'], c: 'NaN " Infinity', d: 1 },
    });
  });

  it('costs a scan no more than the part that it stands in', () => {
    const text = JSON.stringify(payload(3)).replace('-0.031', 'NaN');
    const read = readLenientJson(text);
    const scan = scanOf(read.ok ? read.value : null);
    expect(scan.velDiv).toBeNull();
    expect(scan.problems).toEqual(['vel_div: is "NaN"; expected a finite number']);
    expect(scan.w50Velocity).toBe(-0.042);
  });

  it('reads as JSON does wherever that can', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(readLenientJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it.each(['{"a":NaN', 'NaNNaN', '{"a":"NaN}', '', '"\\'])('is refused where it is %j', (text) => {
    expect(readLenientJson(text).ok).toBe(false);
  });
});

describe('the parts of a scan', () => {
  it('are those of the payload before those of the snapshot around it', () => {
    const scan = scanOf({ ...payload(7), scan_number: 3, velocity_divergence: 1, scan_payload: payload(9) });

    expect(scan).toMatchObject({ scanNumber: 9, velDiv: -0.031 });
  });

  it('are not called old before the scan is older than is allowed', () => {
    const at = (ageMs: number) => ({ ...payload(7), timestamp: new Date(START_MS - ageMs).toISOString() });

    expect(scanOf(at(60_000)).problems).toEqual([]);
    expect(scanOf(at(60_001)).problems).toEqual(['timestamp: the scan is 1 min old']);
  });
});
