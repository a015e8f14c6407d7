// The file of a paper account: another process finds what this one held, and a file that it cannot believe is never a new account.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  balance,
  cancelOrder,
  createExchange,
  income,
  openOrders,
  ordersTradedSince,
  positions,
  setLeverage,
  setQuote,
  settleFunding,
  tradeAt,
  transfer,
  truthOf,
} from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import {
  accountOf,
  EXCHANGE_DEFAULTS,
  type Exchange,
  type ExchangeConfig,
} from '../../../../src/adapters/venues/exchange/model/state.ts';
import {
  openPaperFile,
  type PaperAccount,
  type SaveAccount,
} from '../../../../src/adapters/venues/exchange/paper/paper-file.ts';
import { canonicalJson, recordDigest } from '../../../../src/domain/canonical.ts';
import type { Instrument } from '../../../../src/domain/instrument.ts';
import { lots, ppm, priceTicks } from '../../../../src/domain/steps.ts';
import { type MemoryDisk, memoryDisk } from '../../../fakes/memory-disk.ts';
import { ACCOUNT, BTC, FINE, limitOf, quoteAt, requestOf, START_MS, send, usdt } from '../exchange/market.ts';

const NAME = 'paper-account.json';

interface Opening extends Partial<ExchangeConfig> {
  readonly nowMs?: number;
  readonly marginAsset?: string;
}

interface Process {
  readonly model: Exchange;
  readonly save: SaveAccount;
}

function accountFor({ nowMs = START_MS, marginAsset = 'USDT', ...config }: Opening): PaperAccount {
  const model = createExchange({ ...EXCHANGE_DEFAULTS, historyMax: 40, instruments: [BTC, FINE], ...config });
  return { model, accountId: ACCOUNT, wallet: usdt(1_000), marginAsset, nowMs };
}

function begin(disk: MemoryDisk, opening: Opening = {}): Process {
  const account = accountFor(opening);
  const opened = openPaperFile({ disk, name: NAME }, account);
  if (!opened.ok) throw new Error(opened.error);
  return { model: account.model, save: opened.value };
}

function refusal(disk: MemoryDisk, opening: Opening = {}): string {
  const before = disk.dump();
  const opened = openPaperFile({ disk, name: NAME }, accountFor(opening));
  expect(disk.dump()).toEqual(before);
  return opened.ok ? 'opened' : opened.error;
}

function quoteBoth(model: Exchange, shift = 0): void {
  setQuote(model, BTC.symbol, quoteAt(1_000_000 + shift, 1_000_010 + shift), model.nowMs + 1);
  setQuote(model, FINE.symbol, quoteAt(50_000 + shift, 50_010 + shift, 100_000), model.nowMs);
}

/** Everything that a client or a judge can see of an account. */
function seen(model: Exchange) {
  const { nowMs } = model;
  const { trades: _, ...truth } = { ...truthOf(model, ACCOUNT), trades: null };
  return {
    nowMs,
    truth: {
      ...truth,
      orders: truth.orders.map((order) => ({ report: order.report, trades: order.trades })),
    },
    balance: { ...balance(model, ACCOUNT, nowMs), venueAtMs: null },
    positions: positions(model, ACCOUNT, nowMs),
    open: openOrders(model, ACCOUNT, nowMs),
    traded: [...ordersTradedSince(model, ACCOUNT, 0, nowMs)].sort((a, b) =>
      a.venueOrderId < b.venueOrderId ? -1 : 1,
    ),
    tradedLately: ordersTradedSince(model, ACCOUNT, nowMs - 4, nowMs).length,
    income: income(model, ACCOUNT, 0, nowMs),
    leverages: [...accountOf(model, ACCOUNT).leverages],
    legs: [...accountOf(model, ACCOUNT).holdings.values()],
    queues: [...model.markets.values()].map(({ resting }) => resting.map(({ queueAhead }) => queueAhead)),
  };
}

/** An account that holds ten lots and has an order that rests. */
function holding(disk: MemoryDisk, opening: Opening = {}): Process {
  const process = begin(disk, opening);
  quoteBoth(process.model);
  send(process.model, requestOf('held'));
  send(process.model, limitOf('rests', 990_000));
  expect(process.save()).toEqual({ ok: true, value: undefined });
  return process;
}

