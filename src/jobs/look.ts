// One look of the supervisor at the state that decides nothing and writes nothing: what explain and verify start from.

import { readDay, rowDays } from '../adapters/state/row-store.ts';
import { strategyClassOf } from '../domain/config.ts';
import type { AlphaEvent } from '../domain/event.ts';
import type { ReconciledRow } from '../domain/row.ts';
import type { Settings } from '../domain/settings.ts';
import { DAY_MS, dayOf, msFromIso } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { LookInput } from '../supervision/look-input.ts';
import { type ClassEvent, withEvent } from '../supervision/newest-events.ts';
import { supervisorRules } from '../supervision/supervisor-rules.ts';
import { readHistory } from './read-history.ts';
import { pendingEvents, recentRuns, type SupervisePorts } from './supervise.ts';

interface LookOptions {
  /** Rows that ended later are not seen. */
  readonly asOfMs: number;
  /** Signals and runs from later are not seen. */
  readonly knownMs: number;
  readonly settings: Settings;
  /** The log as it was then, oldest first. */
  readonly past: readonly Verdict[];
  readonly codeVersion: string;
}

/** Signals wait for their rows at most about this long where prices are there. */
const WAIT_MAX_MS = 31 * DAY_MS;

/**
 * Returns what a run would have seen. Every row is read, since a checkpoint may know rows that ended after `asOfMs`.
 *
 * @throws CorruptStateError where rows cannot be read.
 */
export function lookAsOf(ports: SupervisePorts, options: LookOptions): LookInput {
  const { asOfMs, knownMs, settings, past, codeVersion } = options;
  const rules = supervisorRules(settings.warden);
  const { history } = readHistory(ports, { nowMs: asOfMs, rules, codeVersion, useCheckpoint: false });
  const input = { history, settings, rules, pending: [], runs: new Map(), past, codeVersion };
  return lookKnowing(ports, input, asOfMs, knownMs);
}

/** Returns the same look by a run that knew the signals and telemetry up to `knownMs`. The rows are not read again. */
export function lookKnowing(
  ports: SupervisePorts,
  input: LookInput,
  asOfMs: number,
  knownMs: number,
): LookInput {
  return {
    ...input,
    pending: [...pendingEvents(ports, knownMs), ...settledLater(ports, asOfMs, knownMs)],
    runs: recentRuns(ports, knownMs, input.rules.telemetryWindowMs),
  };
}

/** Returns the newest signals of a class, settled or not: those that tell its current regime. */
export function newestSignals(input: LookInput, strategyClass: string): readonly ClassEvent[] {
  const ofClass = input.pending.filter(
    (event) => strategyClassOf(event, input.settings.agents) === strategyClass,
  );
  const settled = input.history.newestEvents.get(strategyClass) ?? [];
  return ofClass.reduce((newest, event) => withEvent(newest, event), settled);
}

/** Signals that have a row by now, and waited for it then. */
function settledLater({ disk }: SupervisePorts, asOfMs: number, knownMs: number): AlphaEvent[] {
  const [from, to] = [dayOf(asOfMs), dayOf(asOfMs + WAIT_MAX_MS)];
  return rowDays(disk)
    .filter((day) => day >= from && day <= to)
    .flatMap((day) => readDay(disk, day))
    .filter((row) => msFromIso(row.exit_at) > asOfMs && msFromIso(row.ts) <= knownMs)
    .map(signalOf);
}

function signalOf(row: ReconciledRow): AlphaEvent {
  const { event_id, ts, agent, run_id, symbol, market, direction, regime, strategy_class } = row;
  const { score_final, confidence } = row;
  return {
    v: 1,
    event_id,
    ts,
    agent,
    run_id,
    symbol,
    market,
    direction,
    score_final,
    confidence,
    regime,
    strategy_class,
  };
}
