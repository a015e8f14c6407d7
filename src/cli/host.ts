// The process as the command line sees it, as one value: tests run the whole program in memory by passing another.

import type { TextSink } from '../adapters/terminal/log.ts';
import type { Clock } from '../ports.ts';

export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean | undefined };
  readonly stdout: TextSink;
  /** A stream and not only a sink, because a progress bar draws on it. */
  readonly stderr: NodeJS.WritableStream & TextSink;
  /** Waits, for another try of what was refused or unavailable. */
  sleep(ms: number): Promise<void>;
  /** Random lower-case hex digits, two per byte. */
  randomHex(bytes: number): string;
}

/** Returns a random number in `[0, 1)`. */
export function randomFraction(host: Host): number {
  return Number.parseInt(host.randomHex(4), 16) / 2 ** 32;
}
