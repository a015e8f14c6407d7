// How far the kernel trades, in the three words that the world outside knows, and why.

import { REASON_CHARS_MAX } from '../../domain/fields.ts';
import type { TradingState } from '../../domain/kernel-records.ts';
import type { TradingCommand } from '../../kernel/event.ts';
import type { KernelState } from '../../kernel/state.ts';
import { effectiveState, reasonsOf } from '../../kernel/trading.ts';

const WORDS: Readonly<Record<TradingCommand, TradingState>> = {
  RUN: 'active',
  ENTRY_FROZEN: 'reducing',
  REDUCE_ONLY: 'reducing',
  FLATTENING: 'reducing',
  HALTED: 'halted',
};

/** @param halted why the kernel takes nothing any more, or `null` */
export function tradingStateOf(kernel: KernelState, halted: string | null): TradingState {
  return halted === null ? WORDS[effectiveState(kernel)] : 'halted';
}

/** Returns all that stands against entries, a person's word first; `null` where nothing does. */
export function tradingReasonOf(kernel: KernelState, halted: string | null): string | null {
  const { command, reasons } = kernel.trading;
  const words = [
    ...(halted === null ? [] : [`the kernel takes nothing any more: ${halted}`]),
    ...(command === 'RUN' ? [] : [`a person commanded ${command}`]),
    ...reasonsOf(kernel).map((reason) => `${reason}: ${reasons.get(reason)?.text ?? ''}`),
  ];
  if (words.length === 0) return null;
  return cutReason(words.join('; '));
}

/** Returns a reason as long as a summary may hold it. */
export function cutReason(text: string): string {
  return text.length <= REASON_CHARS_MAX ? text : `${text.slice(0, REASON_CHARS_MAX - 1)}…`;
}
