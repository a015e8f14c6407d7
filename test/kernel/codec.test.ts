// Events and states as text: every kind comes back to the last digit, and what is no event is refused with its place and what was expected.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from '../../src/kernel/codec.ts';
import { decodeConfig, decodeState, encodeConfig, encodeState } from '../../src/kernel/codec-state.ts';
import { createKernel } from '../../src/kernel/create.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Order, Trade } from '../../src/kernel/state.ts';
import { config } from './build.ts';
import { EVENT_KINDS, eventOf } from './event-arbitraries.ts';

const SEED = { seed: 20261128 };

function textOf(event: KernelEvent): string {
  const text = encodeEvent(event);
  if (!text.ok) throw new Error(text.error.message);
  return text.value;
}

function refusalOf(text: string): string {
  const event = decodeEvent(text);
  return event.ok ? 'read' : `${event.error.path}: ${event.error.message}`;
}

describe('an event as text', () => {
  it.each(EVENT_KINDS)('%s comes back exactly, from one line', (kind) => {
    const comesBack = fc.property(eventOf(kind), (event) => {
      const text = textOf(event);
      expect(text).not.toMatch(/[\n\r]/);
      expect(decodeEvent(text)).toEqual({ ok: true, value: event });
    });

    fc.assert(comesBack, { ...SEED, numRuns: 200 });
  });

  it('is the same text when it is written again', () => {
    const isStable = fc.property(fc.oneof(...EVENT_KINDS.map(eventOf)), (event) => {
      const again = decodeEvent(textOf(event));
      expect(again.ok && textOf(again.value)).toBe(textOf(event));
    });

    fc.assert(isStable, { ...SEED, numRuns: 500 });
  });

  it('reads fields in any order', () => {
    expect(decodeEvent('{"isUp":true,"atMs":7,"kind":"STREAM"}')).toEqual({
      ok: true,
      value: { kind: 'STREAM', atMs: 7, isUp: true },
    });
  });

  it('survives its bytes: no text of it is changed by UTF-8', () => {
    const isUtf8 = fc.property(eventOf('MALFORMED'), (event) => {
      const text = textOf(event);
      expect(Buffer.from(text).toString('utf8')).toBe(text);
    });

    fc.assert(isUtf8, { ...SEED, numRuns: 200 });
  });
});

describe('what is no event', () => {
  it.each([
    ['{"kind":"WAKE"}', 'atMs: expected a whole number; found undefined'],
    ['{"kind":"WAKE","atMs":1.5}', 'atMs: expected a whole number; found 1.5'],
    ['{"kind":"WAKE","atMs":"1"}', 'atMs: expected a whole number; found "1"'],
    [
      '{"kind":"WAKE","atMs":1,"extra":true}',
      'extra: expected no field of this name, only kind, atMs; found true',
    ],
    [
      '{"kind":"ACCOUNT","atMs":1,"positionMode":"both"}',
      'positionMode: expected one_way | hedge; found "both"',
    ],
    ['[]', ': expected an object; found []'],
    ['', ': expected JSON; found ""'],
  ])('%s is refused', (text, words) => {
    expect(refusalOf(text)).toContain(words);
  });

  it('is refused with the path to the place, however deep', () => {
    const text =
      '{"kind":"POSITIONS","atMs":1,"requestId":1,"askedAtMs":1,"result":{"kind":"KNOWN","rows":[{"symbol":"BTC-USDT","position":1,"entryQuote":12,"venueAtMs":1}]}}';

    expect(refusalOf(text)).toBe('result.rows.0.entryQuote: expected a whole number in quotes; found 12');
  });

  it('is refused where its kind is not known, with those that are', () => {
    expect(refusalOf('{"kind":"TICK","atMs":1}')).toMatch(/^kind: expected START \| MARK .*; found "TICK"$/);
  });

  it('is refused where an amount is no canonical number', () => {
    for (const wallet of ['"01"', '"-0"', '"1e3"', '""', '"0x1"', 'true']) {
      const text = `{"kind":"BALANCE","atMs":1,"requestId":null,"result":{"kind":"KNOWN","rows":[{"wallet":${wallet},"availableMargin":null,"usedMargin":null,"venueAtMs":1}]}}`;
      expect(refusalOf(text)).toMatch(/^result\.rows\.0\.wallet: expected a whole number in quotes/);
    }
  });

  it('has no text either: nobody could read it again', () => {
    const half = { kind: 'MARK', atMs: 1, symbol: 'BTC-USDT', bid: 0.5, ask: 2, mark: 1, quotedAtMs: 1 };
    const strange = { kind: 'STREAM', atMs: Number.NaN, isUp: true };

    expect(encodeEvent(half as KernelEvent)).toEqual({
      ok: false,
      error: { path: 'bid', message: 'expected a whole number; found 0.5' },
    });
    expect(encodeEvent(strange as KernelEvent)).toMatchObject({ ok: false, error: { path: 'atMs' } });
  });
});

describe('a state as text', () => {
  it('comes back as it was: Maps in their order, amounts to the last digit', () => {
    const state = createKernel(config());
    state.rememberedIds.set('z', 2 as never);
    state.rememberedIds.set('a', 1 as never);
    state.ledger.wallet = -(10n ** 25n) as never;

    const again = decodeState(encodeState(state));

    expect(again).toEqual({ ok: true, value: state });
    expect(again.ok && [...again.value.rememberedIds.keys()]).toEqual(['z', 'a']);
  });

  it('has one object where there was one: an order of a trade is the order of the book', () => {
    const state = createKernel(config());
    const order = { clientOrderId: 'a', status: 'SENT', filledQuote: 5n } as unknown as Order;
    const forgotten = { clientOrderId: 'b', status: 'FILLED', filledQuote: 7n } as unknown as Order;
    const trade = { tradeId: 't', orders: [forgotten, order] } as unknown as Trade;
    state.orders.set(order.clientOrderId, order);
    state.trades.set(trade.tradeId, trade);
    const [slot] = state.slots;
    if (slot !== undefined) slot.trade = trade;

    const again = decodeState(encodeState(state));

    expect(again).toEqual({ ok: true, value: state });
    if (!again.ok) return;
    const read = again.value.trades.get(trade.tradeId);
    expect(again.value.slots[0]?.trade).toBe(read);
    expect(read?.orders[1]).toBe(again.value.orders.get(order.clientOrderId));
  });

  it('refuses text of another version, or of something else', () => {
    const text = encodeState(createKernel(config()));

    expect(decodeState(text.replace('"v":1', '"v":2'))).toMatchObject({
      ok: false,
      error: { path: 'v', message: 'expected a state of version 1; found 2' },
    });
    expect(decodeState('[]').ok).toBe(false);
    expect(decodeState(text.slice(0, -1)).ok).toBe(false);
  });

  it('keeps a configuration as it was', () => {
    const plain = config();

    expect(decodeConfig(encodeConfig(plain))).toEqual({ ok: true, value: plain });
    expect(decodeConfig('{"v":1}').ok).toBe(false);
  });
});
