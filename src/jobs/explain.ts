// The explain job: what the supervisor says about a class or an agent, or said in a recorded verdict, recomputed from the rows.

import { readDay, rowDays } from '../adapters/state/row-store.ts';
import { readSettings } from '../adapters/state/settings-store.ts';
import { readVerdicts } from '../adapters/state/verdict-log.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import { dayOf, msFromIso } from '../domain/time.ts';
import { nearest } from '../domain/validate.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { AgentFindings } from '../supervision/agent-findings.ts';
import { divergenceSignal, foldSignal, newStream } from '../supervision/divergence-stream.ts';
import { isClassVerdict } from '../supervision/episodes.ts';
import {
  type AgentExplanation,
  explainAgent,
  type SignalWindow,
  signalLine,
} from '../supervision/explain-agent.ts';
import { type ClassExplanation, explainClass } from '../supervision/explain-class.ts';
import { rowFile, type SymbolOf } from '../supervision/explain-tail.ts';
import { checkVerdict, type VerdictCheck } from '../supervision/explain-verdict.ts';
import { type Findings, findings } from '../supervision/findings.ts';
import { inFairOrder } from '../supervision/history.ts';
import type { LookInput } from '../supervision/look-input.ts';
import { lookAsOf, newestSignals } from './look.ts';
import type { SupervisePorts } from './supervise.ts';

export type SubjectKind = 'class' | 'agent';

export interface ExplainOptions {
  readonly name: string;
  /** `null`: whichever it is. */
  readonly kind: SubjectKind | null;
  /** Beginning of the id of a recorded verdict, or its episode; `null`: what is known at `asOfMs`. */
  readonly verdict: string | null;
  readonly asOfMs: number;
  /** Those in force; a recorded verdict is explained under its own. */
  readonly settings: Settings;
  readonly codeVersion: string;
}

export interface Explained {
  readonly subject: ClassExplanation | AgentExplanation;
  /** How the recorded verdict compares, or `null` where none was asked for. */
  readonly check: VerdictCheck | null;
}

/** Explains a name. Nothing is written. The error is what a person asked wrongly, in one sentence with the next step. */
export function explain(ports: SupervisePorts, options: ExplainOptions): Result<Explained, string> {
  const log = readVerdicts(ports.disk);
  if (options.verdict === null) {
    const past = log.filter(({ ts }) => msFromIso(ts) <= options.asOfMs);
    return explainLook(ports, { ...options, knownMs: options.asOfMs, past }, null);
  }
  const chosen = verdictNamed(log, options.name, options.kind, options.verdict);
  if (!chosen.ok) return chosen;
  const verdict = chosen.value;
  const settings = readSettings(ports.disk, verdict.config_hash);
  if (settings === null) {
    return err(
      `the settings ${verdict.config_hash} of that verdict are not in supervisor/settings, or this version cannot read them; ` +
        'restore the file from the history of the state branch',
    );
  }
  const atMs = msFromIso(verdict.ts);
  const past = log.slice(0, log.indexOf(verdict));
  const kind = isClassVerdict(verdict) ? 'class' : 'agent';
  return explainLook(ports, { ...options, settings, kind, asOfMs: atMs, knownMs: atMs, past }, verdict);
}

interface PlacedOptions extends ExplainOptions {
  readonly knownMs: number;
  readonly past: readonly Verdict[];
}

function explainLook(
  ports: SupervisePorts,
  options: PlacedOptions,
  verdict: Verdict | null,
): Result<Explained, string> {
  const input = lookAsOf(ports, options);
  const found = findings(input);
  const subject = subjectOf(input, found, options);
  if (!subject.ok) return subject;
  const agent = subject.value;
  return ok({
    subject:
      agent === null
        ? explainClass(input, found, options.name, {
            symbolOf: symbolsFrom(ports, input),
            newestSignals: newestSignals(input, options.name),
          })
        : explainAgent(input, found, agent, alertWindows(ports, input, agent)),
    check: verdict === null ? null : checkVerdict(verdict, found, input.rules, options.codeVersion),
  });
}

/** Returns the agent of that name, or `null` where a class of that name is meant. */
function subjectOf(
  input: LookInput,
  found: Findings,
  { name, kind }: ExplainOptions,
): Result<AgentFindings | null, string> {
  const classes = new Set([
    ...Object.keys(input.settings.kill_list),
    ...found.cells.byClass.keys(),
    ...found.agents.map(({ strategyClass }) => strategyClass),
  ]);
  const agent = found.agents.find((each) => each.agent === name);
  if (kind !== 'agent' && classes.has(name)) {
    if (kind === null && agent !== undefined)
      return err(`"${name}" is a strategy class and an agent; say --kind class or --kind agent`);
    return ok(null);
  }
  if (kind !== 'class' && agent !== undefined) return ok(agent);
  return err(
    unknownName(
      name,
      kind,
      [...classes].sort(),
      found.agents.map((each) => each.agent),
    ),
  );
}

