// Coverage as aligned tables, and as findings: what is declared and was never met.

import { isFinal, nextOrderStatus, ORDER_INPUTS } from '../../src/kernel/order-fsm.ts';
import { DIAGNOSTIC_CODES, OUTCOME_CODES } from '../../src/kernel/outcome.ts';
import { ORDER_STATUSES, SLOT_STATUSES } from '../../src/kernel/state.ts';
import type { Coverage } from './coverage.ts';
import { FAULT_NAMES, FAULTS } from './faults.ts';

const SENT_AT_ONCE = 'an order is sent in the same event that makes it';
const NO_REPORT_REFUSES = 'this venue refuses in its answer, and never by a report';
const NO_CANCEL_OUT =
  'an order in doubt has no cancel out, and answers to a process that is gone reach nobody';

/** Pairs of the order's table that no venue and no crash of this simulation brings about, each with the reason. */
export const UNREACHED: Readonly<Record<string, string>> = {
  'INTENDED DROP': SENT_AT_ONCE,
  'INTENDED OPEN': SENT_AT_ONCE,
  'INTENDED FILL': SENT_AT_ONCE,
  'INTENDED FILLED': SENT_AT_ONCE,
  'INTENDED CANCELED': SENT_AT_ONCE,
  'INTENDED EXPIRED': SENT_AT_ONCE,
  'INTENDED REFUSED': SENT_AT_ONCE,
  'INTENDED RESTART': SENT_AT_ONCE,
  'SENT REFUSED': NO_REPORT_REFUSES,
  'WORKING REFUSED': NO_REPORT_REFUSES,
  'PARTIAL REFUSED': NO_REPORT_REFUSES,
  'IN_DOUBT REFUSED': NO_REPORT_REFUSES,
  'CANCEL_SENT REFUSED': NO_REPORT_REFUSES,
  'CANCEL_IN_DOUBT REFUSED': NO_REPORT_REFUSES,
  'IN_DOUBT CANCEL_ACK': NO_CANCEL_OUT,
  'IN_DOUBT CANCEL_REFUSED': NO_CANCEL_OUT,
  'IN_DOUBT CANCEL_DENIED': NO_CANCEL_OUT,
  'IN_DOUBT CANCEL_NO_ANSWER': NO_CANCEL_OUT,
};

const CANCELED_AGAIN = 'an order whose cancel came to nothing is canceled again in the same event';
const TOO_RARE = 'an order that expires before anything else was heard of it: in none of 20,000 worlds';

/** Pairs that take a rare order of events. */
const UNLIKELY: Readonly<Record<string, string>> = {
  'WORKING CANCEL_ACK': CANCELED_AGAIN,
  'WORKING CANCEL_REFUSED': CANCELED_AGAIN,
  'WORKING CANCEL_DENIED': CANCELED_AGAIN,
  'WORKING CANCEL_NO_ANSWER': CANCELED_AGAIN,
  'PARTIAL CANCEL_ACK': CANCELED_AGAIN,
  'PARTIAL CANCEL_REFUSED': CANCELED_AGAIN,
  'PARTIAL CANCEL_DENIED': CANCELED_AGAIN,
  'PARTIAL CANCEL_NO_ANSWER': CANCELED_AGAIN,
  'SENT EXPIRED': TOO_RARE,
  'IN_DOUBT EXPIRED': TOO_RARE,
};

/** Pairs and outcomes that come up about once in a thousand worlds or less, so that only a run of ten thousand has to meet them. */
const RARE: ReadonlySet<string> = new Set([
  'SENT CANCELED',
  'SENT FILL',
  'WORKING REJECT',
  'WORKING ABSENT',
  'PARTIAL NO_ANSWER',
  'PARTIAL OPEN',
  'PARTIAL CANCELED',
  'PARTIAL EXPIRED',
  'PARTIAL RESTART',
  'IN_DOUBT ACK',
  'IN_DOUBT FILL',
  'IN_DOUBT CANCELED',
  'CANCEL_SENT REJECT',
  'CANCEL_SENT NO_ANSWER',
  'CANCEL_SENT EXPIRED',
  'CANCEL_IN_DOUBT FILL',
  'CANCEL_IN_DOUBT NO_ANSWER',
  'CANCEL_IN_DOUBT EXPIRED',
  'CANCEL_IN_DOUBT CANCEL_ACK',
  'CANCEL_IN_DOUBT CANCEL_REFUSED',
  'CANCEL_IN_DOUBT CANCEL_DENIED',
  'CANCEL_IN_DOUBT CANCEL_NO_ANSWER',
  'CONTRADICTORY_REPORT',
  'MARGIN',
  'MIN_NOTIONAL',
  'MAX_POSITION',
  'DAILY_LOSS',
]);
const RARE_WORLDS = 10_000;

