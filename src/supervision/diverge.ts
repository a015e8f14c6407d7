// What every stream has to say about divergence: its triggers as records, the snapshot over all agents, and the worst of it.

import type { DivergenceAlert, DivergenceState, DivergenceTrigger } from '../domain/divergence.ts';
import { roundBps } from '../domain/rounding.ts';
import type { DivergenceConfig } from '../domain/supervisor-config.ts';
import { isoFromMs } from '../domain/time.ts';
import { bhAdjusted } from './benjamini-hochberg.ts';
import { at } from './columns.ts';
import { significant } from './digits.ts';
import type { StreamState } from './divergence-stream.ts';
import { knowsHits, meanRatio, newestHits, type StatefulTrigger } from './divergence-triggers.ts';
import { hitPValue } from './hit-rate.ts';
import { newestOf } from './recent-signals.ts';
import { meanEvidence } from './sequential.ts';
import { snapshotPValue } from './snapshot.ts';

/** The signals of one agent at one horizon. */
interface PlacedStream {
  readonly agent: string;
  readonly horizonHours: number;
  readonly stream: StreamState;
}

/** What is different from trigger to trigger. */
type Finding = Pick<
  DivergenceAlert,
  'trigger' | 'window' | 'statistic' | 'limit' | 'state' | 'severity' | 'since'
>;

/** Root mean square of z that is worth a look. Fat tails alone get there, so it never alerts. */
const RMSE_LIMIT = 1.5;

const STATEFUL: readonly StatefulTrigger[] = ['mean', 'mean_cusum', 'scale', 'scale_window', 'hit'];

/**
 * Returns what every stream says, in the order of agent, horizon and trigger. Whether `snapshot` warns is decided within
 * each horizon by Benjamini and Hochberg at `snapshot_q`, its statistic is the adjusted p-value; so it is the one trigger
 * on which other agents bear. A stream that has seen no signal says nothing.
 */
export function divergenceOf(streams: Iterable<PlacedStream>, rules: DivergenceConfig): DivergenceAlert[] {
  const seen = [...streams].filter(({ stream }) => stream.newestMs !== null).sort(comparePlaces);
  const adjusted = adjustedSnapshots(seen, rules);
  return seen.flatMap((placed) => {
    const { agent, horizonHours, stream } = placed;
    const snapshot = alertOf(placed, snapshotFinding(stream, adjusted.get(stream) ?? null, rules), rules);
    return [...streamAlerts(stream, agent, horizonHours, rules), snapshot];
  });
}

/** Returns what a stream says by itself, in the order of triggers: everything but `snapshot`, in every state. */
export function streamAlerts(
  stream: StreamState,
  agent: string,
  horizonHours: number,
  rules: DivergenceConfig,
): DivergenceAlert[] {
  if (stream.newestMs === null) return [];
  const findings = [
    ...STATEFUL.map((trigger) => statefulFinding(stream, trigger, rules)),
    rmseFinding(stream, rules),
  ];
  return findings.map((finding) => alertOf({ agent, horizonHours, stream }, finding, rules));
}

/** Returns the worst state that bears on allocation and promotion: of the triggers with a state of their own. */
export function worstState(alerts: readonly DivergenceAlert[]): 'OK' | 'WARN' | 'ALERT' {
  const states = alerts.filter(({ trigger }) => isStateful(trigger)).map(({ state }) => state);
  if (states.includes('ALERT')) return 'ALERT';
  return states.includes('WARN') ? 'WARN' : 'OK';
}

function isStateful(trigger: DivergenceTrigger): boolean {
  return STATEFUL.some((each) => each === trigger);
}

function comparePlaces(a: PlacedStream, b: PlacedStream): number {
  if (a.agent !== b.agent) return a.agent < b.agent ? -1 : 1;
  return a.horizonHours - b.horizonHours;
}

/** The adjusted p-value of each stream that has one. Streams of one horizon are one family. */
function adjustedSnapshots(
  placed: readonly PlacedStream[],
  rules: DivergenceConfig,
): ReadonlyMap<StreamState, number> {
  const families = new Map<number, { readonly stream: StreamState; readonly p: number }[]>();
  for (const { horizonHours, stream } of placed) {
    const p = snapshotPValue(stream, rules);
    if (p === null) continue;
    const family = families.get(horizonHours) ?? [];
    family.push({ stream, p });
    families.set(horizonHours, family);
  }
  return new Map(
    [...families.values()].flatMap((family) => {
      const adjusted = bhAdjusted(family.map(({ p }) => p));
      return family.map(({ stream }, index) => [stream, at(adjusted, index)] as const);
    }),
  );
}

