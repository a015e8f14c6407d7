// What a person meets who types at the exchange: switches as curl sends them, and refusals in the units that were typed.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Came, codeOf, KEY, type Loopback, loopback, messageOf } from './loopback.ts';

let venue: Loopback;
beforeEach(async () => {
  venue = await loopback();
});
afterEach(() => venue.close());

/** As `curl -X METHOD -d BODY` sends it: an object, said to be a form. */
const curl = (method: string, path: string, body: string): Promise<Came> =>
  venue.ask(method, `/control/${path}`, {
    headers: { 'X-BX-APIKEY': KEY.apiKey, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });

describe('a switch', () => {
  it('is read as JSON where the body is an object, whatever the body is said to be', async () => {
    expect(codeOf(await curl('PUT', 'faults', ' {"busy":0.25}'))).toBe(0);
    expect(venue.exchange.world.faults.rate('busy')).toBe(0.25);
    expect(codeOf(await curl('PUT', 'quirks', '{"legacyCodes":true}'))).toBe(0);
    expect(venue.exchange.world.wire.legacyCodes).toBe(true);
    expect(codeOf(await curl('POST', 'transfer', '{"amount":"-100"}'))).toBe(0);
  });

  it.each(['', '{}', 'x'])('is refused where the body is %o and names nothing', async (body) => {
    for (const path of ['faults', 'quirks']) {
      const came = await curl('PUT', path, body);
      expect(codeOf(came)).toBe(109400);
      expect(messageOf(came)).toContain('names nothing; expected JSON, e.g. {');
    }
  });
});

describe('a refused order', () => {
  const refused = async (params: Readonly<Record<string, string>>): Promise<string> =>
    messageOf(
      await venue.signed('POST', '/openApi/swap/v2/trade/order', {
        symbol: 'BTC-USDT',
        side: 'BUY',
        positionSide: 'BOTH',
        ...params,
      }),
    );

  it('names the smallest quantity as it is typed, not in lots', async () => {
    expect(await refused({ type: 'MARKET', quantity: '0.00001' })).toBe(
      'quantity is below the minimum of 0.0001',
    );
  });

  it('names the price that would be taken, on either side', async () => {
    const limit = { type: 'LIMIT', quantity: '0.01' };
    expect(await refused({ ...limit, price: '1000' })).toBe('order price should be at least 90000');
    expect(await refused({ ...limit, price: '200000' })).toBe('order price should be at most 110000');
  });
});
