// A process that exists only in memory: tests run whole command lines with it and read what they said.

import { Writable } from 'node:stream';
import type { Host } from '../../src/cli/host.ts';
import { type Register, runWarden } from '../../src/cli/program.ts';

/** The instant of every clock here: 2026-11-21T10:00:00Z. */
export const NOW_MS = 1_795_255_200_000;

export interface MemoryHostOptions {
  readonly cwd: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the clock says; default: {@link NOW_MS}. */
  readonly nowMs?: number;
  /** Waits between tries; default: not at all. */
  readonly sleep?: Host['sleep'];
  /** Default: the same digits again and again. */
  readonly randomHex?: Host['randomHex'];
}

/** Runs `warden …argv` with the given commands and returns its exit code and its words. */
export async function runInMemory(
  registers: readonly Register[],
  argv: readonly string[],
  options: MemoryHostOptions,
): Promise<{ exitCode: number; stdout: string; stderr: string; json: () => unknown }> {
  const stdout = textStream();
  const stderr = textStream();
  const host: Host = {
    cwd: options.cwd,
    env: options.env ?? {},
    clock: { nowMs: () => options.nowMs ?? NOW_MS },
    stdin: (async function* () {
      yield Buffer.from(options.stdin ?? '');
    })(),
    stdout: stdout.stream,
    stderr: stderr.stream,
    sleep: options.sleep ?? (async () => {}),
    randomHex: options.randomHex ?? ((bytes) => 'ab'.repeat(bytes)),
  };
  const exitCode = await runWarden(argv, host, registers);
  return {
    exitCode,
    stdout: stdout.text(),
    stderr: stderr.text(),
    json: () => JSON.parse(stdout.text()),
  };
}

function textStream() {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}
