// The same tale told in another way, or another tale that mirrors it: how the ends of both are related is known without knowing either.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderReport } from '../../src/domain/venue.ts';
import { decodeEvent, encodeEvent } from '../../src/kernel/codec.ts';
import { decodeState, encodeState } from '../../src/kernel/codec-state.ts';
import { createKernel } from '../../src/kernel/create.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { step } from '../../src/kernel/step.ts';
import {
  configOf,
  type Delivery,
  endOf,
  type Fill,
  IN_ORDER,
  type Manner,
  PLAIN,
  SEED,
  Teller,
  type Told,
  type Trip,
  tales,
  WALLET,
} from './metamorphic.ts';

const RUNS = { seed: SEED, numRuns: 150 };

function told(tale: readonly Trip[], delivery: Delivery = IN_ORDER, manner: Manner = PLAIN): Teller {
  return new Teller(delivery, manner).tell(tale);
}

function profitOf(teller: Teller): bigint {
  return teller.state.ledger.wallet - WALLET;
}

/** Frames in the order of their keys; those with an odd key come twice, the second time by another key. */
function shuffled(keys: readonly number[]): Delivery {
  let next = 0;
  const key = (): number => keys[next++ % keys.length] ?? 0;
  return {
    listsFills: true,
    heard: ({ ack, frames }) => {
      const twice = [ack, ...frames].flatMap((event) => {
        const first = { event, key: key() };
        return first.key % 2 === 0 ? [first] : [first, { event, key: key() }];
      });
      return twice.sort((a, b) => a.key - b.key).map(({ event }) => event);
    },
  };
}

/** About a third of everything that can be heard; the rest is lost. */
function partly(keys: readonly number[]): Delivery {
  return {
    listsFills: true,
    heard: ({ ack, frames, answer }, number) =>
      [ack, ...frames, answer].filter((_, at) => (keys[(number * 7 + at) % keys.length] ?? 0) % 3 === 0),
  };
}

const keys = fc.array(fc.integer({ min: 0, max: 9_999 }), { minLength: 40, maxLength: 40 });

describe('a tale', () => {
  it('ends with what the second opinion says, to the last digit', () => {
    const isSo = fc.property(tales, (tale) => {
      const { state, account } = told(tale);

      expect(state.ledger.wallet).toBe(account.wallet());
      expect(-state.ledger.balances.realized).toBe(account.realized());
      expect(state.ledger.balances.fee_settled).toBe(account.fees());
      expect(endOf(state)).toMatchObject({
        slots: [{ status: 'FREE' }],
        residual: 0n,
        liveOrders: 0,
        reasons: [],
      });
    });
    fc.assert(isSo, RUNS);
  });

  it('ends the same in whatever order frames come between two syncs, and however often', () => {
    const foreigners = fc.array(fc.integer({ min: -90_000, max: 90_000 }), { maxLength: 3 });
    const isSame = fc.property(tales, keys, foreigners, (tale, order, others) => {
      const plain = new Teller(IN_ORDER).tell(tale, others);
      const mixed = new Teller(shuffled(order)).tell(tale, others);

      expect(endOf(mixed.state)).toEqual(endOf(plain.state));
      expect(mixed.state.ledger.residual).toBe(0n);
    });
    fc.assert(isSame, RUNS);
  });

  it('ends the same by the stream alone, by answers alone, by lists alone, and by a bit of each', () => {
    const exact: Manner = { ...PLAIN, isStreamExact: true };
    const stream: Delivery = { heard: ({ ack, frames }) => [ack, ...frames], listsFills: false };
    const answers: Delivery = { heard: ({ ack, answer }) => [ack, answer], listsFills: false };
    const lists: Delivery = { heard: ({ ack }: Told) => [ack], listsFills: true };
    const isSame = fc.property(tales, keys, (tale, order) => {
      const bits = partly(order);
      const end = endOf(told(tale, stream, exact).state);
      for (const delivery of [answers, lists, bits])
        expect(endOf(told(tale, delivery, exact).state)).toEqual(end);
    });
    fc.assert(isSame, RUNS);
  });
});

/** A kernel that takes what is cumulative for new fills, as far as it knows whose they are. */
class AddingTeller extends Teller {
  override apply(event: Parameters<Teller['apply']>[0]): Outcome {
    const report = event['report'] as OrderReport | undefined;
    const id = report === undefined ? undefined : this.state.byVenueId.get(report.venueOrderId);
    const known = id === undefined ? undefined : this.state.orders.get(id);
    if (event.kind !== 'REPORT' || report === undefined || known === undefined) return super.apply(event);
    const filledLots = report.filledLots + known.filledLots;
    return super.apply({ ...event, report: { ...report, filledLots } });
  }
}

