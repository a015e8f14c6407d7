// `npm run sim -- --seeds 2000`: runs simulated worlds around the kernel, prints what they met, and makes a failure small enough to be read.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runBatch } from '../test/sim/batch.ts';
import { CORPUS } from '../test/sim/corpus.ts';
import { Coverage, type CoverageData } from '../test/sim/coverage.ts';
import { coverageFindings, coverageText } from '../test/sim/coverage-report.ts';
import { exhaustiveText, runExhaustive } from '../test/sim/exhaustive.ts';
import { STORIES, type Story, WIDE_STORIES } from '../test/sim/exhaustive-story.ts';
import { FAULT_NAMES } from '../test/sim/faults.ts';
import { shrink } from '../test/sim/shrink.ts';
import { type SimulationResult, simulate } from '../test/sim/simulation.ts';

const HELP = `usage: npm run sim -- [options]

  --seed S        first seed, 1 by default; alone it runs that one world
  --seeds N       how many worlds, 2000 by default
  --workers N     processes, 2 by default
  --without LIST  faults (rate_limited), single hits of them (rate_limited#3) and decisions (intent#7) that are left out
  --trace         prints every event of one world
  --shrink        makes each failure smaller before it is printed
  --exhaustive    hears all of one order in every order, lost, once and twice, instead; "--exhaustive wide" hears more
  --digest        prints the SHA-256 of every line of the traces: the same seeds, the same digest
  --keep          adds what fails to the seeds that run first
  --no-corpus     leaves out the seeds in which a fault is known to show
  --json          prints one JSON object
  --help          prints this

Ends with 0 where everything held, with 1 where something did not, and with 3 where an option makes no sense.`;

interface Failure {
  readonly seed: number;
  readonly step: number;
  readonly invariant: string;
  readonly text: string;
  readonly without: readonly string[];
}

interface Report {
  readonly failures: readonly Failure[];
  readonly coverage: CoverageData;
}

const TRACE_LINES = 60;

function optionsOf(): {
  seed: number;
  seeds: number;
  workers: number;
  without: readonly string[];
  isTraced: boolean;
  isShrunk: boolean;
  isJson: boolean;
  hasCorpus: boolean;
  stories: readonly Story[] | null;
  isDigest: boolean;
  isKept: boolean;
} {
  const { values, positionals } = wordsOf();
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const seeds = numberOf(values.seeds ?? (values.seed === undefined ? '2000' : '1'), 'seeds');
  if (values.trace && (seeds > 1 || values.json))
    return fail('--trace is of one world and for people: expected --seed, and neither --seeds nor --json');
  if (positionals.length > 0 && !values.exhaustive) return fail(`${positionals.join(' ')}: expected options`);
  return {
    seed: numberOf(values.seed ?? '1', 'seed'),
    seeds,
    workers: Math.min(numberOf(values.workers, 'workers'), seeds),
    without: values.without.split(',').filter(isNamed),
    isTraced: values.trace,
    isShrunk: values.shrink,
    isJson: values.json,
    stories: values.exhaustive ? storiesOf(positionals) : null,
    isDigest: values.digest,
    isKept: values.keep,
    hasCorpus: !values['no-corpus'] && values.seed === undefined,
  };
}

function wordsOf() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seed: { type: 'string' },
        seeds: { type: 'string' },
        workers: { type: 'string', default: '2' },
        without: { type: 'string', default: '' },
        trace: { type: 'boolean', default: false },
        shrink: { type: 'boolean', default: false },
        'no-corpus': { type: 'boolean', default: false },
        exhaustive: { type: 'boolean', default: false },
        digest: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(text: string): never {
  console.error(`${text}\n\n${HELP}`);
  process.exit(3);
}

