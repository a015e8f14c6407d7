// Hostile frames: whatever comes, a reader never throws, and nothing of a frame that it could not read is kept.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../../../src/adapters/venues/bingx/frame-reader.ts';
import type { Lots } from '../../../../src/domain/steps.ts';
import { INSTRUMENTS, NOW_MS, usdt } from './payloads.ts';

const SEED = { seed: 20261128, numRuns: 500 };

const ORDER = {
  s: 'BTC-USDT',
  c: '',
  i: '1970374651259387905',
  S: 'SELL',
  o: 'MARKET',
  q: '0.001',
  p: '112848.1',
  ap: '112848.1',
  x: 'TRADE',
  X: 'PARTIALLY_FILLED',
  N: 'USDT',
  n: '-0.01',
  T: 1_758_608_899_316,
  z: '0.0002',
  l: '0.0002',
  L: '112848.1',
};
const FRAMES = [
  { e: 'ORDER_TRADE_UPDATE', E: 1_758_608_899_350, o: ORDER },
  {
    e: 'ACCOUNT_UPDATE',
    E: 1_758_608_899_352,
    a: { m: 'ORDER', B: [{ a: 'USDT', wb: '117.8', cw: '95.2' }] },
  },
  { e: 'ACCOUNT_CONFIG_UPDATE', E: 1_758_608_899_352, ac: { s: 'BTC-USDT', l: 12, S: 9 } },
];

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    'NaN',
    'Infinity',
    '1e400',
    '-1e-400',
    '0x1F',
    '99999999999999999999999999',
    '-0',
    '__proto__',
    'constructor',
    true,
    [],
    {},
    [[]],
    { toString: 'x' },
    -1,
    0.1,
    1e21,
    2 ** 53,
  ),
  fc.jsonValue(),
  fc.string(),
);

/** Frames with one of their fields, however deep, replaced by something odd, or left out. */
const mutated = fc
  .tuple(fc.constantFrom(...FRAMES), fc.nat(), odd, fc.boolean())
  .map(([frame, place, value, isLeftOut]) => {
    const copy = structuredClone(frame) as Record<string, unknown>;
    const spots: (readonly [Record<string, unknown>, string])[] = [];
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const key of Object.keys(node)) {
        spots.push([node as Record<string, unknown>, key]);
        walk((node as Record<string, unknown>)[key]);
      }
    };
    walk(copy);
    const [holder, key] = spots[place % spots.length] ?? [copy, 'e'];
    if (isLeftOut) delete holder[key];
    else holder[key] = value;
    return JSON.stringify(copy);
  });

/** Frames with characters cut out or put in. */
const damaged = fc
  .tuple(fc.constantFrom(...FRAMES), fc.nat(), fc.nat(20), fc.string())
  .map(([frame, at, length, inserted]) => {
    const text = JSON.stringify(frame);
    const start = at % text.length;
    return text.slice(0, start) + inserted + text.slice(start + length);
  });

const anything = fc.oneof(mutated, damaged, fc.json(), fc.string());