const NAMES_SHOWN_MAX = 20;

function unknownName(
  name: string,
  kind: SubjectKind | null,
  classes: readonly string[],
  agents: readonly string[],
): string {
  const what = kind === null ? 'strategy class or agent' : kind === 'class' ? 'strategy class' : 'agent';
  const known = kind === 'class' ? classes : kind === 'agent' ? agents : [...classes, ...agents];
  const close = nearest(name, known);
  const listed = (names: readonly string[]): string =>
    names.slice(0, NAMES_SHOWN_MAX).join(', ') + (names.length > NAMES_SHOWN_MAX ? ', …' : '');
  const hint =
    close === null
      ? ' one that has emitted signals is known once reconcile has settled the first of them;'
      : ` did you mean "${close}"?`;
  return `there is no ${what} "${name}";${hint} classes: ${listed(classes) || 'none'}; agents: ${listed(agents) || 'none'}`;
}

/** Returns the one verdict on `name` whose id begins so, or the only one of that episode. */
function verdictNamed(
  log: readonly Verdict[],
  name: string,
  kind: SubjectKind | null,
  wanted: string,
): Result<Verdict, string> {
  const ofName = log.filter(
    (verdict) =>
      verdict.subject === name && (kind === null || isClassVerdict(verdict) === (kind === 'class')),
  );
  const found = ofName.filter(
    ({ verdict_id, episode }) => verdict_id.startsWith(wanted) || episode === wanted,
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return ok(only);
  const listed = (found.length > 0 ? found : ofName)
    .map(({ verdict_id, kind: what, episode, ts }) => `${verdict_id.slice(0, 12)} ${what} ${episode} ${ts}`)
    .join('; ');
  if (found.length > 1)
    return err(`"${wanted}" names ${found.length} verdicts; name one by its id: ${listed}`);
  const nextStep = listed === '' ? 'there is none on that name' : `recorded on it: ${listed}`;
  return err(`no verdict on "${name}" has an id that begins with "${wanted}", or that episode; ${nextStep}`);
}

/** Symbols are not in memory; the days of the rows that are asked for are read, each once. */
function symbolsFrom({ disk }: SupervisePorts, { rules }: LookInput): SymbolOf {
  const days = new Map<string, ReadonlyMap<string, string>>();
  return ({ eventId, exitMs }) => {
    const day = dayOf(exitMs);
    const symbols =
      days.get(day) ??
      new Map(
        readDay(disk, day)
          .filter((row) => row.horizon_hours === rules.cvar.horizon_hours)
          .map((row) => [row.event_id, row.symbol]),
      );
    days.set(day, symbols);
    return symbols.get(eventId) ?? null;
  };
}

/**
 * Returns, for each horizon of the agent with an ALERT, the newest signals that its triggers look at. Which signals are admitted
 * depends on all that came before, so the stream is folded once more with its ids.
 */
function alertWindows(ports: SupervisePorts, input: LookInput, agent: AgentFindings): SignalWindow[] {
  const { disk, progress } = ports;
  const { divergence } = input.rules;
  const horizons = [
    ...new Set(agent.alerts.filter(({ state }) => state === 'ALERT').map((alert) => alert.horizon_hours)),
  ];
  if (horizons.length === 0) return [];
  const folds = new Map(
    horizons.map((horizon) => [
      horizon,
      { stream: newStream(), signals: [] as SignalWindow['signals'][number][] },
    ]),
  );
  const asOfMs = input.history.asOfMs ?? 0;
  const days = rowDays(disk).filter((day) => day <= dayOf(asOfMs));
  progress.start('signals', days.length);
  for (const day of days) {
    for (const row of inFairOrder(readDay(disk, day))) {
      const fold = row.agent === agent.agent ? folds.get(row.horizon_hours) : undefined;
      const exitMs = msFromIso(row.exit_at);
      if (fold === undefined || exitMs > asOfMs) continue;
      const before = fold.stream.recent.n;
      const signal = divergenceSignal(row, () => null);
      foldSignal(fold.stream, signal, divergence);
      if (fold.stream.recent.n === before || signal.sigmaBps === null) continue;
      fold.signals.push(signalLine(row.event_id, exitMs, signal.errorBps / signal.sigmaBps, rowFile(exitMs)));
      if (fold.signals.length > divergence.window) fold.signals.shift();
    }
    progress.advance(1);
  }
  progress.done();
  return [...folds].map(([horizon_hours, { signals }]) => ({ horizon_hours, signals }));
}
