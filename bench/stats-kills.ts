// The kill rule looked at every day: how often a year of looks kills a class that is at its limit, and after how many days it
// kills one that is beyond.

import type { JudgedRow } from '../src/supervision/judged-row.ts';
import { type CaseResult, percentOf, quantileOf, type Section, type StatsOptions } from './stats-case.ts';
import { TAILS, type Tails, uniformFrom } from './stats-noise.ts';
import { killedAt, rulesAt, tailRow } from './stats-tails.ts';

/** Sixty effective rows a month. */
const ROWS_PER_DAY = 2;
/** Days until there are enough rows to judge at all. */
const FIRST_DAYS = 30;
const YEAR_DAYS = 365;
/** Fewer than shipped: a year is 365 bootstraps. */
const DRAWS = 300;
/** Rows that are kept: more than are looked at. */
const KEPT = 400;
const MAX_DAYS = 240;

/** A cell that grows by a day at a time; a day is written as an hour. */
function growingCell(draw: () => number) {
  let rows: JudgedRow[] = [];
  let day = 0;
  return {
    rows: () => rows,
    grow(scale: number): void {
      for (let symbol = 0; symbol < ROWS_PER_DAY; symbol += 1)
        rows.push(tailRow(day, symbol, scale * draw()));
      if (rows.length > 2 * KEPT) rows = rows.slice(-KEPT);
      day += 1;
    },
  };
}

/** True CVaR over the limit. Beside them, noise that is as claimed under the shipped limit in sigma. */
const YEAR_RATIOS = [1, 0.9, 0.8] as const;

/** A tenth of the streams. */
function yearCase(tails: Tails) {
  return {
    name: `kill rule over a year, ${tails.name}`,
    run({ seed, runs }: StatsOptions): CaseResult {
      const streams = Math.ceil(runs / 10);
      const rules = rulesAt(1, DRAWS);
      const draw = tails.from(uniformFrom(seed, `year/${tails.name}`));
      const all = [...YEAR_RATIOS.map((ratio) => tails.cvar95 / ratio), rules.cvar.default_max_sigma];
      const kills = all.map(() => 0);
      for (let index = 0; index < streams; index += 1) {
        const cell = growingCell(draw);
        for (let day = 1; day < FIRST_DAYS; day += 1) cell.grow(1);
        let alive = all;
        for (let day = 0; day < YEAR_DAYS; day += 1) {
          cell.grow(1);
          const killed = killedAt(cell.rows(), alive, rules);
          for (const limit of killed) kills[all.indexOf(limit)] = (kills[all.indexOf(limit)] ?? 0) + 1;
          if (killed.length > 0) alive = alive.filter((limit) => !killed.includes(limit));
        }
      }
      return {
        rows: [[tails.name, streams, ...kills.map((count) => percentOf(count, streams))]],
        targets: [],
      };
    },
  };
}

export const YEARS: Section = {
  title: `Kill rule, ${YEAR_DAYS} daily looks at 60 rows a month: classes killed in the year, %, by true CVaR over the limit`,
  head: ['noise', 'streams', 'at limit', '0.9 x', '0.8 x', 'as claimed, limit 4 sigma'],
  cases: TAILS.map(yearCase),
};

const BREAK_RATIOS = [1.5, 2, 3] as const;

interface Start {
  readonly name: string;
  /** Days before the break, at half the limit. */
  readonly healthyDays: number;
}

const STARTS: readonly Start[] = [
  { name: 'from the first row on', healthyDays: 0 },
  { name: 'after 125 days at half the limit', healthyDays: 125 },
];

/** A tenth of the streams. */
function daysCase(tails: Tails, start: Start, ratio: number) {
  return {
    name: `days until a kill, ${tails.name}, ${start.name}, ${ratio} x`,
    run({ seed, runs }: StatsOptions): CaseResult {
      const streams = Math.ceil(runs / 10);
      const rules = rulesAt(1, DRAWS);
      const draw = tails.from(uniformFrom(seed, `days/${tails.name}/${start.name}`));
      const days = Array.from({ length: streams }, () => {
        const cell = growingCell(draw);
        for (let day = 0; day < start.healthyDays; day += 1) cell.grow(0.5 / ratio);
        for (let day = 1; day <= MAX_DAYS; day += 1) {
          cell.grow(1);
          if (killedAt(cell.rows(), [tails.cvar95 / ratio], rules).length > 0) return day;
        }
        return Number.POSITIVE_INFINITY;
      });
      const by = (limit: number) => percentOf(days.filter((day) => day <= limit).length, streams);
      const row = [
        tails.name,
        `${ratio} x, ${start.name}`,
        by(30),
        by(60),
        by(120),
        quantileOf(days, 0.5),
        quantileOf(days, 0.9),
      ];
      return { rows: [row], targets: [] };
    },
  };
}

export const KILL_DAYS: Section = {
  title:
    'Kill rule: days until a class is killed whose true CVaR is beyond the limit, 60 rows a month, daily looks',
  head: ['noise', 'break', '30 days %', '60 days %', '120 days %', 'median days', '90 % days'],
  cases: TAILS.flatMap((tails) =>
    STARTS.flatMap((start) => BREAK_RATIOS.map((ratio) => daysCase(tails, start, ratio))),
  ),
};