describe('a frame reader', () => {
  it('never throws, and says only what is sound', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 8 }), (texts) => {
        const reader = new FrameReader(INSTRUMENTS, 'USDT');
        for (const news of texts.flatMap((text) => reader.read(text, NOW_MS))) {
          if (news.kind === 'malformed') {
            expect(news.problem.length).toBeGreaterThan(0);
            expect(news.problem.length).toBeLessThan(300);
          } else if (news.kind === 'order') {
            const { report } = news;
            expect(Number.isSafeInteger(report.filledLots) && report.filledLots >= 0).toBe(true);
            expect(Number.isSafeInteger(report.orderedLots) && report.orderedLots >= 0).toBe(true);
            expect(Number.isSafeInteger(report.venueAtMs)).toBe(true);
            expect(report.venueOrderId).toMatch(/^[1-9]\d*$/);
            expect(report.filledQuote === null || report.filledQuote >= 0n).toBe(true);
          } else if (news.kind === 'balance') {
            expect(news.report.wallet).not.toBeNull();
            expect(news.report.wallet).not.toBe(0n);
          } else expect(news.long >= 1 && news.short >= 1).toBe(true);
        }
      }),
      SEED,
    );
  });

  it('keeps nothing of frames that it could not read', () => {
    const rest = JSON.stringify({
      ...FRAMES[0],
      o: { ...ORDER, z: '0.0010', l: '0.0008', L: '112848.2', X: 'FILLED' },
    });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 8 }), (texts) => {
        const [clean, tried] = [new FrameReader(INSTRUMENTS, 'USDT'), new FrameReader(INSTRUMENTS, 'USDT')];
        for (const reader of [clean, tried]) reader.read(JSON.stringify(FRAMES[0]), NOW_MS);
        for (const text of texts) {
          const isRead = new FrameReader(INSTRUMENTS, 'USDT')
            .read(text, NOW_MS)
            .some(({ kind }) => kind === 'order');
          if (!isRead) tried.read(text, NOW_MS);
        }
        expect(tried.read(rest, NOW_MS)).toEqual(clean.read(rest, NOW_MS));
      }),
      SEED,
    );
  });

  it('costs an order exactly, however its fills come twice, as long as none is missed', () => {
    const fills = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 2_000_000 }), fc.boolean()),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(fills, (drawn) => {
        const reader = new FrameReader(INSTRUMENTS, 'USDT');
        let [filled, cost] = [0, 0n];
        for (const [lots, ticks, isTwice] of drawn) {
          filled += lots;
          cost += BigInt(lots * ticks) * 1_000n;
          const o = {
            ...ORDER,
            q: '1',
            z: decimal(filled, 4),
            l: decimal(lots, 4),
            L: decimal(ticks, 1),
            ap: '1',
          };
          const text = JSON.stringify({ ...FRAMES[0], o });
          for (const news of isTwice ? [text, text] : [text])
            expect(reader.read(news, NOW_MS)[0]).toMatchObject({
              report: { filledLots: filled as Lots, filledQuote: cost, isQuoteExact: true },
            });
        }
      }),
      SEED,
    );
  });

  it('never says a fee that is neither the sum of single fees nor that of the order, whatever frames mean and miss', () => {
    const drawn = fc.record({
      isOfOrder: fc.boolean(),
      isTold: fc.boolean(),
      fills: fc.array(
        fc.record({
          lots: fc.integer({ min: 1, max: 500 }),
          isMaker: fc.boolean(),
          isMissed: fc.boolean(),
        }),
        { minLength: 1, maxLength: 8 },
      ),
    });
    fc.assert(
      fc.property(drawn, ({ isOfOrder, isTold, fills }) => {
        const reader = new FrameReader(INSTRUMENTS, 'USDT');
        const open = { ...ORDER, q: '1', x: 'NEW', X: 'NEW', z: '0', l: '0', n: '0' };
        reader.read(JSON.stringify({ ...FRAMES[0], o: open }), NOW_MS);
        let [filled, fees] = [0, 0n];
        for (const { lots, isMaker, isMissed } of fills) {
          // A lot costs 10 at this price.
          const fee = (BigInt(lots) * usdt('10') * (isMaker ? 200n : 500n)) / 1_000_000n;
          filled += lots;
          fees += fee;
          if (isMissed) {
            reader.gap();
            continue;
          }
          const n = `-${decimal(Number(isOfOrder ? fees : fee), 8)}`;
          const own = isTold ? { l: decimal(lots, 4), L: '100000' } : { l: undefined, L: undefined };
          const o = { ...ORDER, q: '1', z: decimal(filled, 4), ap: '100000', n, ...own };
          const [news] = reader.read(JSON.stringify({ ...FRAMES[0], o }), NOW_MS);
          if (news?.kind !== 'order') throw new Error(JSON.stringify(news));
          if (news.report.fee !== null) expect(news.report.fee).toBe(fees);
        }
      }),
      SEED,
    );
  });
});

/** Whole steps of a power of ten as a decimal text. */
function decimal(steps: number, decimals: number): string {
  const digits = String(steps).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
