// `npm run bench:stats`: simulates healthy and broken streams through the product's own detectors, kill rule and multiplier, prints
// what they get right, and ends with 1 where a target is missed. `--seed N`, `--runs N`, `--quick` (200 streams a case), `--json`.

import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tableText } from '../src/adapters/terminal/table.ts';
import { MANY_AGENTS } from './stats-agents.ts';
import { ALARMS, NOTES_ALARMS } from './stats-alarms.ts';
import { type CaseResult, isMet, type Section, type StatsOptions, type Target } from './stats-case.ts';
import { DELAYS, NOTES_DELAYS } from './stats-delays.ts';
import { KILL_DAYS, YEARS } from './stats-kills.ts';
import { LIVES } from './stats-lives.ts';
import { LOOKS } from './stats-looks.ts';
import { MULTIPLIERS } from './stats-multipliers.ts';

const SECTIONS: readonly Section[] = [
  ALARMS,
  NOTES_ALARMS,
  DELAYS,
  NOTES_DELAYS,
  LIVES,
  MANY_AGENTS,
  LOOKS,
  YEARS,
  KILL_DAYS,
  MULTIPLIERS,
];
/** The sections whose cases take longest, so that no worker is left with one of them at the end. */
const FIRST: readonly Section[] = [YEARS, MANY_AGENTS, LOOKS];
const WORKERS_MAX = 8;

interface Task {
  readonly section: number;
  readonly index: number;
}

interface Answer extends Task {
  readonly wallMs: number;
  readonly result: CaseResult;
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const options: StatsOptions = {
  seed: wholeNumber(values.seed, 0),
  runs: wholeNumber(values.runs ?? (values.quick ? '200' : '1500'), 1),
};

function wholeNumber(text: string, min: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < min)
    throw new Error(`${text} is no whole number from ${min} on`);
  return value;
}

function runCase({ section, index }: Task): CaseResult {
  const found = SECTIONS[section]?.cases[index];
  if (found === undefined) throw new Error(`no case ${section}/${index}`);
  return found.run(options);
}

/** A worker is this file again: it answers one task after the other until its parent lets it go. */
function work(): void {
  process.on('message', (task: Task) => {
    const started = performance.now();
    const result = runCase(task);
    process.send?.({ ...task, result, wallMs: performance.now() - started } satisfies Answer);
  });
}

/** Runs every case, in as many processes as there are cores. What a case gives does not depend on which one ran it. */
async function runAll(): Promise<ReadonlyMap<string, CaseResult>> {
  const tasks = SECTIONS.flatMap((section, number) =>
    section.cases.map((_, index) => ({ section: number, index })),
  ).sort((a, b) => rankOf(a) - rankOf(b));
  const results = new Map<string, CaseResult>();
  const total = tasks.length;
  const args = ['--seed', String(options.seed), '--runs', String(options.runs)];
  const workers = Array.from({ length: Math.min(WORKERS_MAX, availableParallelism()) }, async () => {
    const child = fork(fileURLToPath(import.meta.url), args);
    await new Promise<void>((resolve, reject) => {
      const next = (): void => {
        const task = tasks.shift();
        if (task === undefined) child.disconnect();
        else child.send(task);
      };
      child.on('message', ({ section, index, result, wallMs }: Answer) => {
        results.set(`${section}/${index}`, result);
        const name = SECTIONS[section]?.cases[index]?.name ?? '';
        process.stderr.write(`  ${results.size} of ${total}: ${name}, ${(wallMs / 1000).toFixed(1)} s
`);
        next();
      });
      child.on('error', reject);
      child.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`a worker ended with ${code}`));
      });
      next();
    });
  });
  await Promise.all(workers);
  return results;
}

function rankOf({ section }: Task): number {
  const found = FIRST.findIndex((each) => each.title === SECTIONS[section]?.title);
  return found === -1 ? FIRST.length : found;
}

function verdictOf(target: Target): string {
  return isMet(target) ? 'met' : 'MISSED';
}

function print(
  tables: readonly { readonly section: Section; readonly rows: CaseResult['rows'] }[],
  targets: readonly Target[],
): void {
  for (const { section, rows } of tables) {
    console.log(`\n${section.title}\n\n${tableText({ head: section.head, rows })}`);
  }
  const rows = targets.map((each) => [
    each.what,
    each.percent,
    `${each.side} ${each.bound}`,
    verdictOf(each),
  ]);
  console.log(`\nTargets\n\n${tableText({ head: ['what', '%', 'target', ''], rows })}`);
}

async function main(): Promise<void> {
  const started = performance.now();
  process.stderr.write(`seed ${options.seed}, ${options.runs} streams a case\n`);
  const results = await runAll();
  const tables = SECTIONS.map((section, number) => ({
    section,
    rows: section.cases.flatMap((_, index) => results.get(`${number}/${index}`)?.rows ?? []),
  }));
  const targets = SECTIONS.flatMap((section, number) =>
    section.cases.flatMap((_, index) => results.get(`${number}/${index}`)?.targets ?? []),
  );
  if (values.json) {
    const sections = tables.map(({ section, rows }) => ({ title: section.title, head: section.head, rows }));
    const judged = targets.map((target) => ({ ...target, met: isMet(target) }));
    console.log(JSON.stringify({ ...options, sections, targets: judged }, null, 2));
  } else {
    print(tables, targets);
  }
  const missed = targets.filter((target) => !isMet(target)).length;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stderr.write(`${targets.length - missed} of ${targets.length} targets met, ${seconds} s\n`);
  process.exitCode = missed > 0 ? 1 : 0;
}

if (process.send === undefined) await main();
else work();
