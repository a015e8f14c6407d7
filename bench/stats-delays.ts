// How long a stream that breaks goes unnoticed, by the product's detectors and by the plain thresholds of the notes.

import { notesDivergence } from '../src/supervision/notes-divergence.ts';
import {
  type CaseResult,
  percentOf,
  quantileOf,
  type Section,
  type StatsOptions,
  type Target,
} from './stats-case.ts';
import { NORMAL, T4, TAILS, type Tails, uniformFrom } from './stats-noise.ts';
import { isNotesAlert, notesRow } from './stats-notes.ts';
import {
  alertOf,
  type Change,
  isRaised,
  run,
  shippedRules,
  simulatedStream,
  trueClaim,
} from './stats-stream.ts';

/** Signals before the break, as good as claimed. */
const HEALTHY_SIGNALS = 200;
/** Signals after it. */
const BROKEN_SIGNALS = 300;

const CHANGES: readonly Change[] = [
  { name: '-0.25 sigma', scale: 1, shift: -0.25 },
  { name: '-0.5 sigma', scale: 1, shift: -0.5 },
  { name: '-1 sigma', scale: 1, shift: -1 },
  { name: 'x1.5', scale: 1.5, shift: 0 },
  { name: 'x2', scale: 2, shift: 0 },
];

interface Wanted {
  readonly tails: Tails;
  readonly change: string;
  readonly within: number;
  readonly percent: number;
}

const WANTED: readonly Wanted[] = [
  { tails: NORMAL, change: '-1 sigma', within: 60, percent: 95 },
  { tails: T4, change: '-1 sigma', within: 60, percent: 95 },
  { tails: NORMAL, change: 'x2', within: 100, percent: 95 },
  { tails: T4, change: 'x2', within: 100, percent: 90 },
];

interface Delay {
  /** Signals from the break to the first ALERT, `Infinity` where none came. */
  readonly alert: number;
  readonly trigger: string;
  /** Signals to the first warning or alert. */
  readonly raised: number;
}

/** Returns the delays of the streams on which nothing was in ALERT as they broke. */
function delaysOf(tails: Tails, change: Change, tau: number, { seed, runs }: StatsOptions): Delay[] {
  const rules = shippedRules();
  const draw = tails.from(uniformFrom(seed, `break/${tails.name}`));
  const delays: Delay[] = [];
  for (let index = 0; index < runs; index += 1) {
    const stream = simulatedStream(trueClaim(tails, { tau }), rules);
    run(stream, draw, HEALTHY_SIGNALS);
    const wasAlerted = alertOf(stream) !== null;
    let delay: Delay = { alert: Number.POSITIVE_INFINITY, trigger: '', raised: Number.POSITIVE_INFINITY };
    for (let n = 1; n <= BROKEN_SIGNALS; n += 1) {
      run(stream, draw, 1, change);
      if (delay.raised > n && isRaised(stream)) delay = { ...delay, raised: n };
      const trigger = delay.alert > n ? alertOf(stream) : null;
      if (trigger !== null) delay = { ...delay, alert: n, trigger };
    }
    if (!wasAlerted) delays.push(delay);
  }
  return delays;
}

function targetsOf(
  tails: Tails,
  change: Change,
  tau: number,
  delays: readonly Delay[],
  runs: number,
): Target[] {
  return WANTED.filter((wanted) => wanted.tails === tails && wanted.change === change.name).map((wanted) => ({
    what: `breaks of ${change.name} alerted on within ${wanted.within}, ${tails.name}, tau ${tau}`,
    percent: within(delays, wanted.within) ?? 0,
    side: 'at least',
    bound: wanted.percent,
    runs,
  }));
}

function within(delays: readonly Delay[], signals: number): number | null {
  return percentOf(delays.filter(({ alert }) => alert <= signals).length, delays.length);
}

/** The trigger that alerted first, as far as anything did. */
function firstOf(delays: readonly Delay[]): string {
  const found = delays.filter(({ trigger }) => trigger !== '');
  return ['mean', 'scale', 'hit']
    .map((name) => [name, found.filter(({ trigger }) => trigger === name).length] as const)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${Math.round((100 * count) / found.length)} %`)
    .join(', ');
}

function delayCase(tails: Tails, change: Change, tau: number) {
  return {
    name: `delay, ${tails.name}, ${change.name}, tau ${tau}`,
    run(options: StatsOptions): CaseResult {
      const delays = delaysOf(tails, change, tau, options);
      const row = [
        tails.name,
        change.name,
        tau,
        within(delays, 60),
        within(delays, 100),
        within(delays, BROKEN_SIGNALS),
        quantileOf(
          delays.map(({ alert }) => alert),
          0.5,
        ),
        quantileOf(
          delays.map(({ raised }) => raised),
          0.5,
        ),
        firstOf(delays),
      ];
      return { rows: [row], targets: targetsOf(tails, change, tau, delays, options.runs) };
    },
  };
}

export const DELAYS: Section = {
  title: `Breaks after ${HEALTHY_SIGNALS} healthy signals: alerted on within so many signals, %, and median delays`,
  head: ['noise', 'break', 'tau', '60', '100', String(BROKEN_SIGNALS), 'to ALERT', 'to WARN', 'first'],
  cases: [0, 0.1].flatMap((tau) =>
    TAILS.flatMap((tails) => CHANGES.map((change) => delayCase(tails, change, tau))),
  ),
};

const NOTES_SIGMAS_BPS = [60, 100, 300] as const;

/** A tenth of the streams; those that are in alert as they break are left out of the delays. */
function notesCase(tails: Tails, sigmaBps: number) {
  return {
    name: `delay of the notes, ${tails.name}, sigma ${sigmaBps} bps`,
    run({ seed, runs }: StatsOptions): CaseResult {
      const rules = shippedRules().divergence;
      const streams = Math.ceil(runs / 10);
      const rows = CHANGES.map((change) => {
        const draw = tails.from(uniformFrom(seed, `break/${tails.name}`));
        const isAlerted = (newest: readonly number[]): boolean =>
          isNotesAlert(
            notesDivergence(
              'agent',
              newest.map((error, index) => notesRow(index, error)),
              rules,
            ),
          );
        const delays: number[] = [];
        let before = 0;
        for (let index = 0; index < streams; index += 1) {
          const errors = Array.from(
            { length: HEALTHY_SIGNALS + BROKEN_SIGNALS },
            (_, n) => sigmaBps * (n < HEALTHY_SIGNALS ? draw() : draw() * change.scale + change.shift),
          );
          const newest = (n: number) => errors.slice(HEALTHY_SIGNALS + n - rules.window, HEALTHY_SIGNALS + n);
          if (isAlerted(newest(0))) {
            before += 1;
            continue;
          }
          let n = 1;
          while (n <= BROKEN_SIGNALS && !isAlerted(newest(n))) n += 1;
          delays.push(n <= BROKEN_SIGNALS ? n : Number.POSITIVE_INFINITY);
        }
        const found = delays.filter((delay) => delay <= 100).length;
        return [
          tails.name,
          sigmaBps,
          change.name,
          percentOf(before, streams),
          percentOf(found, delays.length),
          quantileOf(delays, 0.5),
        ];
      });
      return { rows, targets: [] };
    },
  };
}

export const NOTES_DELAYS: Section = {
  title: 'The plain thresholds of the notes on the same breaks',
  head: ['noise', 'sigma bps', 'break', 'in alert before %', 'found within 100 %', 'median delay'],
  cases: TAILS.flatMap((tails) => NOTES_SIGMAS_BPS.map((sigmaBps) => notesCase(tails, sigmaBps))),
};
