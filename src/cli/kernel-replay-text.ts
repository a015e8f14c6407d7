// What a replay of a journal came to, in words and tables for a terminal, and the same for programs.

import { faultText, type JournalFault } from '../adapters/journal/journal-fault.ts';
import type { Replayed, Watch } from '../adapters/journal/journal-replay.ts';
import { tableText } from '../adapters/terminal/table.ts';
import { hashText } from '../kernel/digest.ts';
import { kernelEndJson, kernelEndText } from './kernel-end.ts';

/** Counts what is applied again. */
interface ReplayTally {
  readonly watch: Watch;
  /** Number of the record before the first one. */
  readonly before: number;
  readonly events: ReadonlyMap<string, number>;
  readonly outcomes: ReadonlyMap<string, number>;
  records(): number;
}

interface ReplayFacts {
  readonly path: string;
  readonly from: string | null;
  readonly tally: ReplayTally;
  readonly elapsedMs: number;
  readonly fault: JournalFault | null;
  /** `null` where there is a fault. */
  readonly ended: Replayed | null;
}

export function replayTally(before: number): ReplayTally {
  const events = new Map<string, number>();
  const outcomes = new Map<string, number>();
  let records = 0;
  return {
    before,
    events,
    outcomes,
    records: () => records,
    watch: (event, outcome) => {
      records += 1;
      events.set(event.kind, (events.get(event.kind) ?? 0) + 1);
      outcomes.set(outcome.code, (outcomes.get(outcome.code) ?? 0) + 1);
    },
  };
}

/** Returns the verdict in one line, then the numbers, then events and outcomes by how often they came. */
export function replayText(facts: ReplayFacts): string {
  const { tally, fault, ended, path } = facts;
  const numbers = tableText({ rows: numberRows(facts) });
  const hashes = fault?.hashes ?? null;
  const differing =
    hashes === null
      ? []
      : [
          tableText({
            rows: [
              ['expected', hashes.expected],
              ['actual', hashes.actual],
            ],
          }),
        ];
  const poisons = (ended?.poisons ?? []).map(
    ({ seq, error }) => `record ${seq} was passed over: the kernel stopped at it with ${error}`,
  );
  const end = ended === null ? '' : kernelEndText(ended.state);
  const counts = [countsText('event', tally.events), countsText('outcome', tally.outcomes)];
  return [`${path}: ${verdictText(facts)}`, ...differing, numbers, ...poisons, end, ...counts]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Nothing was shown where nothing was applied. */
function verdictText({ fault, from, tally }: ReplayFacts): string {
  if (fault !== null) return faultText(fault);
  if (tally.records() > 0) return 'every record leads to the state it led to before';
  return from === null ? 'there is no record yet' : `no record here comes after the snapshot ${from}`;
}

function numberRows({ tally, elapsedMs, ended }: ReplayFacts): readonly (readonly [string, string])[] {
  const records = tally.records();
  const rate = records === 0 ? null : rateOf(records, elapsedMs);
  const unsealed = ended === null ? null : unsealedOf(ended);
  const rows: [string, string | null][] = [
    [
      'records',
      records === 0
        ? '0'
        : `${records.toLocaleString('en-US')}, from ${tally.before + 1} to ${tally.before + records}`,
    ],
    ['records a second', rate === null ? null : rate.toLocaleString('en-US')],
    [
      'never sealed',
      unsealed === null
        ? null
        : `${unsealed.bytes} bytes, whole records: ${unsealed.records}; cut off, or being written now`,
    ],
    ['last state hash', ended === null ? null : hashText(ended.state)],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

function countsText(title: string, counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return '';
  return tableText({ head: [title, 'count'], rows: sorted(counts) });
}

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

export function replayJson(facts: ReplayFacts): Readonly<Record<string, unknown>> {
  const { path, from, tally, elapsedMs, fault, ended } = facts;
  const records = tally.records();
  return {
    path,
    from_snapshot: from,
    records,
    first_record: tally.before + 1,
    last_record: tally.before + records,
    last_hash: ended === null ? null : hashText(ended.state),
    events: Object.fromEntries(sorted(tally.events)),
    outcomes: Object.fromEntries(sorted(tally.outcomes)),
    poisons: (ended?.poisons ?? []).map(({ seq, error }) => ({ record: seq, error })),
    unsealed: ended === null ? null : unsealedOf(ended),
    kernel: ended === null ? null : kernelEndJson(ended.state),
    elapsed_ms: elapsedMs,
    records_per_second: rateOf(records, elapsedMs),
    fault: fault === null ? null : faultJson(fault),
  };
}

function faultJson({ hashes, ...fault }: JournalFault): Readonly<Record<string, unknown>> {
  return { ...fault, expected: hashes?.expected ?? null, actual: hashes?.actual ?? null };
}

function unsealedOf({ last }: Replayed): { readonly bytes: number; readonly records: number } | null {
  const bytes = last.bytes.length - last.sealedBytes;
  return bytes === 0 ? null : { bytes, records: last.unsealedRecords };
}

function rateOf(records: number, elapsedMs: number): number | null {
  return elapsedMs <= 0 ? null : Math.round((records / elapsedMs) * 1_000);
}
