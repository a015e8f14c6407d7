// A stand-in for the runner of the kernel: answers each request on its control socket, and remembers it.

import { createServer } from 'node:net';
import {
  controlRequestFrom,
  type KernelControlRequest,
  type KernelControlResponse,
} from '../../src/domain/kernel-control.ts';

export interface ControlSocket {
  readonly requests: readonly KernelControlRequest[];
  close(): Promise<void>;
}

/** Listens at `path`, and does at once whatever it is told. */
export async function controlSocket(path: string): Promise<ControlSocket> {
  const requests: KernelControlRequest[] = [];
  const server = createServer((connection) => {
    let text = '';
    connection.on('data', (chunk) => {
      text += String(chunk);
      if (!text.endsWith('\n')) return;
      const request = controlRequestFrom(JSON.parse(text));
      if (!request.ok) return void connection.destroy();
      requests.push(request.value);
      const answer: KernelControlResponse = {
        ...{ v: 1, request_id: request.value.request_id, outcome: 'done', message: 'it is in force' },
        ...{ kernel_state: null, summary: null, explanation: null, monitor: null },
      };
      connection.end(`${JSON.stringify(answer)}\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    requests,
    close: async () => await new Promise((resolve) => server.close(() => resolve())),
  };
}
