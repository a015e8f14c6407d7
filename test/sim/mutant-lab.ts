// Trials of mutants: each in a copy of the program, in a process of its own, with an end.

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, mutated } from './mutant.ts';
import type { Kill } from './mutant-trial.ts';

/** What the simulation is made of. */
const PARTS = ['src', 'test/sim', 'test/kernel', 'test/fakes', 'scripts', 'package.json', 'tsconfig.json'];

export interface Verdict {
  readonly name: string;
  /** `null`: it survived. */
  readonly kill: Kill | null;
  readonly seconds: number;
}

export interface LabOptions {
  /** Root of the repository. */
  readonly root: string;
  /** Arguments of the trial, for the program itself. */
  readonly args: readonly string[];
  /** A part of a trial that takes longer has found something: the program does not end any more. */
  readonly limitMs: number;
  readonly workers: number;
  readonly onVerdict: (verdict: Verdict) => void;
}

/** Tries every mutant, and returns the verdicts in the order of the list. A mutant without a file is the program as it is. */
export async function tryAll(
  mutants: readonly (Mutant | null)[],
  options: LabOptions,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const tree = copyOf(options.root);
    try {
      for (let at = next++; at < mutants.length; at = next++) {
        const verdict = await tryOne(mutants[at] ?? null, tree, options);
        verdicts[at] = verdict;
        options.onVerdict(verdict);
      }
    } finally {
      rmSync(tree, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.workers, mutants.length) }, work));
  return verdicts;
}

function copyOf(root: string): string {
  const tree = mkdtempSync(join(tmpdir(), 'warden-mutants-'));
  for (const part of PARTS) cpSync(join(root, part), join(tree, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}

async function tryOne(mutant: Mutant | null, tree: string, options: LabOptions): Promise<Verdict> {
  const name = mutant?.name ?? 'none';
  const startedMs = performance.now();
  const path = mutant === null ? null : join(tree, mutant.file);
  const text = path === null ? '' : readFileSync(path, 'utf8');
  if (path !== null && mutant !== null) writeFileSync(path, mutated(text, mutant));
  const kill = await trialIn(tree, options);
  if (path !== null) writeFileSync(path, text);
  return { name, kill, seconds: (performance.now() - startedMs) / 1_000 };
}

/** What a trial of the program as it is never comes near. */
const HEAP_MB = 1_024;

/** A program that ends without a word, or not at all, is as wrong as one that breaks an invariant. */
async function trialIn(tree: string, { args, limitMs }: LabOptions): Promise<Kill | null> {
  const command = [
    `--max-old-space-size=${HEAP_MB}`,
    '--import',
    'tsx',
    'scripts/sim-mutants.ts',
    '--trial',
    ...args,
  ];
  const child = spawn(process.execPath, command, { cwd: tree, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, problems] = ['', ''];
  let isTooLong = false;
  const tooLong = (): void => {
    isTooLong = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(tooLong, limitMs);
  child.stdout.on('data', (data: Buffer) => {
    out = (out + data.toString()).slice(-4_000);
    clearTimeout(timer);
    timer = setTimeout(tooLong, limitMs);
  });
  child.stderr.on('data', (data: Buffer) => {
    problems = (problems + data.toString()).slice(-4_000);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  const last = out.trimEnd().split('\n').at(-1) ?? '';
  if (isTooLong) return { stage: 'time', where: last, what: `more than ${limitMs / 1_000} s` };
  if (code !== 0) return { stage: 'crash', where: last, what: problemOf(problems) };
  return JSON.parse(last) as Kill | null;
}

function problemOf(text: string): string {
  return text.split('\n').find((line) => /error/i.test(line)) ?? 'ended without a word';
}
