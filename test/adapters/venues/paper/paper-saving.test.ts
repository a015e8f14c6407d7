// What a paper venue says while its account cannot be saved: nothing that another process would not know of.

import { describe, expect, it } from 'vitest';
import { setQuote, truthOf } from '../../../../src/adapters/venues/exchange/model/exchange.ts';
import { paperVenue } from '../../../../src/adapters/venues/exchange/paper-venue.ts';
import { virtualTimers } from '../../../../src/adapters/virtual-timers.ts';
import { err, ok, type Result } from '../../../../src/domain/result.ts';
import type { VenueNotice } from '../../../../src/domain/venue.ts';
import { ACCOUNT, BTC, exchangeWith, limitOf, quoteAt, requestOf, START_MS } from '../exchange/market.ts';

const FULL = 'the paper account could not be saved in paper-account.json: no space left';

function keptVenue(latencyMs = 0) {
  const model = exchangeWith();
  const timers = virtualTimers(START_MS);
  /** Orders that were filled or rested at each save, and what had been told by then. */
  const saves: { orders: number; told: number }[] = [];
  const notices: VenueNotice[] = [];
  let result: Result<void, string> = ok(undefined);
  const save = (): Result<void, string> => {
    saves.push({ orders: truthOf(model, ACCOUNT).orders.length, told: notices.length });
    return result;
  };
  const venue = paperVenue({ model, accountId: ACCOUNT, timers, latencyMs, save });
  return {
    model,
    timers,
    venue,
    saves,
    notices,
    fill: (isFull: boolean): void => {
      result = isFull ? err(FULL) : ok(undefined);
    },
  };
}

describe('a paper venue whose account is kept', () => {
  it('saves it once for an order, before anybody hears of it', async () => {
    const { venue, notices, saves } = keptVenue();
    venue.follow((notice) => notices.push(notice));
    await venue.submit(requestOf('a'), 'entry');
    expect(saves).toEqual([{ orders: 1, told: 1 }]);
    expect(notices).toHaveLength(4);
  });

  it('saves what prices did to it, and nothing where they did nothing', async () => {
    const { venue, model, saves } = keptVenue();
    await venue.submit(limitOf('rests', 999_000), 'entry');
    setQuote(model, BTC.symbol, quoteAt(999_500, 999_510), START_MS);
    venue.moved();
    expect(saves).toHaveLength(1);
    setQuote(model, BTC.symbol, quoteAt(998_000, 998_010), START_MS);
    venue.moved();
    expect(saves).toHaveLength(2);
  });

  it('saves nothing for a question, nor for an order that is refused', async () => {
    const { venue, saves } = keptVenue();
    await venue.positions('housekeeping');
    await venue.submit(requestOf('no', { leverage: 0 }), 'entry');
    expect(saves).toEqual([]);
  });

  it('says of an order that it does not know where the account could not be saved', async () => {
    const { venue, fill } = keptVenue();
    fill(true);
    const unknown = { kind: 'UNKNOWN', cause: 'CONNECTION' };
    expect(await venue.submit(requestOf('a'), 'entry')).toEqual(unknown);
    expect(await venue.positions('exit')).toEqual(unknown);
    expect(await venue.query({ ...requestOf('a'), venueOrderId: null }, 'doubt')).toEqual(unknown);
    fill(false);
    expect(await venue.positions('exit')).toMatchObject({ kind: 'KNOWN', rows: [{ position: 10 }] });
  });

  it('has a stream that is down meanwhile, with the reason, and then tells what it could not', async () => {
    const { venue, model, notices, fill } = keptVenue();
    venue.follow((notice) => notices.push(notice));
    fill(true);
    await venue.submit(requestOf('a'), 'entry');
    setQuote(model, BTC.symbol, quoteAt(1_000_100, 1_000_110), START_MS);
    venue.moved();
    expect(notices.slice(1)).toEqual([{ kind: 'stream', isUp: false, why: FULL }]);
    fill(false);
    venue.moved();
    expect(notices[2]).toEqual({ kind: 'stream', isUp: true, why: 'saved again' });
    expect(notices.slice(3).map(({ kind }) => kind)).toEqual(['order', 'order', 'balance']);
  });

  it('begins with a stream that is down where nothing can be saved', async () => {
    const { venue, notices, fill } = keptVenue();
    fill(true);
    await venue.submit(requestOf('a'), 'entry');
    venue.follow((notice) => notices.push(notice));
    expect(notices).toEqual([{ kind: 'stream', isUp: false, why: FULL }]);
  });

  it('saves as the request arrives, although its answer takes the way back', async () => {
    const { venue, timers, saves } = keptVenue(40);
    const asked = venue.submit(requestOf('a'), 'entry');
    timers.advance(20);
    expect(saves).toHaveLength(1);
    timers.advance(20);
    expect(await asked).toMatchObject({ kind: 'ACK' });
  });
});