/** Outcomes that this simulation does not bring about, each with the reason. */
const UNMET: Readonly<Record<string, string>> = {
  ILLEGAL_TRANSITION: 'this venue says nothing that cannot be',
  UNKNOWN_ORDER: 'orders are forgotten after a thousand, which no world sees',
  UNRESOLVED_SLOT: 'while a slot waits for a person, its reason refuses every entry before',
};

/** Every legal pair of the order's table. */
function legalPairs(): readonly string[] {
  return ORDER_STATUSES.flatMap((status) =>
    ORDER_INPUTS.filter((input) => nextOrderStatus(status, input, false) !== 'illegal').map(
      (input) => `${status} ${input}`,
    ),
  );
}

function isExpected(pair: string, worlds: number): boolean {
  if (UNREACHED[pair] !== undefined || UNLIKELY[pair] !== undefined || isOfFinal(pair)) return false;
  return !isTooRare(pair, worlds);
}

function isTooRare(name: string, worlds: number): boolean {
  return worlds < RARE_WORLDS && RARE.has(name);
}

/** Final orders absorb everything; whether they met all of it says little. */
function isOfFinal(pair: string): boolean {
  return ORDER_STATUSES.some((status) => isFinal(status) && pair.startsWith(`${status} `));
}

/** Declared and never met, in words. Empty is what a long run should come to. */
export function coverageFindings(coverage: Coverage): readonly string[] {
  const findings: string[] = [];
  for (const name of FAULT_NAMES)
    if ((coverage.faults.get(name) ?? 0) === 0) findings.push(`fault ${name}: never happened`);
  for (const pair of legalPairs())
    if (!coverage.orderPairs.has(pair) && isExpected(pair, coverage.seeds))
      findings.push(`order ${pair}: never met`);
  for (const status of SLOT_STATUSES)
    if (![...coverage.slotMoves.keys()].some((move) => move.endsWith(` ${status}`)))
      findings.push(`slot ${status}: never entered`);
  for (const code of OUTCOME_CODES)
    if (!coverage.outcomes.has(code) && UNMET[code] === undefined && !isTooRare(code, coverage.seeds))
      findings.push(`outcome ${code}: never met`);
  return findings;
}

/** What was met, as text of aligned tables. */
export function coverageText(coverage: Coverage): string {
  return [
    `${coverage.seeds} worlds, ${coverage.events} events; in ${coverage.mixed} of them others traded beside us on one net position, where L3 is not judged`,
    matrix('order', ORDER_STATUSES, ORDER_INPUTS, coverage.orderPairs),
    matrix('slot from', SLOT_STATUSES, SLOT_STATUSES, coverage.slotMoves),
    counts('outcome', OUTCOME_CODES, coverage.outcomes),
    counts('diagnostic', DIAGNOSTIC_CODES, coverage.diagnostics),
    counts('event', [...coverage.kinds.keys()].sort(), coverage.kinds),
    counts(
      'fault',
      [...FAULT_NAMES].sort((a, b) => FAULTS[a].group - FAULTS[b].group),
      coverage.faults,
    ),
  ].join('\n\n');
}

/** `.`: declared as impossible or as nothing; a number: how often it was met. */
function matrix(
  title: string,
  rows: readonly string[],
  columns: readonly string[],
  counted: ReadonlyMap<string, number>,
): string {
  const body = rows.map((row) => [
    row,
    ...columns.map((column) => String(counted.get(`${row} ${column}`) ?? '.')),
  ]);
  return aligned([[title, ...columns], ...body]);
}

function counts<Key extends string>(
  title: string,
  names: readonly Key[],
  counted: ReadonlyMap<Key, number>,
): string {
  return aligned([[title, 'times'], ...names.map((name) => [name, String(counted.get(name) ?? 0)])]);
}

/** The first column to the left, figures to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
