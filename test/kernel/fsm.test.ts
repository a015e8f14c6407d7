// The two tables of the kernel, printed whole, so that a change of one cell is seen in review.

import { describe, expect, it } from 'vitest';
import { isFinal, nextOrderStatus, ORDER_INPUTS } from '../../src/kernel/order-fsm.ts';
import { nextSlotStatus, SLOT_INPUTS } from '../../src/kernel/slot-fsm.ts';
import { ORDER_STATUSES, SLOT_STATUSES } from '../../src/kernel/state.ts';

function matrix(
  rows: readonly string[],
  columns: readonly string[],
  cell: (row: string, column: string) => string,
) {
  const width = Math.max(...rows.map((row) => row.length));
  return rows
    .map((row) => [row.padEnd(width), ...columns.map((column) => `${column}→${cell(row, column)}`)].join(' '))
    .join('\n');
}

describe('the table of orders', () => {
  it('answers every status and every input', () => {
    expect(
      matrix(ORDER_STATUSES, ORDER_INPUTS, (status, input) =>
        nextOrderStatus(status as never, input as never, false),
      ),
    ).toMatchInlineSnapshot(`
      "INTENDED        SEND→SENT DROP→CANCELED ACK→illegal REJECT→illegal NO_ANSWER→illegal OPEN→WORKING FILL→PARTIAL FILLED→FILLED CANCELED→CANCELED EXPIRED→EXPIRED REFUSED→REJECTED CANCEL→illegal CANCEL_ACK→illegal CANCEL_REFUSED→illegal CANCEL_DENIED→illegal CANCEL_NO_ANSWER→illegal ABSENT→illegal RESTART→CANCELED
      SENT            SEND→illegal DROP→illegal ACK→WORKING REJECT→REJECTED NO_ANSWER→IN_DOUBT OPEN→WORKING FILL→PARTIAL FILLED→FILLED CANCELED→CANCELED EXPIRED→EXPIRED REFUSED→REJECTED CANCEL→CANCEL_SENT CANCEL_ACK→illegal CANCEL_REFUSED→illegal CANCEL_DENIED→illegal CANCEL_NO_ANSWER→illegal ABSENT→illegal RESTART→IN_DOUBT
      WORKING         SEND→illegal DROP→illegal ACK→known REJECT→illegal NO_ANSWER→known OPEN→known FILL→PARTIAL FILLED→FILLED CANCELED→CANCELED EXPIRED→EXPIRED REFUSED→REJECTED CANCEL→CANCEL_SENT CANCEL_ACK→known CANCEL_REFUSED→CANCEL_IN_DOUBT CANCEL_DENIED→known CANCEL_NO_ANSWER→known ABSENT→illegal RESTART→IN_DOUBT
      PARTIAL         SEND→illegal DROP→illegal ACK→known REJECT→illegal NO_ANSWER→known OPEN→known FILL→known FILLED→FILLED CANCELED→CANCELED EXPIRED→EXPIRED REFUSED→REJECTED CANCEL→CANCEL_SENT CANCEL_ACK→known CANCEL_REFUSED→CANCEL_IN_DOUBT CANCEL_DENIED→known CANCEL_NO_ANSWER→known ABSENT→illegal RESTART→IN_DOUBT
      IN_DOUBT        SEND→illegal DROP→illegal ACK→WORKING REJECT→REJECTED NO_ANSWER→known OPEN→WORKING FILL→PARTIAL FILLED→FILLED CANCELED→CANCELED EXPIRED→EXPIRED REFUSED→REJECTED CANCEL→CANCEL_SENT CANCEL_ACK→known CANCEL_REFUSED→CANCEL_IN_DOUBT CANCEL_DENIED→known CANCEL_NO_ANSWER→known ABSENT→REJECTED RESTART→known
      CANCEL_SENT     SEND→illegal DROP→illegal ACK→known REJECT→REJECTED NO_ANSWER→known OPEN→known FILL→known FILLED→FILLED CANCELED→CANCELED EXPIRED→EXPIRED REFUSED→REJECTED CANCEL→illegal CANCEL_ACK→known CANCEL_REFUSED→CANCEL_IN_DOUBT CANCEL_DENIED→WORKING CANCEL_NO_ANSWER→CANCEL_IN_DOUBT ABSENT→illegal RESTART→CANCEL_IN_DOUBT
      CANCEL_IN_DOUBT SEND→illegal DROP→illegal ACK→known REJECT→REJECTED NO_ANSWER→known OPEN→WORKING FILL→known FILLED→FILLED CANCELED→CANCELED EXPIRED→EXPIRED REFUSED→REJECTED CANCEL→illegal CANCEL_ACK→CANCEL_SENT CANCEL_REFUSED→known CANCEL_DENIED→WORKING CANCEL_NO_ANSWER→known ABSENT→CANCELED RESTART→known
      FILLED          SEND→illegal DROP→illegal ACK→known REJECT→known NO_ANSWER→known OPEN→known FILL→known FILLED→known CANCELED→known EXPIRED→known REFUSED→known CANCEL→illegal CANCEL_ACK→known CANCEL_REFUSED→known CANCEL_DENIED→known CANCEL_NO_ANSWER→known ABSENT→illegal RESTART→known
      CANCELED        SEND→illegal DROP→illegal ACK→known REJECT→known NO_ANSWER→known OPEN→known FILL→known FILLED→known CANCELED→known EXPIRED→known REFUSED→known CANCEL→illegal CANCEL_ACK→known CANCEL_REFUSED→known CANCEL_DENIED→known CANCEL_NO_ANSWER→known ABSENT→illegal RESTART→known
      EXPIRED         SEND→illegal DROP→illegal ACK→known REJECT→known NO_ANSWER→known OPEN→known FILL→known FILLED→known CANCELED→known EXPIRED→known REFUSED→known CANCEL→illegal CANCEL_ACK→known CANCEL_REFUSED→known CANCEL_DENIED→known CANCEL_NO_ANSWER→known ABSENT→illegal RESTART→known
      REJECTED        SEND→illegal DROP→illegal ACK→known REJECT→known NO_ANSWER→known OPEN→known FILL→known FILLED→known CANCELED→known EXPIRED→known REFUSED→known CANCEL→illegal CANCEL_ACK→known CANCEL_REFUSED→known CANCEL_DENIED→known CANCEL_NO_ANSWER→known ABSENT→illegal RESTART→known"
    `);
  });

  it('never leaves a final status', () => {
    for (const status of ORDER_STATUSES.filter(isFinal)) {
      for (const input of ORDER_INPUTS)
        expect(['known', 'illegal']).toContain(nextOrderStatus(status, input, true));
    }
  });

  it('makes a working order with fills PARTIAL', () => {
    expect(nextOrderStatus('IN_DOUBT', 'OPEN', true)).toBe('PARTIAL');
    expect(nextOrderStatus('PARTIAL', 'OPEN', true)).toBe('known');
    expect(nextOrderStatus('CANCEL_IN_DOUBT', 'OPEN', true)).toBe('PARTIAL');
  });

  it('never takes a missing answer for a rejection', () => {
    for (const status of ORDER_STATUSES) {
      for (const input of ['NO_ANSWER', 'CANCEL_NO_ANSWER', 'RESTART'] as const) {
        expect(['REJECTED', 'EXPIRED']).not.toContain(nextOrderStatus(status, input, false));
        if (status !== 'INTENDED') expect(nextOrderStatus(status, input, false)).not.toBe('CANCELED');
      }
    }
  });
});

