// Symbols: which spellings name one instrument, and which contracts settle in their own base currency.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractOf, symbolKey } from '../../src/domain/market.ts';

describe('symbolKey', () => {
  it.each(['BTC/USDT', 'btc-usdt', 'BTCUSDT', 'BTC_USDT', 'BTC/USDT:USDT', 'btc usdt'])(
    'names one instrument for %s',
    (symbol) => {
      expect(symbolKey(symbol)).toBe('BTCUSDT');
    },
  );

  it('keeps different instruments apart', () => {
    expect(symbolKey('BTC/USD')).not.toBe(symbolKey('BTC/USDT'));
    expect(symbolKey('BRK.B')).toBe('BRKB');
  });

  it('is safe as a part of a file name, and changes nothing when applied again', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.string({ unit }), (symbol) => {
        const key = symbolKey(symbol);

        expect(key).toMatch(/^[A-Z0-9]*$/);
        expect(symbolKey(key)).toBe(key);
      }),
    );
  });
});

describe('contractOf', () => {
  it.each([
    ['BTC/USDT:USDT', 'perp', 'linear'],
    ['BTC/USD:BTC', 'perp', 'inverse'],
    ['ETH/USD:ETH', 'perp', 'inverse'],
    ['ETH/USD:BTC', 'perp', 'linear'],
    ['BTC/USDT', 'perp', 'linear'],
    ['BTCUSDT', 'perp', 'linear'],
    ['BTC/USD:BTC', 'spot', 'linear'],
    ['AAPL', 'equity', 'linear'],
  ] as const)('takes %s on %s as %s', (symbol, market, contract) => {
    expect(contractOf(symbol, market)).toBe(contract);
  });
});
