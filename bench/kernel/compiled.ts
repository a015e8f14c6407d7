// The product as the build makes it, in a folder of its own, and a part of the benchmark run from there in a process of its own: what is
// measured is what is shipped, and not what a loader makes of its source.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Findings, Part } from './part.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles the benchmark and all that it imports into `folder`. */
export function compileInto(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const options = {
    noEmit: false,
    allowImportingTsExtensions: false,
    rewriteRelativeImportExtensions: true,
    rootDir: ROOT,
    outDir: join(folder, 'out'),
  };
  const project = join(folder, 'tsconfig.json');
  const files = [join(ROOT, 'bench/kernel/part.ts')];
  const typeRoots = [join(ROOT, 'node_modules/@types')];
  const content = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { ...options, typeRoots },
    files,
    include: [],
  };
  writeFileSync(project, JSON.stringify(content));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project], {
    stdio: 'inherit',
  });
}

/** Runs one part to its end; one that fails ends the benchmark. */
export function runPart<Task extends Part>(folder: string, part: Task): Findings[Task['part']] {
  const file = join(folder, 'out/bench/kernel/part.js');
  const args = ['--expose-gc', '--max-old-space-size=6144', file, JSON.stringify(part)];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (run.status !== 0) throw new Error(`${part.part} ended with ${run.status ?? run.signal}\n${run.stdout}`);
  return JSON.parse(run.stdout) as Findings[Task['part']];
}
