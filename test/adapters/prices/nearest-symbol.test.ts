// A suggestion sends a person somewhere: it must be the instrument that was meant, or nothing.

import { describe, expect, it } from 'vitest';
import { nearestSymbol } from '../../../src/adapters/prices/nearest-symbol.ts';

const KEYS = ['BTCUSDT', 'DOGEUSDT', 'ETHUSDT', 'LTCUSDT', 'SOLUSDT'];
const PAIRS = ['BTC/USDC', 'BTC/USDT', 'DOGE/USDT', 'MATIC/USDT'];

describe('nearestSymbol', () => {
  it.each([
    ['DOGGEUSDT', KEYS, 'DOGEUSDT'],
    ['DOG/USDT', KEYS, 'DOGEUSDT'],
    ['ETH/USDC', KEYS, 'ETHUSDT'],
    ['btcusd', KEYS, 'BTCUSDT'],
    ['BTC/USDTT', PAIRS, 'BTC/USDT'],
    ['MATC-USDT', PAIRS, 'MATIC/USDT'],
    ['APPL', ['AAPL', 'AMZN'], 'AAPL'],
  ])('finds what %s was meant to be', (symbol, known, meant) => {
    expect(nearestSymbol(symbol, known)).toBe(meant);
  });

  it.each([
    ['NOPE/USDT', KEYS],
    ['NOPEUSDT', KEYS],
    ['ETC/USDT', KEYS],
    ['FOO/USDT', PAIRS],
    ['XYZ', ['AAPL', 'AMZN']],
    ['BTCUSDT', []],
  ])('takes no other coin for %s because it has the same quote', (symbol, known) => {
    expect(nearestSymbol(symbol, known)).toBeNull();
  });
});