function alertOf(placed: PlacedStream, finding: Finding, rules: DivergenceConfig): DivergenceAlert {
  const { agent, horizonHours, stream } = placed;
  const { trigger, window, statistic, limit, state, severity, since } = finding;
  return {
    ts: isoFromMs(stream.admittedMs ?? stream.newestMs ?? 0),
    agent,
    horizon_hours: horizonHours,
    trigger,
    window,
    n_eff: window,
    n_unusable: stream.nUnusable,
    statistic: statistic === null ? null : significant(statistic),
    limit,
    ...meanErrors(stream, rules),
    severity,
    state,
    action: actionOf(state),
    since,
  };
}

function actionOf(state: DivergenceState): DivergenceAlert['action'] {
  if (state === 'ALERT') return 'REDUCE_ALLOC_AND_BLOCK_PROMOTION';
  return state === 'WARN' ? 'WATCH' : 'NONE';
}

function meanErrors(
  { recent }: StreamState,
  rules: DivergenceConfig,
): Pick<DivergenceAlert, 'mean_abs_error_bps' | 'mean_error_bps'> {
  const n = Math.min(recent.n, rules.window);
  if (n === 0) return { mean_abs_error_bps: null, mean_error_bps: null };
  const errors = newestOf(recent, recent.errorBps, n);
  return {
    mean_abs_error_bps: roundBps(errors.reduce((sum, error) => sum + Math.abs(error), 0) / n),
    mean_error_bps: roundBps(errors.reduce((sum, error) => sum + error, 0) / n),
  };
}

function statefulFinding(stream: StreamState, name: StatefulTrigger, rules: DivergenceConfig): Finding {
  const { n, state, severity, sinceMs } = stream.triggers[name];
  const isRolling = name === 'scale_window' || name === 'hit';
  const window = isRolling ? Math.min(n, rules.window) : n;
  const isUntold = name === 'hit' && state === 'OK' && !knowsHits(stream, rules);
  return {
    trigger: name,
    window,
    statistic: window === 0 ? null : statisticOf(stream, name, window, rules),
    limit: limitOf(name, rules),
    state: shownState(stream, isUntold ? 'INSUFFICIENT' : state, rules),
    severity,
    since: sinceMs === null ? null : isoFromMs(sinceMs),
  };
}

/** After a long run of signals that could not be used nobody can say that all is well. What is raised stays raised. */
function shownState(stream: StreamState, state: DivergenceState, rules: DivergenceConfig): DivergenceState {
  return state === 'OK' && stream.unusableInRow >= rules.min_signals ? 'INSUFFICIENT' : state;
}

function statisticOf(
  stream: StreamState,
  name: StatefulTrigger,
  window: number,
  rules: DivergenceConfig,
): number {
  switch (name) {
    case 'mean':
      return meanEvidence(stream.meanEvidence);
    case 'mean_cusum':
      return stream.cusum;
    case 'scale':
      return meanEvidence(stream.scaleEvidence);
    case 'scale_window':
      return meanRatio(stream, window);
    case 'hit':
      return hitPValue(newestHits(stream, window, rules));
  }
}

function limitOf(name: StatefulTrigger, rules: DivergenceConfig): number {
  switch (name) {
    case 'mean':
    case 'scale':
      return rules.alarm_level;
    case 'mean_cusum':
      return rules.cusum_limit;
    case 'scale_window':
      return rules.scale_window_ratio;
    case 'hit':
      return rules.hit_p_value;
  }
}

function rmseFinding(stream: StreamState, rules: DivergenceConfig): Finding {
  const { recent } = stream;
  const window = Math.min(recent.n, rules.window);
  const squares = newestOf(recent, recent.z, window).reduce((sum, z) => sum + z * z, 0);
  return {
    trigger: 'rmse',
    window,
    statistic: window === 0 ? null : Math.sqrt(squares / window),
    limit: RMSE_LIMIT,
    state: shownState(stream, window < rules.min_signals ? 'INSUFFICIENT' : 'OK', rules),
    severity: 'none',
    since: null,
  };
}

function snapshotFinding(stream: StreamState, adjusted: number | null, rules: DivergenceConfig): Finding {
  const isBad = adjusted !== null && adjusted <= rules.snapshot_q;
  const state = adjusted === null ? 'INSUFFICIENT' : isBad ? 'WARN' : 'OK';
  return {
    trigger: 'snapshot',
    window: Math.min(stream.recent.n, rules.window),
    statistic: adjusted,
    limit: rules.snapshot_q,
    state: shownState(stream, state, rules),
    severity: isBad ? 'medium' : 'none',
    since: null,
  };
}
