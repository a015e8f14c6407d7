// A server of somebody else as a child of a test: begun on a free port of this machine, killed as a machine dies, and gone at the end.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 100;

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

export class Child {
  /** Of the server alone; it outlives a kill. */
  readonly folder = mkdtempSync(join(tmpdir(), 'warden-server-'));
  private process: ChildProcess | null = null;
  private said = '';

  /**
   * Resolves when the server answers; rejects with its last words where it ends, or is silent for a minute.
   *
   * @param isReady whether it answers.
   */
  async start({ command, args }: Program, isReady: () => Promise<boolean>): Promise<void> {
    this.said = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.said = (this.said + chunk.toString()).slice(-2_000);
      });
    const untilMs = Date.now() + READY_WITHIN_MS;
    while (!(await isReady().catch(() => false))) {
      if (child.exitCode !== null || Date.now() > untilMs)
        throw new Error(`${command} does not answer; it said: ${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  }

  /** Ends it at once, without a chance to tidy up. */
  async kill(): Promise<void> {
    const child = this.process;
    this.process = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Returns a port of this machine that nobody listened on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return address.port;
}
