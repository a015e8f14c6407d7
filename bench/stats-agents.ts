// Many agents looked at at once: how many of those the snapshot calls divergent are not.

import { divergenceOf } from '../src/supervision/diverge.ts';
import { notesDivergence } from '../src/supervision/notes-divergence.ts';
import { type CaseResult, percentOf, type Section, type StatsOptions, type Target } from './stats-case.ts';
import { NORMAL, T4, uniformFrom } from './stats-noise.ts';
import { isNotesAlert, notesRow } from './stats-notes.ts';
import { shippedRules, simulatedStream } from './stats-stream.ts';

const AGENTS = 50;
const SIGNALS = 80;
const SIGMA_BPS = 150;

interface Scenario {
  readonly name: string;
  readonly broken: number;
  readonly shift: number;
  readonly scale: number;
  /** Of the errors of any two agents. */
  readonly correlation: number;
  readonly isTarget: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'none broken', broken: 0, shift: 0, scale: 1, correlation: 0, isTarget: false },
  { name: '5 broke by -0.5 sigma', broken: 5, shift: -0.5, scale: 1, correlation: 0, isTarget: true },
  { name: '5 broke by -0.25 sigma', broken: 5, shift: -0.25, scale: 1, correlation: 0, isTarget: false },
  { name: '5 broke by x1.6', broken: 5, shift: 0, scale: 1.6, correlation: 0, isTarget: false },
  { name: 'none broken, correlated 0.4', broken: 0, shift: 0, scale: 1, correlation: 0.4, isTarget: false },
  {
    name: '5 by -0.5 sigma, correlated 0.4',
    broken: 5,
    shift: -0.5,
    scale: 1,
    correlation: 0.4,
    isTarget: false,
  },
];

/** Errors of every agent, in sigma, agent by agent; the first ones are broken. */
function errorsOf(scenario: Scenario, draw: () => number): number[][] {
  const { broken, correlation, scale, shift } = scenario;
  const [own, shared] = [Math.sqrt(1 - correlation), Math.sqrt(correlation)];
  const market = Array.from({ length: SIGNALS }, () => (correlation > 0 ? draw() : 0));
  return Array.from({ length: AGENTS }, (_, agent) =>
    market.map((common) => {
      const z = own * draw() + shared * common;
      return agent < broken ? z * scale + shift : z;
    }),
  );
}

/** Returns whether each agent is called divergent, by the snapshot and by the thresholds of the notes. */
function callsOf(errors: readonly (readonly number[])[], claimedAbsZ: number) {
  const rules = shippedRules();
  const placed = errors.map((z, agent) => {
    const stream = simulatedStream({ sigmaBps: SIGMA_BPS, claimedAbsZ, tau: 0 }, rules);
    for (const each of z) stream.next(each);
    return { agent: String(agent).padStart(2, '0'), horizonHours: 24, stream: stream.state };
  });
  const alerts = divergenceOf(placed, rules.divergence);
  return {
    snapshot: alerts.filter(({ trigger }) => trigger === 'snapshot').map(({ state }) => state === 'WARN'),
    notes: errors.map((z) =>
      isNotesAlert(
        notesDivergence(
          'agent',
          z.map((each, index) => notesRow(index, SIGMA_BPS * each)),
          rules.divergence,
        ),
      ),
    ),
  };
}

interface Tally {
  /** Runs in which any healthy agent was called. */
  withFalse: number;
  /** Healthy agents called. */
  falsely: number;
  /** Sum over runs of the share of false ones among those called, 0 where none was. */
  falseShare: number;
  /** Broken agents called. */
  truly: number;
}

function tallied(tally: Tally, calls: readonly boolean[], broken: number): void {
  const truly = calls.slice(0, broken).filter(Boolean).length;
  const falsely = calls.slice(broken).filter(Boolean).length;
  tally.truly += truly;
  tally.falsely += falsely;
  tally.withFalse += falsely > 0 ? 1 : 0;
  tally.falseShare += falsely + truly > 0 ? falsely / (falsely + truly) : 0;
}

/** A third of the runs, of fifty streams each. */
function agentsCase(scenario: Scenario) {
  return {
    name: `fifty agents, ${scenario.name}`,
    run({ seed, runs }: StatsOptions): CaseResult {
      const tries = Math.ceil(runs / 3);
      const draw = T4.from(uniformFrom(seed, `agents/${scenario.name}`));
      // A mixture of two t is near a normal one: with a common part the claim is measured, not known.
      const claimedAbsZ = scenario.correlation > 0 ? mixedMeanAbs(scenario, seed) : T4.meanAbs;
      const snapshot: Tally = { withFalse: 0, falsely: 0, falseShare: 0, truly: 0 };
      const notes: Tally = { withFalse: 0, falsely: 0, falseShare: 0, truly: 0 };
      for (let index = 0; index < tries; index += 1) {
        const calls = callsOf(errorsOf(scenario, draw), claimedAbsZ);
        tallied(snapshot, calls.snapshot, scenario.broken);
        tallied(notes, calls.notes, scenario.broken);
      }
      return {
        rows: [rowOf(scenario, 'snapshot', snapshot, tries), rowOf(scenario, 'notes', notes, tries)],
        targets: scenario.isTarget ? targetsOf(scenario, snapshot, tries, runs) : [],
      };
    },
  };
}

function mixedMeanAbs({ correlation }: Scenario, seed: number): number {
  const draw = T4.from(uniformFrom(seed, 'agents/claim'));
  const [own, shared] = [Math.sqrt(1 - correlation), Math.sqrt(correlation)];
  const count = 200_000;
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += Math.abs(own * draw() + shared * draw());
  return Math.min(NORMAL.meanAbs, sum / count);
}

function rowOf({ name, broken }: Scenario, by: string, tally: Tally, tries: number) {
  return [
    name,
    by,
    percentOf(tally.withFalse, tries),
    Math.round((100 * tally.falsely) / tries) / 100,
    percentOf(tally.falseShare, tries),
    percentOf(tally.truly, broken * tries),
  ];
}

function targetsOf(scenario: Scenario, tally: Tally, tries: number, runs: number): Target[] {
  const { name, broken } = scenario;
  return [
    {
      what: `false discovery rate of the snapshot, ${name}`,
      percent: percentOf(tally.falseShare, tries) ?? 100,
      side: 'at most',
      bound: 5,
      runs,
    },
    {
      what: `broken agents that the snapshot finds, ${name}`,
      percent: percentOf(tally.truly, broken * tries) ?? 0,
      side: 'at least',
      bound: 95,
      runs,
    },
  ];
}

export const MANY_AGENTS: Section = {
  title: `${AGENTS} agents, ${SIGNALS} signals each, t4, sigma ${SIGMA_BPS} bps: runs with a false finding, false ones a run, FDR, power`,
  head: ['scenario', 'by', 'any false %', 'false a run', 'FDR %', 'power %'],
  cases: SCENARIOS.map(agentsCase),
};
