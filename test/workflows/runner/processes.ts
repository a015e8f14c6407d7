// Starts programs and waits for them without stopping this process, in which the GitHub that they talk to lives.

import { execFile } from 'node:child_process';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Only ends what hangs. */
const HANGS_MS = 120_000;

interface Started {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Nothing is inherited: `env` is all that the program knows. */
export function runProgram(file: string, args: readonly string[], { cwd, env }: Started): Promise<Ended> {
  return new Promise((resolve) => {
    const settings = { cwd, env: { ...env }, timeout: HANGS_MS, maxBuffer: 64 * 1024 * 1024 };
    execFile(file, [...args], settings, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({
        code,
        out,
        err: error !== null && typeof error.code !== 'number' ? `${err}${error.message}` : err,
      });
    });
  });
}
