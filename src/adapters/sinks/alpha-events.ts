// PINK's own entries as alpha events in the state, and its runs as telemetry, so that it is judged like any other agent.

import { sha256Hex } from '../../domain/canonical.ts';
import { type AlphaEvent, parseAlphaEvent } from '../../domain/event.ts';
import { fieldOf } from '../../domain/field-of.ts';
import { problemText } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { SinkRow } from '../../domain/sink-row.ts';
import type { TelemetryEvent } from '../../domain/telemetry.ts';
import { validate } from '../../domain/validate.ts';
import { CONVICTION_MAX } from '../../kernel/leverage.ts';
import type { Disk, Log, Sink } from '../../ports.ts';
import { appendEvents } from '../state/event-log.ts';
import { producerLock } from '../state/event-shards.ts';
import { type LockOptions, withLock } from '../state/lock.ts';
import { appendTelemetry, TELEMETRY_LOCK } from '../state/telemetry-log.ts';
import { RunMemory, runIdOn, tellRun } from './run-telemetry.ts';

export interface AlphaEventsPorts {
  /** Opens the state; for each batch anew, since months are packed meanwhile. */
  readonly openState: () => Disk;
  /** The data folder of the runner, for what has to be known of the run. */
  readonly data: Disk;
  /** As whom PINK is judged. */
  readonly agent: string;
  readonly lock: LockOptions;
  readonly log: Log;
}

const NAME = 'alpha_events';
const PRODUCER = 'pink';
const MEMORY = `cursors/${NAME}-run.json`;
const ID_CHARS_MAX = 128;

/** Returns the sink that writes alpha events of the producer `pink`, and telemetry. Both are the same lines, however often they come. */
export function alphaEventsSink(ports: AlphaEventsPorts): Sink {
  let memory: RunMemory | null | undefined;

  const write = async (rows: readonly SinkRow[]): Promise<Result<void, string>> => {
    const { agent, data, lock } = ports;
    let next = memory === undefined ? readMemory(ports) : memory;
    const before = next;
    const events: AlphaEvent[] = [];
    const telemetry: TelemetryEvent[] = [];
    for (const row of rows) {
      const told = tellRun(next, row, agent);
      next = told.memory;
      telemetry.push(...told.events);
      const event = entryEvent(row, ports);
      if (event !== null) events.push(event);
    }
    const state = ports.openState();
    if (events.length > 0) {
      const stored = await withLock(state, producerLock(PRODUCER), lock, () =>
        appendEvents(state, PRODUCER, events),
      );
      if (!stored.ok) return err(stored.error.message);
      for (const { event_id } of stored.value.conflicts)
        ports.log.warn(`sink ${NAME}: ${event_id} is stored with other content`);
    }
    if (telemetry.length > 0) {
      const stored = await withLock(state, TELEMETRY_LOCK, lock, () => appendTelemetry(state, telemetry));
      if (!stored.ok) return err(stored.error.message);
    }
    if (next !== before && next !== null) data.replace(MEMORY, `${JSON.stringify(next)}\n`);
    memory = next;
    return ok(undefined);
  };

  return {
    name: NAME,
    async write(rows) {
      try {
        return await write(rows);
      } catch (error) {
        return err(
          `the state could not be written: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    },
    close: () => Promise.resolve(),
  };
}

/** What cannot be read is forgotten: the run under way is then told from its next row on. */
function readMemory({ data, log }: AlphaEventsPorts): RunMemory | null {
  const text = data.read(MEMORY)?.toString('utf8') ?? null;
  if (text === null) return null;
  const checked = validate(RunMemory, jsonOrNull(text));
  if (checked.ok) return checked.value;
  log.warn(`sink ${NAME}: ${MEMORY} is damaged; the run that is under way is told from here on only`);
  return null;
}

/** The event of an entry that was decided, whether it was let in or not; `null` where the row is none. */
function entryEvent(row: SinkRow, { agent, log }: AlphaEventsPorts): AlphaEvent | null {
  // An id that comes a second time is the event of the first.
  if (
    row.table !== 'steps' ||
    row.action !== 'ENTER' ||
    row.outcome === '' ||
    row.outcome === 'DUPLICATE_EVENT'
  )
    return null;
  const intent = jsonOrNull(row.facts);
  const decision = fieldOf(intent, 'decision');
  const side = fieldOf(intent, 'side');
  const strategyClass = wordOf(fieldOf(intent, 'strategy_class'));
  const event = parseAlphaEvent({
    v: 1,
    event_id: idOf(row.instance, row.decision_id),
    ts: row.at,
    agent,
    run_id: runIdOn(row.run, row.at.slice(0, 10)),
    symbol: perpetualOf(row.symbol),
    market: 'perp',
    direction: side,
    score_final: scoreOf(fieldOf(decision, 'vel_div'), side),
    confidence: shareOf(fieldOf(intent, 'leverage')),
    regime: wordOf(fieldOf(decision, 'posture')) ?? 'unknown',
    ...(strategyClass === null ? {} : { strategy_class: strategyClass }),
    meta: {
      executed: row.phase === 'execution',
      outcome: row.outcome,
      policy: row.policy,
      reference_price: fieldOf(intent, 'reference_price') ?? null,
    },
  });
  if (event.ok) return event.value;
  const problem = event.error.map(problemText).join('; ');
  log.warn(`sink ${NAME}: the entry ${row.decision_id} (record ${row.seq}) is no alpha event: ${problem}`);
  return null;
}

function idOf(instance: string, decisionId: string): string {
  const id = `${instance}:${decisionId}`;
  return id.length <= ID_CHARS_MAX ? id : sha256Hex(id);
}

/** `BTC-USDT` of the venue is the perpetual `BTC/USDT:USDT`. */
function perpetualOf(symbol: string): string {
  const [base = '', quote = ''] = symbol.split('-');
  return quote === '' ? symbol : `${base}/${quote}:${quote}`;
}

/** How far velocities diverge the way of the entry: above zero is for it. */
function scoreOf(velDiv: unknown, side: unknown): number | null {
  if (typeof velDiv !== 'number') return null;
  return side === 'SHORT' ? 0 - velDiv : velDiv;
}

/** Conviction as a share of the highest. */
function shareOf(leverage: unknown): number | null {
  return typeof leverage === 'number' ? leverage / CONVICTION_MAX : null;
}

function wordOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
