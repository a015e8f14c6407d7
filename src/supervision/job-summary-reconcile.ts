// What a reconcile did, on the page of its run: rows, what waits, what was lost where and why, and what was set aside.

import type { RejectPlace } from '../domain/reject.ts';
import {
  counted,
  listPart,
  REASON_SHOWN_MAX,
  ROWS_SHOWN_MAX,
  summarySection,
} from './job-summary-section.ts';
import { mdCode, mdDetails, mdName, mdTable, mdText } from './markdown.ts';
import { cut } from './outside-text.ts';
import { countText, percentText } from './report-numbers.ts';
import { xychart } from './xychart.ts';

const NAME_IN_CHART_MAX = 20;

/** Pairs of one instrument that got no row, for one kind of reason. */
interface LostFacts {
  readonly symbol: string;
  readonly market: string;
  readonly outcome: string;
  readonly given_up: boolean;
  readonly pairs: number;
  readonly first_reason: string;
}

/** What a reconcile tells of itself. */
export interface ReconciledFacts {
  readonly events: {
    readonly lines: number;
    readonly admitted: number;
    readonly flat: number;
    readonly duplicates: number;
    readonly conflicts: number;
    readonly invalid: number;
    readonly torn_tails: number;
  };
  /** Pairs of (event, horizon) that were due, by what became of them in this run. */
  readonly due: {
    readonly pairs: number;
    readonly reconciled: number;
    readonly already_reconciled: number;
    /** Of the reconciled: rows with a price from before a missing bar, at most `max_stale_bars` old. */
    readonly priced_across_gap: number;
    readonly given_up: { readonly stale_price: number; readonly no_price: number };
    readonly waiting: { readonly pending: number; readonly stale_price: number; readonly no_price: number };
  };
  /** Pairs still open after this run, due or not. */
  readonly open_pairs: number;
  /** Due pairs without a row by instrument, most frequent first, each with the reason of its first pair. */
  readonly losses: readonly LostFacts[];
  /** The first lines and events that were set aside, with their place below the state folder. */
  readonly first_rejects: readonly RejectPlace[];
  readonly remarks: readonly string[];
  readonly price_requests: number;
  /** Those whose market has a source. */
  readonly instruments: { readonly asked: number; readonly unavailable: number };
  /** Share of the pairs settled or refused in this run that bad input or missing prices cost. */
  readonly loss_ratio: number;
  /** The share that `prices.max_loss` allows. */
  readonly max_loss_ratio: number;
  /** Whether that is more than the rules allow, in a run that settled enough pairs to say so. */
  readonly loss_too_high: boolean;
}

/** Returns the section of a reconcile. */
export function reconcileSummary(facts: ReconciledFacts): string {
  return summarySection('Reconcile', [
    leadOf(facts),
    pairTable(facts),
    eventTable(facts),
    lossPart(facts.losses),
    rejectPart(facts),
    listPart('Please look at', facts.remarks),
  ]);
}

function leadOf(facts: ReconciledFacts): string {
  const { asked, unavailable } = facts.instruments;
  const requests = counted(facts.price_requests, 'price request');
  const silent = unavailable === 0 ? '' : `, without an answer for ${countText(unavailable)}`;
  return (
    `${counted(facts.due.reconciled, 'row')} written. ${lossSentence(facts)} ` +
    `${requests} for ${counted(asked, 'instrument')}${silent}.`
  );
}

function lossSentence({ due, events, loss_ratio, max_loss_ratio, loss_too_high }: ReconciledFacts): string {
  const { stale_price, no_price } = due.given_up;
  if (due.reconciled + stale_price + no_price + events.invalid === 0) return 'Nothing was settled.';
  const share = `${percentText(loss_ratio)} of what was settled, ${percentText(max_loss_ratio)} is allowed.`;
  return loss_too_high ? `**Too much was lost:** ${share}` : `Lost: ${share}`;
}

function pairTable({ due, open_pairs }: ReconciledFacts): string {
  const { waiting, given_up } = due;
  const rows: readonly (readonly [string, number])[] = [
    ['due', due.pairs],
    ['rows written', due.reconciled],
    ['of these priced across a missing bar', due.priced_across_gap],
    ['rows already there', due.already_reconciled],
    ['waiting for the bar of their exit', waiting.pending],
    ['waiting, their price is stale', waiting.stale_price],
    ['waiting, without a price', waiting.no_price],
    ['given up, their price stayed stale', given_up.stale_price],
    ['given up, without a price', given_up.no_price],
    ['still open, due or not', open_pairs],
  ];
  return numberTable('pairs of signal and horizon', rows);
}

function eventTable({ events }: ReconciledFacts): string | null {
  if (events.lines === 0 && events.torn_tails === 0) return null;
  return numberTable('lines of signals, new since the last run', [
    ['read', events.lines],
    ['taken in', events.admitted],
    ['flat, never scored', events.flat],
    ['known already', events.duplicates],
    ['set aside, another signal under a known id', events.conflicts],
    ['set aside, invalid', events.invalid],
    ['not finished yet', events.torn_tails],
  ]);
}

function numberTable(head: string, rows: readonly (readonly [string, number])[]): string {
  return mdTable(
    [head, 'number'],
    rows.map(([name, value]) => [name, countText(value)]),
    ['left', 'right'],
  );
}

function lossPart(losses: readonly LostFacts[]): string | null {
  if (losses.length === 0) return null;
  const shown = losses.slice(0, ROWS_SHOWN_MAX);
  const chart = xychart({
    title: 'Due pairs without a row, by instrument',
    labels: shown.map(
      ({ symbol, given_up }) => `${cut(symbol, NAME_IN_CHART_MAX)}${given_up ? ' lost' : ''}`,
    ),
    valueTitle: 'pairs',
    series: [{ kind: 'bar', name: 'pairs', values: shown.map(({ pairs }) => pairs) }],
    horizontal: true,
  });
  const table = mdTable(
    ['instrument', 'market', 'outcome', 'pairs', 'first reason'],
    shown.map((loss) => [
      mdName(loss.symbol),
      mdText(cut(loss.market, NAME_IN_CHART_MAX)),
      loss.given_up ? `${mdText(loss.outcome)}, given up` : mdText(loss.outcome),
      countText(loss.pairs),
      mdText(cut(loss.first_reason, REASON_SHOWN_MAX)),
    ]),
    ['left', 'left', 'left', 'right', 'left'],
  );
  const more = losses.length - shown.length;
  const summary = more > 0 ? `The ${shown.length} most frequent of ${countText(losses.length)}` : 'Why';
  return [chart, mdDetails(summary, table)].join('\n\n');
}

function rejectPart({ first_rejects, events }: ReconciledFacts): string | null {
  if (first_rejects.length === 0) return null;
  const rows = first_rejects.map(({ file, line, code, reason }) => [
    mdCode(line === null ? cut(file, REASON_SHOWN_MAX) : `${cut(file, REASON_SHOWN_MAX)}:${line}`),
    mdCode(code),
    mdText(cut(reason, REASON_SHOWN_MAX)),
  ]);
  const more = events.invalid + events.conflicts - rows.length;
  const table = mdTable(['set aside', 'code', 'reason'], rows, ['left', 'left', 'left']);
  return more > 0 ? `${table}\n\nAnd ${countText(more)} more, all in \`alpha/rejects/reconcile\`.` : table;
}
