// The list of mutants of the kernel and its journal; each of them has to be found by the simulation of `npm test`.
//
// Left out, since they do nothing wrong:
// - RESTART leaves an order SENT: every order is due again at the start, and a SENT one without an answer is IN_DOUBT from that WAKE on.
// - The first gate lets every command but HALTED pass: the gate of reasons asks for the command as well, and refuses as often.
// - `||` for `??` where the share of a strategy is read: a share of zero is refused by the gate of permissions.

import type { Mutant } from './mutant.ts';
import { MONEY_MUTANTS } from './mutants-money.ts';
import { ORDER_MUTANTS } from './mutants-orders.ts';
import { RECOVERY_MUTANTS } from './mutants-recovery.ts';
import { TRADING_MUTANTS } from './mutants-trading.ts';

export const MUTANTS: readonly Mutant[] = [
  ...ORDER_MUTANTS,
  ...MONEY_MUTANTS,
  ...TRADING_MUTANTS,
  ...RECOVERY_MUTANTS,
];

/** A simulation that misses one of these is worth nothing, however many of the others it finds. */
export const NEVER_MISSED: readonly string[] = [
  'dedup-off',
  'entry-of-the-other-side',
  'exit-of-the-other-side',
  'sent-before-durable',
  'no-margin-is-the-old-margin',
  'timeout-is-reject',
];
