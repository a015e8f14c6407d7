// `npm run sim:mutants`: puts each listed fault into a copy of the kernel, and says which of them the simulation of `npm test` finds.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tryAll, type Verdict } from '../test/sim/mutant-lab.ts';
import { runTrial, STAGES, type Stage } from '../test/sim/mutant-trial.ts';
import { MUTANTS, NEVER_MISSED } from '../test/sim/mutants.ts';

const USAGE = `usage: npm run sim:mutants -- [options]

  --only NAME      only this mutant; may be given more than once
  --without STAGE  leave a part of the simulation out: ${STAGES.join(', ')}
  --seeds N        seeds of a trial (2000, as in npm test)
  --workers N      trials at a time (2)
  --limit SECONDS  a part of a trial that takes longer counts as found (60)
  --list           print the list of mutants and what each does wrong
  --json           print the verdicts as JSON
  --help           print this

Ends with 1 where less than 95 % are found, or one of those that must never be missed is not.`;

const KILLED_MIN = 0.95;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    without: { type: 'string', multiple: true, default: [] },
    seeds: { type: 'string', default: '2000' },
    workers: { type: 'string', default: '2' },
    limit: { type: 'string', default: '60' },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    trial: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function stages(): readonly Stage[] {
  return STAGES.filter((stage) => !values.without.includes(stage));
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, at) => Math.max(known[at] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rowOf({ name, kill, seconds }: Verdict): readonly string[] {
  const time = `${seconds.toFixed(1)} s`;
  if (kill === null) return [name, 'SURVIVED', '', '', time];
  return [name, kill.stage, kill.where, kill.what.slice(0, 60), time];
}

async function main(): Promise<number> {
  const { only, seeds, json } = values;
  const chosen = MUTANTS.filter(({ name }) => only.length === 0 || only.includes(name));
  const unknown = only.filter((name) => !MUTANTS.some((mutant) => mutant.name === name));
  if (unknown.length > 0) {
    console.error(`No mutant is called ${unknown.join(', ')}; --list names them all.`);
    return 3;
  }
  let done = 0;
  const options = {
    root: fileURLToPath(new URL('..', import.meta.url)),
    args: ['--seeds', seeds, ...values.without.flatMap((stage) => ['--without', stage])],
    limitMs: Number(values.limit) * 1_000,
    workers: Number(values.workers),
    onVerdict: (verdict: Verdict) => {
      done += 1;
      console.error(`${done}/${chosen.length}  ${rowOf(verdict).filter(Boolean).join('  ')}`);
    },
  };
  const [plain] = await tryAll([null], { ...options, onVerdict: () => {} });
  if (plain !== undefined && plain.kill !== null) {
    const { stage, where, what } = plain.kill;
    console.error(`The program as it is fails already: ${stage}, ${where}: ${what}`);
    return 1;
  }
  const verdicts = await tryAll(chosen, options);
  const survivors = verdicts.filter(({ kill }) => kill === null).map(({ name }) => name);
  const killed = verdicts.length - survivors.length;
  const share = verdicts.length === 0 ? 1 : killed / verdicts.length;
  if (json) console.log(JSON.stringify({ killed, total: verdicts.length, survivors, verdicts }, null, 2));
  else {
    console.log(aligned([['mutant', 'found by', 'where', 'what', 'time'], ...verdicts.map(rowOf)]));
    console.log(`\n${killed} of ${verdicts.length} mutants are found (${(share * 100).toFixed(1)} %).`);
    console.log(survivors.length === 0 ? 'None survived.' : `Survived: ${survivors.join(', ')}.`);
  }
  return share < KILLED_MIN || survivors.some((name) => NEVER_MISSED.includes(name)) ? 1 : 0;
}

if (values.help) console.log(USAGE);
else if (values.list) console.log(aligned(MUTANTS.map(({ name, file, why }) => [name, file, why])));
else if (values.trial) {
  const onPart = (stage: Stage, where: string): void => console.log(`${stage} ${where}`);
  const kill = runTrial({ stages: stages(), seeds: Number(values.seeds), onPart });
  console.log(JSON.stringify(kill));
} else process.exitCode = await main();
