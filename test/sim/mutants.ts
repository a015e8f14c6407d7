// The list of mutants of the kernel and its journal; each of them has to be found by the simulation of `npm test`.
//
// Left out, since nothing can tell them from the program:
// - RESTART leaves an order SENT: the start looks at every order again at once, and a SENT order without an answer is IN_DOUBT then.
// - The first gate lets every command but HALTED pass: the gate of reasons asks for the command as well, with the same answer.
// - `||` for `??` where a share of a strategy is read: a share of zero is refused by the gate of permissions.
// - The CRC-32 of a sealed record is not verified: the SHA-256 of its seal covers the same bytes.

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
