// The options of `warden exchange`, each refused with what was expected.

import { InvalidArgumentError } from 'commander';
import { durationMs } from '../domain/time.ts';

export interface ExchangeCliOptions {
  readonly port: number;
  readonly prices?: string;
  readonly symbols?: readonly string[];
  readonly seed: number;
  readonly speed: number;
  readonly wallet: string;
  readonly latency: number;
  readonly asset: 'USDT' | 'VST';
  readonly positionMode: 'one-way' | 'hedge';
  readonly faults?: string;
  readonly for?: number;
}

/** Number() alone would take nothing for 0. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

export function portOption(text: string): number {
  const port = numberOf(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
  return port;
}

export function wholeOption(text: string): number {
  const number = numberOf(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('Expected a whole number.');
  return number;
}

/** Parses milliseconds. */
export function latencyOption(text: string): number {
  const ms = numberOf(text);
  if (!(ms >= 0 && ms <= 60_000)) throw new InvalidArgumentError('Expected milliseconds from 0 to 60000.');
  return ms;
}

export function speedOption(text: string): number {
  const speed = Number(text);
  if (!(speed >= 0.01 && speed <= 100_000))
    throw new InvalidArgumentError('Expected a factor from 0.01 to 100000.');
  return speed;
}

export function symbolsOption(text: string): readonly string[] {
  const symbols = text.split(',').map((symbol) => symbol.trim().toUpperCase());
  if (!symbols.every((symbol) => /^[A-Z0-9]{1,20}-[A-Z0-9]{2,10}$/.test(symbol)))
    throw new InvalidArgumentError('Expected symbols with commas between them, e.g. BTC-USDT,ETH-USDT.');
  return [...new Set(symbols)];
}

export function assetOption(text: string): 'USDT' | 'VST' {
  if (text !== 'USDT' && text !== 'VST') throw new InvalidArgumentError('Expected USDT or VST.');
  return text;
}

export function modeOption(text: string): 'one-way' | 'hedge' {
  if (text !== 'one-way' && text !== 'hedge') throw new InvalidArgumentError('Expected one-way or hedge.');
  return text;
}

/** Returns milliseconds. */
export function durationOption(text: string): number {
  const ms = durationMs(text.trim());
  if (ms === null || ms <= 0) throw new InvalidArgumentError('Expected a duration, e.g. 90s or 2h.');
  return ms;
}
