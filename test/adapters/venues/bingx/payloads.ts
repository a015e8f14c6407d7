// Answers and frames as the venue writes them, in short words for tests of what is read of them.

import type { Instruments } from '../../../../src/adapters/venues/bingx/fields.ts';
import {
  type JsonText,
  type JsonTextObject,
  readJsonText,
} from '../../../../src/adapters/venues/json-text.ts';
import type { SymbolName } from '../../../../src/domain/ids.ts';
import { type Instrument, stepOf } from '../../../../src/domain/instrument.ts';
import { type Money, money, moneyFrom } from '../../../../src/domain/money.ts';
import type { Result } from '../../../../src/domain/result.ts';
import { type EpochMs, lots, ppm } from '../../../../src/domain/steps.ts';

export const NOW_MS = 1_790_000_000_000 as EpochMs;

export const BTC: Instrument = instrument('BTC-USDT', '0.1', '0.0001');
export const INSTRUMENTS: Instruments = new Map([[BTC.symbol, BTC]]);

export function instrument(symbol: string, tick: string, lot: string): Instrument {
  return {
    symbol: symbol as SymbolName,
    tick: stepOf(tick),
    lot: stepOf(lot),
    minLots: lots(1),
    minNotional: money(200_000_000n),
    makerFeePpm: ppm(200),
    takerFeePpm: ppm(500),
    maxLeverage: 125,
  };
}

/** What a text says, every digit kept. */
export function json(text: string): JsonText {
  return told(readJsonText(text));
}

/** An object with some fields changed, and those left out that are `undefined`. */
export function changed(
  row: string,
  changes: Readonly<Record<string, JsonText | undefined>>,
): JsonTextObject {
  const fields: Record<string, JsonText> = { ...(json(row) as JsonTextObject) };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete fields[name];
    else fields[name] = value;
  }
  return fields;
}

export function told<T>(read: Result<T, string>): T {
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

/** Why something was not read; throws where it was. */
export function problemOf(read: Result<unknown, string>): string {
  if (read.ok) throw new Error('it was read');
  return read.error;
}

export function usdt(text: string): Money {
  return told(moneyFrom(text));
}
