// The life of a slot as one table: every status meets every input, and the answer is a status or `illegal`.

import type { SlotStatus } from './state.ts';

/**
 * ENTER: an entry was let in. ENTERED: its orders have ended with a position. ENTRY_FAILED: they ended without one. EXIT: a way out was
 * begun. LEG_DONE: it ended, and something is left. FLAT: nothing is left and nothing can come. RELEASE: the hot window is over.
 * LATE_FILL: a fill came after all had ended. ADOPT: exposure that no order of ours explains. QUARANTINE: a person has to look.
 * RESOLVE: one did.
 */
export const SLOT_INPUTS = [
  'ENTER',
  'ENTERED',
  'ENTRY_FAILED',
  'EXIT',
  'LEG_DONE',
  'FLAT',
  'RELEASE',
  'LATE_FILL',
  'ADOPT',
  'QUARANTINE',
  'RESOLVE',
] as const;
export type SlotInput = (typeof SLOT_INPUTS)[number];

type SlotTurn = SlotStatus | 'illegal';

const TABLE: Readonly<Record<SlotStatus, Readonly<Partial<Record<SlotInput, SlotStatus>>>>> = {
  FREE: { ENTER: 'ENTERING', LATE_FILL: 'OPEN', ADOPT: 'ORPHAN' },
  ENTERING: {
    ENTERED: 'OPEN',
    ENTRY_FAILED: 'FREE',
    EXIT: 'EXITING',
    FLAT: 'CLOSED',
    QUARANTINE: 'QUARANTINED',
  },
  OPEN: { EXIT: 'EXITING', FLAT: 'CLOSED', QUARANTINE: 'QUARANTINED' },
  EXITING: { LEG_DONE: 'OPEN', FLAT: 'CLOSED', QUARANTINE: 'QUARANTINED' },
  CLOSED: { ENTER: 'ENTERING', RELEASE: 'FREE', LATE_FILL: 'OPEN', ADOPT: 'ORPHAN' },
  ORPHAN: { FLAT: 'CLOSED', QUARANTINE: 'QUARANTINED' },
  QUARANTINED: { FLAT: 'CLOSED', RESOLVE: 'OPEN', EXIT: 'EXITING', ADOPT: 'ORPHAN' },
};

/** Total over status × input. */
export function nextSlotStatus(status: SlotStatus, input: SlotInput): SlotTurn {
  return TABLE[status][input] ?? 'illegal';
}

/** Whether a new trade may begin here. */
export function isFree(status: SlotStatus): boolean {
  return status === 'FREE' || status === 'CLOSED';
}
