// What the state holds of PINK: the heartbeat and the acknowledgements of its runner, and its entries as signals.

import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import { shardPath, shardsOf } from '../adapters/state/event-shards.ts';
import { readLines } from '../adapters/state/jsonl.ts';
import { newestHeartbeat, readAcks } from '../adapters/state/kernel-records.ts';
import { parseRecord } from '../adapters/state/record-line.ts';
import { AlphaEvent } from '../domain/event.ts';
import { fieldOf } from '../domain/field-of.ts';
import type { KernelAck, KernelSummary } from '../domain/kernel-records.ts';
import type { Disk } from '../ports.ts';

/** One entry that PINK decided, as it stands among the signals. */
export interface PinkEntry {
  readonly ts: string;
  readonly symbol: string;
  readonly direction: AlphaEvent['direction'];
  readonly regime: string;
  /** `null`: the event names none. */
  readonly strategyClass: string | null;
  /** Whether the kernel let it in; `null`: the event does not say. */
  readonly wasExecuted: boolean | null;
  /** What the kernel answered; `null`: the event does not say. */
  readonly outcome: string | null;
}

export interface PinkDay {
  readonly day: string;
  decided: number;
  /** Of them, those of which the event says that the kernel let them in. */
  letIn: number;
}

export interface PinkContent {
  /** However old; `null`: no runner has ever written one. */
  readonly summary: KernelSummary | null;
  /** Oldest first. */
  readonly acks: readonly KernelAck[];
  /** As whom PINK is judged, by name; empty: it has emitted nothing. */
  readonly agents: readonly string[];
  readonly entries: number;
  /** By what the kernel answered, and by direction. */
  readonly byOutcome: ReadonlyMap<string, number>;
  readonly byDirection: ReadonlyMap<AlphaEvent['direction'], number>;
  /** By UTC day, oldest first; days without entries are left out. */
  readonly days: readonly PinkDay[];
  /** Oldest first. */
  readonly newest: readonly PinkEntry[];
}

/** Under this name the runner writes its signals. */
const PRODUCER = 'pink';
const NEWEST_KEPT = 20;
const NOT_SAID = 'not said';

/** @throws CorruptStateError where the heartbeat or an acknowledgement is none. */
export function readPink(disk: Disk): PinkContent {
  const heartbeat = newestHeartbeat(disk);
  if (!heartbeat.ok)
    throw new CorruptStateError(
      'heartbeat of the runner',
      heartbeat.error,
      'The runner writes it anew with its next heartbeat.',
    );
  const agents = new Set<string>();
  const byOutcome = new Map<string, number>();
  const byDirection = new Map<AlphaEvent['direction'], number>();
  const newest: PinkEntry[] = [];
  const days = new Map<string, PinkDay>();
  let entries = 0;
  visitEntries(disk, (event) => {
    const entry = entryOf(event);
    entries += 1;
    agents.add(event.agent);
    byOutcome.set(entry.outcome ?? NOT_SAID, (byOutcome.get(entry.outcome ?? NOT_SAID) ?? 0) + 1);
    byDirection.set(event.direction, (byDirection.get(event.direction) ?? 0) + 1);
    const name = event.ts.slice(0, 10);
    const day = days.get(name) ?? { day: name, decided: 0, letIn: 0 };
    days.set(name, day);
    day.decided += 1;
    if (entry.wasExecuted === true) day.letIn += 1;
    newest.push(entry);
    if (newest.length > NEWEST_KEPT) newest.shift();
  });
  return {
    summary: heartbeat.value,
    acks: readAcks(disk),
    agents: [...agents].sort(),
    entries,
    byOutcome,
    byDirection,
    days: [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)),
    newest,
  };
}

/** A line that is no event is set aside by reconcile, which counts it. */
function visitEntries(disk: Disk, visit: (event: AlphaEvent) => void): void {
  for (const shard of shardsOf(disk).filter((name) => name.startsWith(`${PRODUCER}/`)))
    readLines(disk, shardPath(shard), { bytes: 0, lines: 0 }, (line) => {
      const event = line.kind === 'text' ? parseRecord(AlphaEvent, line.text) : null;
      if (event?.ok === true) visit(event.value);
    });
}

function entryOf(event: AlphaEvent): PinkEntry {
  const executed = fieldOf(event.meta, 'executed');
  const outcome = fieldOf(event.meta, 'outcome');
  return {
    ts: event.ts,
    symbol: event.symbol,
    direction: event.direction,
    regime: event.regime,
    strategyClass: event.strategy_class ?? null,
    wasExecuted: typeof executed === 'boolean' ? executed : null,
    outcome: typeof outcome === 'string' ? outcome : null,
  };
}