/** A name that means nothing leaves nothing out, and nobody would notice. */
function isNamed(one: string): boolean {
  if (one === '') return false;
  const [, name = '', hits] = /^([a-z_]+)(#\d+(?:-\d+)?)?$/.exec(one) ?? [];
  const isKnown = name === 'intent' ? hits !== undefined : FAULT_NAMES.some((fault) => fault === name);
  return isKnown || fail(`--without ${one}: expected intent#7, or a fault: ${FAULT_NAMES.join(', ')}`);
}

function storiesOf(words: readonly string[]): readonly Story[] {
  const [word = ''] = words;
  if (words.length > 1 || !['', 'wide'].includes(word))
    return fail(`${words.join(' ')}: expected nothing, or wide`);
  return word === 'wide' ? WIDE_STORIES : STORIES;
}

function numberOf(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  return fail(`--${option} ${text}: expected a whole number above zero`);
}

function failureOf({ seed, violation }: SimulationResult, without: readonly string[]): readonly Failure[] {
  return violation === null ? [] : [{ seed, ...violation, without }];
}

function runHere(seed: number, seeds: number, without: readonly string[]): Report {
  const { failures, coverage } = runBatch({ seed, seeds, without });
  return {
    failures: failures.flatMap((result) => failureOf(result, without)),
    coverage: coverage.toJSON(),
  };
}

function runCorpus(): readonly Failure[] {
  return CORPUS.flatMap(({ seed, without }) => failureOf(simulate({ seed, without }), without));
}

/** The same program again, for a part of the seeds. */
async function runElsewhere(seed: number, seeds: number, without: readonly string[]): Promise<Report> {
  const script = fileURLToPath(import.meta.url);
  const args = ['--seed', String(seed), '--seeds', String(seeds), '--workers', '1', '--json'];
  const child = spawn(
    process.execPath,
    [...process.execArgv, script, ...args, '--without', without.join(',')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function replayCommand({ seed, without }: Failure): string {
  const left = without.length === 0 ? '' : ` --without ${without.join(',')}`;
  return `npm run sim -- --seed ${seed}${left} --trace`;
}

/** One failure, made smaller, with the end of its trace and the command that shows it again. */
function explain(failure: Failure, isShrunk: boolean): Failure {
  const { seed, without } = failure;
  const small = isShrunk ? shrink({ seed, without }, simulate({ seed, without })) : null;
  const shown = small === null ? failure : (failureOf(small.result, small.without)[0] ?? failure);
  const lines: string[] = [];
  simulate({ seed, without: shown.without, onEvent: (line) => lines.push(line) });
  console.log(`\nseed ${seed} broke ${shown.invariant} at event ${shown.step}: ${shown.text}`);
  if (small !== null) console.log(`made smaller in ${small.runs} runs`);
  console.log(lines.slice(-TRACE_LINES).join('\n'));
  console.log(`again: ${replayCommand(shown)}`);
  return shown;
}

/** A digest over everything that went in and came out, which two runs of the same seeds have in common. */
function digestOf(seed: number, seeds: number, without: readonly string[]): string {
  const hash = createHash('sha256');
  for (let at = seed; at < seed + seeds; at += 1) {
    const { hash: state } = simulate({ seed: at, without, onEvent: (line) => hash.update(`${line}\n`) });
    hash.update(state);
  }
  return hash.digest('hex');
}

/** Every order of everything that is heard of one order; the first case that ends wrong is thrown. */
function hearAll(stories: readonly Story[]): void {
  const onProgress = ({ runs }: { readonly runs: number }): void => console.error(`${runs} runs`);
  console.log(exhaustiveText(runExhaustive({ stories, onProgress })));
}

function keep(failures: readonly Failure[]): void {
  const added = failures.map(({ seed, without, invariant, text }) => ({
    seed,
    without,
    why: `${invariant}: ${text}`,
  }));
  const path = new URL('../test/sim/corpus.json', import.meta.url);
  writeFileSync(path, `${JSON.stringify([...CORPUS, ...added], null, 2)}\n`);
}

async function main(): Promise<void> {
  const options = optionsOf();
  const { seed, seeds, workers, without, isTraced, isShrunk, isJson, hasCorpus } = options;
  const started = performance.now();
  if (options.isDigest) return console.log(digestOf(seed, seeds, without));
  if (options.stories !== null) return hearAll(options.stories);
  if (isTraced) simulate({ seed, without, onEvent: (line) => console.log(line) });
  const known = hasCorpus ? runCorpus() : [];
  const share = Math.ceil(seeds / workers);
  const parts = Array.from({ length: workers }, (_, at) => seed + at * share)
    .map((from) => ({ from, count: Math.min(share, seed + seeds - from) }))
    .filter(({ count }) => count > 0);
  const reports =
    parts.length === 1
      ? [runHere(seed, seeds, without)]
      : await Promise.all(parts.map(({ from, count }) => runElsewhere(from, count, without)));
  const coverage = new Coverage();
  for (const report of reports) coverage.add(report.coverage);
  const failures = [...known, ...reports.flatMap((report) => report.failures)];
  const seconds = (performance.now() - started) / 1_000;
  if (isJson) console.log(JSON.stringify({ failures, coverage, seconds }));
  else print(failures, coverage, seconds, seeds, isShrunk);
  if (options.isKept && failures.length > 0) keep(failures);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function print(
  failures: readonly Failure[],
  coverage: Coverage,
  seconds: number,
  seeds: number,
  isShrunk: boolean,
): void {
  if (seeds > 1) console.log(coverageText(coverage));
  if (seeds >= 2_000) for (const finding of coverageFindings(coverage)) console.log(finding);
  failures.slice(0, 5).forEach((failure) => {
    explain(failure, isShrunk);
  });
  for (const failure of failures.slice(5))
    console.log(`${failure.invariant} ${failure.text}\nagain: ${replayCommand(failure)}`);
  const rate = (seeds / seconds).toFixed(0);
  console.log(
    `\nworlds: ${seeds}, ${rate} a second; events: ${coverage.events}; failures: ${failures.length}; ${seconds.toFixed(1)} s`,
  );
}

// A reader that has seen enough (`npm run sim -- --seed 7 --trace | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

await main();