describe('the relation of two ends', () => {
  it('does not hold for a kernel that adds up what is cumulative', () => {
    const isSame = fc.property(tales, keys, (tale, order) => {
      const adding = new AddingTeller(shuffled(order)).tell(tale);
      expect(endOf(adding.state)).toEqual(endOf(told(tale).state));
    });
    expect(() => fc.assert(isSame, { ...RUNS, numRuns: 5 })).toThrow('Property failed');
  });
});

function replayed(events: readonly KernelEvent[], state: KernelState): KernelState {
  return events.reduce((next, event) => step(next, event).state, state);
}

function readAgain(state: KernelState): KernelState {
  const again = decodeState(encodeState(state));
  if (!again.ok) throw new Error(again.error.message);
  return again.value;
}

/** As a journal gives an event back. */
function eventAgain(event: KernelEvent): KernelEvent {
  const text = encodeEvent(event);
  const again = text.ok ? decodeEvent(text.value) : text;
  if (!again.ok) throw new Error(again.error.message);
  return again.value;
}

describe('a kernel that is stopped', () => {
  it('goes on from what was written of it as if it had never been stopped', () => {
    const isSame = fc.property(tales, keys, fc.nat(), (tale, order, place) => {
      const { events } = new Teller(shuffled(order)).tell(tale);
      const cut = place % (events.length + 1);
      const fresh = (): KernelState => createKernel(configOf(PLAIN));

      const before = readAgain(replayed(events.slice(0, cut), fresh()));
      const after = replayed(events.slice(cut).map(eventAgain), before);
      expect(encodeState(after)).toBe(encodeState(replayed(events, fresh())));
    });
    fc.assert(isSame, RUNS);
  });

  it('holds and has earned the same where it begins again after any event, once the venue has said what is true', () => {
    const isSame = fc.property(tales, keys, fc.nat(), (tale, order, place) => {
      const plain = told(tale);
      for (const delivery of [IN_ORDER, shuffled(order), partly(order)]) {
        const restartsAfter = 1 + (place % told(tale, delivery).events.length);
        const { state } = told(tale, delivery, { ...PLAIN, restartsAfter });

        expect(endOf(state)).toEqual(endOf(plain.state));
      }
    });
    fc.assert(isSame, RUNS);
  });
});

/** A price seen from the other side of 10,000.5, where the quote of every tale is. */
function reflected({ lots, price, fee }: Fill): Fill {
  return { lots, price: 20_001 - price, fee };
}

describe('a tale that mirrors another', () => {
  it('earns and pays ten times as much at ten times the prices', () => {
    const isTenfold = fc.property(tales, fc.boolean(), (tale, saysFees) => {
      const plain = told(tale, IN_ORDER, { ...PLAIN, saysFees });
      const finer = told(tale, IN_ORDER, { ...PLAIN, saysFees, factor: 10, isStreamExact: true });
      const coarser = told(tale, IN_ORDER, { ...PLAIN, saysFees, tick: '1' });

      for (const { state } of [finer, coarser]) {
        const { balances, wallet } = state.ledger;
        const one = plain.state.ledger;
        expect(wallet - WALLET).toBe(10n * profitOf(plain));
        for (const account of ['realized', 'fee_predicted', 'fee_settled', 'funding'] as const)
          expect(balances[account]).toBe(10n * one.balances[account]);
      }
    });
    fc.assert(isTenfold, RUNS);
  });

  it('earns the same on the other side at prices reflected about the middle of the quote', () => {
    const isSame = fc.property(tales, (tale) => {
      const mirror = tale.map((trip) => ({
        ...trip,
        side: trip.side === 'LONG' ? ('SHORT' as const) : ('LONG' as const),
        entry: trip.entry.map(reflected),
        exits: trip.exits.map((fills) => fills.map(reflected)),
      }));
      const [plain, other] = [told(tale), told(mirror)];

      expect(other.state.ledger.balances).toEqual(plain.state.ledger.balances);
      expect(other.state.ledger.wallet).toBe(plain.state.ledger.wallet);
    });
    fc.assert(isSame, RUNS);
  });

  it('earns and pays the same where a short sells what a long sold, and buys what it bought, the other way around', () => {
    const isSame = fc.property(tales, fc.boolean(), (tale, saysFees) => {
      const whole = tale.map((trip) => ({ ...trip, unfilled: 0 }));
      const backwards = whole.map(({ side, entry, exits, ...rest }) => ({
        ...rest,
        side: side === 'LONG' ? ('SHORT' as const) : ('LONG' as const),
        entry: exits.flat(),
        exits: [entry],
      }));
      const manner: Manner = { ...PLAIN, saysFees };
      const [plain, other] = [told(whole, IN_ORDER, manner), told(backwards, IN_ORDER, manner)];

      expect(other.state.ledger.balances).toEqual(plain.state.ledger.balances);
      expect(other.state.ledger.wallet).toBe(plain.state.ledger.wallet);
    });
    fc.assert(isSame, RUNS);
  });
});
