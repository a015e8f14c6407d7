// The life of an order as its journal tells it: found by every id that a person may have, whole, and with why in each step.

import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../../src/domain/steps.ts';
import { type Life, type Lives, livesOfOrders } from '../../../src/runner/explain/order-life.ts';
import type { AppliedRecord } from '../../../src/runner/record.ts';
import { type ConfigOver, KernelDriver } from '../../kernel/build.ts';

/** A driver whose every record is seen, as a replay shows it. */
class ToldKernel extends KernelDriver {
  readonly lives: Lives = livesOfOrders();

  protected override observed({ event, outcome, effects }: AppliedRecord): void {
    this.lives.watch(event, outcome, effects, this.state);
  }

  life(id: string): Life {
    const life = this.lives.find(id);
    if (life === null) throw new Error(`there is no life of ${id}`);
    return life;
  }

  decide(decisionId: string): void {
    const facts = '{"velDiv":-0.031}';
    const words = {
      decisionId,
      policy: 'champion@1#0f3c',
      action: 'ENTER',
      symbol: 'BTC-USDT',
      reason: 'vel_div',
    };
    this.apply({ kind: 'DECISION', ...words, facts });
  }
}

function told(life: Life): string {
  return life.records
    .map(({ what, outcome, did }) =>
      [what, ...(outcome.isAccepted ? [] : [outcome.code]), ...did].join('\n  '),
    )
    .join('\n');
}

function kernel(over: ConfigOver = {}): ToldKernel {
  return new ToldKernel(over).ready();
}

describe('the life of a trade', () => {
  it('is told from the decision to the end, under each of its ids', () => {
    const one = kernel();
    one.decide('intent-1');
    one.enter();
    const entry = one.lastSent;
    one.fill(10_000);
    one.hold(50);
    one.wait(10_000);
    one.exit({ reason: 'TAKE_PROFIT' });
    const exit = one.lastSent;
    one.fill(10_100);
    one.hold(0);
    one.wait(10_000);

    const life = one.life('intent-1');
    const tradeId = life.trade?.tradeId ?? '';
    const venueIds = life.trade?.orders.map(({ venueOrderId }) => venueOrderId ?? '') ?? [];
    for (const id of [tradeId, entry.clientOrderId, exit.clientOrderId, 'intent-2', ...venueIds])
      expect(one.life(id).records).toBe(life.records);
    expect(life.trade).toMatchObject({ isClosed: true, closeReason: 'TAKE_PROFIT' });
    const ids = (text: string): string =>
      text.replaceAll(entry.clientOrderId, '<entry>').replaceAll(exit.clientOrderId, '<exit>');
    expect(ids(told(life))).toMatchInlineSnapshot(`
      "champion@1#0f3c decided ENTER of BTC-USDT: vel_div
        from {"velDiv":-0.031}
      the intent intent-1: ENTER LONG 0.05 BTC-USDT at 1000, conviction 2, class champion, slot 0: test
        sends the order <entry>: MARKET BUY 0.05 BTC-USDT, leverage 2
        slot 0 is ENTERING
      the venue answered the order <entry>: taken as 1900000000000000001
        the order <entry> is WORKING, was SENT
      the venue reported 1900000000000000001 FILLED: BUY 0.05 of 0.05 BTC-USDT for 50
        books -0.025 from fee_predicted
        the router: immediate_fill
        the order <entry> is FILLED, was WORKING; 0.05 of 0.05 filled for 50
        slot 0 is OPEN
      the intent intent-2: EXIT slot 0: TAKE_PROFIT
        sends the order <exit>: MARKET SELL 0.05 BTC-USDT, reduce-only, leverage 2
        slot 0 is EXITING
      the venue answered the order <exit>: taken as 1900000000000000002
        the order <exit> is WORKING, was SENT
      the venue reported 1900000000000000002 FILLED: SELL 0.05 of 0.05 BTC-USDT for 50.5
        books -0.02525 from fee_predicted
        books 0.5 from realized
        closes the trade BTC-USDT-T-000000000001: realized 0.5, fees 0.05025, funding 0: TAKE_PROFIT
        the order <exit> is FILLED, was WORKING; 0.05 of 0.05 filled for 50.5
        slot 0 is CLOSED"
    `);
  });

  it('says how an order that nobody answered for was found again', () => {
    const one = kernel();
    one.enter();
    const { clientOrderId } = one.lastSent;
    one.unknown();
    one.apply({
      kind: 'QUERY_RESULT',
      clientOrderId,
      askedAtMs: one.nowMs as EpochMs,
      result: { kind: 'NOT_FOUND' },
    });
    one.ack();
    one.report(50, 10_000);

    const text = told(one.life(clientOrderId));

    expect(text).toContain('not known, TIMEOUT');
    expect(text).toContain('is IN_DOUBT, was SENT');
    expect(text).toContain(`asks the venue for the order ${clientOrderId}`);
    expect(text).toContain('not found');
    expect(text).toMatch(/is FILLED, was \S+; 0\.05 of 0\.05 filled for 50/);
  });

  it('holds the denial of an exit as well, and no record of another trade', () => {
    const one = kernel({ maxSlots: 2 });
    one.enter();
    one.fill(10_000);
    one.hold(50);
    one.wait(10_000);
    one.enter({ slot: 1, symbol: 'ETH-USDT' as never, referencePrice: 1_000 });
    const other = one.lastSent;
    one.fill(10_000, other);
    one.apply({
      kind: 'COMMAND',
      requestId: 'r',
      command: 'HALTED',
      slot: null,
      who: 'ada',
      why: 'night',
    });
    one.exit({ reason: 'STOP_LOSS' });

    const first = told(one.life('intent-1'));

    expect(first).toContain('STOP_LOSS');
    expect(first).toContain('HALTED');
    expect(first).not.toContain(other.clientOrderId);
    expect(told(one.life(other.clientOrderId))).not.toContain('STOP_LOSS');
  });
});

