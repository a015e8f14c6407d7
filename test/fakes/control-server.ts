// A runner's control socket for tests: a real Unix domain socket in a folder of its own, whose answers a test decides.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  controlRequestFrom,
  type KernelControlRequest,
  type KernelControlResponse,
} from '../../src/domain/kernel-control.ts';

export interface ControlServer {
  readonly path: string;
  /** Every request that arrived whole and fits its schema, in order. */
  readonly requests: readonly KernelControlRequest[];
  close(): Promise<void>;
}

/** Answers `request` on `socket` in any way it likes, and may leave it without an answer. */
export type Answering = (request: KernelControlRequest, socket: Socket) => void;

/** Starts a server on a new socket. A line that is no request throws, which fails the test. */
export async function controlServer(answering: Answering): Promise<ControlServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pink-'));
  const path = join(folder, 'control.sock');
  const requests: KernelControlRequest[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    let text = '';
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // A client that gives up while the answer is being written is what some tests are about.
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8').on('data', (part) => {
      text += String(part);
      const end = text.indexOf('\n');
      if (end === -1) return;
      const request = controlRequestFrom(JSON.parse(text.slice(0, end)));
      if (!request.ok) throw new Error(JSON.stringify(request.error));
      requests.push(request.value);
      answering(request.value, socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    requests,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Answers with one line, whatever it holds, and ends the connection. */
export function answers(of: (request: KernelControlRequest) => unknown): Answering {
  return (request, socket) => void socket.end(`${JSON.stringify(of(request))}\n`);
}

/** Returns an answer to `request` that is valid by default. */
export function aControlResponse(
  request: KernelControlRequest,
  over: Partial<KernelControlResponse> = {},
): KernelControlResponse {
  return {
    v: 1,
    request_id: request.request_id,
    outcome: 'done',
    message: 'entries are refused from now on',
    kernel_state: 'entry_frozen',
    summary: null,
    explanation: null,
    monitor: null,
    ...over,
  };
}
