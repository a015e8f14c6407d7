// The comparison of the notes' formulas of judgement with ours: tails, the multiplier, promotion.

import type { Cell } from '../src/adapters/terminal/table.ts';
import { HOUR_MS } from '../src/domain/time.ts';
import { confidenceOf, foldConfidence, newConfidence } from '../src/supervision/confidence.ts';
import { cvarOf, notesCvar } from '../src/supervision/cvar.ts';
import type { JudgedRow } from '../src/supervision/judged-row.ts';
import { meanNetBound, meanNetBoundOneLook, netSampleOf } from '../src/supervision/mean-net.ts';
import type { Section } from './formulas-section.ts';
import { mean, percentOf, rounded } from './formulas-section.ts';
import { type NotesRow, notesMultiplier, notesPromote } from './notes-formulas.ts';
import { NORMAL, uniformFrom } from './stats-noise.ts';
import { shippedRules } from './stats-stream.ts';

function ourCvar(errors: readonly number[]): number | null {
  return cvarOf(errors.map((error) => -error));
}

function repeated(count: number, value: number): readonly number[] {
  return Array.from({ length: count }, () => value);
}

/** Errors (realized − expected) whose tail is plain to see. */
export function tails(): Section {
  const cases = [
    ['95 of +10, 5 of −1,000: loses rarely, and much', [...repeated(95, 10), ...repeated(5, -1000)]],
    ['95 of −5, 5 of +1,000: wins rarely, and much', [...repeated(95, -5), ...repeated(5, 1000)]],
    ['1 of +300', [300]],
    ['none', []],
  ] as const;
  return {
    title: 'CVaR 95 of errors, in bps; a limit stops what is above it',
    head: ['errors', 'notes', 'ours'],
    rows: cases.map(([name, errors]) => [name, notesCvar(errors) ?? 0, ourCvar(errors)]),
  };
}

/** How far a CVaR of few rows is from the true one, on the notes' own side of the distribution. */
export function cutoffs(): Section {
  const rows = [20, 21, 25, 41, 60, 100, 250].map((n) => {
    const draw = NORMAL.from(uniformFrom(1, `formulas/cutoff/${n}`));
    const [notes, ours]: [number[], number[]] = [[], []];
    for (let stream = 0; stream < 2_000; stream += 1) {
      const errors = Array.from({ length: n }, draw);
      notes.push(notesCvar(errors) ?? 0);
      ours.push(ourCvar(errors) ?? 0);
    }
    const bias = (values: readonly number[]) => rounded(100 * (mean(values) / NORMAL.cvar95 - 1), 1);
    return [n, percentOf(n - Math.floor(n * 0.95), n), bias(notes), 5, bias(ours)];
  });
  return {
    title: 'Tail that is taken, and bias of the estimate, normal errors, 2,000 streams',
    head: ['rows', 'notes take %', 'notes bias %', 'ours takes %', 'ours bias %'],
    rows,
  };
}

/** The same rows, run after run. */
export function ratchet(): Section {
  const rows = [0, 0.5, 1, 5].map((absErrorBps) => {
    const signals = repeated(250, absErrorBps).map(
      (each): NotesRow => ({ absErrorBps: each, realizedBps: 5 }),
    );
    let multiplier = 1;
    const after = Array.from({ length: 8 }, () => {
      multiplier = notesMultiplier(multiplier, signals);
      return multiplier;
    });
    return [absErrorBps, ...[1, 2, 4, 8].map((runs) => after[runs - 1] ?? null), ours(signals)];
  });
  return {
    title: 'Multiplier after so many runs over the same 250 signals',
    head: ['|error| bps', 'notes, 1 run', '2', '4', '8', 'ours (bps), any'],
    rows,
  };
}

/** One run over so many signals, every second one a loss. */
export function saturation(): Section {
  const rows = [5, 30, 60, 150, 300].map((absErrorBps): readonly Cell[] => {
    const signals = (count: number) =>
      repeated(count, absErrorBps).map(
        (each, at): NotesRow => ({ absErrorBps: each, realizedBps: at % 2 === 0 ? 1 : -1 }),
      );
    const notes = [3, 20, 250].map((count) => notesMultiplier(1, signals(count)));
    return [absErrorBps, ...notes, ...[3, 20, 250].map((count) => ours(signals(count)))];
  });
  const unknown = repeated(250, 0).map((): NotesRow => ({ absErrorBps: null, realizedBps: 5 }));
  const none = [notesMultiplier(1, unknown.slice(0, 3)), notesMultiplier(1, unknown.slice(0, 20))];
  rows.push([
    null,
    ...none,
    notesMultiplier(1, unknown),
    ...[3, 20, 250].map((n) => ours(unknown.slice(0, n))),
  ]);
  return {
    title:
      'Multiplier after 3, 20, 250 signals of one size of error, half of them losses; – is an error that is not known',
    head: ['|error| bps', 'notes, 3', '20', '250', 'ours (bps), 3', '20', '250'],
    rows,
  };
}

function ours(signals: readonly NotesRow[]): number {
  const config = { ...shippedRules().confidence, mode: 'bps' as const };
  const state = newConfidence();
  for (const { absErrorBps, realizedBps } of signals)
    foldConfidence(
      state,
      { errorBps: absErrorBps ?? Number.NaN, claimedAbsBps: null, realizedBps, uniqueness: 1 },
      config,
    );
  return confidenceOf(state, config).multiplier;
}

/** Agents of a known edge, in sigma a signal, asked once. */
export function promotions(): Section {
  const streams = 1_000;
  const rows = [-0.05, 0, 0.1, 0.2].flatMap((edge) =>
    [20, 60, 250].map((n) => {
      const draw = NORMAL.from(uniformFrom(1, `formulas/promotion/${edge}/${n}`));
      let [notes60, notes350, oneLook, allLooks] = [0, 0, 0, 0];
      for (let stream = 0; stream < streams; stream += 1) {
        const z = Array.from({ length: n }, () => edge + draw());
        if (notesPromote(z.map((each) => 60 * each))) notes60 += 1;
        if (notesPromote(z.map((each) => 350 * each))) notes350 += 1;
        const sample = n < 60 ? null : netSampleOf(z.map(judgedAt), 24);
        if (sample !== null && meanNetBoundOneLook(sample, 0.95) > 0) oneLook += 1;
        if (sample !== null && meanNetBound(sample, 0.95) > 0) allLooks += 1;
      }
      const shares = [notes60, notes350, oneLook, allLooks].map((count) => percentOf(count, streams));
      return [edge, n, ...shares];
    }),
  );
  return {
    title: `Promoted at one look, in %, 1,000 agents; one signal a day, normal`,
    head: [
      'edge sigma',
      'signals',
      'notes, sigma 60',
      'notes, sigma 350',
      'ours, one look',
      'ours, all looks',
    ],
    rows,
  };
}

/** One signal a day whose net result is `z` sigma; labels do not overlap. */
function judgedAt(z: number, day: number): JudgedRow {
  const bps = 100 * z;
  return {
    eventId: `e${day}`,
    agent: 'agent',
    strategyClass: 'class',
    regime: 'TREND',
    entryMs: day * 24 * HOUR_MS,
    exitMs: (day + 1) * 24 * HOUR_MS,
    realizedBps: bps,
    netBps: bps,
    errorBps: bps,
    sigmaBps: 100,
    claimedAbsBps: null,
    uniqueness: 1,
    modelId: null,
    simVersion: 'fallback_zero',
  };
}
