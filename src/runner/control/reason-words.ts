// What ends each reason for which the kernel itself refuses entries, and what each command of a person means: in sentences.

import type { ControlCommand, KernelControlResponse } from '../../domain/kernel-control.ts';
import type { TradingCommand } from '../../kernel/event.ts';
import type { FreezeReason } from '../../kernel/state.ts';

export const REASON_ENDS: Readonly<Record<FreezeReason, string>> = {
  STARTING: 'ends by itself with the first whole round of looking at the venue',
  STREAM_DOWN: "ends by itself with a whole round after the venue's stream is up again",
  RECONCILE_ERROR:
    'ends when the difference is explained, or when a person accepts it with warden kernel ctl resolve',
  BALANCE_UNKNOWN: 'ends by itself when the venue says what the wallet holds',
  PERMISSIONS_UNKNOWN: 'ends with a kill list that can be read; mend config/kill-list.yaml',
  MODE_MISMATCH:
    'ends when the position mode of the account and venue.position_mode in pink.yaml are the same',
  JOURNAL_FULL: 'ends within a minute after the disk of the journal has room; make room',
  POSITION_MISMATCH:
    'ends when the positions of the venue and of the book agree, or the difference is adopted',
  ORPHAN: 'ends when the position that nobody asked for is closed; warden kernel ctl flatten closes it',
  QUARANTINE:
    'ends when the slot is flat, or when a person has looked at it: warden kernel ctl resolve --slot N',
  OVERFILL: 'ends when a person has looked at the order: warden kernel ctl resolve',
  FORGOTTEN_ORDER: 'ends when a person has looked at the order at the venue: warden kernel ctl resolve',
};

/** What is in force, as the answer to a request names it. */
export const STATE_NAMES: Readonly<
  Record<TradingCommand, NonNullable<KernelControlResponse['kernel_state']>>
> = {
  RUN: 'run',
  ENTRY_FROZEN: 'entry_frozen',
  REDUCE_ONLY: 'reduce_only',
  FLATTENING: 'flattening',
  HALTED: 'halted',
};

export const STATE_MEANS: Readonly<Record<TradingCommand, string>> = {
  RUN: 'entries pass where every gate lets them, and so do exits',
  ENTRY_FROZEN: 'entries are refused, exits go on',
  REDUCE_ONLY: 'only orders that make a position smaller are sent',
  FLATTENING: 'every position is being closed, then only orders that make a position smaller are sent',
  HALTED: 'nothing is sent, exits included, until a person acts',
};

/** What a person tells the kernel, with the state that it asks for. */
export const TOLD: Readonly<Partial<Record<ControlCommand, TradingCommand>>> = {
  freeze: 'ENTRY_FROZEN',
  'reduce-only': 'REDUCE_ONLY',
  flatten: 'FLATTENING',
  unfreeze: 'RUN',
  halt: 'HALTED',
};
