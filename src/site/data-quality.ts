// How good the input was: what was set aside and why, and what still waits for a price.

import { loadPending } from '../adapters/state/pending-store.ts';
import { readRejects } from '../adapters/state/reject-log.ts';
import type { RejectCode } from '../domain/reject.ts';
import type { Disk } from '../ports.ts';
import { cut } from '../supervision/outside-text.ts';
import { type ReportTable, reportTable } from '../supervision/report-cells.ts';
import { countText, minuteText } from '../supervision/report-numbers.ts';
import { type Html, paragraph, tableHtml } from './html.ts';

export interface DataQuality {
  /** By producer and code. */
  readonly rejects: readonly RejectCount[];
  /** Pairs of event and horizon without a row; `null`: not known, since reconcile's memory is not there or not readable. */
  readonly waiting: { readonly pairs: number; readonly oldest: string | null } | null;
}

interface RejectCount {
  readonly producer: string;
  readonly code: RejectCode;
  count: number;
  /** Of the last line that was set aside for it. */
  reason: string;
}

/** @throws CorruptStateError where a line of the rejects is none. */
export function readDataQuality(disk: Disk): DataQuality {
  const counts = new Map<string, RejectCount>();
  readRejects(disk, ({ code, reason }, producer) => {
    const key = `${producer}/${code}`;
    const found = counts.get(key) ?? { producer, code, count: 0, reason };
    found.count += 1;
    found.reason = reason;
    counts.set(key, found);
  });
  const rejects = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  return { rejects, waiting: readWaiting(disk) };
}

function readWaiting(disk: Disk): DataQuality['waiting'] {
  const pending = loadPending(disk);
  if (!pending.ok || pending.value === null) return null;
  const open = pending.value.events.filter(({ open }) => open.length > 0);
  const instants = open.map(({ event }) => event.ts).sort();
  return { pairs: open.reduce((sum, each) => sum + each.open.length, 0), oldest: instants[0] ?? null };
}

const REASON_SHOWN_MAX = 200;

/** Returns the parts of the section. */
export function dataQualityHtml({ rejects, waiting }: DataQuality): readonly Html[] {
  const open =
    waiting === null
      ? 'How many signals wait for a price is not known.'
      : `Waiting for a price or for their horizon: ${countText(waiting.pairs)} pairs of signal and horizon` +
        `${waiting.oldest === null ? '' : `, the oldest of ${minuteText(waiting.oldest)} UTC`}.`;
  if (rejects.length === 0) return [paragraph('Nothing was set aside.'), paragraph(open)];
  return [
    paragraph(
      'What could not be used was set aside with its reason; none of it is in any figure. `stale_price` and `no_price` are pairs that ' +
        'got no price within the time that `prices.give_up_after` gives them.',
    ),
    tableHtml(rejectsTable(rejects), 'Set aside, by producer and reason'),
    paragraph(open),
  ];
}

function rejectsTable(rejects: readonly RejectCount[]): ReportTable {
  const head = ['producer', 'code', 'how many', 'last reason'];
  return reportTable(
    { head, words: ['producer', 'code', 'last reason'], whole: 'alpha/rejects' },
    rejects.map(({ producer, code, count, reason }) => [
      { name: producer },
      code,
      countText(count),
      { text: cut(reason, REASON_SHOWN_MAX) },
    ]),
  );
}