describe('the file of a paper account', () => {
  it('is there as soon as an account has begun', () => {
    const disk = memoryDisk();
    const { model } = begin(disk);
    expect(seen(begin(disk).model)).toEqual(seen(model));
    expect(truthOf(model, ACCOUNT).wallet).toBe(usdt(1_000));
  });

  it('is canonical JSON with the digest of the rest of it', () => {
    const disk = memoryDisk();
    holding(disk);
    const text = disk.dump()[NAME] ?? '';
    const record = JSON.parse(text);
    expect(text).toBe(`${canonicalJson(record)}\n`);
    expect(record.content_sha256).toBe(recordDigest(record));
  });

  it('gives another process the account, but not the prices of before', () => {
    const disk = memoryDisk();
    const { model } = holding(disk);
    const next = begin(disk, { nowMs: START_MS + 60_000 }).model;
    expect(seen(next)).toEqual(seen(model));
    expect(next.markets.get(BTC.symbol)?.quote).toBeNull();
    expect(send(next, requestOf('early'))).toMatchObject({ kind: 'REJECT', code: 'SYMBOL_CLOSED' });
  });

  it('lets what rests be filled by the first price of the other process', () => {
    const disk = memoryDisk();
    holding(disk);
    const { model } = begin(disk);
    quoteBoth(model, -20_000);
    expect(positions(model, ACCOUNT, model.nowMs)).toMatchObject([{ position: 20 }]);
  });

  it('knows ids that were used, and never gives one of its own twice', () => {
    const disk = memoryDisk();
    const { model: first } = holding(disk);
    const { model } = begin(disk);
    quoteBoth(model);
    expect(send(model, requestOf('HELD'))).toMatchObject({ code: 'CLIENT_ID_REUSED' });
    const result = send(model, requestOf('new'));
    const before = truthOf(first, ACCOUNT).orders.map(({ report }) => report.venueOrderId);
    expect(before).not.toContain(result.kind === 'ACK' ? result.venueOrderId : before[0]);
  });
});

describe('an account that is saved and opened at any moment', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('order' as const),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      limit: fc.option(fc.integer({ min: 999_900, max: 1_000_100 })),
      quantity: fc.integer({ min: 2, max: 30 }),
      reduceOnly: fc.boolean(),
      symbol: fc.constantFrom(BTC, FINE),
    }),
    fc.record({ kind: fc.constant('cancel' as const), nth: fc.nat(20) }),
    fc.record({ kind: fc.constant('quote' as const), shift: fc.integer({ min: -80, max: 80 }) }),
    fc.record({ kind: fc.constant('trade' as const), lots: fc.integer({ min: 1, max: 120 }) }),
    fc.record({ kind: fc.constant('fund' as const), rate: fc.integer({ min: -300, max: 300 }) }),
    fc.record({ kind: fc.constant('transfer' as const), amount: fc.integer({ min: -5, max: 5 }) }),
    fc.record({ kind: fc.constant('leverage' as const), leverage: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ kind: fc.constant('restart' as const) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  function take(model: Exchange, one: Exclude<Step, { kind: 'restart' }>, n: number): void {
    const nowMs = model.nowMs + 1;
    switch (one.kind) {
      case 'order': {
        const { side, quantity, reduceOnly, symbol } = one;
        const limit = one.limit === null || symbol === FINE ? null : priceTicks(one.limit);
        const type = limit === null ? 'MARKET' : 'LIMIT';
        const order = { side, quantity: lots(quantity), reduceOnly, type, limit, symbol: symbol.symbol };
        send(model, requestOf(`o${n}`, order as never));
        return;
      }
      case 'cancel': {
        const open = truthOf(model, ACCOUNT).openOrders;
        const order = open[one.nth % Math.max(1, open.length)];
        if (order !== undefined) cancelOrder(model, ACCOUNT, order, nowMs);
        return;
      }
      case 'quote':
        quoteBoth(model, one.shift);
        return;
      case 'trade':
        tradeAt(model, BTC.symbol, priceTicks(1_000_000), lots(one.lots), nowMs);
        return;
      case 'fund':
        settleFunding(model, BTC.symbol, ppm(one.rate), nowMs);
        return;
      case 'transfer':
        transfer(model, ACCOUNT, usdt(one.amount), nowMs);
        return;
      case 'leverage':
        setLeverage(model, ACCOUNT, BTC.symbol, 'BOTH', one.leverage, nowMs);
        return;
    }
  }

  it('goes on as one that was never closed', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) => {
        const disk = memoryDisk();
        const kept = begin(memoryDisk()).model;
        let process = begin(disk);
        quoteBoth(kept);
        quoteBoth(process.model);
        let shift = 0;
        for (const [n, one] of steps.entries()) {
          if (one.kind === 'quote') shift = one.shift;
          if (one.kind === 'restart') {
            process.save();
            process = begin(disk);
            // The same prices as before change nothing but what a level holds, in both.
            quoteBoth(kept, shift);
            quoteBoth(process.model, shift);
          } else {
            take(kept, one, n);
            take(process.model, one, n);
          }
          expect(seen(process.model)).toEqual(seen(kept));
        }
      }),
    );
  });
});

