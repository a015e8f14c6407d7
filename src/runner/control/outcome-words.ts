// What each code of the kernel means, and what to do about it: in sentences for a person, complete because the compiler counts them.

import type { OutcomeCode } from '../../kernel/outcome.ts';

interface OutcomeWords {
  /** What the code says of the event, as the end of a sentence that begins with it. */
  readonly means: string;
  /** What a person does next; empty where there is nothing to do. */
  readonly next: string;
}

const SHOW_WHY = 'warden kernel ctl why names what stands in the way and what ends it';
const LIMITS = 'change the limit in pink.yaml and start the runner again, or let the policy ask for less';

export const OUTCOME_WORDS: Readonly<Record<OutcomeCode, OutcomeWords>> = {
  APPLIED: { means: 'it was applied', next: '' },
  SUPPRESSED: {
    means: 'nothing had to be done, since the same is under way or in force already',
    next: '',
  },
  DUPLICATE_EVENT: { means: 'it was known already, and counts once', next: '' },
  STALE_REPORT: { means: 'the venue had said something newer of this order before', next: '' },
  LATE_FILL: {
    means:
      'the venue filled an order that was over; the fill is booked, and what it left is closed or kept in a slot',
    next: 'look at the slot that holds it',
  },
  PARKED: {
    means:
      'the venue named an order by an id that nothing binds yet; it is kept until the answer to that order comes',
    next: '',
  },
  FOREIGN: { means: 'the order is of somebody else; it explains E and changes nothing else', next: '' },
  ILLEGAL_TRANSITION: {
    means: 'the order cannot go from where it was to there, so nothing was changed',
    next: 'compare with the order at the venue; report it where it comes again',
  },
  UNKNOWN_ORDER: {
    means: 'the answer was about an order that this kernel does not know, or has forgotten long ago',
    next: '',
  },
  CONTRADICTORY_REPORT: {
    means: 'the venue contradicted what it had said before, so nothing was changed',
    next: 'compare with the order at the venue',
  },
  MALFORMED_EVENT: {
    means: 'it could not be read, and was only counted',
    next: 'look at the source of it: the policy, the feed or the venue, as the details say',
  },
  UNKNOWN_INSTRUMENT: {
    means: 'the symbol is not among those that are traded',
    next: 'name it under venue.symbols in pink.yaml, as the venue spells it, or correct the policy',
  },
  UNKNOWN_PICTURE: {
    means: 'the venue could not be asked, so nothing is known and nothing was changed; it is asked again',
    next: 'look at the connection to the venue where it lasts',
  },
  STALE_PICTURE: { means: 'the answer was older than what the kernel knows, or was not asked for', next: '' },
  INVALID_INTENT: {
    means: 'a field of the intent is missing or out of its range; nothing is clamped',
    next: 'correct the policy; the details name the field',
  },
  NOT_FINITE: {
    means: 'a figure of the intent was missing, infinite or no number',
    next: 'correct the policy; the details name the field',
  },
  STALE_INTENT: {
    means: 'the intent was decided too long ago, or in the future',
    next: 'look at the delay of the feed and at the clock of the machine',
  },
  UNKNOWN_SLOT: { means: 'there is no such slot', next: 'name one of those that are configured' },
  SLOT_BUSY: {
    means: 'the slot, or the symbol, belongs to another trade that is not over',
    next: '',
  },
  UNRESOLVED_SLOT: {
    means: 'the slot holds something that a person has to look at first',
    next: SHOW_WHY,
  },
  NO_OPEN_POSITION: {
    means: 'there was nothing to close: the slot is empty, or holds another trade by now',
    next: '',
  },
  NO_ACTIVE_ORDER: { means: 'there was no entry under way to be canceled', next: '' },
  HALTED: {
    means: 'a person has halted the kernel, or it stopped at a fault of its disk: nothing is sent',
    next: 'warden kernel ctl flatten or unfreeze once it is clear why; after a fault, start the runner again',
  },
  REDUCE_ONLY: {
    means: 'only orders that make a position smaller pass',
    next: SHOW_WHY,
  },
  ENTRY_FROZEN: { means: 'entries are refused, exits go on', next: SHOW_WHY },
  STALE_STATE_RECONCILING: {
    means: 'the kernel has not seen the whole picture of the venue since it began',
    next: 'wait for the first round with the venue; look at the connection where it lasts',
  },
  STRATEGY_DISABLED: {
    means:
      'the strategy class may not enter: it is disabled in the kill list, or the allocation gives it no share',
    next: 'warden kernel ctl why names the list and the episode; a merge that enables the class ends it',
  },
  STRATEGY_UNKNOWN: {
    means: 'the kill list does not name the strategy class, and unknown is not allowed',
    next: 'name the class in config/kill-list.yaml',
  },
  HOT_WINDOW: {
    means: 'a fill of ours was too recent: the views of the venue lag behind it',
    next: '',
  },
  IN_DOUBT: {
    means:
      'an order was sent and nobody knows whether it is at the venue; the venue is asked until it says so',
    next: 'wait; where it lasts, look for the order at the venue',
  },
  VENUE_NOT_FLAT: {
    means: 'the venue holds something in the symbol that this kernel does not, or did not say',
    next: 'close or explain what somebody else holds there',
  },
  MODE_MISMATCH: {
    means: 'the position mode of the account is another one than configured, or is not known',
    next: 'set the account or venue.position_mode in pink.yaml to the same',
  },
  STALE_MARK: {
    means: 'no young price of the symbol is known',
    next: 'look at the feed and at the stream of the venue',
  },
  PRICE_BAND: {
    means: 'the price of the policy, or the one the order would trade at, is too far from the mark',
    next: 'compare the prices of the feed with those of the venue',
  },
  MIN_QUANTITY: {
    means: 'it was smaller than the smallest order of the venue, after the share of its class',
    next: 'let the policy ask for more, or look at the size factor of the class',
  },
  MIN_NOTIONAL: {
    means: 'it was worth less than the smallest order of the venue',
    next: 'let the policy ask for more, or look at the size factor of the class',
  },
  MAX_NOTIONAL: { means: 'it was worth more than one order may be', next: LIMITS },
  MAX_POSITION: { means: 'all slots together would be worth more than they may be', next: LIMITS },
  MAX_LEVERAGE: { means: 'it asked for more conviction or leverage than is allowed', next: LIMITS },
  MARGIN: {
    means: 'the free margin is too small for it, or is not known',
    next: 'look at the balance at the venue',
  },
  DAILY_LOSS: {
    means: 'the loss of this UTC day has reached its limit',
    next: 'entries begin again with the next UTC day; exits go on',
  },
  RATE: { means: 'too many entries left within a minute', next: '' },
};

/** Returns what a code says, with its details and the next step: `it was applied`, as the end of a sentence. */
export function outcomeText(code: OutcomeCode, details: string): string {
  const { means, next } = OUTCOME_WORDS[code];
  return `${means}${details === '' ? '' : ` (${details})`}${next === '' ? '' : `; next: ${next}`}`;
}
