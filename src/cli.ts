#!/usr/bin/env node
// The composition root: hands the real process to the command line and turns its result into an exit code.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './cli/host.ts';
import { reportFailure, runWarden } from './cli/program.ts';
import { COMMANDS } from './cli/registry.ts';

const host: Host = {
  cwd: process.cwd(),
  env: process.env,
  clock: { nowMs: () => Date.now() },
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  sleep: async (ms) => await sleep(ms),
  randomHex: (bytes) => randomBytes(bytes).toString('hex'),
};

// A reader that has seen enough (`warden … | head`) is no failure: what it did not read is dropped, the work is done.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// What nothing awaited ends here: after it the program is in an unknown condition and must not write any more.
process.on('uncaughtException', (error) => {
  process.exit(reportFailure(error, false, host));
});

process.exitCode = await runWarden(process.argv.slice(2), host, COMMANDS);