describe('a file that cannot be gone on with', () => {
  function changed(edit: (record: Record<string, unknown>) => void, isSigned = true): MemoryDisk {
    const disk = memoryDisk();
    holding(disk);
    const record = JSON.parse(disk.dump()[NAME] ?? '');
    edit(record);
    if (isSigned) record.content_sha256 = recordDigest(record);
    disk.replace(NAME, JSON.stringify(record));
    return disk;
  }

  it.each([
    ['nothing', ''],
    ['half of it', '{"kind":"paper-account","version":1,'],
    ['a list', '[]'],
    ['something else', '{"version":1}'],
  ])('is refused where it holds %s', (_, text) => {
    expect(refusal(memoryDisk({ [NAME]: text }))).toMatch(/paper-account\.json is .*move it and the journal/);
  });

  it('is refused where anything in it was changed', () => {
    const richer = changed((record) => {
      record['wallet'] = '999999999999999';
    }, false);
    expect(refusal(richer)).toContain('its content is not what content_sha256 says; put back a copy');
    const unreadable = changed((record) => {
      record['wallet'] = 'much';
    });
    expect(refusal(unreadable)).toContain('wallet: "much"');
  });

  it('is refused where another version wrote it', () => {
    const newer = changed((record) => {
      record['version'] = 2;
    });
    expect(refusal(newer)).toContain('is of version 2 and this program knows version 1');
  });

  it('is refused where it comes from later, and waited for where it was but seconds', () => {
    const disk = memoryDisk();
    holding(disk);
    expect(refusal(disk, { nowMs: START_MS - 60_000 })).toContain('set the clock of this machine right');
    expect(begin(disk, { nowMs: START_MS - 4_000 }).model.nowMs).toBeGreaterThan(START_MS);
  });

  it('is refused where its money is another', () => {
    const disk = memoryDisk();
    holding(disk);
    expect(refusal(disk, { marginAsset: 'VST' })).toContain(
      'its money is USDT, and venue.margin_asset is VST',
    );
  });

  const ETH: Instrument = { ...BTC, symbol: 'ETH-USDT' as never };
  const COARSE: Instrument = { ...BTC, lot: { units: 1, decimals: 2 } };

  it.each([
    ['another symbol', { instruments: [BTC, FINE, ETH] }, 'venue.symbols was [BTC-USDT, FINE-USDT] and is'],
    ['a symbol less', { instruments: [BTC] }, 'venue.symbols was'],
    ['the other position mode', { positionMode: 'hedge' }, 'venue.position_mode was one_way and is hedge'],
    ['other steps', { instruments: [COARSE, FINE] }, 'the steps of BTC-USDT are others'],
  ] as const)('is refused for %s while something is held', (_, opening, words) => {
    const disk = memoryDisk();
    holding(disk);
    expect(refusal(disk, opening)).toContain(words);
  });

  it('takes all of them over once it is flat, and what counted in other steps is gone', () => {
    const disk = memoryDisk();
    const { model, save } = holding(disk);
    for (const order of truthOf(model, ACCOUNT).openOrders) cancelOrder(model, ACCOUNT, order, model.nowMs);
    send(model, requestOf('out', { side: 'SELL', reduceOnly: true }));
    send(model, requestOf('fine', { symbol: FINE.symbol, quantity: lots(5_000) }));
    send(
      model,
      requestOf('fine-out', { symbol: FINE.symbol, side: 'SELL', quantity: lots(5_000), reduceOnly: true }),
    );
    save();
    const other = begin(disk, { instruments: [COARSE, FINE, ETH], positionMode: 'hedge' }).model;
    expect(truthOf(other, ACCOUNT).wallet).toBe(truthOf(model, ACCOUNT).wallet);
    expect(accountOf(other, ACCOUNT).positionMode).toBe('hedge');
    expect(truthOf(other, ACCOUNT).orders.map(({ report }) => report.symbol)).toEqual([
      FINE.symbol,
      FINE.symbol,
    ]);
  });
});

describe('what rests in a paper account', () => {
  it('keeps its place in the queue, however far it moved since it was reported', () => {
    const disk = memoryDisk();
    const { model, save } = holding(disk);
    const [order] = model.markets.get(BTC.symbol)?.resting ?? [];
    if (order === undefined) throw new Error('an order that rests');
    save();
    order.queueAhead = 7 as typeof order.queueAhead;
    save();

    expect(seen(begin(disk).model).queues).toContainEqual([7]);
  });

  it.each([
    ['a symbol less', { instruments: [BTC] }, 'venue.symbols was'],
    [
      'another tick',
      { instruments: [{ ...BTC, tick: { units: 1, decimals: 3 } }, FINE] },
      'the steps of BTC-USDT',
    ],
  ] as const)('alone keeps %s from being taken over', (_, opening, words) => {
    const disk = memoryDisk();
    const { model, save } = begin(disk);
    quoteBoth(model);
    send(model, limitOf('rests', 990_000));
    save();

    expect(refusal(disk, opening)).toContain(words);
  });
});

it('an account that cannot be saved is not begun', () => {
  const disk = memoryDisk();
  const error = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  disk.replace = () => {
    throw error;
  };

  expect(openPaperFile({ disk, name: NAME }, accountFor({}))).toEqual({
    ok: false,
    error: `the paper account could not be saved in ${NAME}: no space left on device`,
  });
});
