// `npm run sim:mutants`: puts each listed fault into a copy of the kernel, and says which of them the simulation of `npm test` finds.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { unfitting } from '../test/sim/mutant.ts';
import { type LabOptions, tryAll, type Verdict } from '../test/sim/mutant-lab.ts';
import { runTrial, STAGES, type Stage } from '../test/sim/mutant-trial.ts';
import { MUTANTS, NEVER_MISSED } from '../test/sim/mutants.ts';

const HELP = `usage: npm run sim:mutants -- [options]

  --only LIST      only these mutants
  --without LIST   parts of the simulation that are left out: ${STAGES.join(', ')}
  --seeds N        simulated worlds of a trial, 2000 by default, as in npm test
  --workers N      trials at a time, 2 by default
  --limit SECONDS  a part of a trial that takes longer counts as found, 60 by default
  --list           prints the mutants and what each does wrong
  --json           prints one JSON object
  --help           prints this

Ends with 0 where at least 95 % are found, and all that must never be missed; with 1 where not; with 3 where an option makes no sense.`;

const ROOT = new URL('..', import.meta.url);
const FOUND_MIN = 0.95;
const WHAT_CHARS = 70;

interface Options {
  readonly only: readonly string[];
  readonly stages: readonly Stage[];
  readonly without: string;
  readonly seeds: number;
  readonly workers: number;
  readonly limitSeconds: number;
  readonly isList: boolean;
  readonly isJson: boolean;
  /** One trial of the program as it stands; how a copy is asked. */
  readonly isTrial: boolean;
}

function fail(text: string): never {
  console.error(`${text}\n\n${HELP}`);
  process.exit(3);
}

function valuesOf() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', default: '' },
        without: { type: 'string', default: '' },
        seeds: { type: 'string', default: '2000' },
        workers: { type: 'string', default: '2' },
        limit: { type: 'string', default: '60' },
        list: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        trial: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function optionsOf(): Options {
  const values = valuesOf();
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const names = MUTANTS.map(({ name }) => name);
  const { without } = values;
  const left = listOf(without, STAGES, 'without');
  return {
    only: listOf(values.only, names, 'only'),
    stages: STAGES.filter((stage) => !left.includes(stage)),
    without,
    seeds: numberOf(values.seeds, 'seeds'),
    workers: numberOf(values.workers, 'workers'),
    limitSeconds: numberOf(values.limit, 'limit'),
    isList: values.list,
    isJson: values.json,
    isTrial: values.trial,
  };
}

function numberOf(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  return fail(`--${option} ${text}: expected a whole number above zero`);
}

function listOf(text: string, known: readonly string[], option: string): readonly string[] {
  const chosen = text.split(',').filter((name) => name !== '');
  for (const name of chosen)
    if (!known.includes(name)) fail(`--${option} ${name}: there is none of that name`);
  return chosen;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(lineOf).join('\n');
}

function rowOf({ name, kill, seconds }: Verdict): readonly string[] {
  const time = `${seconds.toFixed(1)} s`;
  if (kill === null) return [name, 'SURVIVED', time];
  return [name, kill.stage, time, kill.where, kill.what.slice(0, WHAT_CHARS)];
}

function byStage(verdicts: readonly Verdict[]): string {
  const counts = new Map<string, number>();
  for (const { kill } of verdicts)
    if (kill !== null) counts.set(kill.stage, (counts.get(kill.stage) ?? 0) + 1);
  return [...counts].map(([stage, count]) => `${stage} ${count}`).join(', ');
}

function print(verdicts: readonly Verdict[], survivors: readonly string[], isJson: boolean): void {
  const [total, found] = [verdicts.length, verdicts.length - survivors.length];
  if (isJson) {
    console.log(JSON.stringify({ found, total, survivors, verdicts }, null, 2));
    return;
  }
  console.log(aligned([['mutant', 'found by', 'time', 'where', 'what'], ...verdicts.map(rowOf)]));
  console.log(`\n${found} of ${total} mutants are found (${((found / total) * 100).toFixed(1)} %).`);
  console.log(`Found by: ${byStage(verdicts)}.`);
  console.log(survivors.length === 0 ? 'None survived.' : `Survived: ${survivors.join(', ')}.`);
}

async function main(options: Options): Promise<number> {
  const { only, seeds, workers, limitSeconds, without } = options;
  const chosen = only.length === 0 ? MUTANTS : MUTANTS.filter(({ name }) => only.includes(name));
  const unfit = unfitting(chosen, (file) => readFileSync(new URL(file, ROOT), 'utf8'));
  if (unfit.length > 0) {
    console.error(`The program has changed, and these have to follow:\n${unfit.join('\n')}`);
    return 1;
  }
  let done = 0;
  const lab: LabOptions = {
    root: fileURLToPath(ROOT),
    args: ['--seeds', String(seeds), '--without', without],
    limitMs: limitSeconds * 1_000,
    workers,
    onVerdict: (verdict) => {
      done += 1;
      console.error(`${done}/${chosen.length}  ${rowOf(verdict).join('  ')}`);
    },
  };
  const [plain] = await tryAll([null], { ...lab, onVerdict: () => {} });
  if (plain !== undefined && plain.kill !== null) {
    const { stage, where, what } = plain.kill;
    console.error(`The program as it is does not hold: ${stage}, ${where}: ${what}`);
    return 1;
  }
  const verdicts = await tryAll(chosen, lab);
  const survivors = verdicts.filter(({ kill }) => kill === null).map(({ name }) => name);
  print(verdicts, survivors, options.isJson);
  const isEnough = survivors.length <= verdicts.length * (1 - FOUND_MIN);
  return isEnough && !survivors.some((name) => NEVER_MISSED.includes(name)) ? 0 : 1;
}

const options = optionsOf();
if (options.isList) console.log(aligned(MUTANTS.map(({ name, file, why }) => [name, file, why])));
else if (options.isTrial) {
  const { stages, seeds } = options;
  const onPart = (stage: Stage, where: string): void => console.log(`${stage} ${where}`);
  const kill = runTrial({ stages, seeds, onPart });
  console.log(JSON.stringify(kill));
} else process.exitCode = await main(options);