describe('an intent that no trade came of', () => {
  it('is told with its decision and its denial', () => {
    const one = kernel();
    one.decide('intent-1');
    one.enter({ leverage: 9 });

    const life = one.life('intent-1');

    expect(life.trade).toBeNull();
    expect(told(life)).toMatchInlineSnapshot(`
      "champion@1#0f3c decided ENTER of BTC-USDT: vel_div
        from {"velDiv":-0.031}
      the intent intent-1: ENTER LONG 0.05 BTC-USDT at 1000, conviction 9, class champion, slot 0: test
        MAX_LEVERAGE"
    `);
  });

  it('stays the first one where its id comes again', () => {
    const one = kernel();
    one.enter({ intentId: 'same' as never, leverage: 9 });
    one.enter({ intentId: 'same' as never });

    expect(one.life('same').records).toHaveLength(1);
  });
});

describe('what nobody knows', () => {
  it('has no life, and every id that has one can be offered', () => {
    const one = kernel();
    one.enter();
    one.ack();

    expect(one.lives.find('nothing')).toBeNull();
    expect(one.lives.ids()).toContain('intent-1');
    expect(one.lives.ids()).toContain(one.lastSent.clientOrderId);
  });
});

describe('whose a record is', () => {
  it('is of no trade that it does not begin: an entry into a slot that is taken tells nothing in the life of its trade', () => {
    const one = kernel();
    one.enter();
    one.fill(10_000);
    const before = told(one.life('intent-1'));
    one.enter({ intentId: 'late' as never });

    expect(told(one.life('intent-1'))).toBe(before);
    expect(one.life('late').trade).toBeNull();
    expect(told(one.life('late'))).toContain('SLOT_BUSY');
  });

  it('is told once: an intent that comes again takes no decision with it', () => {
    const one = kernel();
    one.enter({ intentId: 'same' as never });
    one.fill(10_000);
    const before = told(one.life('same'));
    one.enter({ intentId: 'same' as never });

    expect(told(one.life('same'))).toBe(before);
  });

  it('has a decision once, and forgets those that no intent came of', () => {
    const one = kernel();
    one.decide('intent-1');
    for (let at = 0; at < 63; at += 1) one.decide(`never-${at}`);
    one.enter();
    one.exit({ intentId: 'intent-1' as never });
    expect(told(one.life('intent-1')).match(/decided ENTER/g)).toHaveLength(1);

    const other = kernel();
    other.decide('intent-1');
    for (let at = 0; at < 64; at += 1) other.decide(`never-${at}`);
    other.enter();
    expect(told(other.life('intent-1'))).not.toContain('decided ENTER');
  });

  it('is found under the id that the venue gives an order later', () => {
    const one = kernel();
    one.enter();
    const venueOrderId = one.ack();

    expect(one.life(venueOrderId).trade).toBe(one.life('intent-1').trade);
  });
});
