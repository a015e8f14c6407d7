// How often a stream that is as good as its model claims is alerted on all the same.

import { notesDivergence } from '../src/supervision/notes-divergence.ts';
import { type CaseResult, percentOf, type Section, type StatsOptions } from './stats-case.ts';
import { RARE_GAINS, RARE_LOSSES, TAILS, type Tails, uniformFrom } from './stats-noise.ts';
import { isNotesAlert, notesRow } from './stats-notes.ts';
import { alertOf, type Claim, shippedRules, simulatedStream, trueClaim } from './stats-stream.ts';

/** Within so many signals without overlapping labels. */
const HORIZON_SIGNALS = 250;
const SIGMAS_BPS = [30, 100, 300, 1000] as const;
const TARGET_PERCENT = 2;

/** The trigger that alerted first on each stream and the signal at which, in the order of streams; empty of a healthy end. */
function decisions(
  tails: Tails,
  claim: Claim,
  { seed, runs }: StatsOptions,
  bias: (draw: () => number) => number = () => 0,
): string[] {
  const rules = shippedRules();
  const draw = tails.from(uniformFrom(seed, `healthy/${tails.name}`));
  const drawBias = tails.from(uniformFrom(seed, `bias/${tails.name}`));
  return Array.from({ length: runs }, () => {
    const stream = simulatedStream(claim, rules);
    const shift = bias(drawBias);
    let first = '';
    for (let index = 1; index <= HORIZON_SIGNALS; index += 1) {
      stream.next(draw() + shift);
      const alert = first === '' ? alertOf(stream) : null;
      if (alert !== null) first = `${alert}@${index}`;
    }
    return first;
  });
}

function rowOf(tails: Tails, what: string, found: readonly string[]) {
  const share = (name: string): number | null =>
    percentOf(found.filter((first) => first.startsWith(name)).length, found.length);
  const any = found.filter((first) => first !== '').length;
  const rate = any / found.length;
  const error = Math.round(10_000 * Math.sqrt((rate * (1 - rate)) / found.length)) / 100;
  return [tails.name, what, percentOf(any, found.length), error, share('mean'), share('scale'), share('hit')];
}

/** The same noise at every sigma must give the same decisions, whatever the numbers in bps. */
function atEverySigma(tails: Tails, options: StatsOptions): CaseResult {
  const found = SIGMAS_BPS.map((sigmaBps) => decisions(tails, trueClaim(tails, { sigmaBps }), options));
  const first = found[0] ?? [];
  const differing = found.filter((each) => each.join() !== first.join()).length;
  return {
    rows: found.map((each, index) => rowOf(tails, `true claim, sigma ${SIGMAS_BPS[index]} bps`, each)),
    targets: [
      ...found.map((each, index) => ({
        what: `healthy streams alerted on, ${tails.name}, sigma ${SIGMAS_BPS[index]} bps`,
        percent: percentOf(each.filter((one) => one !== '').length, each.length) ?? 100,
        side: 'at most' as const,
        bound: TARGET_PERCENT,
        runs: options.runs,
      })),
      {
        what: `scales whose decisions differ from those at ${SIGMAS_BPS[0]} bps, ${tails.name}`,
        percent: percentOf(differing, found.length) ?? 100,
        side: 'at most',
        bound: 0,
        runs: Number.MAX_SAFE_INTEGER,
      },
    ],
  };
}

interface Off {
  readonly what: string;
  /** The claimed mean |z| over the true one. */
  readonly claimed: number;
  readonly tau: number;
  /** Deviation of the claimed mean from the true one, in sigma. */
  readonly meanError: number;
}

const OFF: readonly Off[] = [
  { what: 'claim 10 % too low', claimed: 0.9, tau: 0, meanError: 0 },
  { what: 'claim 10 % too high', claimed: 1.1, tau: 0, meanError: 0 },
  { what: 'mean of the model from 100 rows, tau 0.2', claimed: 1, tau: 0.2, meanError: 0.1 },
  { what: 'the same without tau', claimed: 1, tau: 0, meanError: 0.1 },
  { what: 'mean of the model from 400 rows, tau 0.1', claimed: 1, tau: 0.1, meanError: 0.05 },
];

function offCase(tails: Tails, off: Off) {
  return {
    name: `false alarms, ${tails.name}, ${off.what}`,
    run(options: StatsOptions): CaseResult {
      const claim = trueClaim(tails, { claimedAbsZ: off.claimed * tails.meanAbs, tau: off.tau });
      const found = decisions(tails, claim, options, (draw) => off.meanError * draw());
      return { rows: [rowOf(tails, off.what, found)], targets: [] };
    },
  };
}

function skewedCase(tails: Tails, what: string) {
  return {
    name: `false alarms, ${tails.name}`,
    run: (options: StatsOptions): CaseResult => ({
      rows: [rowOf(tails, what, decisions(tails, trueClaim(tails), options))],
      targets: [],
    }),
  };
}

export const ALARMS: Section = {
  title: `False alarms: healthy streams with any ALERT within ${HORIZON_SIGNALS} signals, % (and which came first)`,
  head: ['noise', 'claim', 'alerted %', '± se', 'mean %', 'scale %', 'hit %'],
  cases: [
    ...TAILS.map((tails) => ({
      name: `false alarms, ${tails.name}, every sigma`,
      run: (options: StatsOptions) => atEverySigma(tails, options),
    })),
    ...TAILS.flatMap((tails) => OFF.map((off) => offCase(tails, off))),
    skewedCase(RARE_GAINS, 'gains 37 % of the time, claimed 50 %'),
    skewedCase(RARE_LOSSES, 'gains 63 % of the time, claimed 50 %'),
  ],
};

const NOTES_SIGMAS_BPS = [30, 60, 100, 120, 150, 300] as const;

/** The plain thresholds on the same noise: they look at every signal. A fifth of the streams. */
function notesCase(tails: Tails) {
  return {
    name: `false alarms of the notes, ${tails.name}`,
    run({ seed, runs }: StatsOptions): CaseResult {
      const rules = shippedRules().divergence;
      const rows = NOTES_SIGMAS_BPS.map((sigmaBps) => {
        const draw = tails.from(uniformFrom(seed, `healthy/${tails.name}`));
        const streams = Math.ceil(runs / 5);
        let [alerted, looks, raised] = [0, 0, 0];
        for (let run = 0; run < streams; run += 1) {
          const history = Array.from({ length: HORIZON_SIGNALS }, (_, index) =>
            notesRow(index, sigmaBps * draw()),
          );
          const before = raised;
          for (let end = rules.min_signals; end <= history.length; end += 1) {
            const newest = history.slice(Math.max(0, end - rules.window), end);
            looks += 1;
            if (isNotesAlert(notesDivergence('agent', newest, rules))) raised += 1;
          }
          if (raised > before) alerted += 1;
        }
        return [tails.name, sigmaBps, percentOf(alerted, streams), percentOf(raised, looks)];
      });
      return { rows, targets: [] };
    },
  };
}

export const NOTES_ALARMS: Section = {
  title: `The plain thresholds of the notes on the same healthy streams, within ${HORIZON_SIGNALS} signals`,
  head: ['noise', 'sigma bps', 'alerted %', 'looks in alert %'],
  cases: TAILS.map(notesCase),
};