describe('the table of slots', () => {
  it('answers every status and every input', () => {
    expect(
      matrix(SLOT_STATUSES, SLOT_INPUTS, (status, input) => nextSlotStatus(status as never, input as never)),
    ).toMatchInlineSnapshot(`
      "FREE        ENTER→ENTERING ENTERED→illegal ENTRY_FAILED→illegal EXIT→illegal LEG_DONE→illegal FLAT→illegal RELEASE→illegal LATE_FILL→OPEN ADOPT→ORPHAN QUARANTINE→illegal RESOLVE→illegal
      ENTERING    ENTER→illegal ENTERED→OPEN ENTRY_FAILED→FREE EXIT→EXITING LEG_DONE→illegal FLAT→CLOSED RELEASE→illegal LATE_FILL→illegal ADOPT→illegal QUARANTINE→QUARANTINED RESOLVE→illegal
      OPEN        ENTER→illegal ENTERED→illegal ENTRY_FAILED→illegal EXIT→EXITING LEG_DONE→illegal FLAT→CLOSED RELEASE→illegal LATE_FILL→illegal ADOPT→illegal QUARANTINE→QUARANTINED RESOLVE→illegal
      EXITING     ENTER→illegal ENTERED→illegal ENTRY_FAILED→illegal EXIT→illegal LEG_DONE→OPEN FLAT→CLOSED RELEASE→illegal LATE_FILL→illegal ADOPT→illegal QUARANTINE→QUARANTINED RESOLVE→illegal
      CLOSED      ENTER→ENTERING ENTERED→illegal ENTRY_FAILED→illegal EXIT→illegal LEG_DONE→illegal FLAT→illegal RELEASE→FREE LATE_FILL→OPEN ADOPT→ORPHAN QUARANTINE→illegal RESOLVE→illegal
      ORPHAN      ENTER→illegal ENTERED→illegal ENTRY_FAILED→illegal EXIT→illegal LEG_DONE→illegal FLAT→CLOSED RELEASE→illegal LATE_FILL→illegal ADOPT→illegal QUARANTINE→QUARANTINED RESOLVE→illegal
      QUARANTINED ENTER→illegal ENTERED→illegal ENTRY_FAILED→illegal EXIT→EXITING LEG_DONE→illegal FLAT→CLOSED RELEASE→illegal LATE_FILL→illegal ADOPT→ORPHAN QUARANTINE→illegal RESOLVE→OPEN"
    `);
  });
});
